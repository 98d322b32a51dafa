"""What can be typed after /roleshift: one file per verb, listed here in the order of the help."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

from bot.core.errors import UserError, quoted
from bot.slack.commands import (
    admins,
    challenge,
    forget,
    help,  # noqa: A004 - the file bears the word that people type
    learn,
    menu,
    myrole,
    pause,
    privacy,
    progress,
    resume,
    role,
    roles,
    skill,
    skills,
    team,
    theme,
    themes,
    tip,
    tips,
    unlearn,
)
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.request import Request


class Command(Protocol):
    """A module of this folder: its docstring's first line is the help text, its name the verb."""

    __name__: str
    __doc__: str | None
    USAGE: str

    async def answer(self, request: Request, /) -> Message | Form:
        """What the bot says to it, or the form that it opens."""


COMMANDS: tuple[Command, ...] = (
    menu, myrole, learn, progress, tip, tips, pause, resume, challenge,
    skills, skill, unlearn, roles, role, themes, theme, team, admins, privacy, forget, help,
)  # fmt: skip


def verb_of(command: Command) -> str:
    """The word that people type."""
    return command.__name__.rpartition(".")[2]


def explain(command: Command) -> str:
    """The help text."""
    return (command.__doc__ or "").partition("\n")[0]


VERBS: Mapping[str, Command] = {
    word: command for command in COMMANDS for word in (verb_of(command), *getattr(command, "ALIASES", ()))
}


def named(verb: str) -> Command:
    """The command for a typed verb; raises UserError with the nearest one."""
    if not verb:
        return menu
    command = VERBS.get(verb.lower())
    if command is None:
        near = get_close_matches(verb.lower(), VERBS, n=1)
        hint = f" Did you mean `{verb_of(VERBS[near[0]])}`?" if near else ""
        raise UserError(f"I don't know {quoted(verb)}.{hint} Try `/roleshift help`.")
    return command
