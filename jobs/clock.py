"""The bell: start each job on its interval, and let running jobs finish at the end."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

# A job that is late runs once. It is never skipped and never runs twice at the same time.
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
        """Return the time of the next ring; it is never in the past."""
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
        self._jobs = jobs
        self._turns = {job.name: asyncio.Lock() for job in jobs}  # a job never runs twice at a time
        self._watching: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)
        self._listening: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Future[None]] = set()
        self._stopping = asyncio.Event()
        self._last_tick = time.monotonic()
        for job in jobs:
            self._scheduler.add_job(
                self._ring,
                Every(seconds=job.seconds, timezone=UTC),
                args=[job],
                id=job.name,
                name=job.name,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Start each job at once, then on its interval."""
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch_clock())

    def listen(self, event: asyncio.Event, job: str) -> None:
        """Start a job whenever the event is set: at once, or if it runs already, as soon as that run is over."""
        self._listening.append(asyncio.create_task(self._ring_at(event, job)))

    @property
    def silent_for(self) -> float:
        """Return the seconds since a job last finished."""
        return time.monotonic() - self._last_tick

    async def drain(self, seconds: float) -> None:
        """Start no more jobs, and wait for those that run, but no longer than `seconds`.

        The scheduler's own shutdown cancels running jobs, so it comes last.
        """
        self._stopping.set()
        if self._watching is not None:
            self._watching.cancel()
        for listening in self._listening:
            listening.cancel()
        self._scheduler.pause()
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for job in late:
                job.cancel()
        self._scheduler.shutdown(wait=False)

    async def _ring_at(self, event: asyncio.Event, job: str) -> None:
        while await event.wait():
            event.clear()
            await self._ring(next(each for each in self._jobs if each.name == job))

    async def _watch_clock(self) -> None:
        offset = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            drift = time.time() - time.monotonic() - offset
            if abs(drift) > MAX_DRIFT:
                offset += drift
                log.warning("clock.moved", extra={"seconds": round(drift)})
                for job in self._jobs:
                    self._scheduler.modify_job(job.name, next_run_time=datetime.now(UTC))

    async def _ring(self, job: Job) -> None:
        running = asyncio.ensure_future(self._run(job))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await asyncio.shield(running)  # a shutdown cancels the ring, never the job

    async def _run(self, job: Job) -> None:
        async with self._turns[job.name]:
            if self._stopping.is_set():
                return
            try:
                await job.run(self._stopping)
                self._last_tick = time.monotonic()
            except Exception:  # the next ring tries again; a job must not end the bell
                log.exception("job.failed", extra={"job": job.name})
