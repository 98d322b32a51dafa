"""What has to be said about a challenge: in its channel, in its thread, and to single members."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.challenges import Challenge, ChallengeState, Entry, Sharing, Standing, recap_lines, shown
from bot.core.member import MemberKey
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.store import challenges, entries, members, outbox

OF_A_CHALLENGE = (Kind.CHALLENGE, Kind.LINE, Kind.LAST_CALL, Kind.RECAP, Kind.NOTICE)
COUNTING = (Kind.CHALLENGE, Kind.RECAP)  # these say how many take part
LATE_MOST = timedelta(days=7)  # that a recap, a line or a notice may come late


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

    @property
    def must_wait(self) -> bool:
        """Whether there is no thread yet to which a line could go."""
        return self.entry is not None and self.entry.line is not None and self.challenge.ts is None

    @property
    def authors(self) -> tuple[str, ...]:
        """The ids of those whose names are shown."""
        written = (self.entry, *self.lines)
        return tuple(one.who.member_id for one in written if one and one.sharing is Sharing.NAMED)


def of(tx: Connection, owed_now: Sequence[Delivery], *, lock: bool = False) -> dict[str, Posting]:
    """Return what each delivery about a challenge says, by its id; one that has nothing left to say is left out.

    Four statements at most, however many there are. `lock`: what a member wrote stays as it is until the end of the
    transaction, and so does whether they take part.
    """
    about = [one for one in owed_now if one.kind in OF_A_CHALLENGE]
    if not about:
        return {}
    keys = [(one.workspace_id, one.subject or "") for one in about if one.kind is Kind.NOTICE]
    failures = outbox.find_all(tx, keys) if keys else {}
    known = _Known(tx, about, failures, lock=lock)
    found = {one.id: known.posting(one) for one in about}
    return {delivery_id: posting for delivery_id, posting in found.items() if posting is not None}


class _Known:
    """What the database says about the challenges of some deliveries, read once for all of them."""

    def __init__(self, tx: Connection, about: Sequence[Delivery], failures: Failures, *, lock: bool) -> None:
        self._failures = failures
        of_kind = {kind: [one for one in about if one.kind is kind] for kind in OF_A_CHALLENGE}
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
        about, state = self._failures[one.workspace_id, one.subject or ""]
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
        failed = self._failures.get((one.workspace_id, one.subject or ""))
        return _challenge_of(failed[0]) if failed else (one.workspace_id, "")


def _challenge_of(one: Delivery) -> tuple[str, str]:
    return one.workspace_id, (one.subject or "").partition("/")[0]


def _entry_id(one: Delivery) -> str:
    return (one.subject or "").partition("/")[2]


def announce(tx: Connection, one: Challenge) -> None:
    """Owes the live message to the channel, once for each time that it is to be posted."""
    assert one.starts_at is not None  # noqa: S101 - it is posted
    _plan(tx, one, Kind.CHALLENGE, one.key, one.starts_at, one.ends_at)


def owe_recap(tx: Connection, one: Challenge, now: datetime) -> None:
    """Owes the recap to the channel, once."""
    _plan(tx, one, Kind.RECAP, recap_key(one), now, now + LATE_MOST)


def recap_key(one: Challenge) -> str:
    """Of the delivery of its recap."""
    return f"recap:{one.challenge_id}"


def owe_line(tx: Connection, one: Challenge, entry: Entry, now: datetime) -> None:
    """Owes a member's line to the thread, once."""
    subject = f"{one.challenge_id}/{entry.entry_id}"
    _plan(tx, one, Kind.LINE, f"line:{entry.entry_id}", now, one.ends_at + LATE_MOST, subject)


def owe_last_calls(tx: Connection, one: Challenge, now: datetime) -> None:
    """Owes a word to everybody who joined and has not done it, if they said yes to direct messages."""
    rows = [
        outbox.row(
            workspace_id=one.workspace_id,
            key=f"last-call:{one.challenge_id}:{who.member_id}",
            id=secrets.token_hex(12),
            kind=Kind.LAST_CALL,
            member_id=who.member_id,
            channel=who.dm_channel,
            week=week_of(now, who.zone),
            subject=one.challenge_id,
            due_at=now,
            try_at=now,
            window_ends_at=one.ends_at,
        )
        for who in entries.undone(tx, one, now)
    ]
    if rows:
        outbox.plan(tx, rows)


def failed(tx: Connection, one: Delivery, now: datetime, *, in_doubt: bool = False) -> None:
    """A post was refused, or nobody knows: whoever started the challenge is told, and what they wrote is kept."""
    found = challenges.find(tx, one.workspace_id, (one.subject or "").partition("/")[0])
    if found is None or one.kind is Kind.LINE:
        return
    starter = None if found.started_by is None else MemberKey(one.workspace_id, found.started_by)
    told = starter is not None and bool(
        members.lock(tx, [starter])
    )  # before the challenge is written, which they wait for
    if one.kind is Kind.CHALLENGE and not in_doubt and one.key == found.key:
        challenges.back_to_draft(tx, found, found.postings, now)
    if told:
        notice = outbox.row(
            workspace_id=one.workspace_id,
            key=f"notice:{one.key}:{now:%Y%m%dT%H%M%S}",
            id=secrets.token_hex(12),
            kind=Kind.NOTICE,
            member_id=found.started_by,
            subject=one.key,
            due_at=now,
            try_at=now,
            window_ends_at=now + LATE_MOST,
        )
        outbox.plan(tx, [notice])


def confirmed(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Slack has these, each under its ts: a live message can be kept up to date from now on."""
    for one, ts in sent:
        found = challenges.find(tx, one.workspace_id, one.subject or "") if one.kind is Kind.CHALLENGE else None
        if found is not None and found.ts != ts:  # else somebody has seen it before us
            challenges.posted(tx, found, ts, _as_posted(found), now)


def seen(tx: Connection, one: Challenge, ts: str, now: datetime) -> None:
    """Somebody pressed a button of the live message, so it is there, whatever became of Slack's answer."""
    if challenges.seen(tx, one, ts, _as_posted(one), now):
        outbox.arrived(tx, one.workspace_id, one.key, ts, now)


def seen_as(tx: Connection, one: Delivery) -> str | None:
    """Slack's name for a live message of which somebody pressed a button; None for all else."""
    found = challenges.find(tx, one.workspace_id, one.subject or "") if one.kind is Kind.CHALLENGE else None
    return found.ts if found is not None and found.key == one.key else None


def _as_posted(one: Challenge) -> str:
    """A live message is only ever posted open, whatever the challenge has become since."""
    return shown(replace(one, state=ChallengeState.OPEN), Standing())


def _plan(
    tx: Connection, one: Challenge, kind: Kind, key: str, at: datetime, until: datetime, subject: str | None = None
) -> None:
    row = outbox.row(
        workspace_id=one.workspace_id,
        key=key,
        id=secrets.token_hex(12),
        kind=kind,
        member_id=None,
        channel=one.channel,
        subject=subject or one.challenge_id,
        due_at=at,
        try_at=at,
        window_ends_at=until,
    )
    outbox.plan(tx, [row])
