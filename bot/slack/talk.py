"""Read plain words: a verb and what comes after it, typed or written to the bot, or else a question."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from bot.core.errors import NextStep, quoted
from bot.core.times import is_slot, zone_of_city
from bot.slack import sorry
from bot.slack.message import words_alone
from bot.slack.noun import Nouns, Verb

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
    "unpause": "tips resume",
}
OF_TIPS = {"pause", "resume"}  # words of `tips` that work without it
PERHAPS = "at"  # before a time that was typed without a verb, which is no yes to weekly tips
ZONES = {"zone", "timezone"}  # before a city
THANKS = frozenset("thanks,thank you,thx,ty,cheers,ok,okay,great,cool,nice,perfect".split(","))
PLEASE = re.compile(r"[\s,]+(please|pls)[\s.!?…]*$", re.IGNORECASE)
SHOW_ME = re.compile(r"^show me (my |the |an? )?", re.IGNORECASE)  # before a verb
COMMAND = re.compile(r"^/?roleshift\b", re.IGNORECASE)
MAX_LETTERS = 2_000  # of what is written to the bot; nobody asks a longer question


class Typed(NamedTuple):
    verb: str
    words: str


def read(text: str, nouns: Nouns) -> Typed:
    """Split what was typed after /roleshift. Everyday words that stand alone, a time and a city become their verb.

    Several words that begin like no verb are a question, and so are those after a verb that takes none.
    """
    line = PLEASE.sub("", text.strip())
    shown = SHOW_ME.sub("", line)
    line = shown if shown.partition(" ")[0].lower() in nouns.verbs else line
    verb, _, words = line.partition(" ")
    if verb.lower() in OF_TIPS:
        return Typed("tips", line)
    found, words = nouns.verbs.get(verb.lower()), words.strip()
    if found and (" " in found.usage or " " not in words):
        return Typed(verb.lower(), words)
    if not words and (meant := EVERYDAY.get(verb.lower())):
        verb, _, words = meant.partition(" ")
        return Typed(verb, words)
    if is_slot(line):
        return Typed("tips", f"{PERHAPS} {line}")
    if verb.lower() in ZONES or zone_of_city(line):
        return Typed("tips", f"zone {words if verb.lower() in ZONES else line}")
    is_question = words and (found or verb.lower() in EVERYDAY or not _nearest(verb, nouns))
    return Typed("ask", line) if is_question else Typed(verb, words)


def verb(typed: Typed, nouns: Nouns) -> Verb:
    """Return the verb that was typed. Raise UserError, with a button for the nearest verb, if there is none."""
    found = nouns.verbs.get(typed.verb)
    if found is not None:
        return found
    nearest, line = _nearest(typed.verb, nouns), f"{typed.verb} {typed.words}"
    words = typed.words if len(typed.words) <= sorry.MAX_TYPED else ""
    step = NextStep(nearest.in_short, nearest.word, words) if nearest else None
    may_ask = " " in typed.words and len(line) <= sorry.MAX_TYPED  # so many words may be a question
    ask = NextStep("Ask the coach", "ask", line) if may_ask else None
    raise sorry.unknown_verb(quoted(typed.verb), step, ask)


def line_of(text: str) -> str:
    """Return what was written to the bot without Slack's mark-up, and without `/roleshift` in front."""
    line = " ".join(words_alone(text).split())
    return COMMAND.sub("", line[:MAX_LETTERS]).strip()


def written(line: str, nouns: Nouns) -> Typed | None:
    """Return the verb with which a written line begins, and its words; None for what can only be a question.

    Everyday words count if they are alone: "stop" ends weekly tips, "stop the model from guessing" is a question.
    """
    bare = _bare(line)
    first, _, words = line.partition(" ")
    word = first.casefold().rstrip(":,")
    if word in nouns.verbs or word in OF_TIPS:
        return read(f"{word} {words}", nouns)
    meant = read(bare, nouns)
    is_whole = " " not in bare or is_slot(bare) or zone_of_city(bare) is not None
    return meant if is_whole and meant.verb in nouns.verbs else None


def is_thanks(line: str) -> bool:
    """Return whether a line needs no answer but a kind word."""
    return _bare(line) in THANKS


def _bare(line: str) -> str:
    return PLEASE.sub("", line.casefold()).rstrip("!.?… ") or ("?" if line.startswith("?") else "")


def _nearest(word: str, nouns: Nouns) -> Verb | None:
    """Return the verb that was probably meant. Few people mistype the first letter, and "how" is not "show"."""
    letters = re.sub(r"\W", "", word.lower())
    near = get_close_matches(letters, [each for each in nouns.verbs if each[:1] == letters[:1]], n=1)
    return nouns.verbs[near[0]] if near else None
