"""What one module adds to the app: verbs that people type, buttons, forms and shortcuts, each beside its handler.

    noun = Noun()

    @noun.verb("learn <skill>", "Mark a skill as learned.", also=("learned",))
    async def learn(request: Request, words: str) -> Message: ...

    @noun.click("template", str)
    async def show_template(request: Request, slug: str) -> Message: ...

`Nouns` finds them again, and reads what somebody typed: a verb and its words, or else plain words for the coach. A
value is parsed before its handler is called, so a handler never splits a string.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from bot.core.when import is_slot, zone_of_city
from bot.slack.form import Form, Saved
from bot.slack.message import Block, Message
from bot.slack.payloads import Shortcut

T = TypeVar("T")
ReplyT = TypeVar("ReplyT")
HandlerT = TypeVar("HandlerT")
ShownT = TypeVar("ShownT", bound=Block | Form | Saved)
RequestT = TypeVar("RequestT")  # bot.slack.request.Request, which knows the nouns and so can't be imported here


class Outdated(Exception):
    """A button or a form that an older version of the app drew, and that does nothing any more."""


# Until 1.0 these buttons of challenges had the names of verbs. Their messages may be pressed until March 2027.
RENAMED = {"did": "did-challenge", "undo": "undo-challenge"}

OnWords = Callable[[RequestT, str], Awaitable[ReplyT]]
OnValue = Callable[[RequestT, T], Awaitable[ReplyT]]
OnFields = Callable[[RequestT, T, dict[str, str]], Awaitable[ShownT]]
OnShortcut = Callable[[RequestT, Shortcut], Awaitable[Form]]


def no_value(_value: str) -> None:
    """Read nothing, for a button or a form that carries no value."""


def matching(pattern: str) -> Callable[[str], str]:
    """Return what reads a value of this pattern, and raises ValueError for anything else."""

    def parse(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError
        return value

    return parse


ID = "[0-9a-f]{16}"  # a random one of ours, as challenges, lines and showings have it
parse_id = matching(ID)


@dataclass(frozen=True, slots=True)
class Verb:
    """A word that people type after `/roleshift`, or write to the bot.

    `for_all`: it shows the same to everybody, so it may be answered where everybody reads it.
    `on_home`: a click on it in Home changes what Home shows, which is its answer there.
    `after_removal`: members may ask for it after the app was removed.
    """

    usage: str
    explains: str
    handler: Callable[[Any, str], Awaitable[Message | Form]]
    also: tuple[str, ...] = ()
    for_all: bool = False
    on_home: bool = False
    after_removal: bool = False

    @property
    def word(self) -> str:
        return self.usage.partition(" ")[0]

    @property
    def in_short(self) -> str:
        """Return what it does up to the first comma or stop, for a button, without for whom it is."""
        said = self.explains.removeprefix("Admins: ").removeprefix("Leads: ")
        return re.split("[:;,.]", said[:1].upper() + said[1:])[0]


@dataclass(frozen=True, slots=True)
class Handled(Generic[ReplyT]):
    """What answers a button, a menu or a form. `parse` reads its value, and raises ValueError for an outdated one."""

    parse: Callable[[str], Any]
    handler: Callable[..., Awaitable[ReplyT]]
    on_home: bool = False
    after_removal: bool = False

    async def handle(self, request: object, value: str, *fields: dict[str, str]) -> ReplyT:
        """Return what the bot says or opens. `fields`: what was filled in. Raise Outdated if `parse` fails."""
        try:
            parsed = self.parse(value)
        except ValueError as error:
            raise Outdated from error
        return await self.handler(request, parsed, *fields)


Clicked = Handled[Message | Form]
Filled = Handled[Block | Form | Saved]


@dataclass(frozen=True, slots=True)
class ShortcutOf:
    """A shortcut, and what Slack's menus say of it: `global` ones are anywhere, others on a message."""

    type: Literal["global", "message"]
    name: str
    description: str
    handler: Callable[[Any, Shortcut], Awaitable[Form]]


