"""Ask the coach: find what answers a line in plain words."""

import re
from dataclasses import replace
from functools import lru_cache

from bot.core.catalog import Catalog
from bot.core.hearing import Hearing, decide, find
from bot.core.matching import MAX_NAME, match, plain, title_in
from bot.core.questions import OF_WORK, Entry, EntryKind, SearchResult, entries_of
from bot.core.when import zone_of_city
from bot.core.words import ASKING, LIGHT, OF_TIPS, words_of

CROSS = "cross-with-the-coach"
OF_ONESELF = frozenset("i my me mine we our".split())
_PARTS = re.compile(r"[.!?;,\n]+")
A_RESULT = 4  # words; fewer after "did it" are a remark: "was fun"
_DID = re.compile(  # and then what came out
    r"(?i)(?:(?:ok(?:ay)?|ye[ps]|yeah|so|and|right|well|hi|hey|i|we|just|now|finally|have|i've)[,.!]? )*"
    r"(?:done|finished|(?:did|done|finished|completed) (?:it|this|that|the \w+))"
    r"(:|[,.;!]| -) *(\w.*)"
)


def hearing_of(catalog: Catalog) -> Hearing:
    """Return what hears lines. To build it takes a second, so it is built soon after a start."""
    return _hearing_of(catalog.as_read or catalog)


@lru_cache(maxsize=1)
def _hearing_of(catalog: Catalog) -> Hearing:
    return Hearing(entries_of(catalog))


def look_up(catalog: Catalog, line: str) -> SearchResult:
    """Return what answers a line. A part of it decides where that is a question in a complaint, or one's role."""
    found, parts = _looked_up(catalog, line), [part for part in _PARTS.split(line) if part.strip()]
    if found.topic is not None and found.topic.slug == CROSS and not found.is_sure:
        asked = (_looked_up(catalog, part) for part in parts if not ASKING.isdisjoint(words_of(part)))
        return next((each for each in asked if each.topic and each.topic.slug != CROSS), found)
    if found.is_unsure and len(parts) > 1:  # "I'm a tester, mostly Cypress"
        said = _looked_up(catalog, parts[0])
        is_role = said.topic is not None and said.topic.title == "myrole …" and said.rest in catalog.names["role"]
        return said if is_role else found
    if found.topic is not None and found.topic.title == "myrole":
        hearing = hearing_of(catalog)
        words = hearing.spelt(line)
        roles = hearing.named_roles(words)
        is_asked = bool(roles) and OF_ONESELF.isdisjoint(words) and not ASKING.isdisjoint(words)
        return SearchResult(tuple(roles[:1]), is_sure=True) if is_asked else found
    return found


def _looked_up(catalog: Catalog, line: str) -> SearchResult:
    hearing = hearing_of(catalog)

    def resolve(entry: Entry, rest: str) -> str:
        """Return what the words of a person name: of a tip, a skill, a role or a city; else the words themselves."""
        verb = entry.title.removesuffix(" …")
        names = catalog.names.get({"did": "tip", "learn": "skill", "myrole": "role"}.get(verb, ""))
        if verb == "tips zone":
            return zone_of_city(rest) or ""
        if names is None:
            return rest
        if verb == "myrole" and not rest:  # each word is usual there: "no, I'm on the data side"
            words, parts = hearing.spelt(line.rpartition(",")[2]), {*" ".join(names).split()} - LIGHT - OF_TIPS
            return next((word for word in words if word in parts and "i" in words and "not" not in words), "")
        title = title_in(names, plain(rest)) if verb == "myrole" else rest
        if len(rest) <= MAX_NAME and not rest.startswith("not ") and match(title, names):  # "I did not ask that"
            return title
        if verb != "learn":
            return ""
        skills = hearing.searched(hearing.vote(hearing.spelt(rest)), {EntryKind.SKILL})
        return next((skill.slug for skill, is_close in skills if is_close), "")

    found, told = decide(hearing, line, resolve), _DID.match(line)
    if not told or (found.topic is not None and found.topic.kind is EntryKind.DISTRESS):
        return found
    is_told = found.topic is None or told[1] == ":" or (found.topic.title == "did" and len(told[2].split()) >= A_RESULT)
    topic = Entry(EntryKind.PERSONAL, "did", "did", ())
    return SearchResult(topic=topic, rest=told[2], is_sure=True) if is_told else found


def hears(catalog: Catalog, line: str, verb: str) -> SearchResult | None:
    """Return what is heard in a line that only asks for what a verb does; None for any other line."""
    found = look_up(catalog, line)
    is_verb = found.topic is not None and found.topic.kind is EntryKind.PERSONAL and found.topic.title == verb
    return found if is_verb else None


def is_misspelt(catalog: Catalog, line: str) -> bool:
    return hearing_of(catalog).spelt(line) != words_of(line)


def within(catalog: Catalog, found: SearchResult, max_minutes: int | None) -> SearchResult:
    """Return what was found without tips that take longer; their skill stands for them."""
    if max_minutes is None:
        return found
    lessons = {entry: catalog.lessons.get(entry.slug) for entry in found.entries if entry.kind is EntryKind.TIP}
    skills = {entry: lesson.skill for entry, lesson in lessons.items() if lesson and lesson.tip.minutes > max_minutes}
    entries = (
        Entry(EntryKind.SKILL, skills[entry].slug, skills[entry].name, ()) if entry in skills else entry
        for entry in found.entries
    )
    return replace(found, entries=tuple({entry.slug: entry for entry in entries}.values()))


def about(catalog: Catalog, message: str) -> SearchResult:
    """Return the skills and tips that fit a message, which nobody wrote to the coach; or a topic of others."""
    hearing, found = hearing_of(catalog), look_up(catalog, message)
    if found.topic is not None and found.topic.kind is EntryKind.NOT_OURS:
        return found
    return find(hearing, hearing.vote(hearing.spelt(message)), kinds=OF_WORK)


def skills_for(catalog: Catalog, job: str) -> tuple[str, ...]:
    """Return the skills that fit a job in a member's own words, the best first; none for what is left to others."""
    found = about(catalog, job).entries
    skills = (catalog.lessons[each.slug].skill.slug if each.kind is EntryKind.TIP else each.slug for each in found)
    return tuple(dict.fromkeys(skills))
