"""Messages about a challenge: in its channel, and by direct message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Entry, Standing, shown
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import ChallengeSubject, Copy, Delivery, DeliveryState, Kind, NewDelivery, NoticeSubject, key_of
from bot.core.outcomes import Refused, Sent, Unknown
from bot.core.record import Records
from bot.outbox import deliveries
from bot.outbox.messages import NOTHING_TO_SAY, Answer, Content
from bot.store import admins, challenges, entries, members

COUNTING = (Kind.CHALLENGE, Kind.RECAP)  # these say how many take part


@dataclass(frozen=True, slots=True)
class Posting(Content):
    """The content of a message about a challenge. `failed`: the delivery that a notice is about."""

    challenge: Challenge
    standing: Standing
    lines: tuple[Entry, ...] = ()
    failed: Delivery | None = None
    in_doubt: bool = False  # Slack did not confirm the failed delivery, so it may have arrived

    @property
    def authors(self) -> tuple[str, ...]:
        if self.challenge.team_id is not None:
            return ()  # Slack puts the names in
        return tuple(entry.who.member_id for entry in self.lines)


def wanted(tx: Connection, _catalog: Catalog, _records: Records, delivery: Delivery, _now: datetime) -> Answer:
    return _answer(tx, delivery, lock=False)


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Read again what each delivery says. Lock the entries of members: what they wrote, and whether they take part."""
    return {delivery.id: _answer(tx, delivery, lock=True) for delivery, _ in claimed}


def _answer(tx: Connection, delivery: Delivery, *, lock: bool) -> Answer:
    challenge = _challenge_of(tx, delivery)
    if challenge is None:
        return NOTHING_TO_SAY
    if isinstance(delivery.subject, NoticeSubject):
        found = deliveries.find(tx, delivery.workspace_id, delivery.subject.key)
        if found is None or found.state not in {DeliveryState.REFUSED, DeliveryState.UNCONFIRMED}:
            return NOTHING_TO_SAY
        about, in_doubt = found.delivery, found.state is DeliveryState.UNCONFIRMED
        if about.kind is Kind.CHALLENGE and (about.key != challenge.key or challenge.ts is not None):
            return NOTHING_TO_SAY  # the challenge was posted again, or a member has seen it
        return Posting(challenge, Standing(), failed=about, in_doubt=in_doubt)
    posting = as_it_is(tx, challenge, lock=lock)
    if delivery.kind is Kind.CHALLENGE:
        is_wanted = challenge.state is ChallengeState.OPEN and delivery.key == challenge.key and challenge.ts is None
    else:
        is_wanted = challenge.state is ChallengeState.CLOSED and bool(challenge.team_id is None or posting.lines)
    return posting if is_wanted else NOTHING_TO_SAY


def as_it_is(tx: Connection, challenge: Challenge, *, lock: bool = False) -> Posting:
    """Return what the messages of a challenge say now: its recap quotes five lines, a team's project all of them."""
    lines = entries.quotable(tx, challenge, lock=lock)
    quoted = lines[:5] if challenge.team_id is None else lines
    return Posting(challenge, challenges.standing(tx, challenge), tuple(quoted))


def _challenge_of(tx: Connection, delivery: Delivery) -> Challenge | None:
    about = delivery.subject
    challenge_id = about.challenge_id if isinstance(about, ChallengeSubject | NoticeSubject) else ""
    return challenges.find(tx, delivery.workspace_id, challenge_id)


def end(tx: Connection, challenge: Challenge, now: datetime) -> None:
    """Cancel the live message if it was not sent yet. Plan the recap; if nobody joined, a word to its starter alone."""
    deliveries.cancel(tx, challenge.workspace_id, challenge.key, "it is over", now)
    if challenge.state is not ChallengeState.CLOSED:
        return
    if challenges.standing(tx, challenge).joined:
        plan(tx, challenge, Kind.RECAP, now)
    elif challenge.ts is not None and challenge.team_id is None and challenge.started_by is not None:
        starter = MemberKey(challenge.workspace_id, challenge.started_by)
        if members.lock(tx, [starter], waits=False):
            plan(tx, challenge, Kind.UNJOINED, now, to=starter.member_id)


def failed(tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Plan a notice to the member who started the challenge. Make a refused challenge a draft again."""
    if delivery.kind not in COUNTING:
        return
    challenge = _challenge_of(tx, delivery)
    if challenge is None:
        return
    starter = None if challenge.started_by is None else MemberKey(delivery.workspace_id, challenge.started_by)
    # Lock the member before the challenge: *forget me* locks them in this order.
    known = starter is not None and bool(members.lock(tx, [starter]))
    if delivery.kind is Kind.CHALLENGE and isinstance(outcome, Refused) and delivery.key == challenge.key:
        challenges.back_to_draft(tx, challenge, challenge.postings)
    if isinstance(outcome, Refused):
        admins.record(tx, delivery.workspace_id, AdminAct.CHALLENGE_REFUSED, now, subject=challenge.challenge_id)
    if known:
        copy = Copy(delivery.workspace_id, challenge.started_by, key_of(Kind.NOTICE, delivery.key, now))
        about = NoticeSubject(key=delivery.key)
        deliveries.put(tx, NewDelivery([copy], Kind.NOTICE, due_at=now, until=now, subject=about))


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Record the ts of live messages and of recaps of teams' projects, which are kept up to date from now on."""
    for delivery, ts in sent:
        challenge = _challenge_of(tx, delivery) if delivery.kind in COUNTING else None
        if challenge is None or (delivery.kind is Kind.RECAP and challenge.team_id is None):
            continue
        if delivery.kind is Kind.RECAP:
            challenges.recapped(tx, challenge, ts)
        elif challenge.ts != ts:  # equal if a member's click has already recorded it
            challenges.posted(tx, challenge, ts, _as_posted(challenge), now)


def arrived(tx: Connection, challenge: Challenge, ts: str, now: datetime) -> None:
    """Record that the live message arrived: a member pressed one of its buttons. Slack's answer may have been lost."""
    if challenges.posted(tx, challenge, ts, _as_posted(challenge), now, by_a_click=True):
        deliveries.arrived(tx, challenge.workspace_id, challenge.key, Sent(challenge.channel, ts), now)


def _as_posted(challenge: Challenge) -> str:
    """Return the key of the live message as it was posted: always open, even if the challenge has ended since."""
    return shown(replace(challenge, state=ChallengeState.OPEN, revision=0), Standing())


def plan(tx: Connection, challenge: Challenge, kind: Kind, now: datetime, to: str | None = None) -> None:
    """Plan a message in the channel of a challenge, or to a member, once; the live one once for each posting."""
    key = challenge.key if kind is Kind.CHALLENGE else key_of(kind, challenge.challenge_id)
    copy = Copy(challenge.workspace_id, to, key, None if to else challenge.channel)
    until = challenge.ends_at if kind is Kind.CHALLENGE else now
    about = ChallengeSubject(challenge_id=challenge.challenge_id)
    deliveries.put(tx, NewDelivery([copy], kind, due_at=now, until=until, subject=about))
