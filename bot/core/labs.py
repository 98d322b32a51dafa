"""Labs: practice on invented data that differs for each member, with an answer that can be computed.

Nothing is stored to check an answer: the same seed makes the same data again. Who makes a known mistake is told which.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from bot.core.content_types import MAX_ASKS, ContentItem, Line, Name, Needs, Prose, Short, Slug
from bot.core.csv_lines import csv_line
from bot.core.member import MemberKey

TOLERANCE = 0.005  # of the right number: people round
GROUPED = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")  # between thousands
NUMBER = re.compile(r"[-+]?[.,]?\d[\d.,]*")

Words = Mapping[Slug, tuple[Annotated[str, StringConstraints(max_length=2000)], ...]]  # lists of them, by name
Sentences = Mapping[Slug, Line]  # by the name of what they are about


class Lab(ContentItem):
    """A lab in words; what makes its data and the answer is in bot/labs/, under its name."""

    name: Name
    skill: Slug
    lends: Needs = ()  # needs that its data stands in for
    minutes: int = Field(ge=5, le=40)
    text: Prose  # it may name figures in braces, as `right` may
    ask: Line
    units: tuple[Short, ...] = Field(min_length=1)  # what the answer is in, as it is called and as people write it
    mistakes: Sentences = Field(default={})  # what is said to who makes them with a number
    faults: Sentences = Field(default={})  # what is wrong with a row that belongs to the answer
    decoys: Sentences = Field(default={})  # why a row does not that looks so
    right: Prose
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)
    material: Words = Field(default={})


class Judgement(NamedTuple):
    says: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """Data whose answer is a number. `mistakes`: what comes out, by the mistake that leads to it."""

    lab: Lab
    number: float
    mistakes: Mapping[str, float]
    figures: Mapping[str, object]
    rows: Sequence[Sequence[object]] = ()

    @property
    def table(self) -> str:
        return "".join(f"{','.join(map(str, row))}\n" for row in self.rows)

    @property
    def is_clear(self) -> bool:
        """Return whether no mistake looks like the right answer or like another, and two digits are enough."""
        pairs = combinations((self.number, *self.mistakes.values()), 2)
        return self.number > 1 and all(abs(one - two) > 2.2 * TOLERANCE * max(abs(one), abs(two)) for one, two in pairs)

    def check(self, answer: str) -> Judgement:
        unit, (readings, rest) = self.lab.units[0], read_number(answer)
        if not readings or rest.casefold().strip(" .=~:") not in {"", *self.lab.units}:
            return Judgement(f"I need one number in {unit}, and nothing else: such as 3.14.")
        if any(_near(reading, self.number) for reading in readings):
            return Judgement("Right.", is_right=True)
        for mistake, value in self.mistakes.items():
            if any(_near(each, value) for each in readings):
                return Judgement(self.lab.mistakes[mistake])
        for scale in (100, 0.01, 1000, 0.001, 60):  # by which a number in another unit is too large
            if _near(readings[0], self.number * scale):
                return Judgement(f"Right but for the unit: I need {unit}, and yours is {scale:g} times that.")
        high = "high" if readings[0] > self.number else "low"
        return Judgement(f"Too {high}, and not by a mistake that I know.")


@dataclass(slots=True)
class Rows:
    """Data whose answer is some of its rows: those of a table with these columns or, without any, lines of text."""

    lab: Lab
    columns: tuple[str, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)  # the answer: the name of what is wrong, by row
    decoys: dict[int, str] = field(default_factory=dict)
    of: int = 0  # how many rows there are
    is_clear: Literal[True] = True

    def add(self, kind: str, *cells: str | int) -> None:
        """Add a row under the next number. `kind` is the name of a fault, of a decoy, or of neither."""
        self.of += 1
        for kept, named in ((self.faults, self.lab.faults), (self.decoys, self.lab.decoys)):
            if kind in named:
                kept[self.of] = kind
        self.lines.append(csv_line((self.of, *cells)) if self.columns else f"{self.of:3}  {cells[0]}\n")

    @property
    def table(self) -> str:
        return "".join((csv_line(("number", *self.columns)), *self.lines) if self.columns else self.lines)

    def check(self, answer: str) -> Judgement:
        given, words = {int(row) for row in re.findall(r"\d+", answer)}, re.split(r"[\s\d,;.&]+", answer.casefold())
        if not given or not {"", "and", *self.lab.units}.issuperset(words):
            return Judgement(f"I need the numbers of {self.lab.units[0]}, and nothing else: such as 4 17 23.")
        if outside := given - set(range(1, self.of + 1)):
            return Judgement(f"There is no number {min(outside)}: they go from 1 to {self.of}.")
        missed, extra = self.faults.keys() - given, given - self.faults.keys()
        if not missed and not extra:
            rows = {kind: [str(row) for row, each in self.faults.items() if each == kind] for kind in self.lab.faults}
            why = (f"\n• {', '.join(rows[kind])}: {says}" for kind, says in self.lab.faults.items() if rows[kind])
            return Judgement("".join(("Right: all of them, and nothing else.", *why)), is_right=True)
        says = f"You found {len(given) - len(extra)} of {len(self.faults)}."
        if len(given) > 2 * len(self.faults):
            too_many = f"You named {len(given)} of {self.of}: name only those for which you have a reason."
            return Judgement(f"{says} {too_many}")
        if extra:
            row = min(extra, key=lambda each: (each not in self.decoys, each))
            because = self.lab.decoys[self.decoys[row]] if row in self.decoys else "Nothing is wrong there."
            says = f"{says} {row} is none of them. {because}"
        if missed:
            first = (min(missed) - 1) // 10 * 10 + 1
            because = self.lab.faults[self.faults[min(missed)]]
            says = f"{says} You missed one from {first} to {min(first + 9, self.of)}. {because}"
        return Judgement(says)


Data = Amount | Rows
Make = Callable[[Random, Lab], Data]


def data_for(make: Make, lab: Lab, secret: bytes, who: MemberKey, attempt: int) -> Data:
    """Return a member's data: the first of their seed in which each mistake can be told from all others."""
    seed = hmac.digest(secret, f"{who.workspace_id}/{who.member_id}/{lab.slug}/{attempt}".encode(), hashlib.sha256)
    rand = Random(int.from_bytes(seed))  # noqa: S311 - what it makes is no secret
    while not (data := make(rand, lab)).is_clear:
        pass
    return data


