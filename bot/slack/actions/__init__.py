"""What can be clicked or submitted without a verb of its own, and what happens without a click: one file each.

A button for something that can be typed needs no file: its id names the command.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.slack.actions import (
    another,
    cancel_challenge,
    change_role,
    choose_template,
    choose_time,
    close_challenge,
    details,
    did,
    forget_now,
    join,
    leave,
    line,
    not_useful,
    organiser_lines,
    pick_lines,
    post_again,
    post_challenge,
    remind,
    removed,
    settings,
    try_again,
    undo,
    useful,
    user_change,
    write_challenge,
)
from bot.slack.commands import VERBS
from bot.slack.form import Form, Pushed
from bot.slack.message import Block, Message
from bot.slack.request import Event, Request

CLICKS: Mapping[str, Callable[[Request], Awaitable[Message | Form]]] = {
    "another": another.answer,
    "cancel-challenge": cancel_challenge.answer,
    "change-role": change_role.answer,
    "choose-time": choose_time.answer,
    "close-challenge": close_challenge.answer,
    "details": details.answer,
    "did": did.answer,
    "edit-challenge": write_challenge.answer,
    "forget-now": forget_now.answer,
    "join": join.answer,
    "leave": leave.answer,
    "line": line.answer,
    "not-useful": not_useful.answer,
    "organiser-lines": organiser_lines.answer,
    "pick-lines": pick_lines.answer,
    "post-again": post_again.answer,
    "remind": remind.answer,
    "settings": settings.answer,
    "try-again": try_again.answer,
    "undo": undo.answer,
    "useful": useful.answer,
}

FORMS: Mapping[str, Callable[[Request, dict[str, str]], Awaitable[Block | Pushed]]] = {
    "choose-template": choose_template.submit,
    "choose-time": choose_time.submit,
    "line": line.submit,
    "pick-lines": pick_lines.submit,
    "post-challenge": post_challenge.submit,
    "settings": settings.submit,
    "write-challenge": write_challenge.submit,
}

CHANGES: Mapping[str, Callable[[Request, dict[str, str]], Awaitable[Block]]] = {  # buttons inside a form
    "more-options": write_challenge.show_more,
    "other-templates": choose_template.show_again,
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
