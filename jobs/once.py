"""Does what is due once, for hosts that start a process now and then instead of keeping one."""

import asyncio

from jobs.close_challenges import close_challenges
from jobs.deliver import deliver
from jobs.desk import Desk
from jobs.plan_nudges import plan_nudges
from jobs.refresh_members import refresh_members
from jobs.settle import settle
from jobs.sweep import sweep
from jobs.take_figures import take_figures
from jobs.update_challenges import update_challenges

REFRESHED_MOST = 60  # members, as the next time may be an hour away; Slack allows a hundred a minute


async def once(desk: Desk) -> None:
    """In this order: what became of the last time, who is still there, what is due now, and its sending."""
    never = asyncio.Event()
    await settle(desk, never)
    await refresh_members(desk, never, REFRESHED_MOST)
    for job in (plan_nudges, close_challenges, deliver, update_challenges, take_figures, sweep):
        await job(desk, never)
