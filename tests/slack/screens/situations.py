"""Every screen in every situation that makes it look different, by the name of its golden file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.learning import Marked, SkillList, SkillSeen, Unmarked
from bot.coach.nudges import Another
from bot.coach.plans import Agenda, Item, Planned, ToPlan
from bot.coach.posts.tips import TipPost, WelcomePost
from bot.coach.practice import TipSeen
from bot.coach.roles import MyRole, RoleSeen
from bot.coach.schedules import Tips
from bot.coach.tips import Given
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Role, Skill
from bot.core.errors import NotAdmin, NothingChanged, Step, Unclear, UserError
from bot.core.learning import Path, meetings_of, path_of, progress_of
from bot.core.member import Consent, Member, MemberKey, Schedule
from bot.core.nudges import Choice, Reason
from bot.core.outbox import Delivery, Kind
from bot.core.practice import History, Plan, Practised, Stage, last_steps
from bot.core.practice import Step as Practice
from bot.core.subjects import TipSubject
from bot.slack.message import Block, Message
from bot.slack.routes import COMMANDS, explain
from bot.slack.screens import (
    help as help_screen,
)
from bot.slack.screens import (
    learned,
    menu,
    myrole,
    pick,
    privacy,
    progress,
    role,
    roles,
    skill,
    skills,
    sorry,
    themes,
    tips,
    weekly,
)
from bot.slack.screens.tip import did, given, when
from bot.slack.screens.tip.card import card_of
from bot.slack.screens.tip.ref import Origin, TipRef
from tests.slack.screens.audit import about_the_audit
from tests.slack.screens.challenges import about_challenges
from tests.slack.screens.checks import about_checks
from tests.slack.screens.desk import about_admins, about_introductions, about_the_desk
from tests.slack.screens.homes import about_home
from tests.slack.screens.my_data import about_my_data
from tests.slack.screens.news import about_news, some_news
from tests.slack.screens.practice import about_blocked_tips, about_what_a_member_has
from tests.slack.screens.questions import about_questions
from tests.slack.screens.records import about_records
from tests.slack.screens.shortcuts import about_shortcuts

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Berlin
DUE = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
WHO = MemberKey("T1", "U1")

Screen = Message | Block  # a message; a modal, or a Home


def situations(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield every screen with any catalogue that has the slugs of the small one."""
    yield from _about_roles(catalog)
    yield from _about_skills(catalog)
    yield from _about_progress(catalog)
    yield from _about_tips(catalog)
    yield from _about_plans(catalog)
    yield from about_blocked_tips(catalog)
    yield from about_what_a_member_has(catalog)
    yield from _about_weekly_tips(catalog)
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
    yield from about_news(catalog)
    yield from about_my_data(catalog)
    yield from about_the_audit()
    yield from _without_content()
    yield "themes", themes.every(catalog)
    yield "theme", themes.theme(catalog, next(iter(catalog.themes.values())))


