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

from bot.coach import assistants, installing, learning, practice, schedules
from bot.coach import challenges as coach
from bot.coach.posts import POSTS, answers, kept
from bot.coach.posts import challenges as posts
from bot.core import outbox as keys
from bot.core import team
from bot.core.challenges import Challenge, ChallengeState, Entry
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import CannotLook, NotFound
from bot.core.practice import Checked
from bot.core.team import Counts
from bot.outbox import deliveries, sending
from bot.slack import gateway, web_client
from bot.store import Store, challenges, entries, facts, figures, retention, workspaces
from bot.store import schedules as schedule_rows
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
        c = workspace.c
        gone = select(c.workspace_id).where(c.disconnected_why == workspaces.REMOVED)
        gone = gone.where(c.disconnected_at < now - rules.departed).limit(1)
        workspace_id = tx.scalar(gone)
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

    change: Callable[[], None] = lambda: None
    write: Write = as_it_is
    settings: tuple[tuple[str, str], ...] = ()
    proof: str = ""  # that must turn red
    about: str = ""  # the part of that proof where it shows
    runs: int = 0  # where it shows in few of them; 0: as many as the proof takes for a mutant


MUTANTS = {
    "sdk-retries": Mutant(_retry, proof="lost-answers", about="reset, im:history held"),
    "post-before-commit": Mutant(write=_post_before_commit, proof="kills"),
    "no-settling-time": Mutant(
        settings=(("ROLESHIFT_SETTLE_SECONDS", "0"),), proof="lost-answers", about="slow, im:history held"
    ),
    "random-key": Mutant(_put(schedules, "nudge_key", _never_the_same(keys.nudge_key)), proof="simulation"),
    "any-workspace": Mutant(_any_workspace, proof="isolation"),
    "takes-a-namesake": Mutant(_takes_a_namesake, proof="isolation"),
    "ack-before-commit": Mutant(write=_ack_before_commit, proof="clicks"),
    "counts-again": Mutant(_counts_again, proof="challenges"),
    "hears-again": Mutant(_hears_again, proof="answers"),
    "never-over": Mutant(_put(Challenge, "check_on", lambda *_: None), proof="challenges"),
    "closes-again": Mutant(_closes_again, proof="challenges"),
    "takes-unseen-for-lost": Mutant(_takes_unseen_for_lost, proof="challenges", runs=40),
    "changes-at-will": Mutant(_put(coach, "claim_update", lambda _tx, _challenge, now: now), proof="challenges"),
    # Ask about a skill from the day on after it was learned, and again each week.
    "checks-too-early": Mutant(
        _put(Checked, "due_at", lambda _self, _skill, learned_at: learned_at + timedelta(days=1)),
        proof="year",
        about="40 days",
        runs=1,
    ),
    "counts-no-silence": Mutant(
        _put(schedule_rows, "count_unanswered", lambda *_: None), proof="year", about="40 days", runs=1
    ),
    "answers-again": Mutant(_answers_again, proof="year", about="40 days", runs=4),
    "leaves-the-reminder": Mutant(_put(practice, "without_plan", lambda _act, seen, _why: seen), proof="plans"),
    "reads-only-at-the-claim": Mutant(_reads_only_at_the_claim, write=_begin_late, proof="forgotten"),
    "keeps-what-is-shown": Mutant(_put(challenges, "change", challenges.find), proof="shown"),
    "takes-a-week-again": Mutant(_takes_a_week_again, proof="observer"),
    "only-grows": Mutant(_counts_what_only_grows, proof="observer"),
    "not-rounded": Mutant(_shown_from(5, 1), proof="observer"),
    "four-are-enough": Mutant(_shown_from(4, 5), proof="observer"),
    "forgetful-server": Mutant(proof="outage", about="stopped"),  # see outage.FORGETFUL
    "ends-with-one": Mutant(_ends_with_one, proof="installations"),
}
