"""Answers to what people wrote: read what each is about when it is sent, so that it says how things are then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.coach import learning, plans, record, roles, schedules, tips
from bot.coach.learning import Marked
from bot.coach.posts.content import NOTHING_TO_SAY, Answer, Content
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.nudges import Choice, Reason
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import Refused, Unknown
from bot.core.subjects import AnswerSubject, Subject
from bot.store import members, outbox

KINDS_OF_ANSWERS = (Kind.ANSWER, Kind.REPLY)

# Answers that are no verbs: found entries, who the coach is, a button for what others should not see, a kind word.
ASK, PUBLIC, SHOW, THANKS = "ask", "public", "show", "thanks"
NOT_POSTED = "not-posted"  # to an admin, whose introduction Slack refused: the channel, and the reason
INSTALL_ANEW = "install-anew"  # to admins, if a refresh token was lost: the address, and when the token ends
# Codes among the words of an answer.
BEFORE = "before"  # it was so before: nothing was changed
LATE = "late"  # a tip was already on its way
CHOSEN = "chosen"  # the role was chosen with this message

Words = tuple[str, ...]
GONE = AnswerSubject("gone")  # the answer where a slug is no longer in the content


@dataclass(frozen=True, slots=True)
class AnswerPost:
    """What an answer is about, and what its verb found now; None for a screen that shows content alone."""

    about: AnswerSubject
    now: datetime
    found: Any = None  # its type depends on the verb
    subject: Subject | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads an answer, and when."""

    catalog: Catalog
    who: MemberKey
    now: datetime


def _learn(tx: Connection, reader: Reader, words: Words) -> object:
    if not words:
        return learning.skills(tx, reader.catalog, reader.who, None)
    found = learning.marked(tx, reader.catalog, reader.who, reader.catalog.skills[words[0]])
    return replace(found, new=False) if BEFORE in words and isinstance(found, Marked) else found


def _unlearn(tx: Connection, reader: Reader, words: Words) -> object:
    if not words:
        return learning.skills(tx, reader.catalog, reader.who, None)
    found = learning.unmarked(tx, reader.catalog, reader.who, reader.catalog.skills[words[0]])
    return replace(found, was_marked=False) if BEFORE in words else found


def _skill(tx: Connection, reader: Reader, words: Words) -> object:
    if not words:
        return learning.skills(tx, reader.catalog, reader.who, None)
    return learning.skill(tx, reader.who, reader.catalog.skills[words[0]])


def _skills(tx: Connection, reader: Reader, words: Words) -> object:
    role = reader.catalog.roles[words[0]] if words else None
    return learning.skills(tx, reader.catalog, reader.who, role)


def _tip(tx: Connection, reader: Reader, words: Words) -> object:
    lesson, known = reader.catalog.lessons[words[0]], members.with_marks(tx, reader.who)
    choice = Choice(lesson, Reason[words[1]], reader.catalog.role_of(known.member.role))
    return tips.Given(choice, known.schedule)


def _schedule(tx: Connection, reader: Reader, words: Words) -> object:
    return schedules.Tips(schedules.schedule_of(tx, reader.who).as_of(reader.now), on_the_way=LATE in words)


READS: Mapping[str, Callable[[Connection, Reader, Words], object]] = {
    "learn": _learn,
    "unlearn": _unlearn,
    "skill": _skill,
    "skills": _skills,
    "role": lambda tx, reader, words: roles.look_at(tx, reader.catalog, reader.who, reader.catalog.roles[words[0]]),
    "myrole": lambda tx, reader, _: roles.my_role(tx, reader.catalog, reader.who, reader.now),
    "progress": lambda tx, reader, _: learning.progress(tx, reader.catalog, reader.who, reader.now),
    "plan": lambda tx, reader, _: plans.planned(tx, reader.catalog, reader.who, reader.now),
    "record": lambda tx, reader, words: record.record_for(tx, reader.catalog, reader.who, " ".join(words), reader.now),
    "tip": _tip,
    "tips": _schedule,
    "pause": _schedule,
    "resume": _schedule,
}


def wanted(tx: Connection, catalog: Catalog, planned: Sequence[Delivery], now: datetime) -> dict[str, Answer]:
    """Read what each answer shows."""
    return {delivery.id: _read(tx, catalog, delivery, now) for delivery in planned}


def _read(tx: Connection, catalog: Catalog, delivery: Delivery, now: datetime) -> Answer:
    about = delivery.subject
    if not isinstance(about, AnswerSubject):
        return NOTHING_TO_SAY
    reads = READS.get(about.verb)
    if reads is None:
        return AnswerPost(about, now)
    try:
        return AnswerPost(about, now, reads(tx, Reader(catalog, delivery.member, now), about.words))
    except KeyError:  # the content was read again since
        return AnswerPost(GONE, now)


def still_wanted(_tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep what was read at the claim, a second ago."""
    return {delivery.id: content for delivery, content in claimed}


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], _now: datetime) -> None:
    """Delete what the answers were about."""
    outbox.forget_words(tx, [delivery for delivery, _ in sent])


def failed(tx: Connection, delivery: Delivery, _outcome: Refused | Unknown, _now: datetime) -> None:
    """Delete what the answer was about: it is not sent again."""
    outbox.forget_words(tx, [delivery])


def content_refused(_tx: Connection, _delivery: Delivery, _reason: str, _now: datetime) -> bool:
    """Return False: an answer has no other content for a retry."""
    return False


def seen_as(_tx: Connection, _delivery: Delivery) -> str | None:
    """Return None: the buttons of an answer say nothing about its ts."""
    return None
