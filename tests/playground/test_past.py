"""The playground begins with a past of thirteen weeks: the desk has figures, and no delivery of the past is open."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.coach import desk
from bot.core.catalog import Catalog
from bot.core.practice import Blocker
from bot.playground.demo import past
from bot.playground.demo.sample import WEEKS_WITH_ROLESHIFT, sample
from bot.run.connect import connected_services
from bot.store import open_store
from jobs import once
from tests.driver.standin import StandIn
from tests.running import every_row, settings_for

PLAYED = {person.id for person in sample().people if person.switchable}
EXTRAS = {person.id for person in sample().people if not person.switchable}
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
NOW = TODAY + timedelta(days=8 - TODAY.weekday())  # Tuesday of next week, as the emulator's clock only moves ahead


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder like `folder`, to copy: a past takes seconds."""
    made = tmp_path_factory.mktemp("past")
    asyncio.run(past.lay_down(f"sqlite:///{made}/bot.db", sample(), NOW))
    assert [path.name for path in made.iterdir()] == ["bot.db"], "nothing is left in a journal"
    return made


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    shutil.copy(made_once / "bot.db", tmp_path)
    return tmp_path


def ask(folder: Path, question: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(folder / "bot.db")) as database:
        return database.execute(question).fetchall()


def test_everyone_whom_nobody_plays_has_a_role_skills_and_an_answer_to_weekly_tips(folder: Path) -> None:
    roles = dict(ask(folder, "SELECT member_id, role FROM member"))
    assert roles.keys() == EXTRAS | WEEKS_WITH_ROLESHIFT.keys()
    skills = dict(ask(folder, "SELECT member_id, count(*) FROM skill_mark GROUP BY member_id"))
    counts = [skills[member_id] for member_id in EXTRAS]
    assert (min(counts), max(counts)) == (3, 9)
    assert dict(ask(folder, "SELECT consent, count(*) FROM schedule GROUP BY consent")) == {"yes": 18, "no": 3}
    steps = dict(ask(folder, "SELECT step, count(*) FROM practice GROUP BY step"))
    assert steps["not-my-work"] == 5
    assert steps["done"] > steps["blocked"] > 14, "most weeks of the 14 with weekly tips are practised"
    assert ask(folder, "SELECT count(DISTINCT member_id) FROM situation") == [(len(roles),)]
    answered = dict(ask(folder, "SELECT right, count(*) FROM quiz WHERE answered_at IS NOT NULL GROUP BY right"))
    assert min(answered[0], answered[1]) >= 10
    assert ask(folder, "SELECT count(*) FROM delivery WHERE kind = 'reminder'")[0][0] >= 2


def test_each_playable_person_finds_their_own_role_by_their_title(catalog: Catalog) -> None:
    found = {catalog.role_named(person.title).slug for person in sample().people if person.switchable}
    assert len(found) == len(PLAYED)


def test_six_playable_people_have_a_record_and_are_in_projects_the_others_have_none(folder: Path) -> None:
    blank = PLAYED - WEEKS_WITH_ROLESHIFT.keys()
    assert [row for row in every_row(folder) if blank.intersection(map(str, row))] == []
    begun = {each for (each,) in ask(folder, "SELECT DISTINCT member_id FROM project WHERE begun_at IS NOT NULL")}
    assert begun >= WEEKS_WITH_ROLESHIFT.keys()
    open_ = "SELECT count(DISTINCT member_id) FROM project WHERE begun_at IS NOT NULL AND ended_at IS NULL"
    assert ask(folder, open_)[0][0] >= 5
    for member_id, weeks, done, skills in (("U03ASHA", 52, 25, 20), ("U04KENJI", 3, 1, 1), ("U12MARTA", 12, 5, 3)):
        ((met_at,),) = ask(folder, f"SELECT met_at FROM member WHERE member_id = '{member_id}'")  # noqa: S608 - our own
        assert (NOW - datetime.fromisoformat(f"{met_at}+00:00")) // timedelta(weeks=1) == weeks
        for question, least in (
            (f"SELECT count(*) FROM practice WHERE step = 'done' AND member_id = '{member_id}'", done),  # noqa: S608
            (f"SELECT count(*) FROM skill_mark WHERE member_id = '{member_id}'", skills),  # noqa: S608
        ):
            assert ask(folder, question)[0][0] >= least, question


@pytest.mark.parametrize("hours", [0, 129], ids=["Tuesday noon", "Monday in India"])
async def test_the_desk_tells_the_same_of_the_last_week_at_whatever_hour_the_demo_starts(
    folder: Path, catalog: Catalog, hours: int
) -> None:
    now = NOW + timedelta(hours=hours)
    if hours:
        (folder / "bot.db").unlink()
        await past.lay_down(f"sqlite:///{folder}/bot.db", sample(), now)
    assert {state for (state,) in ask(folder, "SELECT state FROM delivery")} == {"sent"}
    store = open_store(f"sqlite:///{folder}/bot.db")
    found = await store.read(desk.desk, sample().id, now)
    await store.close()
    assert found.last is not None
    assert found.zone == past.ZONE
    assert now - found.last.ended_at < timedelta(weeks=1)
    assert found.last.did == 5
    assert found.last.blocking(catalog) == ((Blocker.NO_TIME, 10),)
    assert len([week for week in found.weeks if week.did]) > 6


async def test_nothing_of_it_is_owed_when_the_bot_starts_and_tips_go_on_in_the_week_after(folder: Path) -> None:
    settings = {"ROLESHIFT_CLOCK": str(folder / "clock"), "ROLESHIFT_SENDS_PER_MINUTE": "100000"}
    async with StandIn(clock_file=folder / "clock") as slack:
        slack.clock.go_to(NOW)
        async with connected_services(settings_for(slack, folder, **settings)) as desk:
            await once(desk)
            assert slack.posts == []
            for _ in range(8 * 3):
                slack.clock.advance(timedelta(hours=8))
                await once(desk)
        assert slack.refused == []
    tipped = {member_id for (member_id,) in ask(folder, "SELECT member_id FROM schedule WHERE consent = 'yes'")}
    counts = Counter(post.person for post in slack.posts)
    assert counts.keys() == tipped
    assert set(counts.values()) <= {1, 2}
