"""Versions of the bot without one of its protections. The proof of that protection must fail for them.

Mutants patch public names only, so that they don't depend on how a module is written.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from sqlalchemy import Connection, select, update

from bot.coach import assistants, challenges as coach, installing, learning, practice, schedules
from bot.coach.posts import POSTS, answers, challenges as posts, kept
from bot.core import outbox as keys, team
from bot.core.challenges import Challenge, ChallengeState, Entry
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import CannotLook, NotFound
from bot.core.practice import Checked
from bot.core.team import Counts
from bot.outbox import deliveries, sending
from bot.slack import gateway, web_client
from bot.store import Store, challenges, entries, facts, figures, retention, schedules as schedule_rows, workspaces
from bot.store.member_schema import assistant_token, delivery, entry, quiz
from bot.store.schema import challenge, workspace
from tests.faults.kill_points import name_of

T = TypeVar("T")
Write = Callable[..., Any]


class _RolledBack(Exception):
    def __init__(self, result: Any) -> None:
        self.result = result


async def as_it_is(store: Store, use_case: Callable[..., T], *args: Any) -> T:
    return await store.write(use_case, *args)


async def without_commit(store: Store, use_case: Callable[..., T], *args: Any) -> T:
    """Return what the use case returns, with nothing stored."""

    def undone(tx: Connection, *inner: Any) -> T:
        raise _RolledBack(use_case(tx, *inner))

    try:
        return await store.write(undone, *args)
    except _RolledBack as rolled_back:
        result: T = rolled_back.result
        return result


async def _post_before_commit(store: Store, use_case: Callable[..., T], *args: Any) -> T:
    return await (without_commit if _is(sending.begin, use_case) else as_it_is)(store, use_case, *args)


def _is(what: Callable[..., Any], use_case: Callable[..., Any]) -> bool:
    return name_of(use_case) == name_of(what)


_late: set[asyncio.Task[Any]] = set()


async def _ack_before_commit(store: Store, use_case: Callable[..., T], *args: Any) -> T:
    """Say what would be stored, and store it a moment later."""
    if not _is(learning.mark, use_case):
        return await store.write(use_case, *args)
    result = await without_commit(store, use_case, *args)

    async def later() -> None:
        await asyncio.sleep(random.uniform(0, 0.05))  # noqa: S311 - a mutant, no secret
        await store.write(use_case, *args)

    task = asyncio.create_task(later())
    _late.add(task)
    task.add_done_callback(_late.discard)
    return result


def _nothing(*_: object) -> None:
    """Do nothing, in the place of what protects."""


def _a_day_later(_self: Checked, _skill: str, learned_at: datetime) -> datetime:
    """Ask about a skill from the day on after it was learned, and again each week."""
    return learned_at + timedelta(days=1)


def _put(owner: object, name: str, value: Callable[..., Any]) -> Callable[[], None]:
    return lambda: setattr(owner, name, value)


def _retry() -> None:
    made = web_client.web_client

    def retrying(*args: Any, **kwargs: Any) -> Any:
        client = made(*args, **kwargs)
        client.retry_handlers = [AsyncConnectionErrorRetryHandler(2), AsyncServerErrorRetryHandler(2)]
        return client

    gateway.web_client = retrying  # type: ignore[attr-defined]  # imported there


def _never_the_same(key: Callable[..., str]) -> Callable[..., str]:
    draw = random.Random()  # noqa: S311 - a mutant, no secret
    return lambda *about: f"{key(*about)}:{draw.getrandbits(32)}"


def _any_workspace() -> None:
    c, cancel_all = delivery.c, deliveries.cancel_all

    def cancel_anywhere(tx: Connection, who: MemberKey, why: str, now: Any, kinds: Any = tuple(Kind)) -> bool:
        not_begun = c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]) & c.started_at.is_(None)
        anywhere = update(delivery).where(c.member_id == who.member_id, not_begun)
        tx.execute(anywhere.values(state=DeliveryState.CANCELLED, reason=why, ended_at=now))
        return cancel_all(tx, who, why, now, kinds)

    deliveries.cancel_all = cancel_anywhere


def _takes_a_namesake() -> None:
    """Take who calls for the member with that id whose token was made first, in whatever workspace."""

    def owner(tx: Connection, token: str, now: datetime) -> MemberKey | None:  # noqa: ARG001 - as it is called
        found, c = assistants.TOKEN.fullmatch(token), assistant_token.c
        row = found and tx.execute(select(c.workspace_id).where(c.member_id == found[2]).order_by(c.made_at)).first()
        return MemberKey(row.workspace_id, found[2]) if found and row else None

    assistants.owner = owner


def _counts_again() -> None:
    """Move the time of *I did it* with each press."""
    join, c = entries.join, entry.c

    def join_again(
        tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime, done_at: Any = None
    ) -> Entry:
        of_challenge = (c.workspace_id == who.workspace_id, c.challenge_id == challenge.challenge_id)
        if done_at:
            tx.execute(update(entry).where(*of_challenge, c.member_id == who.member_id).values(done_at=None))
        return join(tx, who, challenge, entry_id, now, done_at)

    entries.join = join_again


def _hears_again() -> None:
    """Handle each copy of an event."""
    answers.key_of = _never_the_same(keys.key_of)  # type: ignore[attr-defined]  # imported there
    workspaces.see_event = lambda *_: True


def _closes_again() -> None:
    """Close at every ring, and plan a recap each time."""
    c, close_due = challenge.c, challenges.close_due
    posts.key_of = _never_the_same(keys.key_of)  # type: ignore[attr-defined]  # imported there
    reopen = update(challenge).where(c.state == ChallengeState.CLOSED).values(state=ChallengeState.OPEN)

    def close_again(tx: Connection, now: datetime) -> list[Challenge]:
        tx.execute(reopen.where(c.ends_at <= now))
        return close_due(tx, now)

    challenges.close_due = close_again


def _takes_unseen_for_lost() -> None:
    find = gateway.WorkspaceGateway.find_post

    async def find_post(*args: Any) -> Any:
        found = await find(*args)
        return NotFound() if isinstance(found, CannotLook) else found

    gateway.WorkspaceGateway.find_post = find_post  # type: ignore[assignment, method-assign]  # takes the same three


def _reads_only_at_the_claim() -> None:
    for kind, family in POSTS.items():
        if family.wanted is posts.wanted:
            POSTS[kind] = replace(family, still_wanted=kept)


async def _begin_late(store: Store, use_case: Callable[..., T], *args: Any) -> T:
    """Leave time between claim and begin, in which members act."""
    if _is(sending.begin, use_case):
        await asyncio.sleep(0.5)
    return await store.write(use_case, *args)


def _answers_again() -> None:
    answer, c = facts.answer_check, quiz.c

    def answer_again(tx: Connection, who: MemberKey, asking: str, *args: Any, **more: Any) -> bool:
        tx.execute(update(quiz).where(c.member_id == who.member_id, c.asking == asking).values(answered_at=None))
        return answer(tx, who, asking, *args, **more)

    facts.answer_check = answer_again


def _ends_with_one() -> None:
    """Mark a workspace as removed when one of its installations ends, and delete it whatever else serves it."""

    def lose(tx: Connection, workspace_ids: Iterable[str], now: datetime) -> list[str]:
        lost = list(workspace_ids)
        for workspace_id in lost:
            workspaces.disconnect(tx, workspace_id, workspaces.REMOVED, now)
        return lost

    def sweep(tx: Connection, rules: retention.Retention, now: datetime) -> int:
        c, before = workspace.c, now - rules.departed
        gone = select(c.workspace_id).where(c.disconnected_why == workspaces.REMOVED, c.disconnected_at < before)
        workspace_id = tx.scalar(gone.limit(1))
        return 0 if workspace_id is None else retention.erase_workspace(tx, workspace_id).total()

    installing.lose, retention.sweep_workspaces = lose, sweep


def _takes_a_week_again() -> None:
    """Forget that a week was counted: it is counted anew where its figures were deleted."""
    counted = figures.counted
    figures.counted = lambda tx: [(workspace_id, zone, None) for workspace_id, zone, _ in counted(tx)]
    figures.take = lambda *_: True


def _counts_what_only_grows() -> None:
    """Count who ever answered right, not who did so in the week."""
    count = figures.count

    def count_ever(tx: Connection, workspace_id: str, since: datetime, until: datetime) -> Counts:
        week, ever = (count(tx, workspace_id, start, until) for start in (since, since - timedelta(days=3650)))
        grown = {name: number for name, number in ever.did.items() if name.startswith(team.RIGHT)}
        return replace(week, did={**week.did, **grown})

    figures.count = count_ever


def _shown_from(least: int, share: int) -> Callable[[], None]:
    """Show counts from so many people on, rounded to multiples of this."""
    return _put(team, "rounded", lambda count: (count + share // 2) // share * share if count >= least else 0)


@dataclass(frozen=True)
class Mutant:
    """What is taken out: a change made once in the process, another way to write, or another setting."""

    proof: str = ""  # that must turn red
    change: Callable[[], None] = lambda: None
    write: Write = as_it_is
    settings: tuple[tuple[str, str], ...] = ()
    about: str = ""  # the part of that proof where it shows
    runs: int = 0  # where it shows in few of them; 0: as many as the proof takes for a mutant


MUTANTS = {
    "sdk-retries": Mutant("lost-answers", _retry, about="reset, im:history held"),
    "post-before-commit": Mutant("kills", write=_post_before_commit),
    "no-settling-time": Mutant(
        "lost-answers", settings=(("ROLESHIFT_SETTLE_SECONDS", "0"),), about="slow, im:history held"
    ),
    "random-key": Mutant("simulation", _put(schedules, "nudge_key", _never_the_same(keys.nudge_key))),
    "any-workspace": Mutant("isolation", _any_workspace),
    "takes-a-namesake": Mutant("isolation", _takes_a_namesake),
    "ack-before-commit": Mutant("clicks", write=_ack_before_commit),
    "counts-again": Mutant("challenges", _counts_again),
    "hears-again": Mutant("answers", _hears_again),
    "never-over": Mutant("challenges", _put(Challenge, "check_on", _nothing)),
    "closes-again": Mutant("challenges", _closes_again),
    "takes-unseen-for-lost": Mutant("challenges", _takes_unseen_for_lost, runs=40),
    "changes-at-will": Mutant("challenges", _put(coach, "claim_update", lambda _tx, _challenge, now: now)),
    "checks-too-early": Mutant("year", _put(Checked, "due_at", _a_day_later), about="40 days", runs=1),
    "counts-no-silence": Mutant("year", _put(schedule_rows, "count_unanswered", _nothing), about="40 days", runs=1),
    "answers-again": Mutant("year", _answers_again, about="40 days", runs=4),
    "leaves-the-reminder": Mutant("plans", _put(practice, "without_plan", lambda _act, seen, _why: seen)),
    "reads-only-at-the-claim": Mutant("forgotten", _reads_only_at_the_claim, write=_begin_late),
    "keeps-what-is-shown": Mutant("shown", _put(challenges, "change", challenges.find)),
    "takes-a-week-again": Mutant("observer", _takes_a_week_again),
    "only-grows": Mutant("observer", _counts_what_only_grows),
    "not-rounded": Mutant("observer", _shown_from(5, 1)),
    "four-are-enough": Mutant("observer", _shown_from(4, 5)),
    "forgetful-server": Mutant("outage", about="stopped"),  # see outage.FORGETFUL
    "ends-with-one": Mutant("installations", _ends_with_one),
}
