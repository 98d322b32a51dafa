"""Each screen looks as agreed: the most important ones as JSON, all others as text, in one file a noun.

`--snapshot-update` writes both anew; read the diff.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.slack.screens.situations import on_surface, situations
from tests.slack.screens.small_catalog import SMALL
from tests.slack.screens.words import words_of

HERE = Path(__file__).parent
SITUATIONS = dict(situations(SMALL))
AS_JSON = """
    help menu-with-a-tip sorry-refused sorry-not-an-admin sorry-broken sorry-in-a-form-with-a-next-step
    myrole-without-a-role myrole-chosen-for-the-first-time role-picker-with-an-offer role-nothing-learned
    skill-open learned progress-nothing-yet progress-with-practice record
    home-first-visit home-before-the-tip home-fullest coach-me-with-a-tip ask-answered
    welcome nudge-with-a-check tip-asked tip-done-with-a-line tip-planned tip-blocked-why tip-line-form when-form
    tips-on tips-form situation-form settings-of-ones-own
    project-first-step project-half-way project-end project-choice
    challenge challenge-recap challenge-details-joined challenge-templates challenge-form
    challenge-preview challenges-of-who-runs-them entry-done entry-line
    team team-too-few admins-for-admins announce-form announce-introduction
    privacy my-data forget-asked forgotten
""".split()
NOUNS = {  # where the first word of a situation's name is not its noun
    "lead": "team", "learned": "skill", "unlearned": "skill", "skills": "skill", "roles": "role", "themes": "theme",
    "nudge": "weekly", "welcome": "weekly", "pause": "tips", "when": "plan", "did": "tip",
    "coach": "shortcuts", "challenges": "challenge-lists", "entry": "challenge-entries",
    "labs": "lab", "my": "privacy", "export": "privacy", "forget": "privacy", "forgotten": "privacy", "path": "show",
}  # fmt: skip


class ByName(JSONSnapshotExtension):
    """One file a situation, named as the situation is."""

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:  # noqa: ARG003 - the name says it
        return str(index)


class ByNoun(ByName):
    """One text file a noun, in the folder `texts`."""

    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - they are all in one place
        return str(HERE / "texts")

    def serialize(self, data: str, **_: Any) -> str:
        return data


def texts() -> dict[str, str]:
    """Return what each noun's file holds: its situations, one after another."""
    found = defaultdict(list)
    for name, screen in SITUATIONS.items():
        if name not in AS_JSON:
            word = name.partition("-")[0]
            found[NOUNS.get(word, word)].append(f"===== {name}\n{words_of(screen)}\n")
    return {noun: "\n".join(screens) for noun, screens in found.items()}


TEXTS = texts()


@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")  # a file bears the situation's name, not the test's
@pytest.mark.parametrize("name", AS_JSON)
def test_an_important_screen_is_sent_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    assert json.loads(json.dumps(on_surface(SITUATIONS[name])[0])) == snapshot(name=name, extension_class=ByName)


@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")
@pytest.mark.parametrize("noun", TEXTS)
def test_the_words_and_buttons_of_every_other_screen_are_as_agreed(noun: str, snapshot: SnapshotAssertion) -> None:
    assert TEXTS[noun] == snapshot(name=noun, extension_class=ByNoun)


def test_no_file_is_left_of_a_screen_that_is_gone() -> None:
    as_json, as_text = HERE.glob("__snapshots__/test_golden/*.json"), HERE.glob("texts/*.txt")
    assert [path.name for path in as_json if path.stem not in AS_JSON] == []
    assert [path.name for path in as_text if path.stem not in TEXTS] == []
