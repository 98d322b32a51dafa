"""What has to be said about a challenge: in its channel, in its thread, and to single members."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.challenges import LINES_MOST, Challenge, Entry, Sharing, Standing, shown
from bot.core.challenges import State as Life
from bot.core.delivery import Delivery, Kind, State
from bot.store import challenges, deliveries, entries, owed

OF_A_CHALLENGE = (Kind.CHALLENGE, Kind.LINE, Kind.LAST_CALL, Kind.RECAP, Kind.NOTICE)
LATE_MOST = timedelta(days=7)  # that a recap, a line or a notice may come late


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


def of(tx: Connection, one: Delivery) -> Posting | None:
    """What a delivery says; None where nothing is left to be said."""
    if one.kind is Kind.NOTICE:
        return _notice(tx, one)
    challenge_id, _, entry_id = (one.subject or "").partition("/")
    found = challenges.find(tx, one.workspace_id, challenge_id)
    if found is None:
        return None
    if one.kind is Kind.CHALLENGE:
        news = found.state is Life.OPEN and one.key == found.key and found.ts is None
        return Posting(found, entries.standing(tx, found)) if news else None
    if one.kind is Kind.RECAP:
        return _recap(tx, found)
    if one.kind is Kind.LINE:
        entry = entries.with_id(tx, one.workspace_id, challenge_id, entry_id)
        news = entry is not None and entry.may_be_quoted and entry.sharing is Sharing.NAMED
    else:
        entry = entries.find(tx, one.member, challenge_id)
        news = entry is not None and entry.done_at is None and found.state is Life.OPEN
    return Posting(found, Standing(), entry) if news else None


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
        deliveries.row(
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
        deliveries.plan(tx, rows)


def failed(tx: Connection, one: Delivery, now: datetime, *, in_doubt: bool = False) -> None:
    """A post was refused, or nobody knows: whoever started the challenge is told, and what they wrote is kept."""
    found = challenges.find(tx, one.workspace_id, (one.subject or "").partition("/")[0])
    if found is None or one.kind is Kind.LINE:
        return
    if one.kind is Kind.CHALLENGE and not in_doubt and one.key == found.key:
        challenges.back_to_draft(tx, found, found.postings, now)
    if found.started_by is not None:
        notice = deliveries.row(
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
        deliveries.plan(tx, [notice])


def confirmed(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Slack has these, each under its ts: a live message can be kept up to date from now on."""
    for one, ts in sent:
        found = challenges.find(tx, one.workspace_id, one.subject or "") if one.kind is Kind.CHALLENGE else None
        if found is not None and found.ts != ts:  # else somebody has seen it before us
            challenges.posted(tx, found, ts, _as_posted(found), now)


def seen(tx: Connection, one: Challenge, ts: str, now: datetime) -> None:
    """Somebody pressed a button of the live message, so it is there, whatever became of Slack's answer."""
    if challenges.seen(tx, one, ts, _as_posted(one), now):
        owed.arrived(tx, one.workspace_id, one.key, ts, now)


def seen_as(tx: Connection, one: Delivery) -> str | None:
    """Slack's name for a live message of which somebody pressed a button; None for all else."""
    found = challenges.find(tx, one.workspace_id, one.subject or "") if one.kind is Kind.CHALLENGE else None
    return found.ts if found is not None and found.key == one.key else None


def _notice(tx: Connection, one: Delivery) -> Posting | None:
    key = one.subject or ""
    about = deliveries.find(tx, one.workspace_id, key)
    found = challenges.find(tx, one.workspace_id, about.subject) if about and about.subject else None
    state = owed.state_of(tx, one.workspace_id, key)
    if about is None or found is None or state not in {State.REFUSED, State.UNCONFIRMED}:
        return None
    if about.kind is Kind.CHALLENGE and (about.key != found.key or found.ts is not None):
        return None  # it was posted again, or somebody has seen it
    return Posting(found, Standing(), failed=about, in_doubt=state is State.UNCONFIRMED)


def _as_posted(one: Challenge) -> str:
    """A live message is only ever posted open, whatever the challenge has become since."""
    return shown(replace(one, state=Life.OPEN), Standing())


def _recap(tx: Connection, found: Challenge) -> Posting | None:
    if found.state is not Life.CLOSED:
        return None
    quotable = entries.lines(tx, found, most=1000)
    picked = tuple(entry for entry in quotable if entry.picked)[:LINES_MOST]
    return Posting(found, entries.standing(tx, found), lines=picked)


def _plan(
    tx: Connection, one: Challenge, kind: Kind, key: str, at: datetime, until: datetime, subject: str | None = None
) -> None:
    row = deliveries.row(
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
    deliveries.plan(tx, [row])
