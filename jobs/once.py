"""Does what is due once, for hosts that start a process now and then instead of keeping one."""

import asyncio

from jobs.deliver import deliver
from jobs.desk import Desk
from jobs.plan_nudges import plan_nudges
from jobs.settle import settle
from jobs.sweep import sweep


async def once(desk: Desk) -> None:
    """In this order: what became of the last time, what is due now, and its sending."""
    never = asyncio.Event()
    for job in (settle, plan_nudges, deliver, sweep):
        await job(desk, never)
