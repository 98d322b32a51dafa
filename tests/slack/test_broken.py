"""After an error nothing is stored, the person is told, and the log has the same reference."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import coach
from bot.coach.act import Act
from bot.core.errors import OutcomeUnknown
from bot.run import logs
from bot.slack import skill
from tests.running import every_row
from tests.slack.talk import Talks

EMIL = "U02EMIL"
NOTHING = "Nothing was changed. Try again in a minute."
CANARY = "canary-4711"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the database from another connection."""
    with contextlib.closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("line", ["learn cost spikes", "tip"])
async def test_with_a_locked_database_nothing_changes_and_the_answer_says_it(
    talk: Talks, tmp_path: Path, line: str
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift learn streaming")
    before = list(every_row(tmp_path))
    with locked(tmp_path):
        assert (await conversation.does(f"/roleshift {line}")).startswith(NOTHING)
        assert "You have learned 1 skill." in await conversation.does("/roleshift progress")  # reading goes on
    assert list(every_row(tmp_path)) == before
    assert NOTHING not in await conversation.does(f"/roleshift {line}")


async def test_an_error_is_answered_with_an_apology_whose_reference_is_in_the_log(
    talk: Talks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def boom(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(coach.learning, "progress", boom)
    said = await talk(EMIL).does("/roleshift progress")
    (record,) = [record for record in caplog.records if record.message == "request.broke"]
    reference = record.__dict__["reference"]
    assert said.startswith(f"That broke on my side (ref {reference}). Nothing was changed; try again in a minute.")
    assert said.endswith("Try again")
    assert len(reference) == 6
    line = logs.JsonFormatter().format(record)
    assert reference in line
    assert CANARY not in line + said


async def test_a_failed_click_is_answered_with_an_apology_and_the_next_one_works(
    talk: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift skills")
    screen = conversation.last
    with monkeypatch.context() as patch:
        patch.setattr(Act, "read", lambda *_: 1 / 0)
        assert "That broke on my side (ref " in await conversation.does("[Open a skill: Catch cost spikes early]")
    assert not screen.edited, "it stays as it was"
    conversation.last = screen
    assert "Start here" in await conversation.does("[Open a skill: Catch cost spikes early]")


async def test_a_screen_that_cannot_be_drawn_changes_nothing(
    talk: Talks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift learn streaming")
    before = list(every_row(tmp_path))
    monkeypatch.setattr(skill, "learned", lambda _: 1 / 0)
    assert "Nothing was changed" in await conversation.does("/roleshift learn cost spikes")
    assert list(every_row(tmp_path)) == before


async def test_after_a_lost_answer_to_a_commit_nobody_reads_that_nothing_changed(
    talk: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **_more: object) -> None:
        raise OutcomeUnknown

    monkeypatch.setattr(coach.learning, "mark", lost)
    said = await talk(EMIL).does("/roleshift learn cost spikes")
    assert said.startswith("I can't tell whether that was saved; see `/roleshift progress`.")
