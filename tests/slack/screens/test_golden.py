"""Each screen equals its golden file. There is one file for each situation; read the diff when it changes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from bot.slack.message import Message
from tests.slack.screens.situations import Screen, on_surface, situations
from tests.slack.screens.small_catalog import SMALL

SITUATIONS = dict(situations(SMALL))
MARK_UP = re.compile(r"`|\*\w+\*|&(amp|lt|gt);")
FOLDER = Path(__file__).parent / "__snapshots__" / Path(__file__).stem


class ByName(JSONSnapshotExtension):
    """One file a situation, named as the situation is."""

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:  # noqa: ARG003 - the name says it
        return str(index)


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(ByName)


@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")  # a file bears the situation's name, not the test's
@pytest.mark.parametrize(("name", "screen"), SITUATIONS.items(), ids=SITUATIONS)
def test_a_screen_looks_as_agreed(name: str, screen: Screen, golden: SnapshotAssertion) -> None:
    payload, _ = on_surface(screen)
    assert json.loads(json.dumps(payload)) == golden(name=name)


@pytest.mark.parametrize("screen", SITUATIONS.values(), ids=SITUATIONS)
def test_what_was_rendered_before_is_what_is_sent(screen: Screen) -> None:
    if isinstance(screen, Message):
        assert json.loads(screen.body()) == json.loads(json.dumps(on_surface(screen)[0]))


@pytest.mark.parametrize("screen", SITUATIONS.values(), ids=SITUATIONS)
def test_a_message_has_at_most_one_primary_button(screen: Screen) -> None:
    primary = [
        button["text"]["text"]
        for block in on_surface(screen)[0].get("blocks", [])
        for button in block.get("elements", [])
        if button.get("style") == "primary"
    ]
    assert len(primary) <= 1 or not isinstance(screen, Message), primary


@pytest.mark.parametrize("screen", SITUATIONS.values(), ids=SITUATIONS)
def test_a_plain_text_holds_no_mark_up_as_slack_would_show_its_signs(screen: Screen) -> None:
    assert not [text for text in plain_texts(on_surface(screen)[0]) if MARK_UP.search(text)]


def plain_texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict) and part.get("type") == "plain_text":
        yield part["text"]
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from plain_texts(inner)


def test_no_golden_file_is_left_of_a_situation_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == SITUATIONS.keys()