@dataclass(slots=True)
class Noun:
    verbs: dict[str, Verb] = field(default_factory=dict)  # by their usage
    clicks: dict[str, Clicked] = field(default_factory=dict)
    forms: dict[str, Filled] = field(default_factory=dict)
    shortcuts: dict[str, ShortcutOf] = field(default_factory=dict)

    def verb(
        self, usage: str, explains: str, also: tuple[str, ...] = (), **flags: bool
    ) -> Callable[[OnWords[RequestT, ReplyT]], OnWords[RequestT, ReplyT]]:
        """Register a verb. `explains` says what it does, on a button up to its comma. `flags`: fields of `Verb`."""
        return _under(usage, self.verbs, lambda handler: Verb(usage, explains, handler, also, **flags))

    def click(
        self, name: str, parse: Callable[[str], T], *, on_home: bool = False, after_removal: bool = False
    ) -> Callable[[OnValue[RequestT, T, ReplyT]], OnValue[RequestT, T, ReplyT]]:
        return _under(name, self.clicks, lambda handler: Handled(parse, handler, on_home, after_removal))

    def form(
        self, name: str, parse: Callable[[str], T]
    ) -> Callable[[OnFields[RequestT, T, ShownT]], OnFields[RequestT, T, ShownT]]:
        return _under(name, self.forms, lambda handler: Handled(parse, handler))

    def shortcut(
        self, name: str, type_: Literal["global", "message"], title: str, description: str
    ) -> Callable[[OnShortcut[RequestT]], OnShortcut[RequestT]]:
        return _under(name, self.shortcuts, lambda handler: ShortcutOf(type_, title, description, handler))


def _under(name: str, place: dict[str, T], made: Callable[[Any], T]) -> Callable[[HandlerT], HandlerT]:
    """Return a decorator that puts under a name what is made of a handler, which stays as it is."""

    def register(handler: HandlerT) -> HandlerT:
        place[name] = made(handler)
        return handler

    return register


OF_TIPS = {"pause", "resume"}  # words of `tips` that work without it
PERHAPS = "at"  # before a time that was typed without a verb, which is no yes to weekly tips
PLEASE = {"please", "pls", "now"}  # after a verb
ZONES = {"zone", "timezone"}  # before a city
SIMILAR, ALMOST = 0.6, 0.8  # least ratio of difflib for a word and a verb; within one typo it is ALMOST


class Typed(NamedTuple):
    verb: str
    words: str


class Nouns:
    """All that people can ask of the bot."""

    def __init__(self, nouns: Iterable[Noun]) -> None:
        every = list(nouns)
        verbs = (verb for noun in every for verb in noun.verbs.values())
        self.verbs: Mapping[str, Verb] = _once((word, verb) for verb in verbs for word in (verb.word, *verb.also))
        self.clicks: Mapping[str, Clicked] = _once(pair for noun in every for pair in noun.clicks.items())
        self.forms: Mapping[str, Filled] = _once(pair for noun in every for pair in noun.forms.items())
        self.shortcuts: Mapping[str, ShortcutOf] = _once(pair for noun in every for pair in noun.shortcuts.items())

    def click(self, name: str, value: str = "") -> Clicked:
        """Return what answers a button; it may carry the word of any verb. Raise Outdated if nothing does any more."""
        if name in RENAMED and re.fullmatch(ID, value):
            name = RENAMED[name]
        if name in self.clicks:
            return self.clicks[name]
        if name and (verb := self.verbs.get(name)):
            return Handled(str, verb.handler, verb.on_home, verb.after_removal)
        raise Outdated

    def form(self, name: str) -> Filled:
        """Return what answers a form. Raise Outdated where no screen opens it any more."""
        if name not in self.forms:
            raise Outdated
        return self.forms[name]

    def shortcut(self, payload_type: str, name: str) -> ShortcutOf:
        """Return what answers a shortcut. Raise Outdated for one that the manifest does not have any more."""
        shortcut = self.shortcuts.get(name)
        if shortcut is None or shortcut.type != {"shortcut": "global", "message_action": "message"}[payload_type]:
            raise Outdated
        return shortcut

    def read(self, text: str) -> Typed:
        """Split a line into a verb and its words. A time and a city become their verb, and all else is asked."""
        line = text.strip()
        first, _, words = line.partition(" ")
        word, words = first.casefold().rstrip(":,.!?…"), words.strip()
        if words.casefold().rstrip(".!") in PLEASE and word in self.verbs:
            return Typed(word, "")
        is_about_a_verb = word == "help" and words in self.verbs  # else what follows `help` is a question
        is_verb = word in self.verbs and (word or not line)
        if is_verb and (" " in self.verbs[word].usage or not words or is_about_a_verb):
            return Typed(word, words)
        if word in OF_TIPS:
            return Typed("tips", f"{word} {words}".strip())
        if is_slot(line):
            return Typed("tips", f"{PERHAPS} {line}")
        if word in ZONES or zone_of_city(line):
            return Typed("tips", f"zone {words if word in ZONES else line}".strip())
        return Typed("ask", line)

    def nearest(self, line: str, cutoff: float = SIMILAR) -> Verb | None:
        """Return the verb that was probably meant. Few people mistype the first letter, and "how" is not "show"."""
        letters = re.sub(r"\W", "", line.partition(" ")[0].lower())
        near = get_close_matches(letters, [verb for verb in self.verbs if verb[:1] == letters[:1]], 1, cutoff)
        return self.verbs[near[0]] if near else None


def _once(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"two nouns define {name!r}")
        found[name] = value
    return found
