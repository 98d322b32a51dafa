"""What each kind of message says, and what follows when it was sent or refused."""

from sqlalchemy import ColumnElement, Connection

from bot.coach.posts import Family, answers, challenges, introductions, tips
from bot.coach.posts.content import Later, Never
from bot.core.member import MemberKey
from bot.core.outbox import Kind
from bot.core.outcomes import Refused, Touches, Unknown
from bot.store import entries as entry_rows
from bot.store.member_schema import delivery
from bot.store.schema import challenge
from tests.faults.deeds.challenges import IS_CLOSED, IS_OPEN, TO_A_CHANNEL, UNSENT, a_line
from tests.faults.deeds.deed import Deed, Some
from tests.faults.neighbours import NotNow, Turn, a_challenge, a_delivery

OF_CHALLENGES = delivery.c.kind.in_(challenges.KINDS_OF_CHALLENGES)
OF_TIPS = delivery.c.kind.in_([Kind.WELCOME, Kind.NUDGE, Kind.REMINDER])  # the others are never sent
ANSWERS = delivery.c.kind.in_(answers.KINDS_OF_ANSWERS)
LIVE, NUDGE = delivery.c.kind == Kind.CHALLENGE, delivery.c.kind == Kind.NUDGE


def _wanted(tx: Connection, on: Turn, which: ColumnElement[bool]) -> Some:
    return on.catalog, [a_delivery(tx, on, which)], on.now


def _claimed(tx: Connection, on: Turn, family: Family, which: ColumnElement[bool]) -> Some:
    """Draw a delivery with what it says, as it is between its claim and its start."""
    about = a_delivery(tx, on, which)
    answer = family.wanted(tx, on.catalog, [about], on.now)[about.id]
    if isinstance(answer, Never | Later):
        raise NotNow
    return ([(about, answer)],)


def _sent(tx: Connection, on: Turn, which: ColumnElement[bool]) -> Some:
    return [(a_delivery(tx, on, which), _ts(on))], on.now


def _refused(tx: Connection, on: Turn) -> Some:
    return a_delivery(tx, on, TO_A_CHANNEL, UNSENT), Refused(on.words("refused"), Touches.CHANNEL), on.now


def _unconfirmed(tx: Connection, on: Turn) -> Some:
    return a_delivery(tx, on, NUDGE), Unknown(on.words("lost")), on.now


def _content_refused(tx: Connection, on: Turn) -> Some:
    return a_delivery(tx, on, OF_TIPS), on.words("refused"), on.now


def _written(tx: Connection, on: Turn) -> Some:
    row = a_line(tx, on)
    about = a_challenge(tx, on, challenge.c.challenge_id == row.challenge_id)
    return about, entry_rows.find(tx, MemberKey(on.workspace_id, row.member_id), about.challenge_id), on.now


def _ts(on: Turn) -> str:
    return f"{on.here.word}.{on.number}"


def _not_introduced(tx: Connection, on: Turn) -> Some:
    about = a_delivery(tx, on, delivery.c.kind == Kind.INTRODUCTION)
    return about, Refused(on.words("refused"), Touches.CHANNEL), on.now


DEEDS = (
    Deed(answers.wanted, lambda tx, on: _wanted(tx, on, ANSWERS), often=2),
    Deed(answers.sent, lambda tx, on: _sent(tx, on, ANSWERS)),
    Deed(answers.failed, lambda tx, on: (a_delivery(tx, on, ANSWERS), Unknown(on.words("lost")), on.now), often=0.5),
    Deed(introductions.failed, _not_introduced, often=0.5),
    Deed(challenges.wanted, lambda tx, on: _wanted(tx, on, OF_CHALLENGES), often=2),
    Deed(challenges.still_wanted, lambda tx, on: _claimed(tx, on, challenges, OF_CHALLENGES), often=2),
    Deed(challenges.sent, lambda tx, on: _sent(tx, on, LIVE)),
    Deed(challenges.failed, _refused),
    Deed(challenges.seen_as, lambda tx, on: (a_delivery(tx, on, LIVE),), often=0.5),
    Deed(challenges.announce, lambda tx, on: (a_challenge(tx, on, IS_OPEN),)),
    Deed(challenges.plan_recap, lambda tx, on: (a_challenge(tx, on, IS_CLOSED), on.now)),
    Deed(challenges.plan_line, _written, often=2),
    Deed(challenges.plan_last_calls, lambda tx, on: (a_challenge(tx, on, IS_OPEN), on.now)),
    Deed(challenges.seen, lambda tx, on: (a_challenge(tx, on, IS_OPEN), _ts(on), on.now), often=0.5),
    Deed(tips.wanted, lambda tx, on: _wanted(tx, on, OF_TIPS), often=2),
    Deed(tips.still_wanted, lambda tx, on: _claimed(tx, on, tips, OF_TIPS), often=2),
    Deed(tips.sent, lambda tx, on: _sent(tx, on, NUDGE)),
    Deed(tips.failed, _unconfirmed, often=0.5),
    Deed(tips.content_refused, _content_refused, often=0.3),
)
