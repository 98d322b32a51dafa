"""Run every job once, for hosts with a cron that start a process instead of keeping one."""

import asyncio

from bot.services import Services
from jobs.close_challenges import close_challenges
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.refresh_members import refresh_members
from jobs.settle import settle
from jobs.sweep import sweep, sweep_tombstones
from jobs.take_figures import take_figures
from jobs.update_challenges import update_challenges

MAX_REFRESHED = 60  # members: the next run may be an hour away; Slack allows a hundred calls a minute


async def once(services: Services) -> None:
    """Settle the last run, ask who is still there, plan what is due now, and send it, in this order."""
    never = asyncio.Event()
    await settle(services, never)
    await refresh_members(services, never, MAX_REFRESHED)
    for job in (plan_nudges, close_challenges, deliver, update_challenges, take_figures, sweep, sweep_tombstones):
        await job(services, never)
