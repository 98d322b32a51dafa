"""Messages about a challenge: in its channel, in its thread, and by direct message."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach.posts.content import NOTHING_TO_SAY, Answer, Content, Later
from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Entry, Sharing, Standing, recap_lines, shown
from bot.core.member import MemberKey
from bot.core.outbox import (
    Delivery,
    DeliveryState,
    Kind,
    NewDelivery,
    Refused,
    Unknown,
    last_call_key,
    line_key,
    notice_key,
    recap_key,
)
from bot.core.subjects import ChallengeSubject, LineSubject, NoticeSubject, Subject
from bot.store import challenges, entries, members, outbox

KINDS_OF_CHALLENGES = (Kind.CHALLENGE, Kind.LINE, Kind.LAST_CALL, Kind.RECAP, Kind.NOTICE)
COUNTING = (Kind.CHALLENGE, Kind.RECAP)  # these say how many take part
THREAD_PAUSE = timedelta(minutes=1)  # until a line is tried again whose thread is not there yet

Failures = Mapping[tuple[str, str], tuple[Delivery, DeliveryState]]  # posts that failed, by workspace and key


@dataclass(frozen=True, slots=True)
class Posting:
    """All that a message about a challenge needs; `failed` is what a notice tells of, with where it stands."""

    challenge: Challenge
    standing: Standing
    entry: Entry | None = None
    lines: tuple[Entry, ...] = ()
    failed: Delivery | None = None
    in_doubt: bool = False  # Slack did not confirm the failed one, which may be there
    subject: Subject | None = None

    @property
    def must_wait(self) -> bool:
        """Whether there is no thread yet to which a line could go."""
        return self.entry is not None and self.entry.line is not None and self.challenge.ts is None

    @property
    def authors(self) -> tuple[str, ...]:
        """The ids of those whose names are shown."""
        written = (self.entry, *self.lines)
        return tuple(one.who.member_id for one in written if one and one.sharing is Sharing.NAMED)


def wanted(tx: Connection, _catalog: Catalog, planned: Sequence[Delivery]) -> dict[str, Answer]:
    """Return what each delivery says now, or why not, in four statements at most."""
    return _answers(tx, planned, lock=False)


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Read again what each says. What a member wrote is locked, and so is whether they take part."""
    return _answers(tx, [one for one, _ in claimed], lock=True)


def _answers(tx: Connection, about: Sequence[Delivery], *, lock: bool) -> dict[str, Answer]:
    keys = [(one.workspace_id, one.subject.key) for one in about if isinstance(one.subject, NoticeSubject)]
    failures = outbox.find_all(tx, keys) if keys else {}
    known = _Known(tx, about, failures, lock=lock)
    return {one.id: _answer(known.posting(one)) for one in about}


def _answer(posting: Posting | None) -> Answer:
    if posting is None:
        return NOTHING_TO_SAY
    return Later(THREAD_PAUSE) if posting.must_wait else posting


class _Known:
    """What the database says about the challenges of some deliveries, read once for all of them."""

    def __init__(self, tx: Connection, about: Sequence[Delivery], failures: Failures, *, lock: bool) -> None:
        self._failures = failures
        of_kind = {kind: [one for one in about if one.kind is kind] for kind in KINDS_OF_CHALLENGES}
        wanted = entries.Wanted(
            by_id=[(*_challenge_of(one), _entry_id(one)) for one in of_kind[Kind.LINE]],
            by_member=[(*_challenge_of(one), one.member.member_id) for one in of_kind[Kind.LAST_CALL]],
            quotable=[_challenge_of(one) for one in of_kind[Kind.RECAP]],
        )
        quoting = wanted != entries.Wanted([], [], [])
        self._entries = entries.look_up(tx, wanted, lock=lock) if quoting else []
        counted = [_challenge_of(one) for kind in COUNTING for one in of_kind[kind]]
        self._standings = entries.standings(tx, counted) if counted else {}
        self._challenges = challenges.find_all(tx, {self._key(one) for one in about})

    def posting(self, one: Delivery) -> Posting | None:
        """Return what a delivery says; None where nothing is left to be said."""
        found = self._challenges.get(self._key(one))
        if found is None:
            return None
        if one.kind is Kind.NOTICE:
            return self._notice(one, found)
        if one.kind is Kind.CHALLENGE:
            news = found.state is ChallengeState.OPEN and one.key == found.key and found.ts is None
            return Posting(found, self._standing(one)) if news else None
        if one.kind is Kind.RECAP:
            return self._recap(one, found)
        if one.kind is Kind.LINE:
            return self._line(one, found)
        return self._last_call(one, found)

    def _line(self, one: Delivery, found: Challenge) -> Posting | None:
        entry = next((each for each in self._of(found) if each.entry_id == _entry_id(one)), None)
        news = entry is not None and entry.may_be_quoted and entry.sharing is Sharing.NAMED
        return Posting(found, Standing(), entry) if news else None

    def _last_call(self, one: Delivery, found: Challenge) -> Posting | None:
        entry = next((each for each in self._of(found) if each.who == one.member), None)
        news = entry is not None and entry.done_at is None and found.state is ChallengeState.OPEN
        return Posting(found, Standing(), entry) if news else None

    def _recap(self, one: Delivery, found: Challenge) -> Posting | None:
        if found.state is not ChallengeState.CLOSED:
            return None
        return Posting(found, self._standing(one), lines=recap_lines(self._of(found)))

    def _notice(self, one: Delivery, found: Challenge) -> Posting | None:
        about, state = self._failures[one.workspace_id, _failed_key(one)]
        if state not in {DeliveryState.REFUSED, DeliveryState.UNCONFIRMED}:
            return None
        if about.kind is Kind.CHALLENGE and (about.key != found.key or found.ts is not None):
            return None  # it was posted again, or somebody has seen it
        return Posting(found, Standing(), failed=about, in_doubt=state is DeliveryState.UNCONFIRMED)

    def _standing(self, one: Delivery) -> Standing:
        return self._standings.get(_challenge_of(one), Standing())

    def _of(self, found: Challenge) -> Iterator[Entry]:
        key = (found.workspace_id, found.challenge_id)
        return (each for each in self._entries if (each.who.workspace_id, each.challenge_id) == key)

    def _key(self, one: Delivery) -> tuple[str, str]:
        """Return workspace and id of the challenge that a delivery is about: in a notice, that of the failed post."""
        if one.kind is not Kind.NOTICE:
            return _challenge_of(one)
        failed = self._failures.get((one.workspace_id, _failed_key(one)))
        return _challenge_of(failed[0]) if failed else (one.workspace_id, "")


