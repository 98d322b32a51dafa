"""Run every job once, for hosts with a cron that start a process instead of keeping one."""

import asyncio

import jobs
from bot.run.services import Services
from jobs.refresh_members import refresh_members

MAX_REFRESHED = 60  # members: the next run may be an hour away; Slack allows a hundred calls a minute


async def once(services: Services) -> None:
    """Run each job of `JOBS` in its order, after asking Slack about more members than a job does."""
    never = asyncio.Event()
    await refresh_members(services, never, MAX_REFRESHED)
    for _, _, run in jobs.JOBS:
        await run(services, never)
