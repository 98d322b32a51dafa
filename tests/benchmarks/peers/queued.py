"""Weekly tips by procrastinate, as its documentation teaches: the bot's worker is compared with it.

A periodic task plans, a task with a retry strategy posts, and jobs of workers that died are retried. Members, the
choice of a tip and its message are those of the textbook peer. `post` is the least that such a worker can do.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import procrastinate
from sqlalchemy import DateTime, select
from sqlalchemy.orm import Mapped, mapped_column

from tests.benchmarks.peers import textbook
from tests.benchmarks.peers.textbook import Base, Session, TipSent

BATCH = 500
TOGETHER = 20  # posts at once, as many as the bot makes to one workspace
HEARTBEAT, DEAD_AFTER = 1.0, 3.0  # seconds; instead of 10 and 30, as the bot's own lease is short where it is killed

queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


class Due(Base):
    """When a member gets the next tip."""

    __tablename__ = "textbook_due"

    team_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


@queue.periodic(cron="* * * * * */2")
@queue.task(queueing_lock="plan")
async def plan(timestamp: int) -> None:  # noqa: ARG001 - procrastinate calls it with the time
    while await plan_batch() == BATCH:
        pass


async def plan_batch() -> int:
    """Queue the tips that are due, and move their members a week ahead. Return how many."""
    come = select(Due).where(Due.due_at <= datetime.now(UTC)).order_by(Due.due_at).limit(BATCH)
    async with Session.begin() as session:
        due = (await session.scalars(come.with_for_update(skip_locked=True))).all()
        if due:
            await send_tip.batch_defer_async(*(arguments(each) for each in due))
        for each in due:
            each.due_at = week_later(each)
    return len(due)


def arguments(due: Due) -> dict[str, Any]:
    year, week, _ = due.due_at.astimezone(ZoneInfo(due.zone)).isocalendar()
    return {"team": due.team_id, "user": due.user_id, "week": f"{year}-W{week:02}"}


def week_later(due: Due) -> datetime:
    local = due.due_at.astimezone(ZoneInfo(due.zone))
    return (local + timedelta(weeks=1)).astimezone(UTC)


@queue.task(name="send_tip", retry=procrastinate.RetryStrategy(max_attempts=10, wait=1))
async def send_tip(team: str, user: str, week: str) -> None:
    """Post the tip of a week, unless the member has one."""
    async with Session() as session:
        member = await textbook.with_tips(session, team, user)
    if member is None or not member.wants_tips or textbook.has_tip(member, week):
        return
    skill, tip = textbook.choose(member)
    said, blocks = textbook.tip_text(tip), textbook.tip_blocks(skill, tip)
    posted = await textbook.app.client.chat_postMessage(channel=user, text=said, blocks=blocks)
    async with Session.begin() as session:
        session.add(TipSent(team_id=team, user_id=user, week=week, tip=tip.id, ts=posted["ts"]))


@queue.task(name="post", pass_context=True)
async def post(context: procrastinate.JobContext, /, **message: Any) -> None:
    """Post a message that was made before, with the client that all jobs share. Store nothing."""
    await context.additional_context["client"].chat_postMessage(**message)


@queue.periodic(cron="* * * * * */2")
@queue.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
    for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await queue.job_manager.retry_job(job)


async def work(*, wait: bool = True, **shared: Any) -> None:
    """Run the worker, for ever or until the queue is empty."""
    await queue.run_worker_async(
        concurrency=TOGETHER, wait=wait, additional_context=shared,
        update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=DEAD_AFTER,
    )  # fmt: skip
