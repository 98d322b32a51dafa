"""Read what was typed after /roleshift: a verb and its words, or something that means one."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from bot.core.errors import NextStep, quoted
from bot.core.times import is_slot, zone_of_city
from bot.slack import routes
from bot.slack.commands import menu, tips
from bot.slack.screens import sorry

EVERYDAY: Mapping[str, str] = {  # words that people type to anybody → what they mean here
    **dict.fromkeys(("hi", "hello", "hey", "start", "home"), "menu"),
    **dict.fromkeys(("stop", "unsubscribe", "off", "quit"), "tips off"),
    **dict.fromkeys(("subscribe", "on"), "tips on"),
    **dict.fromkeys(("settings", "preferences", "weekly"), "tips"),
    **dict.fromkeys(("compare", "transformations"), "roles"),
    **dict.fromkeys(("delete", "erase"), "forget"),
    **dict.fromkeys(("commands", "?"), "help"),
    "export": "privacy export",
    "me": "myrole",
    "next": "myrole",
    "status": "progress",
    "unpause": "resume",
}

ZONE = {"zone", "timezone"}  # before a city


class Typed(NamedTuple):
    """A verb and the words after it."""

    verb: str
    words: str


def read(text: str) -> Typed:
    """Split what was typed after /roleshift. Everyday words, a bare time and a bare city become their verb."""
    line = text.strip()
    if not line:
        return Typed("", "")
    verb, _, words = line.partition(" ")
    if verb.lower() in routes.VERBS:
        return Typed(verb.lower(), words.strip())
    if meant := EVERYDAY.get(verb.lower()):
        verb, _, words = meant.partition(" ")
        return Typed(verb, words)
    if is_slot(line):
        return Typed("tips", f"{tips.PERHAPS} {line}")
    if verb.lower() in ZONE or zone_of_city(line):
        return Typed("tips", f"zone {words.strip() if verb.lower() in ZONE else line}")
    return Typed(verb, words.strip())


def command(typed: Typed) -> "routes.Command":
    """Return the command for a typed verb. Raise UserError, with a button for the nearest verb, if there is none."""
    if not typed.verb:
        return menu
    found = routes.VERBS.get(typed.verb)
    if found is None:
        raise sorry.unknown_verb(quoted(typed.verb), _nearest(typed), _question(typed))
    return found


def _nearest(typed: Typed) -> NextStep | None:
    near = get_close_matches(typed.verb.lower(), routes.VERBS, n=1)
    if not near:
        return None
    nearest = routes.VERBS[near[0]]
    words = typed.words if len(typed.words) <= sorry.MAX_TYPED else ""
    return NextStep(re.split("[:;,.]", routes.explain(nearest))[0], routes.verb_of(nearest), words)


def _question(typed: Typed) -> NextStep | None:
    """Return the step that asks the coach, if so many words were typed that they may be a question."""
    line = f"{typed.verb} {typed.words}"
    return NextStep("Ask the coach", "ask", line) if " " in typed.words and len(line) <= sorry.MAX_TYPED else None
