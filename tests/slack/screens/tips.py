"""Tips, plans and weekly tips, in every situation that makes their screens look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.plans import Agenda, Item, ToPlan
from bot.coach.posts.tips import RetiredPost, TipPost, WelcomePost
from bot.coach.practice import TipSeen
from bot.coach.schedules import Tips
from bot.core.calendar import Slot
from bot.core.catalog import Catalog, Retired
from bot.core.content_types import Lesson
from bot.core.member import Consent, Schedule
from bot.core.next_tip import Choice, Reason
from bot.core.outbox import Delivery, Kind, TipSubject
from bot.core.practice import Plan, Practised, Readers, Step
from bot.core.rhythm import Rhythm
from bot.slack.message import Block, Message
from bot.slack.tip import card, given, lines, tips
from bot.slack.tip.plan import plan_form, reminders
from bot.slack.tip.ref import Origin, TipRef
from bot.store.lines import SharedLine
from tests.records import SAID_NO, record_of

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Berlin
DUE = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
WEEKLY = Delivery(
    "T1", "nudge:U1:2026-W49", "0123456789abcdef", Kind.NUDGE, "U1", "D1", "2026-W49",
    TipSubject(tip="token-costs-1"), None, DUE, DUE + timedelta(days=3), 1, DUE,
)  # fmt: skip
LINES = (
    SharedLine("0123456789abcdef", "token-costs-1", "Two cents & a half\nhttps://example.org", "U1"),
    SharedLine("0123456789abcdee", "token-costs-1", "<!channel> 4,100 answers", None),
)


def about_tips(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    for reason in Reason:
        name = reason.name.lower().replace("_", "-")
        yield f"tip-{name}", given.given_now(catalog, _choice(catalog, reason))
    choice = _choice(catalog, Reason.SINGLE)
    yield "nudge", given.weekly_tip(catalog, WEEKLY, TipPost(choice))
    yield "nudge-reminder", given.reminder(catalog, TipPost(choice, plan=_plan(choice.lesson)))
    in_steps = replace(choice, lesson=_in_steps(choice.lesson))
    yield "nudge-in-steps", given.weekly_tip(catalog, WEEKLY, TipPost(in_steps))
    skill = choice.lesson.skill.model_copy(update={"template": "Price: <n>", "example": "Search & find: 2 cents"})
    tip = choice.lesson.tip.model_copy(update={"example": "Before: 3 & 4\nAfter: 2"})
    ref = TipRef(tip.id, Reason.SINGLE, Origin.WEEKLY, "2026-W48")

    def one_done(lesson: Lesson, *shared: SharedLine) -> Message:
        return lines.one_done(ref, TipSeen(lesson, record_of(schedule=schedule_on()), AT), shared)

    yield "tip-one-done", one_done(Lesson(skill, tip))
    yield "tip-one-done-of-its-skill", one_done(Lesson(skill, choice.lesson.tip))
    yield "tip-one-done-without-an-example", one_done(choice.lesson)
    yield "tip-one-done-with-lines-of-colleagues", one_done(Lesson(skill, tip), *LINES)
    yield from _about_a_tip_that_was_answered(catalog, choice)


def _in_steps(lesson: Lesson) -> Lesson:
    steps = ("Open one request of today.", "Multiply <input> & output tokens by their prices.")
    task = {"do": steps, "proves": "Your team can see what one answer costs."}
    return lesson._replace(tip=lesson.tip.model_copy(update=task))


def _about_a_tip_that_was_answered(catalog: Catalog, choice: Choice) -> Iterator[tuple[str, Message | Block]]:
    lesson = choice.lesson
    ref = TipRef(lesson.tip.id, choice.reason, Origin.WEEKLY, "2026-W48")
    nothing = TipSeen(lesson, record_of(zone=ZONE), AT)
    steps = [Practised(tip.id, Step.DONE, AT, line="Two cents & a half") for tip in lesson.skill.tips]

    def after(
        *steps: Practised, learned: bool = False, lesson: Lesson = lesson, schedule: Schedule = SAID_NO
    ) -> Message:
        record = record_of(zone=ZONE, learned={lesson.skill.slug} if learned else (), steps=steps, schedule=schedule)
        seen = replace(nothing, lesson=lesson, record=record, new=True)
        return card.card_of(catalog, ref, seen).redrawn()

    yield "tip-done", after(replace(steps[0], line=None))
    yield "tip-done-that-proves-something", after(replace(steps[0], line=None), lesson=_in_steps(lesson))
    words = {"why": "A bill & no owner.", "called": "unit economics; cost <per> answer", "kit": "answer | tokens"}
    with_kit = Lesson(lesson.skill, lesson.tip.model_copy(update=words))
    yield "tip-with-a-kit", card.Card(catalog, with_kit, ref).message()
    yield "tip-with-a-kit-done", after(replace(steps[0], line=None), lesson=with_kit)
    yield "tip-done-with-a-line", after(steps[0])
    unasked = schedule_off(Consent.UNASKED)
    yield "tip-done-for-the-first-time", after(*steps, lesson=_in_steps(lesson), schedule=unasked)
    first = record_of(zone=ZONE, level=None, steps=steps[:1])
    said_yes = card.Card(catalog, lesson, ref, replace(nothing, record=first))
    yield "tip-done-after-the-weekly-yes", replace(said_yes, noted=(tips.confirmed(schedule_on()),)).redrawn()
    seen = replace(nothing, record=record_of(zone=ZONE, schedule=unasked))
    yield "tip-with-the-question", card.Card(catalog, lesson, ref, seen, wants_plan=True).redrawn()
    yield "tip-done-so-the-skill-may-be-learned", after(*steps)
    yield "tip-done-and-learned", after(*steps, learned=True)
    yield "tip-taken-back", after()
    yield "tip-not-my-work", after(Practised(lesson.tip.id, Step.NOT_MY_WORK, AT))
    done, hidden = (
        replace(nothing, record=record_of(steps=[replace(steps[0], line="Two cents", readers=readers)]))
        for readers in (Readers.UNNAMED, None)
    )
    yield "tip-line-form", lines.line_form(catalog, ref, nothing, (Readers.NAMED,))
    yield "tip-line-form-again", lines.line_form(catalog, ref, done, tuple(Readers))
    yield "tip-line-form-after-an-admin-hid-it", lines.line_form(catalog, ref, hidden, ())


def about_plans(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    choice = _choice(catalog, Reason.SINGLE)
    lesson, plan = choice.lesson, _plan(choice.lesson)
    seen = TipSeen(lesson, record_of(zone=ZONE, plans=[plan]), AT)
    weekly_tip = TipRef(lesson.tip.id, choice.reason, Origin.WEEKLY, "2026-W48")
    reminder = TipRef(lesson.tip.id, choice.reason, Origin.REMINDER, plan_id=plan.plan_id)
    came = replace(seen, now=DUE + timedelta(minutes=5))
    did_it = record_of(zone=ZONE, plans=[plan], steps=[Practised(lesson.tip.id, Step.DONE, DUE)])
    without = replace(plan, ended=True)
    yield "when-form", plan_form(weekly_tip, ToPlan(lesson, DUE, None, ZONE, AT))
    yield "when-form-of-a-tip-like-a-colleagues", plan_form(weekly_tip, ToPlan(lesson, DUE, None, ZONE, AT), "0" * 16)
    yield "tip-liked", lines.liked("U3", "Put", "a", "price", "on", "one", "answer")
    yield "tip-liked-by-somebody-forgotten", lines.liked()
    yield "when-form-again-in-an-unknown-zone", plan_form(weekly_tip, ToPlan(lesson, DUE, "lunch ends", None, AT))
    yield "tip-planned", card.card_of(catalog, weekly_tip, seen).redrawn()
    cancelled = replace(seen, record=record_of(zone=ZONE, plans=[without]), cancelled=True)
    yield "tip-plan-cancelled", card.card_of(catalog, weekly_tip, cancelled).redrawn()
    yield "nudge-reminder-done", card.card_of(catalog, reminder, replace(came, record=did_it, new=True)).redrawn()
    item = Item(lesson.tip.title, lesson, plan)
    yield "plan", reminders(Agenda((item,), ZONE))
    other = Lesson(lesson.skill, lesson.skill.tips[1])
    yield "plan-after-a-cancelled-one", reminders(Agenda((item,), ZONE, other))
    retired = Retired(slug=lesson.tip.id, title="Diff <two> arms", skill=lesson.skill.slug)
    yield "plan-of-a-retired-tip", reminders(Agenda((Item(retired.title, None, plan),), ZONE))
    yield "reminder-of-a-retired-tip", given.retired(RetiredPost(retired.title, other))
    yield "plan-nothing", reminders(Agenda((), ZONE))


def _plan(lesson: Lesson) -> Plan:
    return Plan(lesson.tip.id, "0123456789abcdef", DUE, "Thursday's <stand-up> ends")


def about_weekly_tips() -> Iterator[tuple[str, Message | Block]]:
    on, off, paused = schedule_on(), schedule_off(), schedule_on(paused_until=DUE)
    unknown = Schedule(Consent.YES, Slot(weekday=6, minute=5), zone=None, next_due_at=DUE)
    seldom = replace(on, rhythm=Rhythm(every=2, short=True, nudged_at=DUE))
    shown = {"off": off, "on": on, "on-in-an-unknown-zone": unknown, "seldom-and-short": seldom, "paused": paused}
    yield from ((f"tips-{name}", tips.started(Tips(schedule))) for name, schedule in shown.items())
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
    yield "tips-form", tips.schedule_form(on)
    yield "tips-form-that-is-a-yes", tips.schedule_form(off, form=tips.ANOTHER_TIME)
    yield "welcome", given.welcome(WelcomePost(DUE, ZONE))
    yield "welcome-after-a-no", given.welcome(WelcomePost(None, None))


def _choice(catalog: Catalog, reason: Reason) -> Choice:
    costs = catalog.skills["token-costs"]
    return Choice(Lesson(costs, costs.tips[0]), reason)


def schedule_on(paused_until: datetime | None = None) -> Schedule:
    slot = Slot(weekday=1, minute=570)
    return Schedule(Consent.YES, slot, ZONE, paused_until=paused_until, next_due_at=DUE)


def schedule_off(consent: Consent = Consent.NO) -> Schedule:
    return Schedule(consent, Slot(weekday=1, minute=570), ZONE)
