"""Skills and roles in every situation that makes them look different: seen, listed, marked, picked and shown."""

from collections.abc import Iterator
from dataclasses import replace

from bot.coach.learning import Confirmed, Marked, MyRole, Shown, SkillList
from bot.core.catalog import Catalog
from bot.core.content_types import Role, Skill, Source
from bot.core.learning import Path, Showing, path_of, role_lines
from bot.core.member import Consent, MemberKey, Schedule
from bot.core.next_step import Ended, Place
from bot.core.next_tip import choose_tip
from bot.core.practice import Stage, TeamProject
from bot.slack import message, role, show, skill
from tests.core.passing import project
from tests.records import record_of
from tests.slack.screens.tips import AT, DUE, ZONE, schedule_off, schedule_on

SOURCE = Source(
    title="Tokens & <costs>",
    by="A standards body",
    url="https://example.org/a?b&c",
    licence="CC BY 4.0",
    read_on=AT.date(),
)
WHO = MemberKey("T1", "U1")


def about_skills(catalog: Catalog) -> Iterator[tuple[str, message.Message]]:
    devops = catalog.roles["devops-engineer"]
    costs, spikes, quality = catalog.skills.values()
    everything = tuple(catalog.skills.values())
    yield "skills-of-a-path", skill.skill_list(SkillList(catalog, devops, everything, frozenset({"cost-spikes"})))
    yield "skills-of-all", skill.skill_list(SkillList(catalog, None, everything, frozenset()))
    yield "skill-open", skill.skill_card(spikes)
    copyable = costs.model_copy(update={"template": "Feature: <name>\nPrice: ```", "example": "Search & find: 2 cents"})
    yield "skill-in-full-with-a-template", skill.skill_in_full(copyable)
    yield "skill-template", skill.skill_template(copyable)
    sourced = costs.model_copy(update={"sources": (SOURCE.model_copy(update={"title": costs.name}),)})
    yield "skill-in-full-with-sources", skill.skill_in_full(sourced)
    yield "skill-sources", skill.skill_sources(sourced)
    yield "skill-learned", skill.skill_card(costs, stage=Stage.LEARNED)
    yield "skill-practised", skill.skill_card(costs, stage=Stage.PRACTISED, done=1)
    yield "skill-kept", skill.skill_card(costs, stage=Stage.KEPT, done=2)
    yield "learned", skill.learned(_marked(costs, path_of(catalog, devops, ["token-costs"])))
    yield "learned-already", skill.learned(_marked(costs, path_of(catalog, devops, ["token-costs"]), new=False))
    yield "learned-the-last-one", skill.learned(_marked(quality, path_of(catalog, devops, devops.skills)))
    yield "learned-without-a-role", skill.learned(_marked(costs, None))
    yield "unlearned", skill.unlearned(Marked(costs, None, True, path_of(catalog, devops, []), ZONE))
    yield "unlearned-nothing", skill.unlearned(Marked(costs, None, False, None, ZONE))
    some = SkillList(catalog, devops, catalog.path(devops)[1:], frozenset({"cost-spikes"}))
    yield "pick-to-learn", skill.pick_for("learn", some)
    yield "pick-to-unlearn", skill.pick_for("unlearn", some)
    yield "pick-to-see", skill.pick_for("skill", some)
    yield "pick-to-show", show.pick_to_show(some.skills)
    yield "pick-to-show-nothing", show.pick_to_show(())
    all_learned = SkillList(catalog, None, everything, frozenset(catalog.skills))
    yield "pick-nothing-to-learn", skill.pick_for("learn", all_learned)
    yield "pick-nothing-to-unlearn", skill.pick_for("unlearn", SkillList(catalog, None, everything, frozenset()))


