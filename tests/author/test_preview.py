"""An entry as members see it, as text."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.author.screens import preview
from bot.content.library import load
from bot.core.catalog import Catalog
from bot.core.errors import CommandError
from tests import real_content
from tests.content.folder import CHECK, FILES, edited, write

FIRST = "skills/first.yaml"


@pytest.fixture
def small(tmp_path: Path) -> Catalog:
    return load(write(tmp_path, {FIRST: FILES[FIRST] + CHECK}))


@pytest.mark.parametrize(
    ("entry_id", "told"),
    [
        ("tester", "Tester → AI Tester\nWas Tests by hand\nNow Tests what models say"),
        ("first", "First skill\nIt pays.\n\nStart here\nOpen the log."),
        ("first-one", "Do one · 15 minutes\n1. Open one log.\n2. Read it.\nDone when it is open.\n\nYou asked for it."),
        (
            "which-log",
            "Quick check on First skill\nWhich log comes first?\n\nA  The newest\nB  The oldest\nC  The longest\n\n[A]",
        ),
        ("logs", "Team challenge: Open the logs · until Sunday 29 November at 09:30 UTC\n\nOpen every log."),
        ("speed", "Speed\nShip it this week."),
    ],
)
def test_each_kind_of_entry_is_shown_as_text_without_mark_up(small: Catalog, entry_id: str, told: str) -> None:
    assert preview(small, entry_id).startswith(told)


def test_a_text_is_printed_as_it_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, edited(FIRST, "Open one log.", "Compare a_b & c_d in <logs>."))
    assert main(["content", "preview", "first-one", "--base", str(folder)]) == 0
    assert "1. Compare a_b & c_d in <logs>.\n2. Read it.\nDone" in capsys.readouterr().out


def test_a_lab_is_shown_with_its_data_and_what_is_said_to_a_right_answer() -> None:
    text = preview(real_content.load(), "cost")
    assert text.startswith("Price one answer from a day's calls · 10 minutes\nA table of one assistant's day")
    assert "[My answer] [Other data]" in text
    assert "Solved: Price one answer from a day's calls. Right." in text


def test_a_step_is_shown_as_its_five_minutes_whole_and_done() -> None:
    catalog = real_content.load()
    step = catalog.projects["know-and-cap-cost"].steps[0]
    five, _, rest = preview(catalog, step.id).partition(f"{step.title} · {step.minutes} minutes")
    whole, _, answer = rest.partition("Done. People call this")
    assert step.small in five
    assert f"1. {step.do[0]}" in whole
    assert step.called.split(";")[0] in answer


def test_an_unknown_id_is_named(small: Catalog) -> None:
    kinds = "role, project, step, skill, tip, check, challenge, theme or lab"
    with pytest.raises(CommandError, match=f"There is no {kinds} 'frist'"):
        preview(small, "frist")