def _challenge_of(one: Delivery) -> tuple[str, str]:
    return one.workspace_id, one.subject.challenge_id if isinstance(one.subject, ChallengeSubject | LineSubject) else ""


def _entry_id(one: Delivery) -> str:
    return one.subject.entry_id if isinstance(one.subject, LineSubject) else ""


def _failed_key(one: Delivery) -> str:
    return one.subject.key if isinstance(one.subject, NoticeSubject) else ""


def announce(tx: Connection, one: Challenge) -> None:
    """Plan the live message, once for each time that the challenge is posted."""
    assert one.starts_at is not None  # noqa: S101 - it is posted
    _plan(tx, one, Kind.CHALLENGE, one.key, one.starts_at, one.ends_at)


def plan_recap(tx: Connection, one: Challenge, now: datetime) -> None:
    """Plan the recap, once."""
    _plan(tx, one, Kind.RECAP, recap_key(one.challenge_id), now, now)


def plan_line(tx: Connection, one: Challenge, entry: Entry, now: datetime) -> None:
    """Plan the post of a member's line in the thread, once."""
    subject = LineSubject(one.challenge_id, entry.entry_id)
    _plan(tx, one, Kind.LINE, line_key(entry.entry_id), now, one.ends_at, subject)


def plan_last_calls(tx: Connection, one: Challenge, now: datetime) -> None:
    """Plan a direct message to each member who joined, has not done it, and opted in."""
    calls = [
        NewDelivery(
            workspace_id=one.workspace_id,
            key=last_call_key(one.challenge_id, MemberKey(one.workspace_id, who.member_id)),
            kind=Kind.LAST_CALL,
            member_id=who.member_id,
            channel=who.dm_channel,
            week=week_of(now, who.zone),
            subject=ChallengeSubject(one.challenge_id),
            due_at=now,
            until=one.ends_at,
        )
        for who in entries.undone(tx, one, now)
    ]
    outbox.put(tx, calls)


def failed(tx: Connection, one: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Tell the member who started the challenge. A challenge that was refused is a draft again."""
    if one.kind not in COUNTING:
        return
    found = challenges.find(tx, *_challenge_of(one))
    if found is None:
        return
    starter = None if found.started_by is None else MemberKey(one.workspace_id, found.started_by)
    # Lock the member before the challenge is written: a forgetting takes them in this order.
    known = starter is not None and bool(members.lock(tx, [starter]))
    if one.kind is Kind.CHALLENGE and isinstance(outcome, Refused) and one.key == found.key:
        challenges.back_to_draft(tx, found, found.postings, now)
    if known:
        notice = NewDelivery(
            workspace_id=one.workspace_id,
            key=notice_key(one.key, now),
            kind=Kind.NOTICE,
            member_id=found.started_by,
            subject=NoticeSubject(one.key),
            due_at=now,
            until=now,
        )
        outbox.put(tx, [notice])


def content_refused(_tx: Connection, _one: Delivery, _reason: str, _now: datetime) -> bool:
    """Return False: a challenge has no other content."""
    return False


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Record the ts of live messages, which are kept up to date from now on."""
    for one, ts in sent:
        found = challenges.find(tx, *_challenge_of(one)) if one.kind is Kind.CHALLENGE else None
        if found is not None and found.ts != ts:  # else a member has seen it before us
            challenges.posted(tx, found, ts, _as_posted(found), now)


def seen(tx: Connection, one: Challenge, ts: str, now: datetime) -> None:
    """Somebody pressed a button of the live message, so it is there, whatever became of Slack's answer."""
    if challenges.seen(tx, one, ts, _as_posted(one), now):
        outbox.arrived(tx, one.workspace_id, one.key, ts, now)


def seen_as(tx: Connection, one: Delivery) -> str | None:
    """Return the ts of a live message if a member pressed one of its buttons."""
    found = challenges.find(tx, *_challenge_of(one)) if one.kind is Kind.CHALLENGE else None
    return found.ts if found is not None and found.key == one.key else None


def _as_posted(one: Challenge) -> str:
    """A live message is only ever posted open, whatever the challenge has become since."""
    return shown(replace(one, state=ChallengeState.OPEN), Standing())


def _plan(
    tx: Connection, one: Challenge, kind: Kind, key: str, at: datetime, until: datetime, subject: Subject | None = None
) -> None:
    new = NewDelivery(
        workspace_id=one.workspace_id,
        key=key,
        kind=kind,
        channel=one.channel,
        subject=subject or ChallengeSubject(one.challenge_id),
        due_at=at,
        until=until,
    )
    outbox.put(tx, [new])
