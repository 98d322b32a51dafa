"""Every screen in every situation that makes it look different, by the name of its golden file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.coach.learning import Marked, SkillList, SkillSeen, Unmarked
from bot.coach.roles import MyRole, RoleSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Role, Skill
from bot.core.errors import NextStep, NotAdmin, NothingChanged, Unclear, UserError
from bot.core.learning import Path, meetings_of, path_of, progress_of
from bot.core.member import Member, MemberKey, Schedule
from bot.core.practice import Stage
from bot.slack import menu, privacy, progress, role, skill, sorry, theme
from bot.slack.message import Block, Message
from bot.slack.nouns import NOUNS
from tests.slack.screens.audit import about_the_audit
from tests.slack.screens.challenges import about_challenges
from tests.slack.screens.checks import about_checks
from tests.slack.screens.desk import about_admins, about_introductions, about_the_desk
from tests.slack.screens.homes import about_home
from tests.slack.screens.practice import about_blocked_tips, about_what_a_member_has
from tests.slack.screens.privacy import about_my_data
from tests.slack.screens.questions import about_questions
from tests.slack.screens.records import about_records
from tests.slack.screens.shortcuts import about_shortcuts
from tests.slack.screens.tips import (
    AT,
    DUE,
    ZONE,
    about_plans,
    about_tips,
    about_weekly_tips,
    schedule_off,
    schedule_on,
)

WHO = MemberKey("T1", "U1")

Screen = Message | Block  # a message; a modal, or a Home


def situations(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield every screen with any catalogue that has the slugs of the small one."""
    yield from _about_roles(catalog)
    yield from _about_skills(catalog)
    yield from _about_progress(catalog)
    yield from about_tips(catalog)
    yield from about_plans(catalog)
    yield from about_blocked_tips(catalog)
    yield from about_what_a_member_has(catalog)
    yield from about_weekly_tips()
    yield from about_checks(catalog)
    yield from about_the_desk(catalog)
    yield from about_admins()
    yield from about_introductions()
    yield from about_challenges(catalog)
    yield from about_records(catalog)
    yield from _about_choices(catalog)
    yield from about_questions(catalog)
    yield from about_home(catalog)
    yield from about_shortcuts(catalog)
    yield from about_my_data(catalog)
    yield from about_the_audit()
    yield from _without_content()
    yield "themes", theme.theme_list(catalog)
    yield "theme", theme.theme_card(catalog, next(iter(catalog.themes.values())))


