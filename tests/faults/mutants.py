"""The bot with one protection taken out: each must turn its proof red, or the proof proves nothing."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from sqlalchemy import BindParameter, Connection, Select, bindparam, update
from sqlalchemy.sql.visitors import replacement_traverse

from bot.coach import live, schedules
from bot.coach.posts import challenges as posts
from bot.core import outbox as keys
from bot.core.challenges import Challenge, ChallengeState
from bot.core.member import MemberKey
from bot.core.outbox import CannotLook, DeliveryState, NotFound
from bot.slack import gateway
from bot.store import Store, challenges, entries, outbox, team
from bot.store.tables import challenge, delivery

T = TypeVar("T")
Write = Callable[..., Any]


class _RolledBack(Exception):
    def __init__(self, result: Any) -> None:
        self.result = result


async def as_it_is(store: Store, verb: Callable[..., T], *args: Any) -> T:
    """The store's own write."""
    return await store.write(verb, *args)


async def without_commit(store: Store, verb: Callable[..., T], *args: Any) -> T:
    """What the verb says, with nothing stored."""

    def undone(tx: Connection, *inner: Any) -> T:
        raise _RolledBack(verb(tx, *inner))

    try:
        return await store.write(undone, *args)
    except _RolledBack as rolled_back:
        result: T = rolled_back.result
        return result


async def _post_before_commit(store: Store, verb: Callable[..., T], *args: Any) -> T:
    """The start is not on record when the post goes out."""
    return await (without_commit if verb.__name__ == "begin" else as_it_is)(store, verb, *args)


_late: set[asyncio.Task[Any]] = set()


async def _ack_before_commit(store: Store, verb: Callable[..., T], *args: Any) -> T:
    """Says what would be stored, and stores it a moment later."""
    if not (args and getattr(args[0], "__name__", "") == "mark_learned"):
        return await store.write(verb, *args)
    result = await without_commit(store, verb, *args)

    async def later() -> None:
        await asyncio.sleep(random.uniform(0, 0.05))  # noqa: S311 - a mutant, no secret
        await store.write(verb, *args)

    task = asyncio.create_task(later())
    _late.add(task)
    task.add_done_callback(_late.discard)
    return result


def _retry() -> None:
    made = gateway.web_client

    def web_client(*args: Any, **kwargs: Any) -> Any:
        client = made(*args, **kwargs)
        client.retry_handlers = [AsyncConnectionErrorRetryHandler(2), AsyncServerErrorRetryHandler(2)]
        return client

    gateway.web_client = web_client


def _random_keys() -> None:
    made, draw = keys.nudge_key, random.Random()  # noqa: S311 - a mutant, no secret

    def nudge_key(who: MemberKey, week: str) -> str:
        return f"{made(who, week)}:{draw.getrandbits(32)}"

    schedules.nudge_key = nudge_key  # type: ignore[attr-defined]  # imported there


def _any_workspace() -> None:
    c, cancel_all = delivery.c, outbox.cancel_all
    anywhere = (
        update(delivery)
        .where(
            c.member_id == bindparam("m"),
            c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]),
            c.started_at.is_(None),
        )
        .values(state=DeliveryState.CANCELLED, reason=bindparam("why"), ended_at=bindparam("now"))
    )

    def cancel_anywhere(tx: Connection, who: MemberKey, why: str, now: Any) -> bool:
        tx.execute(anywhere, {"m": who.member_id, "why": why, "now": now})
        return cancel_all(tx, who, why, now)

    outbox.cancel_all = cancel_anywhere


def _counts_again() -> None:
    entries._DO = entries._INSERT.on_conflict_do_update(
        index_elements=entries._INDEX, set_={"done_at": entries._INSERT.excluded.done_at}
    ).returning(*entries.COLUMNS)


def _never_over() -> None:
    Challenge.check_on = lambda *_: None  # type: ignore[method-assign]  # a mutant


def _closes_again() -> None:
    """Close at every ring, and plan a recap each time."""
    draw, c = random.Random(), challenge.c  # noqa: S311 - a mutant, no secret
    made = keys.recap_key

    def recap_key(challenge_id: str) -> str:
        return f"{made(challenge_id)}:{draw.getrandbits(32)}"

    posts.recap_key = recap_key  # type: ignore[attr-defined]  # imported there
    challenges._CLOSE_DUE = (
        update(challenge)
        .where(c.ends_at <= bindparam("now"))
        .values(state=ChallengeState.CLOSED)
        .returning(*challenges.COLUMNS)
    )


def _takes_unseen_for_lost() -> None:
    """Where nobody can look, it is posted again."""
    find = gateway.WorkspaceGateway.find_post

    async def find_post(*args: Any) -> Any:
        found = await find(*args)
        return NotFound() if isinstance(found, CannotLook) else found

    gateway.WorkspaceGateway.find_post = find_post  # type: ignore[assignment, method-assign]  # takes the same three


def _changes_at_will() -> None:
    live.claim = lambda *_: True


def _reads_only_at_the_claim() -> None:
    """What is said stays what it was when it was claimed."""
    posts.still_wanted = lambda tx, claimed: {one.id: content for one, content in claimed}  # noqa: ARG005 - as called


async def _begin_late(store: Store, verb: Callable[..., T], *args: Any) -> T:
    """Leave time between claim and begin, in which members act."""
    if verb.__name__ == "begin":
        await asyncio.sleep(0.5)
    return await store.write(verb, *args)


def _lines_of_any_workspace() -> None:
    entries._LINES = _anywhere(entries._LINES)


def _desk_of_all_workspaces() -> None:
    for name in ("_BY_ROLE", "_BY_SKILL", "_VERDICTS"):
        setattr(team, name, _anywhere(getattr(team, name)))


def _anywhere(statement: Select[Any]) -> Any:
    """The same whatever workspace it is given, which it is given all the same."""

    def replaced(element: Any, **_: Any) -> Any:
        right = getattr(element, "right", None)
        is_given = isinstance(right, BindParameter) and getattr(element.left, "name", "") == "workspace_id"
        return right.is_not(None) if is_given and right is not None else None

    return replacement_traverse(statement, {}, replaced)


@dataclass(frozen=True)
class Mutant:
    """What is taken out: a change made once in the forked process, another way to write, or another setting."""

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
    "random-key": Mutant(_random_keys, proof="simulation"),
    "any-workspace": Mutant(_any_workspace, proof="simulation"),
    "ack-before-commit": Mutant(write=_ack_before_commit, proof="clicks"),
    "counts-again": Mutant(_counts_again, proof="challenges"),
    "never-over": Mutant(_never_over, proof="challenges"),
    "closes-again": Mutant(_closes_again, proof="challenges"),
    "takes-unseen-for-lost": Mutant(_takes_unseen_for_lost, proof="challenges", runs=40),
    "changes-at-will": Mutant(_changes_at_will, proof="challenges"),
    "reads-only-at-the-claim": Mutant(_reads_only_at_the_claim, write=_begin_late, proof="forgotten"),
    "lines-of-any-workspace": Mutant(_lines_of_any_workspace, proof="canaries"),
    "desk-of-all-workspaces": Mutant(_desk_of_all_workspaces, proof="canaries"),
}
