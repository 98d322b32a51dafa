"""Read what somebody typed or wrote: a verb and its words, or else plain words for the coach."""

import re
from difflib import get_close_matches
from typing import NamedTuple

from bot.core.times import is_slot, zone_of_city
from bot.slack.message import words_alone
from bot.slack.noun import Nouns, Verb

OF_TIPS = {"pause", "resume"}  # words of `tips` that work without it
PERHAPS = "at"  # before a time that was typed without a verb, which is no yes to weekly tips
PLEASE = {"please", "pls", "now"}  # after a verb
ZONES = {"zone", "timezone"}  # before a city
COMMAND = re.compile(r"^/?roleshift\b", re.IGNORECASE)
SIMILAR, ALMOST = 0.6, 0.8  # least ratio of difflib for a word and a verb; within one typo it is ALMOST
MAX_LETTERS = 2_000  # of what is written to the bot; nobody asks a longer question


class Typed(NamedTuple):
    verb: str
    words: str


def read(text: str, nouns: Nouns) -> Typed:
    """Split a line into a verb and its words. A time and a city become their verb, and all else is asked."""
    line = text.strip()
    first, _, words = line.partition(" ")
    word, words = first.casefold().rstrip(":,.!?…"), words.strip()
    if words.casefold().rstrip(".!") in PLEASE and word in nouns.verbs:
        return Typed(word, "")
    is_about_a_verb = word == "help" and words in nouns.verbs  # else what follows `help` is a question
    if word in nouns.verbs and (word or not line) and (" " in nouns.verbs[word].usage or not words or is_about_a_verb):
        return Typed(word, words)
    if word in OF_TIPS:
        return Typed("tips", f"{word} {words}".strip())
    if is_slot(line):
        return Typed("tips", f"{PERHAPS} {line}")
    if word in ZONES or zone_of_city(line):
        return Typed("tips", f"zone {words if word in ZONES else line}".strip())
    return Typed("ask", line)


def line_of(text: str) -> str:
    """Return what was written to the bot without Slack's mark-up, and without `/roleshift` in front."""
    line = " ".join(words_alone(text).split())
    return COMMAND.sub("", line[:MAX_LETTERS]).strip()


def nearest(line: str, nouns: Nouns, cutoff: float = SIMILAR) -> Verb | None:
    """Return the verb that was probably meant. Few people mistype the first letter, and "how" is not "show"."""
    letters = re.sub(r"\W", "", line.partition(" ")[0].lower())
    near = get_close_matches(letters, [verb for verb in nouns.verbs if verb[:1] == letters[:1]], 1, cutoff)
    return nouns.verbs[near[0]] if near else None
