"""The bell starts jobs at once and on time, none twice at a time, survives errors, and waits for running jobs."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from jobs import clock
from jobs.clock import Bell, Job

OFTEN, NEVER = 0.02, 3600.0


class Work:
    """A job that a test watches."""

    def __init__(self, ends: asyncio.Event | None = None, fault: Exception | None = None) -> None:
        self.began, self.done, self.at_once, self.most_at_once = 0, 0, 0, 0
        self.ends, self.fault = ends, fault
        self.news = asyncio.Condition()
        self.stopping: asyncio.Event | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        self.stopping = stopping
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self._tell(began=1)
        try:
            if self.ends:
                await self.ends.wait()
            if self.fault:
                raise self.fault
            await self._tell(done=1)
        finally:
            self.at_once -= 1

    async def _tell(self, began: int = 0, done: int = 0) -> None:
        async with self.news:
            self.began, self.done = self.began + began, self.done + done
            self.news.notify_all()

    async def has_begun(self, times: int) -> None:
        async with asyncio.timeout(60), self.news:
            await self.news.wait_for(lambda: self.began >= times)

    async def is_done(self, times: int) -> None:
        async with asyncio.timeout(60), self.news:
            await self.news.wait_for(lambda: self.done >= times)


async def test_a_job_never_runs_twice_at_a_time() -> None:
    ends, quick = asyncio.Event(), Work()
    slow = Work(ends)
    bell = Bell([Job("slow", OFTEN, slow.run), Job("quick", OFTEN, quick.run)])
    bell.start()
    await quick.is_done(5)
    assert (slow.began, slow.most_at_once) == (1, 1)
    ends.set()
    await slow.has_begun(2)
    await bell.drain(1)
    assert slow.most_at_once == 1


async def test_a_job_that_fails_is_logged_and_rings_again(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(fault=RuntimeError("no"))
    bell = Bell([Job("faulty", OFTEN, work.run)])
    bell.start()
    await work.has_begun(3)
    await bell.drain(1)
    assert {vars(record)["job"] for record in caplog.records if record.message == "job.failed"} == {"faulty"}


async def test_a_bell_whose_jobs_all_fail_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty, well, now = Work(fault=RuntimeError("no")), Work(), time.monotonic()
    bell = Bell([Job("faulty", NEVER, faulty.run)])
    bell.start()
    await faulty.has_begun(1)
    await bell.drain(1)
    monkeypatch.setattr(time, "monotonic", lambda: now + 100)
    assert bell.silent_for >= 99
    monkeypatch.undo()
    bell = Bell([Job("well", NEVER, well.run)])
    bell.start()
    await well.is_done(1)
    assert bell.silent_for < 90
    await bell.drain(1)


async def test_at_the_end_a_running_job_is_told_to_stop_and_waited_for() -> None:
    ends = asyncio.Event()
    work = Work(ends)
    bell = Bell([Job("work", NEVER, work.run)])
    bell.start()
    await work.has_begun(1)
    draining = asyncio.create_task(bell.drain(5))
    assert work.stopping is not None
    await work.stopping.wait()
    assert not draining.done()
    ends.set()
    await draining
    assert work.done == 1


async def test_a_job_that_does_not_end_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(asyncio.Event())
    bell = Bell([Job("work", NEVER, work.run)])
    bell.start()
    await work.has_begun(1)
    await bell.drain(0.01)
    while not caplog.records:  # noqa: ASYNC110 - the scheduler tells later that the job has ended
        await asyncio.sleep(0)
    assert work.done == 0
    assert [record.message for record in caplog.records] == ["job.given_up"]


@pytest.mark.parametrize("hours", [-24 * 8, 1 / 6])
async def test_the_bell_goes_on_after_the_machines_clock_was_set(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """The monotonic clock goes on."""
    often, rarely = Work(), Work()
    monkeypatch.setattr(clock, "WATCH_EVERY", OFTEN)
    bell = Bell([Job("often", OFTEN, often.run), Job("rarely", NEVER, rarely.run)])
    bell.start()
    await often.is_done(2)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
        await rarely.is_done(2)
        before = often.done
        await often.is_done(before + 3)
        await bell.drain(1)
    assert rarely.done <= 3, (
        "a jump forward makes it due by itself, and the watch rings it once more; no more than that"
    )


async def test_a_job_starts_at_once_each_time_somebody_waits_for_it() -> None:
    work, wanted = Work(), asyncio.Event()
    bell = Bell([Job("urgent", NEVER, work.run)])
    bell.start()
    bell.listen(wanted, "urgent")
    await work.is_done(1)
    for times in (2, 3):
        wanted.set()
        await work.is_done(times)
    await bell.drain(1)