def lab_secret(secret: str) -> bytes:
    """Return the secret of an installation's labs, made from another one, which it does not tell."""
    return hmac.digest(secret.encode(), b"roleshift labs", hashlib.sha256)


def planted(rand: Random, lab: Lab, of: int, faults: tuple[int, int], decoys: tuple[int, int]) -> list[str]:
    """Return by chance what each of some rows is: a fault, a decoy, or neither. `faults`, `decoys`: least, most."""
    counts = ((lab.faults, rand.randint(*faults)), (lab.decoys, rand.randint(*decoys)))
    kinds = [kind for named, count in counts for kind in rand.sample(list(named) * -(-count // len(named)), count)]
    return rand.sample([*kinds, *[""] * (of - len(kinds))], of)


def read_number(text: str) -> tuple[list[float], str]:
    """Return what the one number in a text may be, and the rest of the text. 1,234 may be 1.234, too."""
    text = GROUPED.sub("", text.replace("\u2212", "-"))
    found = NUMBER.findall(text)
    if len(found) != 1:
        return [], text
    written, rest = found[0].rstrip(".,"), text.replace(found[0], "")
    point = max(written.rfind("."), written.rfind(","))
    whole, places = float(re.sub("[.,]", "", written)), len(written) - point - 1
    if point < 0 or written.count(written[point]) > 1:
        return [whole], rest
    return [whole / 10**places, *([whole] if places == 3 else [])], rest


def _near(given: float, value: float) -> bool:
    return abs(given - value) <= abs(value) * TOLERANCE
