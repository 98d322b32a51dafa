"""Fill a database of the peers with members who get weekly tips: `python -m … MEMBERS FIRST EVERY [--queue]`.

Its rows are those that the peers themselves would write, but many in one statement.
"""

import asyncio
import importlib
import pickle
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import create_engine, func, insert, select

from tests.benchmarks.members import ZONES, name
from tests.benchmarks.peers import textbook
from tests.benchmarks.peers.textbook import Base, Learned, Member, TipSent

TEAM = "T0BENCH"
SKILLS = 3  # that each has learned


def zone(number: int) -> str:
    return ZONES[number % len(ZONES)]


async def members(count: int) -> None:
    role = next(iter(textbook.catalog.roles.values()))
    who = [{"team_id": TEAM, "user_id": name(number)} for number in range(count)]
    learned = [{**key, "skill": skill, "at": datetime.now(UTC)} for key in who for skill in role.skills[:SKILLS]]
    slot = {"role": role.slug, "weekday": 1, "hour": 9, "minute": 30, "wants_tips": True}
    async with textbook.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        rows = [{**key, **slot, "zone": zone(number)} for number, key in enumerate(who)]
        await connection.execute(insert(Member), rows)
        await connection.execute(insert(Learned), learned)


async def due(count: int, first: datetime, every: timedelta) -> None:
    """Store when each member gets the next tip, for the worker of the queue."""
    table = importlib.import_module("tests.benchmarks.peers.queued").Due
    async with textbook.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        rows = [
            {"team_id": TEAM, "user_id": name(number), "zone": zone(number), "due_at": first + number * every}
            for number in range(count)
        ]
        await connection.execute(insert(table), rows)


def jobs(count: int, first: datetime, every: timedelta) -> None:
    store = SQLAlchemyJobStore(engine=create_engine(textbook.for_apscheduler))
    store.jobs_t.create(store.engine, checkfirst=True)
    rows = [_job(number, first + number * every) for number in range(count)]
    with store.engine.begin() as connection:
        connection.execute(insert(store.jobs_t), rows)
    store.engine.dispose()


def _job(number: int, at: datetime) -> dict[str, Any]:
    member = Member(team_id=TEAM, user_id=name(number))
    state = {
        "version": 1, "id": textbook.job_id(member), "func": f"{textbook.__name__}:{textbook.send_tip.__name__}",
        "trigger": _weekly(zone(number)), "executor": "default", "args": (TEAM, name(number)), "kwargs": {},
        "name": textbook.send_tip.__name__, "misfire_grace_time": textbook.A_DAY, "coalesce": True, "max_instances": 1,
        "next_run_time": at,
    }  # fmt: skip
    pickled = pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
    return {"id": state["id"], "next_run_time": at.timestamp(), "job_state": pickled}


@cache
def _weekly(name_of_zone: str) -> CronTrigger:
    return CronTrigger(day_of_week="tue", hour=9, minute=30, timezone=ZoneInfo(name_of_zone))


async def posted(week: str) -> int:
    async with textbook.Session() as session:
        count = select(func.count()).select_from(TipSent).where(TipSent.week == week)
        return int(await session.scalar(count) or 0)


async def main(count: int, first: datetime, every: timedelta, *, is_for_queue: bool) -> None:
    """Fill it. `first`: when the first tip is due; `every`: the time from one member's tip to the next."""
    await members(count)
    if is_for_queue:
        await due(count, first, every)
        queue = importlib.import_module("tests.benchmarks.peers.queued").queue
        async with queue.open_async():
            await queue.schema_manager.apply_schema_async()
    else:
        jobs(count, first, every)
    await textbook.engine.dispose()


if __name__ == "__main__":
    number, since_1970, seconds, *queue_peer = sys.argv[1:]
    begin, apart = datetime.fromtimestamp(float(since_1970), UTC), timedelta(seconds=float(seconds))
    asyncio.run(main(int(number), begin, apart, is_for_queue=queue_peer == ["--queue"]))
