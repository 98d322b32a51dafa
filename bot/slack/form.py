"""Forms: a modal to open, and what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.errors import UserError
from bot.slack.message import Block

TYPED_OR_CHOSEN = ("value", "selected_time", "selected_date", "selected_conversation")


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that a command or a click opens."""

    view: Block


@dataclass(frozen=True, slots=True)
class Pushed:
    """A modal that comes above the one that was submitted, which stays as it was filled in."""

    view: Block


class FieldError(UserError):
    """What is wrong with one field; the form stays open with everything that was filled in."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text)


def filled(state: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Each field's block id → what was typed or chosen; empty where nothing was, several with blanks between."""
    return {block_id: _value(element) for block_id, elements in state.items() for element in elements.values()}


def _value(element: Mapping[str, Any]) -> str:
    chosen = element.get("selected_option")
    options = [chosen] if chosen else element.get("selected_options")
    if options:
        return " ".join(option["value"] for option in options)
    return next((str(element[key]) for key in TYPED_OR_CHOSEN if element.get(key)), "")
