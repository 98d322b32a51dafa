"""Block Kit's limits, surface by surface."""

from __future__ import annotations

from typing import Any, Literal

from bot.playground.refusal import SlackRefusal as SlackRefusal  # noqa: PLC0414 -- the name that callers know

Surface = Literal["message", "modal", "home"]


def assert_slack_ok(payload: dict[str, Any], surface: Surface) -> None:
    """Raises `SlackRefusal` where Slack would."""