def _about_roles(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops, software = catalog.roles.values()
    yield "roles", roles.every(catalog)
    yield "role-picker", roles.picker(catalog)
    yield "role-picker-with-an-offer", roles.offered(catalog, devops)
    yield "role-nothing-learned", role.seen(RoleSeen(_path(catalog, devops), meetings_of(catalog, devops)))
    yield "role-with-four-lists", role.seen(RoleSeen(_path(catalog, software), ()))
    yield "role-path-finished", role.seen(RoleSeen(_path(catalog, devops, *devops.skills), ()))
    yield "myrole-without-a-role", myrole.mine(_my_role(catalog, None))
    yield "myrole-midway-with-weekly-tips", myrole.mine(_my_role(catalog, devops, "token-costs", schedule=_schedule()))
    yield "myrole-paused", myrole.mine(_my_role(catalog, devops, schedule=_schedule(paused_until=DUE)))
    yield "myrole-after-not-now", myrole.mine(_my_role(catalog, devops, schedule=_declined()))
    yield "myrole-chosen-for-the-first-time", myrole.chosen(_my_role(catalog, devops))
    unasked = replace(_my_role(catalog, devops), asks_situation=True)
    yield "myrole-chosen-before-saying-what-one-has", myrole.chosen(unasked)
    yield "myrole-chosen-again", myrole.chosen(_my_role(catalog, devops, *devops.skills))


def _about_skills(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops = catalog.roles["devops-engineer"]
    costs, spikes, quality = catalog.skills.values()
    everything = tuple(catalog.skills.values())
    yield "skills-of-a-path", skills.listed(SkillList(catalog, devops, everything, frozenset({"cost-spikes"})))
    yield "skills-of-all", skills.listed(SkillList(catalog, None, everything, frozenset()))
    yield "skill-open", skill.seen(SkillSeen(spikes, learned=False))
    yield "skill-learned", skill.seen(SkillSeen(costs, learned=True, stage=Stage.LEARNED))
    yield "skill-practised", skill.seen(SkillSeen(costs, learned=False, stage=Stage.PRACTISED, done=1))
    yield "skill-kept", skill.seen(SkillSeen(costs, learned=True, stage=Stage.KEPT, done=2))
    yield "learned", learned.marked(_marked(costs, _path(catalog, devops, "token-costs")))
    yield "learned-already", learned.marked(_marked(costs, _path(catalog, devops, "token-costs"), new=False))
    yield "learned-the-last-one", learned.marked(_marked(quality, _path(catalog, devops, *devops.skills)))
    other = next(each for each in catalog.roles.values() if each is not devops)
    last = replace(
        _marked(quality, _path(catalog, devops, *devops.skills)), closest=_path(catalog, other, "cost-spikes")
    )
    yield "learned-the-last-one-with-another-path", learned.marked(last)
    yield "learned-without-a-role", learned.marked(_marked(costs, None))
    yield "unlearned", learned.unmarked(Unmarked(costs, was_marked=True, path=_path(catalog, devops)))
    yield "unlearned-nothing", learned.unmarked(Unmarked(costs, was_marked=False, path=None))


def _about_progress(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops = catalog.roles["devops-engineer"]
    marks = {slug: AT - timedelta(days=20 * number) for number, slug in enumerate(catalog.skills)}
    yield "progress-nothing-yet", progress.shown(progress_of(catalog, None, {}, None))
    yield "progress-midway", progress.shown(progress_of(catalog, devops, {"token-costs": AT}, ZONE))
    paused = replace(progress_of(catalog, devops, {}, ZONE), schedule=_schedule(paused_until=DUE))
    yield "progress-paused", progress.shown(paused)
    yield "progress-path-finished", progress.shown(progress_of(catalog, devops, marks, ZONE))
    some = progress_of(catalog, devops, {"token-costs": AT}, ZONE)
    spikes, quality = (catalog.skills[slug] for slug in ("cost-spikes", "quality"))
    stages = replace(some, practised=(spikes, quality), kept=frozenset({"token-costs"}))
    yield "progress-with-stages", progress.shown(stages)


def _about_tips(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    devops = catalog.roles["devops-engineer"]
    for reason in Reason:
        name = reason.name.lower().replace("_", "-")
        yield f"tip-{name}", given.given(catalog, Given(_choice(catalog, reason, devops), _schedule()))
    choice = _choice(catalog, Reason.NEXT_ON_PATH, devops)
    yield "tip-with-the-question", given.given(catalog, Given(choice))
    yield "nudge", weekly.weekly(catalog, _delivery(), TipPost(choice))
    new, *changed = some_news(catalog).skills
    yield "nudge-with-news", weekly.weekly(catalog, _delivery(), TipPost(choice, news=(new, *changed)))
    yield "nudge-with-changes", weekly.weekly(catalog, _delivery(), TipPost(choice, news=tuple(changed)))
    yield "nudge-reminder", weekly.reminder(catalog, TipPost(choice, plan=_plan(choice.lesson)))
    yield "nudge-another", given.another(catalog, "2026-W48", Another(choice, new=True))
    yield "nudge-another-again", given.another(catalog, "2026-W48", Another(choice, new=False))
    yield from _about_a_tip_that_was_answered(catalog, choice)


def _about_a_tip_that_was_answered(catalog: Catalog, choice: Choice) -> Iterator[tuple[str, Screen]]:
    lesson, ref = choice.lesson, TipRef(choice.lesson.tip.id, choice.reason, Origin.WEEKLY, "2026-W48")
    nothing = TipSeen(lesson, choice.role, History(), frozenset(), ZONE, AT)
    steps = [Practised(tip.id, Practice.DONE, AT, line="Two cents & a half") for tip in lesson.skill.tips]

    def after(*steps: Practised, learned: bool = False) -> Message:
        skills = {lesson.skill.slug} if learned else ()
        seen = replace(nothing, history=History(last_steps(steps)), learned=frozenset(skills), new=True)
        return card_of(catalog, ref, seen).redrawn()

    yield "tip-done", after(replace(steps[0], line=None))
    yield "tip-done-with-a-line", after(steps[0])
    yield "tip-done-so-the-skill-may-be-learned", after(*steps)
    yield "tip-done-and-learned", after(*steps, learned=True)
    yield "tip-taken-back", after()
    yield "tip-not-my-work", after(Practised(lesson.tip.id, Practice.NOT_MY_WORK, AT))
    yield "tip-line-form", did.form(ref, nothing, "")
    yield "tip-line-form-again", did.form(ref, nothing, "Two cents")
    yield "tip-line-saved", did.saved("Two cents")
    yield "tip-line-deleted", did.saved("")


def _about_plans(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    choice = _choice(catalog, Reason.NEXT_ON_PATH, catalog.roles["devops-engineer"])
    lesson, plan = choice.lesson, _plan(choice.lesson)
    history = History().with_plan(plan)
    seen = TipSeen(lesson, choice.role, history, frozenset(), ZONE, AT)
    weekly_tip = TipRef(lesson.tip.id, choice.reason, Origin.WEEKLY, "2026-W48")
    reminder = TipRef(lesson.tip.id, choice.reason, Origin.REMINDER, plan_id=plan.plan_id)
    came = replace(seen, now=DUE + timedelta(minutes=5))
    did_it = History(last_steps([Practised(lesson.tip.id, Practice.DONE, DUE)]), plans={plan.tip: plan})
    without = replace(plan, ended=True)
    yield "when-form", when.form(weekly_tip, ToPlan(lesson, DUE, None, ZONE, AT))
    yield "when-form-again-in-an-unknown-zone", when.form(weekly_tip, ToPlan(lesson, DUE, "lunch", None, AT))
    yield "when-saved", when.saved(Planned(seen, plan, moved=False))
    yield "when-saved-outside-hours", when.saved(Planned(seen, replace(plan, cue=None), moved=True))
    yield "tip-planned", card_of(catalog, weekly_tip, seen).redrawn()
    yield (
        "tip-plan-cancelled",
        card_of(catalog, weekly_tip, replace(seen, history=History().with_plan(without), cancelled=True)).redrawn(),
    )
    yield "nudge-reminder-done", card_of(catalog, reminder, replace(came, history=did_it, new=True)).redrawn()
    yield "plan", when.listed(Agenda((Item(lesson, plan),), ZONE))
    other = Lesson(lesson.skill, lesson.skill.tips[1])
    yield "plan-after-a-cancelled-one", when.listed(Agenda((Item(lesson, plan),), ZONE, other))
    yield "plan-nothing", when.listed(Agenda((), ZONE))


def _plan(lesson: Lesson) -> Plan:
    return Plan(lesson.tip.id, "0123456789abcdef", DUE, "Thursday's <stand-up>")


def _about_weekly_tips(_catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    on, paused = _schedule(), _schedule(paused_until=DUE)
    unknown = Schedule(Consent.YES, Slot(weekday=6, minute=5), zone=None, next_due_at=DUE)
    off = _declined()
    yield "tips-off", tips.shown(Tips(off), AT)
    yield "tips-on", tips.shown(Tips(on), AT)
    yield "tips-on-in-an-unknown-zone", tips.shown(Tips(unknown), AT)
    yield "tips-paused", tips.shown(Tips(paused), AT)
    yield "tips-perhaps", tips.perhaps(off.slot)
    yield "tips-started", tips.started(Tips(on))
    yield "tips-started-in-a-pause", tips.started(Tips(paused))
    yield "tips-zone-set", tips.zone_set(Tips(on))
    yield "tips-zone-set-while-off", tips.zone_set(Tips(off))
    yield "tips-stopped", tips.stopped(Tips(off))
    yield "tips-stopped-one-on-the-way", tips.stopped(Tips(off, on_the_way=True))
    yield "pause-begun", tips.paused(Tips(paused))
    yield "pause-begun-one-on-the-way", tips.paused(Tips(paused, on_the_way=True))
    yield "pause-ended", tips.paused(Tips(on))
    yield "tips-form", tips.form(on)
    yield "tips-form-that-is-a-yes", tips.form(off)
    yield "tips-form-saved", tips.saved(Tips(on))
    yield "welcome", weekly.welcome(WelcomePost(DUE, ZONE))
    yield "welcome-after-a-no", weekly.welcome(WelcomePost(None, None))


def _without_content() -> Iterator[tuple[str, Screen]]:
    yield "menu", menu.MENU
    yield "help", help_screen.listed((command.USAGE, explain(command)) for command in COMMANDS)
    yield "privacy", privacy.KEPT
    yield "privacy-with-a-language-model", privacy.kept("models.example")
    yield "forget-asked", privacy.ASK
    yield "forgotten", privacy.forgotten(7)
    yield "forgotten-nothing", privacy.forgotten(0)
    yield "sorry-refused", sorry.refused(NothingChanged(), Step("", "learn", "token-costs"))
    yield "sorry-not-an-admin", sorry.refused(NotAdmin("start a challenge"))
    yield "sorry-unknown-verb", sorry.refused(sorry.unknown_verb("`learnd`", Step("Mark a skill as learned", "learn")))
    yield "sorry-broken", sorry.broken("k3f9qa")
    yield "sorry-late", sorry.late(Step("", "learn", "token costs"))
    yield "sorry-late-for-a-click", sorry.LATE_CLICK
    yield "sorry-late-for-a-form", sorry.LATE_FORM
    yield "sorry-late-and-ready-below", sorry.REDRAWN
    yield "sorry-gone", sorry.GONE
    yield "sorry-unknown-command", sorry.UNKNOWN_COMMAND
    yield "sorry-in-a-form", sorry.modal(sorry.OUTDATED_FORM)
    yield "sorry-in-a-form-with-a-next-step", sorry.modal(Message("No."), (Step("Who are they?", "admins"),))


def _about_choices(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield the refusals of words that were missing, unknown or unclear, with their menus and buttons."""
    devops = catalog.roles["devops-engineer"]
    everything = tuple(catalog.skills.values())
    some = SkillList(catalog, devops, catalog.path(devops)[1:], frozenset({"cost-spikes"}))
    yield "pick-to-learn", pick.to_learn(some)
    yield "pick-to-unlearn", pick.to_unlearn(some)
    yield "pick-to-see", pick.to_see(some)
    yield "pick-to-show", pick.to_show(some)
    yield "pick-nothing-to-learn", pick.to_learn(SkillList(catalog, None, everything, frozenset(catalog.skills)))
    yield "pick-nothing-to-unlearn", pick.to_unlearn(SkillList(catalog, None, everything, frozenset()))
    yield "sorry-unknown-role", sorry.refused(_unclear(catalog.role_named, "juggler"), Step("", "myrole", "juggler"))
    yield "sorry-several-roles", sorry.refused(_unclear(catalog.role_named, "engineer"), Step("", "role", "engineer"))
    yield "sorry-unknown-skill", sorry.refused(_unclear(catalog.skill_named, "juggling"), Step("", "learn"))
    yield "sorry-no-theme", sorry.refused(_unclear(catalog.theme_named, ""), Step("", "theme"))


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


def _choice(catalog: Catalog, reason: Reason, of: Role) -> Choice:
    costs = catalog.skills["token-costs"]
    return Choice(Lesson(costs, costs.tips[0]), reason, None if reason is Reason.NO_ROLE else of)


def _schedule(paused_until: datetime | None = None) -> Schedule:
    slot = Slot(weekday=1, minute=570)
    return Schedule(Consent.YES, slot, ZONE, paused_until=paused_until, next_due_at=DUE)


def _declined() -> Schedule:
    return Schedule(Consent.NO, Slot(weekday=1, minute=570), ZONE)


def _delivery() -> Delivery:
    return Delivery(
        "T1", "nudge:U1:2026-W49", "0123456789abcdef", Kind.NUDGE, "U1", "D1", "2026-W49",
        TipSubject("token-costs-1"), None, DUE, DUE + timedelta(days=3), 1, DUE,
    )  # fmt: skip


def on_surface(screen: Screen) -> tuple[Block, str]:
    """Return what is sent to Slack, and where it is shown."""
    if isinstance(screen, Message):
        return {"text": screen.text, **({"blocks": list(screen.blocks)} if screen.blocks else {})}, "message"
    return screen, screen["type"]


Situations = Callable[[Catalog], Iterator[tuple[str, Screen]]]
