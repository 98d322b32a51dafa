"""Functions that make checks of JSON, so that Slack's limits can be written as tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.emulator.blocks import Json

Check = Callable[[Any, str], None]
Rule = Callable[[Json, str], None]  # a check of several fields of an object together


class Invalid(Exception):
    """A rule that JSON breaks, and where, in Slack's words."""

    def __init__(self, at: str, reason: str) -> None:
        super().__init__(f"{reason} [json-pointer:{at}]")


class NotEmulated(Invalid):
    """What Slack takes and this emulator does not know."""


def string(most: int, least: int = 1, pattern: str = "") -> Check:
    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if not isinstance(value, str):
            raise Invalid(at, "must be a string")
        if len(value) < least:
            raise Invalid(at, f"must be more than {least - 1} characters")
        if len(value) > most:
            raise Invalid(at, f"must be less than {most + 1} characters")
        if pattern and not re.fullmatch(pattern, value):
            raise Invalid(at, f"must match {pattern}")

    return check


def word(*allowed: str) -> Check:
    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if value not in allowed:
            raise Invalid(at, f"must be one of {', '.join(allowed)}")

    return check


def flag(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
    if not isinstance(value, bool):
        raise Invalid(at, "must be a boolean")


def whole(least: int, most: int) -> Check:
    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Invalid(at, f"must be a whole number from {least} to {most}")

    return check


def any_value(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
    """Accept it."""


def number(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Invalid(at, "must be a number")


def each(check_one: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if not isinstance(value, list):
            raise Invalid(at, "must be an array")
        if len(value) < least:
            raise Invalid(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            raise Invalid(at, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            check_one(item, f"{at}/{index}")

    return check


def shape(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    """Return a check for an object with only these fields."""
    must, may = dict(required or {}), dict(optional or {})

    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if not isinstance(value, dict):
            raise Invalid(at, "must be an object")
        for name in must.keys() - value.keys():
            raise Invalid(at, f"missing required field: {name}")
        for name in value.keys() - must.keys() - may.keys() - {"type"}:
            raise Invalid(at, f"invalid additional property: {name}")
        for name, field in (must | may).items():
            if name in value:
                field(value[name], f"{at}/{name}")
        for rule in rules:
            rule(value, at)

    return check


# Types of blocks and elements that Slack has, apart from those that the emulator checks.
ONLY_SLACKS = frozenset(
    """call carousel card file plan task_card video email_text_input file_input rich_text_input
    url_source url_text_input workflow_button color team usergroup""".split()
)


def by_type(shapes: Mapping[str, Check]) -> Check:
    """Return a check for an object whose `type` selects one of these shapes."""

    def check(value: Any, at: str) -> None:  # noqa: ANN401 -- any JSON may come
        if not isinstance(value, dict):
            raise Invalid(at, "must be an object")
        kind = value.get("type")
        if isinstance(kind, str) and kind in ONLY_SLACKS - shapes.keys():
            raise NotEmulated(f"{at}/type", f"`{kind}`")
        if not isinstance(kind, str) or kind not in shapes:
            raise Invalid(f"{at}/type", f"unsupported type: {kind}; it may be {', '.join(shapes)}")
        shapes[kind](value, at)

    return check


def exactly_one(*names: str) -> Rule:
    def rule(value: Json, at: str) -> None:
        if sum(name in value for name in names) != 1:
            raise Invalid(at, f"needs exactly one of {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Rule:
    def rule(value: Json, at: str) -> None:
        if not any(name in value for name in names):
            raise Invalid(at, f"needs {' or '.join(names)}")

    return rule
