"""Skills in every situation that makes them look different: seen, listed, marked, picked and shown."""

from collections.abc import Iterator
from dataclasses import replace

from bot.coach.learning import Confirmed, Marked, PathShared, Shown, SkillList, SkillSeen, Unmarked
from bot.core.catalog import Catalog
from bot.core.content_types import Skill, Source
from bot.core.learning import Path, Showing, path_of
from bot.core.practice import Stage
from bot.slack import role, show, skill
from bot.slack.message import Block, Message
from tests.slack.screens.roles import WHO
from tests.slack.screens.tips import AT, ZONE

SOURCE = Source(
    title="Tokens & <costs>",
    by="A standards body",
    url="https://example.org/a?b&c",
    licence="CC BY 4.0",
    read_on=AT.date(),
)


def about_skills(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    devops = catalog.roles["devops-engineer"]
    costs, spikes, quality = catalog.skills.values()
    everything = tuple(catalog.skills.values())
    yield "skills-of-a-path", skill.skill_list(SkillList(catalog, devops, everything, frozenset({"cost-spikes"})))
    yield "skills-of-all", skill.skill_list(SkillList(catalog, None, everything, frozenset()))
    yield "skill-open", skill.skill_card(SkillSeen(spikes, learned=False))
    copyable = costs.model_copy(update={"template": "Feature: <name>\nPrice: ```", "example": "Search & find: 2 cents"})
    yield "skill-in-full-with-a-template", skill.skill_in_full(copyable)
    yield "skill-template", skill.skill_template(copyable)
    sourced = costs.model_copy(update={"sources": (SOURCE.model_copy(update={"title": costs.name}),)})
    yield "skill-in-full-with-sources", skill.skill_in_full(sourced)
    yield "skill-sources", skill.skill_sources(sourced)
    yield "skill-learned", skill.skill_card(SkillSeen(costs, learned=True, stage=Stage.LEARNED))
    yield "skill-practised", skill.skill_card(SkillSeen(costs, learned=False, stage=Stage.PRACTISED, done=1))
    yield "skill-kept", skill.skill_card(SkillSeen(costs, learned=True, stage=Stage.KEPT, done=2))
    yield "learned", skill.learned(_marked(costs, path_of(catalog, devops, ["token-costs"])))
    yield "learned-already", skill.learned(_marked(costs, path_of(catalog, devops, ["token-costs"]), new=False))
    yield "learned-the-last-one", skill.learned(_marked(quality, path_of(catalog, devops, devops.skills)))
    other = next(each for each in catalog.roles.values() if each is not devops)
    last = replace(
        _marked(quality, path_of(catalog, devops, devops.skills)), closest=path_of(catalog, other, ["cost-spikes"])
    )
    yield "learned-the-last-one-with-another-path", skill.learned(last)
    yield "learned-without-a-role", skill.learned(_marked(costs, None))
    yield "unlearned", skill.unlearned(Unmarked(costs, was_marked=True, path=path_of(catalog, devops, [])))
    yield "unlearned-nothing", skill.unlearned(Unmarked(costs, was_marked=False, path=None))


def about_picking(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    devops = catalog.roles["devops-engineer"]
    everything = tuple(catalog.skills.values())
    some = SkillList(catalog, devops, catalog.path(devops)[1:], frozenset({"cost-spikes"}))
    yield "pick-to-learn", skill.pick_to_learn(some)
    yield "pick-to-unlearn", skill.pick_to_unlearn(some)
    yield "pick-to-see", skill.pick_to_see(some)
    yield "pick-to-show", show.pick_to_show(some.skills)
    yield "pick-to-show-nothing", show.pick_to_show(())
    yield "pick-nothing-to-learn", skill.pick_to_learn(SkillList(catalog, None, everything, frozenset(catalog.skills)))
    yield "pick-nothing-to-unlearn", skill.pick_to_unlearn(SkillList(catalog, None, everything, frozenset()))


def about_showing(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    costs = catalog.skills["token-costs"]
    showing = Showing("0123456789abcdef", "U1", costs.slug, AT, evidence="Found the <costliest> call & halved it.")
    draft = show.Draft(costs.slug, "C0PLATFORM", showing.evidence)
    yield "show-form", show.form(costs, draft)
    yield "show-preview", show.preview(showing, costs, draft)
    yield "show-posted", show.skill_post(Shown(showing, costs, new=True, zone=ZONE))
    yield "show-posted-already", show.skill_post(Shown(showing, costs, new=False, zone=ZONE))
    yield "show-confirmed", show.confirmed(Confirmed(replace(showing, seen_at=AT), costs))
    yield "show-of-a-skill-that-is-gone", show.confirmed(Confirmed(showing))
    yield "show-of-somebody-forgotten", show.confirmed(Confirmed(None))
    yield "path-shared", role.path_shared(PathShared(WHO, catalog.roles["devops-engineer"]))


def _marked(of: Skill, path: Path | None, *, new: bool = True) -> Marked:
    return Marked(of, AT, new, path, ZONE)
