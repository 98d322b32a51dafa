"""What can be typed after /roleshift: one file per verb, listed here in the order of the help."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple, Protocol

from bot.core.errors import Step, quoted
from bot.core.times import is_slot, zone_of_city
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
from bot.slack.screens import sorry


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


EVERYDAY: Mapping[str, str] = {  # words that people type to anybody → what they mean here
    **dict.fromkeys(("hi", "hello", "hey", "start", "home"), "menu"),
    **dict.fromkeys(("stop", "unsubscribe", "off", "quit"), "tips off"),
    **dict.fromkeys(("settings", "preferences", "weekly"), "tips"),
    **dict.fromkeys(("compare", "transformations"), "roles"),
    **dict.fromkeys(("delete", "erase"), "forget"),
    **dict.fromkeys(("commands", "?"), "help"),
    "me": "myrole",
    "next": "myrole",
    "status": "progress",
    "unpause": "resume",
}


class Typed(NamedTuple):
    """A verb and the words after it."""

    verb: str
    words: str


def read(text: str) -> Typed:
    """Split what was typed after /roleshift. Everyday words, a bare time and a bare city become their verb."""
    line = text.strip()
    verb, _, words = line.partition(" ")
    if verb.lower() in VERBS:
        return Typed(verb.lower(), words.strip())
    if meant := EVERYDAY.get(verb.lower()):
        verb, _, words = meant.partition(" ")
        return Typed(verb, words)
    if is_slot(line):
        return Typed("tips", f"{tips.PERHAPS} {line}")
    if zone_of_city(line):
        return Typed("tips", f"zone {line}")
    return Typed(verb, words.strip())


def named(typed: Typed) -> Command:
    """Return the command for a typed verb. Raise UserError, with a button for the nearest verb, if there is none."""
    if not typed.verb:
        return menu
    command = VERBS.get(typed.verb)
    if command is None:
        raise sorry.unknown_verb(quoted(typed.verb), _nearest(typed))
    return command


def _nearest(typed: Typed) -> Step | None:
    near = get_close_matches(typed.verb.lower(), VERBS, n=1)
    if not near:
        return None
    command = VERBS[near[0]]
    words = typed.words if len(typed.words) <= sorry.MAX_TYPED else ""
    return Step(re.split("[:;,.]", explain(command))[0], verb_of(command), words)
