"""What a person reads when a request is refused, failed or is late, with the next steps as buttons.

The log holds the same reference of an error, and nothing that a person wrote.
"""

import logging
import secrets
from dataclasses import replace
from functools import partial

from bot.core import catalog
from bot.core.errors import NextStep, Unclear, UserError
from bot.slack import blocks, noun, role
from bot.slack.blocks import PREFIX, actions, button, context, menu, saying, section
from bot.slack.message import Block, Message, escape
from bot.slack.tip.clicks import ABOUT_SKILL, COPY_KIT, SHOW_CHALLENGE, SHOW_TIP

log = logging.getLogger(__name__)

HELP = NextStep("Help", "help")
LATE = "This takes longer than it should, so I can't tell yet whether anything was saved."
LISTS = {
    "role": NextStep("Compare roles", "roles"),
    "skill": NextStep("All skills", "skills"),
    "theme": NextStep("All themes", "themes"),
    "lab": NextStep("All labs", "lab"),
    "project": NextStep("My project", "project"),
    catalog.LISTED: catalog.ALLOWED,
}
MAX_BUTTONS = 4  # of choices; more of them make a menu
REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud
MAX_TYPED = 80  # letters of a person's own words on a button, whose id holds them


class Late(Exception):
    """The answer to a command or a click is late. It follows; *Try again* is for where it does not."""


def apology(error: Exception, asked: NextStep | None = None) -> Message:
    """Return what a person reads. `asked` is what they asked for, which a refusal can offer again."""
    if isinstance(error, UserError):
        if error.__cause__ is not None:
            log.warning("request.refused", exc_info=error.__cause__)
        return refused(error, asked)
    if isinstance(error, noun.Outdated):
        return GONE
    if isinstance(error, Late):
        text = f"{LATE} I'll answer here as soon as I know. No answer within a minute? Try again."
        return _offering(text, _button(_again(asked) or HELP))
    reference = new_reference()
    log.error("request.broke", exc_info=error, extra={"reference": reference})
    return broken(reference, asked)


def new_reference() -> str:
    """Return a random reference, which a person can read to the operator, and which stands in the log."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


def refused(error: UserError, again: NextStep | None = None) -> Message:
    """Say what is wrong and offer the next steps. `again` is what the person asked for: a choice completes it."""
    text = escape(str(error))
    if isinstance(error, Unclear) and again:
        choices = [menu(f"Choose a {error.kind}", again.verb, error.choices)]
        if len(error.choices) <= MAX_BUTTONS and error.several:
            choices = [button(name, again.verb, slug) for name, slug in error.choices]
        return _offering(text, *choices, _button(LISTS[error.kind]))
    steps = error.steps or ((_again(again) or HELP),)
    return _offering(text, *map(_button, steps))


def broken(reference: str, again: NextStep | None = None) -> Message:
    text = f"That broke on my side (ref {reference}). Nothing was changed; try again in a minute."
    return _offering(text, _button(_again(again) or HELP))


def modal(message: Message, steps: tuple[NextStep, ...] = ()) -> Block:
    """Return a refusal as a modal. Buttons can not be answered there, so it says what to type instead."""
    typed = [f"{step.label}: `/roleshift {f'{step.verb} {step.words}'.strip()}`" for step in steps]
    more = [context(escape(" · ".join(typed)))] if typed else []
    return blocks.modal("Sorry", [section(message.text), *more], close="")


def _again(asked: NextStep | None) -> NextStep | None:
    is_short = asked is not None and asked.verb and len(asked.words) <= MAX_TYPED
    return NextStep("Try again", asked.verb, asked.words) if asked and is_short else None


def _button(step: NextStep) -> Block:
    return button(step.label, step.verb, step.words)


_offering = partial(saying, replaces=False)
LATE_MODAL = blocks.modal("One moment", [section(f"{LATE} Close this, and look again in a minute.")], close="Close")

FOR_GUESTS = {
    "admins", "allowed", "ask", "forget", "help", "privacy", "role", "roles", "skill", "skills", "theme", "themes",
    role.HOW_ROLES_BLEND, ABOUT_SKILL, COPY_KIT, SHOW_TIP, SHOW_CHALLENGE,
}  # fmt: skip


def for_guest(said: Message) -> Message:
    """Leave out the buttons and menus that are refused to guests."""
    shown: list[Block] = []
    for block in said.blocks or [section(said.text)]:
        if block["type"] == "actions":
            left = [element for element in block["elements"] if _is_for_guests(element)]
            shown += [actions(*left)] if left else []
        elif "accessory" in block and not _is_for_guests(block["accessory"]):
            shown.append({key: value for key, value in block.items() if key != "accessory"})
        else:
            shown.append(block)
    return replace(said, blocks=shown)


def _is_for_guests(element: Block) -> bool:
    return str(element.get("action_id", "")).removeprefix(PREFIX).partition(":")[0] in FOR_GUESTS


GONE = _offering("That is from an older version of me and does nothing any more.", _button(HELP))
GONE_SHORTCUT = _offering("That shortcut is from an older version of me and does nothing any more.", _button(HELP))
OUTDATED_FORM = Message("That form is out of date. Close it and open it again.")