def _about_roles(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops, software = catalog.roles.values()
    yield "roles", role.role_list(catalog)
    yield "role-picker", role.role_picker(catalog)
    yield "role-picker-with-an-offer", role.role_offer(catalog, devops)
    yield "role-nothing-learned", role.role_card(RoleSeen(_path(catalog, devops), meetings_of(catalog, devops)))
    yield "role-with-four-lists", role.role_card(RoleSeen(_path(catalog, software), ()))
    yield "role-path-finished", role.role_card(RoleSeen(_path(catalog, devops, *devops.skills), ()))
    yield "myrole-without-a-role", role.own_role(_my_role(catalog, None))
    yield (
        "myrole-midway-with-weekly-tips",
        role.own_role(_my_role(catalog, devops, "token-costs", schedule=schedule_on())),
    )
    yield "myrole-paused", role.own_role(_my_role(catalog, devops, schedule=schedule_on(paused_until=DUE)))
    yield "myrole-after-not-now", role.own_role(_my_role(catalog, devops, schedule=schedule_off()))
    yield "myrole-chosen-for-the-first-time", role.chosen_role(_my_role(catalog, devops))
    unasked = replace(_my_role(catalog, devops), asks_situation=True)
    yield "myrole-chosen-before-saying-what-one-has", role.chosen_role(unasked)
    yield "myrole-chosen-again", role.chosen_role(_my_role(catalog, devops, *devops.skills))


def _about_skills(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops = catalog.roles["devops-engineer"]
    costs, spikes, quality = catalog.skills.values()
    everything = tuple(catalog.skills.values())
    yield "skills-of-a-path", skill.skill_list(SkillList(catalog, devops, everything, frozenset({"cost-spikes"})))
    yield "skills-of-all", skill.skill_list(SkillList(catalog, None, everything, frozenset()))
    yield "skill-open", skill.skill_card(SkillSeen(spikes, learned=False))
    copyable = costs.model_copy(update={"template": "Feature: <name>\nPrice: ```", "example": "Search & find: 2 cents"})
    yield "skill-with-a-template", skill.skill_card(SkillSeen(copyable, learned=False))
    yield "skill-template", skill.skill_template(copyable)
    yield "skill-learned", skill.skill_card(SkillSeen(costs, learned=True, stage=Stage.LEARNED))
    yield "skill-practised", skill.skill_card(SkillSeen(costs, learned=False, stage=Stage.PRACTISED, done=1))
    yield "skill-kept", skill.skill_card(SkillSeen(costs, learned=True, stage=Stage.KEPT, done=2))
    yield "learned", skill.learned(_marked(costs, _path(catalog, devops, "token-costs")))
    yield "learned-already", skill.learned(_marked(costs, _path(catalog, devops, "token-costs"), new=False))
    yield "learned-the-last-one", skill.learned(_marked(quality, _path(catalog, devops, *devops.skills)))
    other = next(each for each in catalog.roles.values() if each is not devops)
    last = replace(
        _marked(quality, _path(catalog, devops, *devops.skills)), closest=_path(catalog, other, "cost-spikes")
    )
    yield "learned-the-last-one-with-another-path", skill.learned(last)
    yield "learned-without-a-role", skill.learned(_marked(costs, None))
    yield "unlearned", skill.unlearned(Unmarked(costs, was_marked=True, path=_path(catalog, devops)))
    yield "unlearned-nothing", skill.unlearned(Unmarked(costs, was_marked=False, path=None))


def _about_progress(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops = catalog.roles["devops-engineer"]
    marks = {slug: AT - timedelta(days=20 * number) for number, slug in enumerate(catalog.skills)}
    yield "progress-nothing-yet", progress.progress_card(progress_of(catalog, None, {}, None))
    yield "progress-midway", progress.progress_card(progress_of(catalog, devops, {"token-costs": AT}, ZONE))
    paused = replace(progress_of(catalog, devops, {}, ZONE), schedule=schedule_on(paused_until=DUE))
    yield "progress-paused", progress.progress_card(paused)
    yield "progress-path-finished", progress.progress_card(progress_of(catalog, devops, marks, ZONE))
    some = progress_of(catalog, devops, {"token-costs": AT}, ZONE)
    spikes, quality = (catalog.skills[slug] for slug in ("cost-spikes", "quality"))
    stages = replace(some, practised=(spikes, quality), kept=frozenset({"token-costs"}))
    yield "progress-with-stages", progress.progress_card(stages)


def _without_content() -> Iterator[tuple[str, Screen]]:
    yield "menu", menu.MENU
    yield "help", menu.help_card((command.usage, command.explains) for command in NOUNS.in_order)
    yield "privacy", privacy.KEPT
    yield "forget-asked", privacy.ASK
    yield "forgotten", privacy.forgotten(7)
    yield "forgotten-nothing", privacy.forgotten(0)
    yield "sorry-refused", sorry.refused(NothingChanged(), NextStep("", "learn", "token-costs"))
    yield "sorry-not-an-admin", sorry.refused(NotAdmin("start a challenge"))
    yield (
        "sorry-unknown-verb",
        sorry.refused(sorry.unknown_verb("`learnd`", NextStep("Mark a skill as learned", "learn"))),
    )
    yield "sorry-broken", sorry.broken("k3f9qa")
    yield "sorry-late", sorry.late(NextStep("", "learn", "token costs"))
    yield "sorry-late-in-a-modal", sorry.LATE_MODAL
    yield "sorry-gone", sorry.GONE
    yield "sorry-in-a-form", sorry.modal(sorry.OUTDATED_FORM)
    yield "sorry-in-a-form-with-a-next-step", sorry.modal(Message("No."), (NextStep("Who are they?", "admins"),))


def _about_choices(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield the refusals of words that were missing, unknown or unclear, with their menus and buttons."""
    devops = catalog.roles["devops-engineer"]
    everything = tuple(catalog.skills.values())
    some = SkillList(catalog, devops, catalog.path(devops)[1:], frozenset({"cost-spikes"}))
    yield "pick-to-learn", skill.pick_to_learn(some)
    yield "pick-to-unlearn", skill.pick_to_unlearn(some)
    yield "pick-to-see", skill.pick_to_see(some)
    yield "pick-to-show", skill.pick_to_show(some)
    yield "pick-nothing-to-learn", skill.pick_to_learn(SkillList(catalog, None, everything, frozenset(catalog.skills)))
    yield "pick-nothing-to-unlearn", skill.pick_to_unlearn(SkillList(catalog, None, everything, frozenset()))
    yield (
        "sorry-unknown-role",
        sorry.refused(_unclear(catalog.role_named, "juggler"), NextStep("", "myrole", "juggler")),
    )
    yield (
        "sorry-several-roles",
        sorry.refused(_unclear(catalog.role_named, "engineer"), NextStep("", "role", "engineer")),
    )
    yield "sorry-unknown-skill", sorry.refused(_unclear(catalog.skill_named, "juggling"), NextStep("", "learn"))
    yield "sorry-no-theme", sorry.refused(_unclear(catalog.theme_named, ""), NextStep("", "theme"))


def _unclear(find: Callable[[str], object], typed: str) -> UserError:
    try:
        find(typed)
    except Unclear as error:
        return error
    raise AssertionError(typed)


def _path(catalog: Catalog, of: Role, *done: str) -> Path:
    return path_of(catalog, of, done)


def _my_role(catalog: Catalog, of: Role | None, *done: str, schedule: Schedule | None = None) -> MyRole:
    path = path_of(catalog, of, done) if of else None
    return MyRole(catalog, Member(WHO, of.slug if of else None, ZONE), path, schedule)


def _marked(of: Skill, path: Path | None, *, new: bool = True) -> Marked:
    return Marked(of, AT, new, path, ZONE)


def on_surface(screen: Screen) -> tuple[Block, str]:
    """Return what is sent to Slack, and where it is shown."""
    if isinstance(screen, Message):
        return {"text": screen.text, **({"blocks": list(screen.blocks)} if screen.blocks else {})}, "message"
    return screen, screen["type"]
