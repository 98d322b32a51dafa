"""Walk through every text of a catalogue that a member may read, and report words and marks that none may hold."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, ContentItem, Part, Skill

Where = tuple[str | int, ...]  # the keys and indexes that lead to a value of an entry


class Flaw(NamedTuple):
    """Something that the loader accepts and that must not reach a member. `item` None: the catalogue as a whole."""

    item: ContentItem | None
    where: Where
    text: str


class TextKind(StrEnum):
    TASK = "task"  # what to do, and how to know that it is done
    PROSE = "prose"
    SITUATION = "situation"  # made up, with made-up numbers
    COPY = "copy"  # a form or a worked example, with made-up numbers and mark-up
    QUOTED = "quoted"  # a line of the source document, kept word for word


# Never shown as a sentence: ids, and the words by which an entry is found.
NOT_READ = frozenset(
    "slug id origin theme skill role needs needs_skills skills aliases asks emoji messages owner words reviewed_on "
    "review_by sources grants roles pair usual projects singles uses lends units".split()
)
TASKS = frozenset({"title", "do", "done_when", "first_exercise"})


class Text(NamedTuple):
    item: ContentItem
    where: Where
    words: str
    kind: TextKind


def _key_in(where: Where) -> str:
    return next(part for part in reversed(where) if isinstance(part, str))


def texts_of(catalog: Catalog) -> Iterator[Text]:
    items = (*catalog.themes.values(), *catalog.mottos, *catalog.boundaries, *catalog.needs.values())
    for item in (*items, *catalog.labs.values(), *catalog.reviewed):
        for where, words in _walk(item, ()):
            yield Text(item, where, words, _kind(item, where))


def _walk(value: object, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _walk(each, (*where, index))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _walk(each, (*where, key))
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            if name not in NOT_READ:
                yield from _walk(getattr(value, name), (*where, name))


def _kind(item: ContentItem, where: Where) -> TextKind:
    was_added = where[0] not in {"name", "source_line"} if isinstance(item, Skill) else where[0] == "shares"
    if item.origin == "source" and not was_added:
        return TextKind.QUOTED
    last = _key_in(where)
    if where[0] == "material" or last in {"template", "example", "kit", "start", "before", "after"}:
        return TextKind.COPY
    if where[0] == "checks" and last in {"ask", "text"}:
        return TextKind.SITUATION
    if last in TASKS or (isinstance(item, ChallengeTemplate) and last == "name"):
        return TextKind.TASK
    return TextKind.PROSE


READ = frozenset({TextKind.TASK, TextKind.PROSE, TextKind.SITUATION})  # written for this content, sentence by sentence
WRITTEN = READ | {TextKind.COPY}

# Names that are no other word. Say what the thing does: "an issue tracker", "a coding agent".
PRODUCTS = (
    "openai|chatgpt|gpt-?[0-9o]\\w*|claude|anthropic|llama|mistral|deepseek|qwen|copilot|codex|perplexity|midjourney|"
    "langchain|langgraph|langfuse|langsmith|llamaindex|crewai|autogen|ollama|vllm|hugging ?face|pinecone|weaviate|"
    "datadog|grafana|prometheus|splunk|sentry|pagerduty|opentelemetry|snowflake|databricks|kafka|redis|postgres\\w*|"
    "github|gitlab|bitbucket|jira|confluence|trello|asana|kubernetes|terraform|aws|azure|bedrock|vertex ai|google|"
    "microsoft|meta ai|zendesk|salesforce|hubspot|figma|powerpoint|sharepoint|chrome|firefox|selenium|playwright"
)
# Names that are also English words: only with a capital in the middle of a sentence.
CAPITALISED_PRODUCTS = "Gemini|Cursor|Excel|Notion|Linear|Windsurf|Grok|Outlook|Word|Teams|Bard|Sonnet|Opus|Haiku"

PEOPLE = (
    "teams?|companies|firms|organi[sz]ations|businesses|people|users|customers|engineers|developers|projects|leaders"
)
COMPARED = "faster|slower|cheaper|better|worse|quicker|smaller|larger|bigger|safer|more productive|more accurate"


class WordRule(NamedTuple):
    """A pattern, the kinds of text in which it is a mistake, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str
    kinds: frozenset[TextKind] = WRITTEN


