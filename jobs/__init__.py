"""The scheduled jobs, and how many seconds pass between two runs of each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from bot.slack.services import Services
from jobs.challenges import close_challenges, update_challenges
from jobs.clock import Bell, Job
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges, refresh_members
from jobs.settle import settle
from jobs.sweep import sweep, sweep_tombstones
from jobs.teams import plan_leads, read_teams, take_figures
from jobs.tokens import check_tokens

log = logging.getLogger(__name__)
Run = Callable[[Services, asyncio.Event], Awaitable[None]]


# `--once` runs them in this order: what became of the last time comes first, and what was planned is then sent.
JOBS: tuple[tuple[str, float, Run], ...] = (
    ("refresh_tokens", 10, lambda services, stopping: services.installations.refresh_due(stopping)),
    ("look_at_installations", 60, lambda services, stopping: services.installations.look(stopping)),
    ("check_tokens", 5, check_tokens),
    ("settle", 5, settle),
    ("plan_nudges", 5, plan_nudges),
    ("close_challenges", 5, close_challenges),
    ("plan_leads", 60, plan_leads),
    ("deliver", 1, deliver),
    ("update_challenges", 2, update_challenges),
    ("read_teams", 60, read_teams),
    ("take_figures", 60, take_figures),
    ("sweep", 3600, sweep),
    ("sweep_tombstones", 60, sweep_tombstones),
)
MAX_REFRESHED = 60  # members, by `once`: the next run may be an hour away; Slack allows a hundred calls a minute


def start_bell(services: Services) -> Bell:
    """Ring every job on its interval, and the sender as soon as somebody waits for a message."""
    bell = Bell([Job(name, seconds, partial(run, services)) for name, seconds, run in JOBS])
    bell.start()
    bell.listen(services.planned, "deliver")
    return bell


async def once(services: Services) -> None:
    """Run every job once, also if one fails, for hosts with a cron; before, ask about more members than a job does."""
    errors: list[Exception] = []
    before: tuple[str, float, Run] = ("refresh_members", 0, partial(refresh_members, most=MAX_REFRESHED))
    for name, _, run in (before, *JOBS):
        try:
            await run(services, asyncio.Event())
        except Exception as error:
            log.exception("job.failed", extra={"job": name})
            errors.append(error)
    if errors:
        raise errors[0]
