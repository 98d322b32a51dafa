"""What can be clicked or submitted without a verb of its own, and what happens without a click: one file each.

A button for something that can be typed needs no file: its id names the command.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.slack.actions import another, change_role, choose_time, forget_now, not_useful, remind, removed, user_change
from bot.slack.commands import VERBS
from bot.slack.form import Form, Pushed
from bot.slack.message import Block, Message
from bot.slack.request import Event, Request

CLICKS: Mapping[str, Callable[[Request], Awaitable[Message | Form]]] = {
    "another": another.answer,
    "change-role": change_role.answer,
    "choose-time": choose_time.answer,
    "forget-now": forget_now.answer,
    "not-useful": not_useful.answer,
    "remind": remind.answer,
}

FORMS: Mapping[str, Callable[[Request, dict[str, str]], Awaitable[Block | Pushed]]] = {
    "choose-time": choose_time.submit,
}

EVENTS: Mapping[str, Callable[[Event], Awaitable[None]]] = {
    "app_uninstalled": removed.happened,
    "tokens_revoked": removed.happened,
    "user_change": user_change.happened,
}


def clicked(verb: str) -> Callable[[Request], Awaitable[Message | Form]] | None:
    """What a button's verb does; None for a button of a time gone by."""
    if verb in VERBS:
        return VERBS[verb].answer
    return CLICKS.get(verb)