def about_showing(catalog: Catalog) -> Iterator[tuple[str, message.Message | message.Block]]:
    costs = catalog.skills["token-costs"]
    showing = Showing("0123456789abcdef", "U1", costs.slug, AT, evidence="Found the <costliest> call & halved it.")
    draft = show.Draft(costs.slug, "C0PLATFORM", evidence=showing.evidence)
    yield "show-form", show.form(costs, draft)
    yield "show-preview", show.preview(Shown(showing, costs, new=True, zone=ZONE), draft)
    of_team = TeamProject("0123456789abcdef", costs.slug, "C1", AT)
    yield "show-preview-of-a-teams-project", show.preview(Shown(showing, costs, new=True, zone=ZONE), draft, of_team)
    yield "show-form-with-a-choice", show.form(costs, show.Draft(costs.slug))
    yield "show-posted", show.skill_post(Shown(showing, costs, new=True, zone=ZONE), draft.channel)
    yield "show-posted-already", show.skill_post(Shown(showing, costs, new=False, zone=ZONE), draft.channel)
    yield "show-confirmed", show.confirmed(Confirmed(replace(showing, seen_at=AT), costs))
    yield "show-of-a-skill-that-is-gone", show.confirmed(Confirmed(showing))
    yield "show-of-somebody-forgotten", show.confirmed(Confirmed(None))


def _marked(of: Skill, path: Path | None, *, new: bool = True) -> Marked:
    return Marked(of, AT, new, path, ZONE)


def about_roles(catalog: Catalog) -> Iterator[tuple[str, message.Message]]:
    devops, software = catalog.roles.values()
    yield "roles", role.role_list(catalog)
    yield "role-picker", role.role_picker(catalog)
    yield "role-picker-with-an-offer", role.role_picker(catalog, devops)
    yield "role-nothing-learned", role.role_card(catalog, path_of(catalog, devops, []))
    yield "role-with-four-lists", role.role_card(catalog, path_of(catalog, software, []))
    yield "role-path-finished", role.role_card(catalog, path_of(catalog, devops, devops.skills))
    yield "myrole-without-a-role", role.own_role(_my_role(catalog, None))
    midway = _my_role(catalog, devops, "token-costs", practised=devops.skills[1:2], schedule=schedule_on())
    yield "myrole-midway-with-weekly-tips", role.own_role(midway)
    yield "myrole-with-a-line-proved", role.own_role(_in_a_project(catalog, devops))
    yield "myrole-paused", role.own_role(_my_role(catalog, devops, schedule=schedule_on(paused_until=DUE)))
    yield "myrole-after-not-now", role.own_role(_my_role(catalog, devops, schedule=schedule_off()))
    yield "myrole-chosen-for-the-first-time", role.own_role(_my_role(catalog, devops), is_chosen=True)
    everyone = devops.model_copy(
        update={"name": "Everyone", "origin": "extension", "catch_all": True, "less": ("All alone",)}
    )
    yield "myrole-chosen-by-whom-no-other-fits", role.own_role(_my_role(catalog, everyone), is_chosen=True)
    yield "role-of-ones-own", role.role_card(catalog, path_of(catalog, software, []), is_mine=True)
    yield "myrole-chosen-again", role.own_role(_my_role(catalog, devops, *devops.skills), is_chosen=True)


def _in_a_project(catalog: Catalog, of: Role) -> MyRole:
    """Return the role of a member who finished one project and is in the next."""
    done = project("source_lines", value=list(of.new_challenges))
    found, proof = _my_role(catalog, of, schedule=schedule_on()), Ended(done, AT)
    lines = (line._replace(proof=proof) if line.text in of.new_challenges else line for line in found.lines)
    return replace(found, place=Place(done, done.steps[1], 2), lines=tuple(lines))


def _my_role(
    catalog: Catalog, of: Role | None, *done: str, practised: tuple[str, ...] = (), schedule: Schedule | None = None
) -> MyRole:
    schedule = schedule or schedule_off(Consent.UNASKED)
    path = path_of(catalog, of, done, practised) if of else None
    lesson = choose_tip(catalog, record_of(of, learned=done)).lesson if of else None
    lines = role_lines(catalog, of, record_of(of)) if of else ()
    return MyRole(catalog, path, schedule, lesson, lines=lines)