def _rule(words: str, instead: str, kinds: frozenset[TextKind] = WRITTEN) -> WordRule:
    return WordRule(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), instead, kinds)


RULES = (
    _rule(
        "think about|consider|be aware of|explore|make sure|try to|familiari[sz]e|learn about|understand|reflect on",
        "names nothing to do; write what the hands do, such as query, read, break, time, compare, ask or delete",
        frozenset({TextKind.TASK}),
    ),
    _rule(
        r"leverag\w*|unlock\w*|journey\w*|game.?changer\w*|ai.powered|supercharg\w*|seamless\w*|cutting.edge|"
        r"revolution\w*|best practices?|best.in.class|world.class|state.of.the.art|next.level|deep dive|delv(?:e|ing)|"
        r"empower\w*|holistic\w*|synerg\w*|paradigm\w*|utili[sz]e\w*|in today's|ecosystem|transformative|crucial\w*|"
        r"effortless\w*|obviously",
        "is fluff; leave it out, or say what happens",
    ),
    _rule(PRODUCTS, 'is a product\'s name; say what it does, such as "an issue tracker"'),
    WordRule(
        re.compile(rf"(?<=[a-z,;:] )(?:{CAPITALISED_PRODUCTS})\b"),
        'is a product\'s name; say what it does, such as "a spreadsheet"',
    ),
    _rule(
        rf"\d+(?:\.\d+)? ?(?:x|\u00d7|times|%|percent|per cent) (?:{COMPARED})|"
        rf"\d+(?:\.\d+)? ?(?:%|percent|per cent) of (?:(?:all|most|the) )?(?:\w+ )?(?:{PEOPLE})|"
        rf"(?:most|(?:nine|two|three) (?:out of|in) \w+) (?:\w+ )?(?:{PEOPLE}) (?:fail|find|say|report)|"
        r"(?:studies|research|surveys|experts) (?:show|shows|say|says|prove|proves|found|agree)",
        "is a figure that nobody here measured; leave it out, or let the reader measure their own",
        frozenset({TextKind.TASK, TextKind.PROSE}),
    ),
    _rule(
        "whilst|amongst|hence|thus|thereby|whereby|thereof|therein|thereupon|heretofore|henceforth|forthwith|hitherto|"
        "wherein|herewith|upon|unto|lest|ere|oft|betwixt|nought|naught|aught|perchance|whosoever|whomsoever|shall|"
        "rang|mend|mends|mended|mending|fetch forth|of late|forego|behold|seldom|commence[sd]?|endeavou?rs?",
        'is archaic; write today\'s word, such as "while", "fix", "so", "on" or "the alert came"',
    ),
    _rule(
        r"\w*(?:optimiz|organiz|summariz|prioritiz|analyz|recogniz|minimiz|categoriz)\w*|colors?|behaviors?|favorites?|"
        "center|canceled|labeled|modeling",
        "is American spelling; this content is in British English",
    ),
    WordRule(re.compile(r"\bWRITE\b"), "is left from `content new`; write your own words"),
    WordRule(re.compile("!"), "shouts; end the sentence with a full stop", READ),
    WordRule(
        re.compile(r"[*_`]|https?://\S*"),
        "is mark-up or a link; screens add the mark-up, and links go out of date",
        READ,
    ),
    WordRule(re.compile(" {2,}"), "is more than one space; write one", READ),
)


def word_findings(text: Text) -> Iterator[Flaw]:
    rules = [(rule.pattern.search(text.words), rule.instead) for rule in RULES if text.kind in rule.kinds]
    found = [(match.group().strip(), instead) for match, instead in rules if match]
    if text.kind in WRITTEN:
        categories = {"So", "Cs", "Co", "Cf"} if text.kind is TextKind.COPY else {"So", "Cs", "Co", "Cf", "Cc"}
        strange = (char for char in text.words if unicodedata.category(char) in categories)
        found += [(char, "is an emoji or an invisible character; leave it out") for char in islice(strange, 1)]
    key = _key_in(text.where)
    yield from (Flaw(text.item, text.where, f'`{key}`: "{words}" {instead}') for words, instead in found)
