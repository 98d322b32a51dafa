"""What an admin and a lead see of others: the numbers on each screen and in each file, read as a person reads them."""

import asyncio
import csv
import io
import re
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from bot.playground.emulator.blocks import Json
from tests.driver.standin import StandIn
from tests.slack.talk import Talk, shown

ANYTHING = "did anything"
DID = "did a tip, or still do one"
BLOCKED, LACK, RIGHT, WRONG = "blocked by ", "lacks ", "right on ", "wrong on "
PLACES = ("skills", "literacy", "home", "teams", "audit")
Day = tuple[str, str]  # on which the figures of the week before were taken: `("7", "Dec")`


class Figure(NamedTuple):
    """What a place says about a week. None: the place tells that it is too few to say."""

    day: Day
    fact: str
    number: int | None


@dataclass
class Seen:
    """All figures that were seen, and each number that the judge can't read. `last`: None if there are no figures."""

    figures: list[Figure] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    last: Day | None = None

    def __iadd__(self, other: "Seen") -> Self:
        self.figures += other.figures
        self.unknown += other.unknown
        return self


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_NUMBER = r"(?:about (\d+)|too few to say)"
_DESK = re.compile(
    r"\*Week before (\d+) (\w{3})\*: 15 people or more used me\. "
    rf"Did a tip, or said that one is still in use: {_NUMBER}\."
)
_BLOCKING = (  # on the desk, and in the message to a lead
    (LACK, re.compile(r"What blocks most: about (?P<by>\d+) said that they don't have (?P<what>.+?)\.")),
    (LACK, re.compile(r"What is missing most in the workspace: (?P<what>.+?) \(about (?P<by>\d+)\)\.")),
    (BLOCKED, re.compile(r"What blocks most: about (?P<by>\d+) said: (?P<what>.+?)\.")),
    (BLOCKED, re.compile(r"What blocks most in the workspace: (?P<what>.+?) \(about (?P<by>\d+)\)\.")),
)
_BARS = re.compile(rf"^(\d+) (\w{{3}}): {_NUMBER} [▰▱ ]*$", re.MULTILINE)
_SKILLS = re.compile(r"\*Questions by skill\*, week before (\d+) (\w{3})")
_SKILL = re.compile(rf"• (.+): right {_NUMBER}, wrong {_NUMBER}")
_HOME = re.compile(rf"\*Everybody:\* {_NUMBER} did a tip in the week before (\d+) (\w{{3}})\.")
_WEEK_IN_FILE = re.compile(rf"- In the week before \d+-(\d+)-(\d+): {_NUMBER}")
_SAYS_NOTHING = re.compile(  # of what people did
    r"<!date\^\d+\^[^>]*>|<[@#][A-Z0-9]+[^>]*>|\*15 minutes with the team:\*|fewer than five"
    r"|15 people or more (?:used me|did something)|(?:fewer than 20|20 or more) \w+ me"
    r"|after 90 days|Kept for 400 days|\d+ more are in the export"
)


async def looks(slack: StandIn, talk: Talk, *places: str) -> Seen:
    """Open these places of the desk, and the desk before them."""
    seen = Seen()
    words = await talk.does("/roleshift team")
    last = seen.last = _desk(seen, words, talk.last.blocks or [])
    for place in places:
        match place:
            case "skills" if last:
                _skills(seen, await talk.does("/roleshift team skills"))
            case "export" if last:
                _export(seen, await _file(slack, talk, "export"))
            case "literacy":
                text = (await _file(slack, talk, "literacy")).partition("## Counts")[2].partition("\n## ")[0]
                for said in _WEEK_IN_FILE.finditer(text):
                    seen.figures.append(Figure(_day(said[1], said[2]), DID, _number(said[3])))
                _rest(seen, "literacy", _WEEK_IN_FILE.sub("", text))
            case "home":
                words = await _opened_home(slack, talk.who, last)
                for said in _HOME.finditer(words):
                    seen.figures.append(Figure((said[2], said[3]), DID, _number(said[1])))
                # It has a line on the team as soon as the admin uses the bot.
                lines = (line for line in _HOME.sub("", words).splitlines() if "Your team" in line)
                _rest(seen, "home", "\n".join(lines))
            case "teams":
                _rest(seen, place, await talk.does("/roleshift team teams"))
            case "audit":
                _rest(seen, place, await talk.does("/roleshift audit"))
    return seen


