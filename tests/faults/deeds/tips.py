"""Deeds of members about tips: asked for, done, planned, blocked; and the checks that go with them."""

from typing import Any

from sqlalchemy import Connection

from bot.coach import blocked, checks, nudges, plans, practice, tips
from bot.coach.blocked import Blocked
from bot.coach.nudges import Another
from bot.coach.practice import TipSeen
from bot.coach.tips import Given
from bot.core.content_types import Lesson
from bot.core.member import MemberKey
from bot.core.nudges import Reason
from bot.core.outbox import Kind
from bot.core.plans import Wish
from bot.core.practice import Blocker, Step
from bot.slack.message import Message
from bot.slack.tip import blocked as blocked_view
from bot.slack.tip import check_now as check
from bot.slack.tip import given, when, which
from bot.slack.tip.card import card_of
from bot.slack.tip.ref import CheckRef, Origin, TipRef
from bot.store import members as member_rows
from bot.store import outbox
from bot.store.member_schema import delivery, quiz, tip_given
from tests.faults.deeds.deed import Deed, Some
from tests.faults.neighbours import Turn, a_delivery, some


def _perhaps_a_skill(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.skill() if on.likely(0.5) else None, on.now


def own_nudge(tx: Connection, on: Turn) -> Some:
    """Return a member and the key of a nudge, which mostly is their own."""
    found = a_delivery(tx, on, delivery.c.kind == Kind.NUDGE)
    return found.member if on.likely() else on.who(), found.key, on.now


def given_tip(tx: Connection, on: Turn) -> Some:
    """Return a member, a tip that they were given, and the moment."""
    row = some(tx, on, tip_given)
    return MemberKey(on.workspace_id, row.member_id), row.tip, on.now


def _another(_tx: Connection, on: Turn, found: Another) -> Message:
    return given.another(on.catalog, "2026-W48", found)


def _shown_tip(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, tip_id, None, now


def _line(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, tip_id, None, on.words("line"), now


def answer_to(tx: Connection, on: Turn) -> tuple[MemberKey, checks.Answer]:
    """Return a member and their answer to a check that mostly was theirs."""
    row = some(tx, on, quiz)
    found = on.catalog.quizzes[row.check_id]
    who = MemberKey(on.workspace_id, row.member_id) if on.likely() else on.who()
    return who, checks.Answer(row.check_id, found.check.version, row.asking, on.draw.randrange(3))


def _answer(tx: Connection, on: Turn) -> Some:
    return on.catalog, *answer_to(tx, on), on.now


def _answer_in_tip(tx: Connection, on: Turn) -> Some:
    """Draw an answer in a weekly message, which mostly has no check: the real content takes weeks to ask one."""
    who, key, now = own_nudge(tx, on)
    name = on.one_of(tuple(on.catalog.quizzes))
    given = checks.Answer(name, on.catalog.quizzes[name].check.version, key, on.draw.randrange(3))
    return on.catalog, who, on.one_of(tuple(on.catalog.lessons)), given, now


def _answered(_tx: Connection, on: Turn, found: checks.Answered) -> Message:
    ref = check.AnswerRef(CheckRef(found.asked.check), "0" * 16, "", 0)
    return check.answered(on.catalog, ref, found)


def _wish(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    later = on.later(0.1, 20)
    return on.catalog, who, tip_id, None, Wish(later.date(), later.hour * 60, on.words("cue")), now


def _without_plan(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return who, practice.see(tx, on.catalog, who, tip_id, None, now), on.words("why"), now


def _known_tip(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, member_rows.with_marks(tx, who), tip_id, None, now


def _posted(tx: Connection, on: Turn) -> Some:
    return on.workspace_id, a_delivery(tx, on, delivery.c.member_id.is_not(None)).key


def _planned(_tx: Connection, on: Turn, found: plans.Planned) -> Any:
    ref = TipRef(found.plan.tip, Reason.ASKED, Origin.PLANS)
    card = card_of(on.catalog, ref, found.seen).redrawn()
    return when.saved(found), when.listed(plans.agenda(on.catalog, found.seen)), card


def _form(_tx: Connection, _on: Turn, found: plans.ToPlan) -> Any:
    return when.form(TipRef(found.lesson.tip.id, Reason.ASKED, Origin.NOW), found)


def _why(tx: Connection, on: Turn) -> Some:
    *shown, now = _shown_tip(tx, on)
    return *shown, on.one_of(tuple(Blocker)), now


def _a_step(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return who, practice.see(tx, on.catalog, who, tip_id, None, now), on.one_of((Step.DONE, Step.UNDONE))


def _lacking(tx: Connection, on: Turn) -> Some:
    *shown, now = _shown_tip(tx, on)
    return *shown, [on.one_of(tuple(on.catalog.needs))], now


def _noted(_tx: Connection, on: Turn, found: Blocked) -> Message:
    return blocked_view.noted(on.catalog, TipRef(found.seen.lesson.tip.id, Reason.ASKED, Origin.NOW), found)


def _redrawn(_tx: Connection, on: Turn, found: TipSeen) -> Message:
    return card_of(on.catalog, TipRef(found.lesson.tip.id, Reason.ASKED, Origin.NOW), found).redrawn()


def _reported(tx: Connection, on: Turn) -> Some:
    """Draw a member and a tip, mostly one that they were given."""
    if on.likely():
        who, tip_id, now = given_tip(tx, on)
        return on.catalog, who, tip_id, now
    return on.catalog, on.who(), on.one_of(tuple(on.catalog.lessons)), on.now


def _done(_tx: Connection, on: Turn, found: TipSeen) -> Message:
    return which.done(on.catalog, on.who(), found)


def _undone(_tx: Connection, _on: Turn, found: tuple[Lesson, ...]) -> Message:
    return which.asked("", (), found)


def _tip(_tx: Connection, on: Turn, found: Given) -> Message:
    return given.given(on.catalog, found)


DEEDS = (
    Deed(tips.learner_of, lambda _, on: (on.catalog, on.who(), on.role(), [on.skill().slug])),
    Deed(tips.tip_now, _perhaps_a_skill, then=_tip, often=3),
    Deed(tips.learners, lambda _, on: (on.catalog, on.workspace_id, [member.member_id for member in on.here.members])),
    Deed(tips.pupils, lambda _, on: (on.catalog, on.workspace_id, [member.member_id for member in on.here.members])),
    Deed(nudges.another, lambda tx, on: (on.catalog, *own_nudge(tx, on)), then=_another, often=2),
    Deed(practice.see, _shown_tip, then=_redrawn),
    Deed(practice.did, _shown_tip, then=_redrawn, often=3),
    Deed(practice.undo, _shown_tip, then=_redrawn, often=2),
    Deed(practice.not_my_work, _shown_tip, then=_redrawn, often=2),
    Deed(practice.learn, _shown_tip, then=_redrawn, often=2),
    Deed(practice.locked, _shown_tip, then=_redrawn),
    Deed(practice.look, _known_tip, then=_redrawn),
    Deed(practice.without_plan, _without_plan, then=_redrawn),
    Deed(outbox.posted, _posted),
    Deed(practice.add_line, _line, then=_redrawn, often=2),
    Deed(practice.report, _reported, then=_done, often=2),
    Deed(practice.undone, lambda _, on: (on.catalog, on.who()), then=_undone),
    Deed(practice.with_step, _a_step, then=_redrawn),
    Deed(plans.to_plan, lambda tx, on: (on.catalog, *given_tip(tx, on)), then=_form),
    Deed(plans.plan, _wish, then=_planned, often=4),
    Deed(plans.unplan, _shown_tip, then=_redrawn),
    Deed(plans.planned, lambda _, on: (on.catalog, on.who(), on.now), (when.listed,), often=2),
    Deed(blocked.block, _why, then=_noted, often=2),
    Deed(blocked.lack, _lacking, then=_noted, often=2),
    Deed(checks.ask, _perhaps_a_skill, (check.asked,), often=2),
    Deed(checks.answer, _answer, then=_answered, often=2),
    Deed(checks.answer_in_tip, _answer_in_tip, then=_redrawn),
)
