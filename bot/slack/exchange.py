"""What the edge and its helpers share: which kind a request is, what was pressed, and how a response is made."""

from collections.abc import Sequence
from typing import Any

from slack_bolt.response import BoltResponse

from bot.slack.payloads import Click
from bot.slack.screens.blocks import OVERFLOW, PREFIX

Body = dict[str, Any]  # of a request

EMPTY: dict[str, str | Sequence[str]] = {}
JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json;charset=utf-8"}


def kind_of(body: Body) -> str:
    """Return `command` or the payload's type; empty for what has neither."""
    kind = "command" if "command" in body else body.get("type")
    return kind if isinstance(kind, str) else ""


def pressed(click: Click) -> tuple[str, str]:
    """Return the verb and the value of a button or a menu; no verb for a button that isn't the bot's."""
    action = click.actions[0]
    value = action.value or (action.selected_option.value if action.selected_option else "")
    if not action.action_id.startswith(PREFIX):
        return "", value
    verb = action.action_id.removeprefix(PREFIX).partition(":")[0]
    if verb == OVERFLOW:
        verb, _, value = value.partition(" ")
    return verb, value


def respond(body: str, status: int = 200) -> BoltResponse:
    """Return a response with a JSON body, or with none."""
    return BoltResponse(status=status, body=body, headers=JSON if body else EMPTY)
