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
from tests.benchmarks.answers import TEXTBOOK
from tests.benchmarks.caller import call
from tests.benchmarks.kills import QUEUED, Ordeal, peer
from tests.benchmarks.minimal_slack import MEMBER, WORKSPACE, minimal_slack
from tests.benchmarks.processes import running
from tests.benchmarks.starts import fill

UNHARMED = Ordeal(members=5, seconds=0.5, kills=0, lost=0)


@pytest.mark.timeout(900)  # it starts a bot
def test_the_textbook_bot_answers_what_is_typed_and_keeps_jobs_like_those_that_are_filled_in(tmp_path: Path) -> None:
    role = next(iter(real_content.load().roles.values()))
    skill = real_content.load().skills[role.skills[0]].name
    database = tmp_path / "textbook.db"
    with minimal_slack() as slack:
        environment = slack.environment(DATABASE_URL=f"sqlite:///{database}")
        fill(tmp_path, environment, 1, datetime.now(UTC) + timedelta(days=1))
        with running(tmp_path, TEXTBOOK, env=environment) as bot:
            assert "Which role is yours?" in call(bot, "myrole")
            assert f"0 of {len(role.skills)} skills" in call(bot, f"myrole {role.slug}")
            assert json.loads(call(bot, f"learn {skill}"))["text"] == f"Learned: {skill}"
            assert f"1 of {len(role.skills)} skills" in call(bot, "myrole")
            assert skill in json.loads(call(bot, "progress"))["blocks"][0]["text"]["text"]
            assert "Weekly tips are on" in call(bot, "tips on")
    filled, stored = jobs(database)
    assert stored["id"] == f"tip:{WORKSPACE}:{MEMBER}"
    different = {name for name in stored if stored[name] != filled[name] and name != "trigger"}
    assert different == {"id", "args", "next_run_time"}, (filled, stored)
    assert [str(field) for field in filled["trigger"].fields] == [str(field) for field in stored["trigger"].fields]


def jobs(database: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT job_state FROM apscheduler_jobs ORDER BY rowid").fetchall()
    return [pickle.loads(state) for (state,) in rows]  # noqa: S301 - our own file


@pytest.mark.timeout(900)  # it starts a bot and a worker
async def test_each_peer_posts_each_tip_once(tmp_path: Path, new_postgres: str) -> None:
    for found in await asyncio.gather(
        peer(UNHARMED, TEXTBOOK, f"sqlite:///{tmp_path}/textbook.db", tmp_path),
        peer(UNHARMED, QUEUED, new_postgres, tmp_path),
    ):
        assert [(figure.name.partition(",")[0], figure.measured) for figure in found] == [
            ("doubled", [0]),
            ("lost", [0]),
        ]
