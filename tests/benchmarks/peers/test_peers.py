"""The peers do what they are compared for: they answer commands, post each tip once, and keep their jobs."""

import asyncio
import json
import pickle
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import real_content
from tests.benchmarks.caller import Caller
from tests.benchmarks.databases import Server
from tests.benchmarks.minimal_slack import MEMBER, WORKSPACE, minimal_slack
from tests.benchmarks.p_commands import TEXTBOOK
from tests.benchmarks.p_kills import QUEUED, Ordeal, peer
from tests.benchmarks.p_kills import TEXTBOOK as KILLED_TEXTBOOK
from tests.benchmarks.p_ready import fill
from tests.benchmarks.processes import running

UNHARMED = Ordeal(members=5, seconds=0.5, kills=0, lost=0)
ALL_ONCE = {"doubled": 0, "lost": 0, "kills": 0, "tips due": 5}


@pytest.mark.timeout(900)  # it starts a bot
def test_the_textbook_bot_answers_what_is_typed_and_keeps_jobs_like_those_that_are_filled_in(tmp_path: Path) -> None:
    role = next(iter(real_content.load().roles.values()))
    skill = real_content.load().skills[role.skills[0]].name
    database = tmp_path / "textbook.db"
    with minimal_slack() as slack:
        environment = slack.environment(DATABASE_URL=f"sqlite:///{database}")
        fill(tmp_path, environment, 1, datetime.now(UTC) + timedelta(days=1))
        with running(tmp_path, TEXTBOOK, env=environment) as bot:
            caller = Caller(bot)
            assert "Which role is yours?" in caller.call("myrole")
            assert f"0 of {len(role.skills)} skills" in caller.call(f"myrole {role.slug}")
            assert json.loads(caller.call(f"learn {skill}"))["text"] == f"Learned: {skill}"
            assert f"1 of {len(role.skills)} skills" in caller.call("myrole")
            assert skill in json.loads(caller.call("progress"))["blocks"][0]["text"]["text"]
            assert "Weekly tips are on" in caller.call("tips on")
    filled, stored = jobs(database)
    assert stored["id"] == f"tip:{WORKSPACE}:{MEMBER}"
    different = {name for name in stored if stored[name] != filled[name] and name != "trigger"}
    assert different == {"id", "args", "next_run_time"}, (filled, stored)
    assert [str(field) for field in filled["trigger"].fields] == [str(field) for field in stored["trigger"].fields]


def jobs(database: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT job_state FROM apscheduler_jobs ORDER BY rowid").fetchall()
    return [pickle.loads(state) for (state,) in rows]  # noqa: S301 - our own file


@pytest.mark.timeout(900)  # it starts a bot
def test_the_textbook_bot_posts_each_tip_once(tmp_path: Path) -> None:
    found = asyncio.run(peer(UNHARMED, KILLED_TEXTBOOK, f"sqlite:///{tmp_path}/textbook.db", tmp_path))
    assert dict(found.counted) == ALL_ONCE


@pytest.mark.timeout(900)  # it starts a worker
def test_the_queue_posts_each_tip_once(tmp_path: Path, postgres_server: str) -> None:
    address = asyncio.run(Server(postgres_server, pid=0).database())
    found = asyncio.run(peer(UNHARMED, QUEUED, address, tmp_path))
    assert dict(found.counted) == ALL_ONCE
