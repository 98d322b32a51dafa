"""Plan the nudge of each member whose slot has come, after asking Slack again about those whose next tip comes soon."""

import asyncio
import logging
from collections import Counter
from datetime import datetime, timedelta

from bot.coach import membership, schedules
from bot.coach.membership import Turn
from bot.core.errors import NothingChanged, NotInstalled
from bot.slack.gateway import TooMany
from bot.slack.services import Services
from bot.store import workspaces
from bot.store.schedules import DueMember

log = logging.getLogger(__name__)

ON_THE_LOOP = 100  # members in a transaction on SQLite, which blocks the event loop meanwhile
MAX_WAITING = 20  # workspaces that wait for others at the same time
PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def plan_nudges(services: Services, stopping: asyncio.Event) -> None:
    """Plan a hundred members or more in each transaction until nobody is left. Pause in between for other work.

    A workspace whose members take most of a transaction then waits until all others had their turn, so that thousands
    of members who are due at once do not delay the few of another workspace.
    """
    most = ON_THE_LOOP if services.store.embedded else schedules.MAX_PLANNED
    await refresh_members(services, stopping)
    await asyncio.sleep(PAUSE)
    planned, waiting = 0, set[str]()
    after: DueMember | None = None  # whom this run planned last
    while not stopping.is_set():
        due = await services.store.write(schedules.plan_due, services.clock.now(), most, waiting, after)
        planned += len(due)
        if len(due) < most and not waiting:
            break
        if len(due) < most or len(waiting) == MAX_WAITING:
            waiting.clear()
            after = None
        else:
            counts = Counter(each.key.workspace_id for each in due)
            waiting.update(busy for busy, members in counts.items() if members > most / 2)
            after = due[-1]
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})


SOON, OLD = timedelta(hours=2), timedelta(hours=24)
MAX_ASKED = 6  # of one workspace in each run
AT_ONCE = 10  # so many times as many in all workspaces together
CALL_PAUSE = 0.05  # seconds between two calls for one workspace, so that Slack sees no burst
LEASE = 90.0  # seconds for which one worker asks about the members of a workspace, and others do not
MAX_TURN = 75.0  # seconds after which no further call begins, so that it ends before the lease does


async def refresh_members(services: Services, stopping: asyncio.Event, most: int = MAX_ASKED) -> None:
    """Ask about members in the order of their next tips, at most so many of each workspace.

    Workers share the work: each leases workspaces. So nobody is asked about twice, and the rate limit holds for all
    workers together. A workspace at its rate limit, or where Slack does not answer, keeps no other one waiting.
    """
    now = services.clock.now()
    stale = await services.store.read(membership.stale, now + SOON, now - OLD, most, most * AT_ONCE)
    if stale and not stopping.is_set():
        turns = await services.store.write(membership.take_turns, stale, now - OLD, LEASE)
        await asyncio.gather(*(_take(services, turn, now, stopping) for turn in turns))


async def _take(services: Services, turn: Turn, now: datetime, stopping: asyncio.Event) -> None:
    """Ask Slack about the members of a turn, and store the answers.

    Where it does not answer, the lease goes on to its end, so that the workspace takes no turn of others until then.
    """
    where, loop, asked = {"workspace_id": turn.workspace_id}, asyncio.get_running_loop(), 0
    ends_at = loop.time() + MAX_TURN
    try:
        for who in turn.members:
            if stopping.is_set() or loop.time() > ends_at:
                break
            try:
                profile = await services.gateway.for_workspace(turn.workspace_id).profile(who.member_id)
            except TooMany as error:
                await services.store.write(workspaces.pause, turn.workspace_id, error.pause.total_seconds())
                return
            except (NothingChanged, NotInstalled):
                log.warning("member.unrefreshed", extra=where)
                return
            await services.store.write(membership.see_profile, who, profile, now)
            asked += 1
            await asyncio.sleep(CALL_PAUSE)
        then = turn.lease_until - LEASE + asked * 60 / services.pace.asks_per_minute
        await services.store.write(workspaces.end_asking, turn.workspace_id, turn.lease_until, then)
    except Exception:  # the lease ends by itself
        log.exception("members.broke", extra=where)
