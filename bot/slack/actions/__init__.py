"""What can be clicked without a verb of its own, and what happens without a click: one file each, listed here.

A button for something that can be typed needs no file: its id names the command.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.slack.actions import another_tip, change_role, forget_now, removed, user_change
from bot.slack.commands import VERBS
from bot.slack.message import Message
from bot.slack.request import Event, Request

CLICKS: Mapping[str, Callable[[Request], Awaitable[Message]]] = {
    "another-tip": another_tip.answer,
    "change-role": change_role.answer,
    "forget-now": forget_now.answer,
}

EVENTS: Mapping[str, Callable[[Event], Awaitable[None]]] = {
    "app_uninstalled": removed.happened,
    "tokens_revoked": removed.happened,
    "user_change": user_change.happened,
}


def clicked(verb: str) -> Callable[[Request], Awaitable[Message]] | None:
    """What a button's verb does; None for a button of a time gone by."""
    if verb in VERBS:
        return VERBS[verb].answer
    return CLICKS.get(verb)
