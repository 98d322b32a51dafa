"""Every button on a screen has a handler, and every handler a button."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.app import NOUNS
from bot.slack.blocks import PREFIX
from bot.slack.challenge import card, run
from bot.slack.noun import Outdated
from bot.slack.tip import card as tip_card
from bot.slack.tip import check as tip_check
from tests.every import check_every
from tests.slack.screens.situations import on_surface, situations
from tests.slack.screens.small_catalog import SMALL

ROOT = Path(__file__).parents[2]
OLD: dict[str, str] = {}  # ids that only older versions drew and that must still be answered → why


def ids_in(part: Any, key: str) -> Iterator[str]:
    """Yield the bot's own ids under a key, such as `did` of `roleshift:did:0f…`, wherever they stand in a screen."""
    if isinstance(part, dict):
        found = part.get(key)
        if key == "action_id" and part.get("type") == "overflow":
            yield from (option["value"].partition(" ")[0] for option in part["options"])
        elif isinstance(found, str) and found.startswith(PREFIX):
            yield found.removeprefix(PREFIX).partition(":")[0]
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for each in part:
            yield from ids_in(each, key)


def drawn(key: str) -> set[str]:
    return {found for _, screen in situations(SMALL) for found in ids_in(on_surface(screen)[0], key)}


def offered() -> Iterator[str]:
    """Yield the verbs that errors offer as the next step, each of which becomes a button."""
    for path in (path for part in ("core", "coach", "slack") for path in (ROOT / "bot" / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NextStep":
                verb = node.args[1]
                if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                    yield verb.value


def test_every_button_on_every_screen_has_a_handler() -> None:
    buttons = drawn("action_id")
    assert len(buttons) > 20, "the screens were not found"
    assert buttons - NOUNS.verbs.keys() - NOUNS.clicks.keys() - NOUNS.redraws.keys() == set(), "no noun answers them"


def test_every_next_step_that_an_error_offers_has_a_handler() -> None:
    steps = set(offered())
    assert {"help", "tips", "challenge"} <= steps
    assert steps - NOUNS.verbs.keys() - NOUNS.clicks.keys() == set()


def test_every_form_has_a_handler_and_every_handler_a_form() -> None:
    assert drawn("callback_id") == NOUNS.forms.keys()


def test_every_click_that_is_answered_is_drawn_somewhere() -> None:
    buttons = drawn("action_id")
    assert (NOUNS.clicks.keys() | NOUNS.redraws.keys()) - buttons == OLD.keys(), "no screen draws them"


def test_a_button_with_the_name_of_a_command_is_told_apart_by_its_value() -> None:
    assert NOUNS.clicks.keys() & NOUNS.verbs.keys() == {card.DID}, "a click on it would run the command"
    assert NOUNS.click(card.DID, "0123456789abcdef") is NOUNS.clicks[card.DID]
    for typed in ("", "price", "a-tip-that-is-typed"):
        assert NOUNS.click(card.DID, typed).handler == NOUNS.verbs[card.DID].handler


def test_a_value_that_no_screen_draws_is_no_value_of_the_button() -> None:
    def check(case: tuple[str, str]) -> None:
        verb, value = case
        with pytest.raises(ValueError, match=r"^$"):
            NOUNS.clicks[verb].parse(value)

    check_every(
        [
            (tip_card.ANOTHER, ""),
            (tip_card.ANOTHER, "token-costs-1/path/w/"),
            (tip_card.DID, "token-costs-1/path/n2026-W48/"),
            (tip_card.DID, "token-costs-1/whim/n/"),
            (tip_card.UNDO, "Not a tip's id/path/n/"),
            (tip_card.UNDO, "token-costs-1/path/w2026-W48/price-of-one.4"),
            (tip_check.IN_TIP, "token-costs-1/path/w2026-W48//1"),
            (tip_check.IN_TIP, "token-costs-1/path/n/price-of-one.4.0a1b/1"),
            (tip_check.IN_TIP, "token-costs-1/path/w2026-W48/price-of-one.4.0a1b/3"),
            (tip_check.NOW, "price-of-one.4.0a1b/0123/token-costs/1"),
            (tip_check.NOW, "price-of-one.4.0a1b/0123456789abcdef//9"),
            (card.DID, "0123"),
            (card.DETAILS, ""),
            (run.POST_AGAIN, "nudge:U02EMIL:2026-W48"),
            (run.POST_AGAIN, "challenge:0123456789abcdef"),
        ],
        check,
    )


def test_what_no_screen_draws_is_outdated() -> None:
    for find in (NOUNS.click, NOUNS.form):
        for unknown in ("", "no-such-thing"):
            with pytest.raises(Outdated):
                find(unknown)
