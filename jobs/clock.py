"""The bell: APScheduler starts each job on its interval; at the end, running jobs may finish."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

# A job that is late runs once. While it runs, no second one begins.
JOB_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
WATCH_EVERY, MAX_DRIFT = 1.0, 1.0  # seconds: how often the two clocks are compared, and by how much they may differ


@dataclass(frozen=True, slots=True)
class Job:
    """A job that runs every `seconds`. `run` stops early once the event is set."""

    name: str
    seconds: float
    run: Callable[[asyncio.Event], Awaitable[None]]


class Every(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that skips the rings that were missed.

    APScheduler's own interval counts them one by one: 691,200 steps for a job of every second, if a clock jumps 8 days.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None:
            return now
        planned: datetime = previous_fire_time + self.interval
        return planned if planned > now else now + self.interval


class Bell:
    """Starts jobs with APScheduler. What is due and what was done is only in the database, not in the scheduler.

    APScheduler waits for times of the machine's clock, so a clock that is set back would silence it. The bell compares
    that clock with the monotonic one, and after a jump it rings every job at once.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._idle = {job.name: asyncio.Event() for job in jobs}
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._last_tick = time.monotonic()
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it logs each ring during a long run
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)
        for job in jobs:
            self._idle[job.name].set()
            every = Every(seconds=job.seconds, timezone=UTC)
            self._scheduler.add_job(self._run, every, args=[job], id=job.name, next_run_time=datetime.now(UTC))

    def start(self) -> None:
        self._scheduler.start()
        self._tasks.append(asyncio.create_task(self._watch_clock()))

    def listen(self, event: asyncio.Event, job: str) -> None:
        """Start a job whenever the event is set: at once, or if it runs already, as soon as that run is over."""
        self._tasks.append(asyncio.create_task(self._ring_at(event, job)))

    @property
    def silent_for(self) -> float:
        """Return the seconds since a job last finished."""
        return time.monotonic() - self._last_tick

    async def drain(self, seconds: float) -> None:
        """Start no more jobs, and wait at most `seconds` for those that run, which a shutdown would cancel."""
        self._stopping.set()
        for task in self._tasks:
            task.cancel()
        self._scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for idle in self._idle.values():
                    await idle.wait()
        self._scheduler.shutdown(wait=False)

    async def _run(self, job: Job) -> None:
        self._idle[job.name].clear()
        try:
            await job.run(self._stopping)
            self._last_tick = time.monotonic()
        except asyncio.CancelledError:
            log.warning("job.given_up", extra={"job": job.name})
            raise
        except Exception:  # the next ring tries again
            log.exception("job.failed", extra={"job": job.name})
        finally:
            self._idle[job.name].set()

    async def _ring_at(self, event: asyncio.Event, job: str) -> None:
        while await event.wait():
            await self._idle[job].wait()
            event.clear()
            self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def _watch_clock(self) -> None:
        offset = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            drift = time.time() - time.monotonic() - offset
            if abs(drift) > MAX_DRIFT:
                offset += drift
                log.warning("clock.moved", extra={"seconds": round(drift)})
                for job in self._idle:
                    self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))
