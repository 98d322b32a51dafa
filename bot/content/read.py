"""Read a YAML file as mappings, lists and strings, each with its line and column. Refuse the rest of YAML.

A text file is a list of messages, one a line.

Refused: aliases and anchors (a few bytes can expand to gigabytes), tags, duplicate keys (YAML silently keeps the last),
nesting deeper than 20, files over 2048 KB, anything but UTF-8, what is not a regular file. All scalars stay strings, so
that `no` is "no".
"""

import re
import stat
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from pydantic import ValidationError

MAX_FILE = 2 * 1024 * 1024  # bytes; far more than any content file needs
MAX_DEPTH = 20
TEXT = ".txt"
HINTS = {  # what the author has probably done, by words of libyaml's problem
    "mapping values are not allowed": "; quote a text that holds `: `",
    "tab character": "; indent with spaces",
    "cannot start any token": "; quote a text that begins with a special character",
    "expected '-' indicator": "; begin all entries of a list in the same column",
    "expected key": "; begin all keys of an entry in the same column, and close each quotation mark",
}

Where = tuple[Hashable, ...]  # the keys and indexes that lead to a value, as pydantic's `loc`


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A mistake in a content file, in words for its author. Line and column count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.text}"


class Unreadable(Exception):
    """The file is not YAML that this module accepts. `mistake` says where and why."""

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        super().__init__(str(mistake))


@dataclass(frozen=True, slots=True)
class Places:
    """The line and column of each value of a file. `moved` are values that were put in from elsewhere."""

    file: str
    marks: Mapping[Where, tuple[int, int]]
    root: Where = ()
    moved: Mapping[Where, "Places"] = field(default_factory=dict)  # by where they are now

    def mistake(self, where: Where, text: str) -> Mistake:
        """Return a mistake at a value. If the value is missing, it is at the nearest value around it."""
        places = self.below(*where)
        around = (places.root[:n] for n in range(len(places.root), -1, -1))
        message = next((n for n in places.root if isinstance(n, int)), 0)  # each is a line of its text file
        line, column = next((places.marks[place] for place in around if place in places.marks), (message + 1, 1))
        return Mistake(places.file, line, column, text)

    def below(self, *where: Hashable) -> "Places":
        for n in range(len(where), 0, -1):
            if where[:n] in self.moved:
                return self.moved[where[:n]].below(*where[n:])
        rest = {key[len(where) :]: places for key, places in self.moved.items() if key[: len(where)] == where}
        return Places(self.file, self.marks, (*self.root, *where), rest)

    def moving(self, moved: Mapping[Where, "Places"]) -> "Places":
        """Return these places after the values of `moved` were put in from elsewhere."""
        return replace(self, moved={**self.moved, **moved})


def read(path: Path, name: str) -> tuple[object, Places]:
    """Return a file's value and its places. `name` is what mistakes call the file. Raise Unreadable."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a FIFO would wait for its writer
            raise Unreadable(Mistake(name, 1, 1, "is not a regular file"))
        if found.st_size > MAX_FILE:
            raise Unreadable(Mistake(name, 1, 1, f"too large ({MAX_FILE // 1024} KB at most)"))
        raw = path.read_bytes()
        if path.suffix == TEXT:
            return {"messages": raw.decode().splitlines()}, Places(name, {})
        parser = _Parser(name, raw.decode())
        return parser.document(), Places(name, parser.marks)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable(Mistake(name, line, 1, "not UTF-8 text")) from None
    except OSError as error:
        raise Unreadable(Mistake(name, 1, 1, f"can't be read: {error.strerror}")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = error.problem or error.context or ""
        hint = next((hint for words, hint in HINTS.items() if words in problem), "")
        raise Unreadable(Mistake(name, line, column, f"not YAML: {problem}{hint}")) from None
    except yaml.YAMLError:
        raise Unreadable(Mistake(name, 1, 1, "holds characters that YAML does not allow")) from None


class _Parser:
    """Build values from the parser's events, so that nothing is expanded before it is checked."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.marks: dict[Where, tuple[int, int]] = {}
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is eight times faster; a few builds lack it
        self.next_event = loader(text).get_event

    def document(self) -> object:
        event: yaml.Event = self.next_event()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "is empty")
        value = self._value(event, ())
        while isinstance(event := self.next_event(), yaml.DocumentEndEvent):
            pass
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "only one document a file")
        return value

    def _value(self, event: yaml.Event, where: Where) -> object:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "aliases (`*name`) are not allowed")
        if not isinstance(event, yaml.NodeEvent):
            self._refuse(event, "a value was expected here")
        if getattr(event, "anchor", None) is not None:
            self._refuse(event, "anchors (`&name`) are not allowed")
        if getattr(event, "tag", None) not in {None, "!"}:
            self._refuse(event, "tags (`!name`) are not allowed")
        if len(where) > MAX_DEPTH:
            self._refuse(event, f"nested too deeply ({MAX_DEPTH} levels at most)")
        self.marks[where] = self._at(event)
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(where)
        items: list[object] = []
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*where, len(items))))
        return items

    def _mapping(self, where: Where) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key must be a plain word")
            key = event.value
            if key in mapping:
                first = self.marks[(*where, key)][0]
                self._refuse(event, f"duplicate key {key!r} (first at line {first})")
            mapping[key] = self._value(self.next_event(), (*where, key))
            self.marks[(*where, key)] = self._at(event)
        return mapping

    def _at(self, event: yaml.Event) -> tuple[int, int]:
        mark = event.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)

    def _refuse(self, event: yaml.Event, text: str) -> None:
        raise Unreadable(Mistake(self.name, *self._at(event), text))


SWAPPED = {"id": "slug", "slug": "id"}  # files say `id`, the code says `slug`; a file's own key `slug` is unknown

NEEDS = {  # what the value has to be, by pydantic's name for the fault
    "int_parsing": "a whole number, such as 15",
    "bool_parsing": "`true` or `false`",
    "string_type": "a text; quote it if it holds `: `",
    "tuple_type": "a list, such as `[one, two]`",
    "model_type": "lines of `key: value`",
}


def mistakes_in(error: ValidationError, places: Places) -> Iterator[Mistake]:
    """Yield the mistakes, but not of lists that are too short only because one of their items is at fault."""
    faults = error.errors(include_url=False)
    around = {fault["loc"][:n] for fault in faults for n in range(len(fault["loc"]))}
    for fault in faults:
        if fault["type"] == "too_short" and fault["loc"] in around:
            continue
        first, *rest = fault["loc"]
        where: Where = (SWAPPED.get(str(first), first), *rest)
        key = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
        match fault["type"]:
            case "extra_forbidden":
                text = f"unknown key {key!r}"
            case "missing":
                text = f"needs `{key}:`"
            case "string_pattern_mismatch":
                is_file_name = where == ("id",) and (*places.root, "id") not in places.marks
                what = "the file's name" if is_file_name else f"`{key}`"
                kebab = re.sub("[^a-z0-9]+", "-", str(fault["input"]).lower()).strip("-")
                text = f"{what} must be kebab-case, such as `{kebab or 'token-usage-and-costs'}`"
            case "value_error":  # raised by a model of ours, in words for authors
                text = f"`{key}`: {fault['ctx']['error']}"
            case type_ if type_ in NEEDS:
                text = f"`{key}` needs {NEEDS[type_]}"
            case "too_short":
                text = f"`{key}`: {fault['ctx']['min_length']} or more are needed, not {fault['ctx']['actual_length']}"
            case _:
                text = f"`{key}`: {fault['msg'][0].lower()}{fault['msg'][1:]}"
        yield places.mistake(where, text)
