"""`content check --strict`: every finding at its line, exit code 1, and what ships is clean."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.author.screens import limit_findings
from bot.content.library import FOLDER, load
from tests import real_content
from tests.content.folder import CHALLENGE, CHECK, FILES, Changed, edited, write

FIRST = "skills/first.yaml"
AMPERSANDS = "'" + "&" * 200 + "'"  # a step that Slack counts as a thousand characters


def test_what_ships_is_clean_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "check", "--strict"]) == 0
    catalog = real_content.load()
    tips, checks = (sum(len(getattr(skill, kind)) for skill in catalog.skills.values()) for kind in ("tips", "checks"))
    assert capsys.readouterr().out == (
        f"{FOLDER}: {len(catalog.roles)} roles, {len(catalog.skills)} skills, {tips} tips, {checks} checks, "
        f"{len(catalog.challenges)} challenges, {len(catalog.needs)} needs, no mistakes.\n"
    )


def test_each_finding_stands_at_its_line_with_what_to_write_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        FILES[FIRST].replace("It pays.", "It pays whilst you sleep.").replace("Open one log.", "Think about one log.")
    )
    # Slack counts `&` as five characters, `&amp;`: a file may be short enough, and its screen not.
    folder = write(tmp_path, {FIRST: text.replace("Open two logs., Read both.", ", ".join([AMPERSANDS] * 4))})
    assert main(["content", "check", "--base", str(folder)]) == 0
    assert main(["content", "check", "--strict", "--base", str(folder)]) == 1
    said = capsys.readouterr().err.splitlines()
    for line in (
        'skills/first.yaml:4:1 `why`: "whilst" is archaic; write today\'s word, such as "while", "fix", "so", "on" or',
        "skills/first.yaml:14:10 `do`: ",
        "skills/first.yaml:17:5 Slack refuses the screen 'tip first-two' (invalid_blocks: ",
        "needs.yaml:2:5 need 'logs' is used by no tip",
        "roles/tester.yaml:7:1 a member of role 'tester' has no new tip to do after 4 weeks",
    ):
        assert any(each.startswith(f"content/{line}") for each in said), (line, said)
    assert any(each.startswith("content:1:1 a member without a role has no new tip to do") for each in said)


def test_every_screen_of_a_skill_is_drawn(tmp_path: Path) -> None:
    folder = write(tmp_path, edited(FIRST, "[Doing it by hand]", f"[{', '.join([AMPERSANDS] * 5)}]"))
    (found,) = limit_findings(load(folder))
    assert found.text.startswith("Slack refuses the screen 'more on skill first' (invalid_blocks: ")


def test_ids_of_a_tip_and_a_check_that_are_too_long_for_one_menu_are_found(tmp_path: Path) -> None:
    long_check = CHECK.replace("which-log", "l" * 60)
    folder = write(tmp_path, {FIRST: FILES[FIRST] + long_check})
    assert list(limit_findings(load(folder))) == []
    (folder / FIRST).write_text((FILES[FIRST] + long_check).replace("first-one", "o" * 60))
    (tip, *_) = limit_findings(load(folder))
    assert tip.where == ("tips", 0)
    assert "with the check that has the longest id' (invalid_blocks: " in tip.text


def test_more_challenges_than_a_menu_holds_are_found(tmp_path: Path) -> None:
    many: Changed = {f"challenges/log-{number}.yaml": CHALLENGE.format(name=f"Log {number}") for number in range(100)}
    assert [each.text.partition(" (")[0] for each in limit_findings(load(write(tmp_path, many)))] == [
        "Slack refuses the screen 'choose a challenge'"
    ]
