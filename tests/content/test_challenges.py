"""A challenge's slug is its file's name, and every mistake in the file is reported with its line."""

from pathlib import Path

import pytest

from bot.content.library import load
from tests.content.folder import CHALLENGE, FILES, THEME, Changed, edited, mistakes, write

FIRST = "skills/first.yaml"
LOGS = "challenges/logs.yaml"


def test_challenges_stand_in_the_order_of_their_files_each_by_its_stem(tmp_path: Path) -> None:
    names = {"traces": "Open the traces", "alerts": "Open the alerts"}
    others: Changed = {f"challenges/{slug}.yaml": CHALLENGE.format(name=name) for slug, name in names.items()}
    assert list(load(write(tmp_path, others)).challenges) == ["alerts", "logs", "traces"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({LOGS: None}, ["content/challenges:1:1 holds no .yaml file"], id="no challenge at all"),
        pytest.param(
            edited(LOGS, "theme: speed", "theme: sped"),
            ["content/challenges/logs.yaml:2:1 unknown theme 'sped'; did you mean 'speed'?"],
            id="a challenge's unknown theme, and no second complaint that it is not its skill's",
        ),
        pytest.param(
            edited(LOGS, "skill: first", "skill: frist"),
            ["content/challenges/logs.yaml:3:1 unknown skill 'frist'; did you mean 'first'?"],
            id="a challenge's unknown skill",
        ),
        pytest.param(
            {**edited("themes.yaml", "mottos:", f"{THEME}mottos:"), **edited(LOGS, "theme: speed", "theme: care")},
            ["content/challenges/logs.yaml:2:1 theme 'care' is not that of its skill, 'speed'"],
            id="a challenge's theme that is not its skill's",
        ),
        pytest.param(
            edited(FIRST, "theme: speed", "theme: sped"),
            ["content/skills/first.yaml:2:1 unknown theme 'sped'; did you mean 'speed'?"],
            id="a skill's unknown theme, and no echo of that at its challenge",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.\n", ""),
            ["content/skills/first.yaml:1:1 needs `why:`"],
            id="a broken skill, and no echo of that at its challenge",
        ),
        pytest.param(
            {"challenges/traces.yaml": CHALLENGE.format(name="Open - the LOGS")},
            ["content/challenges/traces.yaml:1:1 challenge name 'Open - the LOGS' is taken by logs"],
            id="two challenges of one name",
        ),
        pytest.param(
            {"challenges/open-the-logs.yaml": CHALLENGE.format(name="Open them")},
            ["content/challenges/open-the-logs.yaml:1:1 challenge name 'open-the-logs' is taken by logs"],
            id="a challenge's stem that is another's name",
        ),
        pytest.param(
            {"challenges/logs.yml": FILES[LOGS]},
            ["content/challenges/logs.yml:1:1 duplicate id 'logs' (first at content/challenges/logs.yaml:1)"],
            id="two challenges of one stem",
        ),
        pytest.param(
            edited(LOGS, "minutes: 45", "minutes: 10"),
            ["content/challenges/logs.yaml:7:1 `minutes`: input should be greater than or equal to 15"],
            id="a challenge as short as a tip",
        ),
        pytest.param(
            edited(LOGS, "minutes: 45", "minutes: 121"),
            ["content/challenges/logs.yaml:7:1 `minutes`: input should be less than or equal to 120"],
            id="a challenge that takes half a day",
        ),
        pytest.param(
            edited(LOGS, "evidence:", "proof:"),
            [
                "content/challenges/logs.yaml:1:1 needs `evidence:`",
                "content/challenges/logs.yaml:8:1 unknown key 'proof'",
            ],
            id="unknown key in a challenge",
        ),
        pytest.param(
            edited(LOGS, "evidence: Which log was empty?", f"evidence: {'x' * 201}"),
            ["content/challenges/logs.yaml:8:1 `evidence`: string should have at most 200 characters"],
            id="a question that is too long",
        ),
    ],
)
def test_a_mistake_in_a_challenge_is_named_with_its_line_and_nothing_else_is(
    tmp_path: Path, changed: Changed, said: list[str]
) -> None:
    assert mistakes(write(tmp_path, changed)) == said