def of_lead(words: str, day: Day | None) -> Seen:
    """Read what a lead sees: the answer to `team`, or the message of the month."""
    seen = Seen()
    _rest(seen, "lead", _blocking(seen, words, day))
    return seen


def _desk(seen: Seen, words: str, blocks: list[Json]) -> Day | None:
    said = _DESK.search(words)
    if said is None:
        _rest(seen, "desk", words)
        return None
    day = said[1], said[2]
    seen.figures.append(Figure(day, DID, _number(said[3])))
    words = _blocking(seen, _DESK.sub("", words), day)
    for bar in _BARS.finditer(words):
        seen.figures.append(Figure((bar[1], bar[2]), DID, _number(bar[3])))
    for block in blocks:
        if block["type"] == "data_visualization":
            (series,) = block["chart"]["series"]
            for point in series["data"]:
                number, month = point["label"].split()
                seen.figures.append(Figure((number, month), DID, point["value"] or None))
    _rest(seen, "desk", _BARS.sub("", words))
    return day


def _blocking(seen: Seen, words: str, day: Day | None) -> str:
    for what, pattern in _BLOCKING:
        for said in pattern.finditer(words):
            if day is None:
                seen.unknown.append(f"about which week? {said[0]}")
            else:
                seen.figures.append(Figure(day, what + said["what"].casefold(), int(said["by"])))
        words = pattern.sub("", words)
    return words


def _skills(seen: Seen, words: str) -> None:
    title = _SKILLS.search(words)
    assert title is not None, words
    for said in _SKILL.finditer(words):
        for what, number in ((RIGHT, said[2]), (WRONG, said[3])):
            seen.figures.append(Figure((title[1], title[2]), what + said[1].casefold(), _number(number)))
    _rest(seen, "skills", _SKILL.sub("", _SKILLS.sub("", words)))


def _export(seen: Seen, text: str) -> None:
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["in the week before", "figure", "name", "about"], head
    for date, what, name, number in rows:
        facts = {"did a tip, or still do one": DID, "lack": LACK + name, "were blocked by": BLOCKED + name,
                 "answered right on": RIGHT + name, "answered wrong on": WRONG + name}  # fmt: skip
        if what in facts:
            seen.figures.append(Figure(_day(*date.split("-")[1:]), facts[what].casefold(), int(number)))
        else:
            seen.unknown.append(f"export: {what} {name} {number}")


def _rest(seen: Seen, place: str, words: str) -> None:
    """Note the numbers that are left."""
    for line in _SAYS_NOTHING.sub("", words).splitlines():
        if re.search(r"\d", line):
            seen.unknown.append(f"a number that nobody explains, in {place}: {line}")


async def _opened_home(slack: StandIn, who: str, last: Day | None) -> str:
    """Return what the Home shows. It is published after the event is acknowledged, and only if it changed."""
    await slack.acts.open_home(slack.workspace.person(who), "home")
    expected = "no figures yet" if last is None else f"before {last[0]} {last[1]}"
    for _ in range(100):
        view = slack.workspace.screens.homes.get(who)
        words = shown("", view.blocks) if view else ""
        if expected in words:
            break
        await asyncio.sleep(0.05)
    return words


async def _file(slack: StandIn, talk: Talk, what: str) -> str:
    """Return what is in a file. The answer to the command comes beside it."""
    async with slack.watching(talk.who) as outcome:
        await slack.command(talk.who, f"/roleshift team {what}")
        while len(outcome.messages) < 2:
            assert await outcome.changed(slack.patience), f"no file came: {what}"
    return (list(slack.hub.files.values())[-1].content or b"").decode()


def _number(said: str | None) -> int | None:
    return int(said) if said else None


def _day(month: str, day: str) -> Day:
    return str(int(day)), _MONTHS[int(month) - 1]
