"""P6: three workspaces with the same member ids share one bot and one database. Nothing of one is seen in another.

People type, press and fill in forms through the bot's real edge, and the jobs run. Whatever they write, and whatever
Slack calls them, holds a word of their workspace: a canary. Assistants with a token of theirs, and Slackbot, call the
tools. After each act, no answer to an assistant and no message, view or file in a workspace
may hold another's canary, and only rows of the workspace in which somebody acted may have changed.
"""

import asyncio
import contextlib
import hashlib
import inspect
import itertools
import json
import random
import re
import secrets
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, select

import jobs
from bot.mcp.tools import TOOLS
from bot.playground.emulator.blocks import Json, elements, options_of
from bot.playground.emulator.changes import Change
from bot.playground.emulator.people import Person, Room, Roster
from bot.playground.emulator.workspace import Message
from bot.store.schema import ABOUT_NO_WORKSPACE, metadata
from tests.driver.driver import Driver
from tests.driver.outcome import Outcome
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result
from tests.real_content import load
from tests.running import bot_for_many
from tests.slack.assistant import Served
from tests.slack.visitor import Visitor

CANARIES = ("AMBER", "BIRCH", "CORAL")
OWNER, MEMBERS = "U0OWNER", ("U0OWNER", "U1", "U2", "U3", "U4", "U5")
LINES = (
    "", "myrole sre", "myrole ml engineer", "skill cost spikes", "learn cost spikes", "learn token usage", "progress",
    "unlearn cost spikes", "tip", "tips on", "tips on", "tips off", "ask {word} what does a token cost", "team",
    "team add #general lead @member", "team teams", "lead on", "lead off",
    "admins", "admins add @member", "audit", "challenge new", "challenge new", "challenge", "privacy",
    "privacy export", "connect", "forget me", "settings",
    "announce", "situation", "check cost spikes", "plans",
)  # fmt: skip
WRITTEN = "{word} asks: how do I price an answer?"  # in a direct message
ACTS = {"type": 4, "write": 1, "assist": 3, "press": 6, "home": 1, "jobs": 2}
IDS = 8  # bytes of ids that the bot draws; a challenge, an entry and a plan get the same one in all workspaces
PATIENCE = 1.0  # seconds to wait for what a person sees; some acts show nothing
SETTLED = 0.05  # seconds in which no row changes
AT_MOST = timedelta(hours=30)  # between two acts
STEPS = list(load().lessons)[:5]  # that assistants note as done
MCP_URL = "https://coach.example.org"
BY_SLACKBOT, OK, REFUSED = 0.5, 200, 401
RUNS = 0.7  # chance that a job runs when the jobs do, so that things are left between two of them
Rows = dict[tuple[Any, ...], tuple[Any, ...]]  # by the table and the primary key, which starts with the workspace


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    async with databases.fresh(case.database) as address:
        acts = int(case.about.split()[0])
        return await processes.prove(case, "tests.faults.isolation:lives", address, case.seed, acts)


async def lives(address: str, seed: int, acts: int) -> tuple[Counter[str], list[str]]:
    """Install the bot in three workspaces, let their people act, and return what was counted and broken."""
    with tempfile.TemporaryDirectory(prefix="roleshift-isolation-") as folder:
        clock = Path(folder) / "clock"
        starting = bot_for_many(
            Path(folder), *map(_roster, CANARIES), clock_file=clock, DATABASE_URL=address, ROLESHIFT_MCP_URL=MCP_URL
        )
        async with starting as (slack, bot, url):
            for word in CANARIES:
                async with Visitor.at(url) as browser:
                    await browser.install(_id(word))
            street = Street(Served(slack, bot, url, Path(folder)), random.Random(seed))  # noqa: S311 - a seed must replay
            await street.live(acts)
            await street.removed(CANARIES[seed % len(CANARIES)])
    return street.counts, street.broken


def _id(word: str) -> str:
    return f"T0{word}"


def _roster(word: str) -> Roster:
    people = (Person(who, f"Member{who[-1]} {word}", kind="owner" if who == OWNER else "member") for who in MEMBERS)
    return Roster(_id(word), f"Workspace {word}", tuple(people), (Room("C0GENERAL", "general", f"About {word}"),))


class Street:
    """The three workspaces. In each round, all of them do the same, one after the other."""

    def __init__(self, served: Served, draw: random.Random) -> None:
        slack = served.slack
        self._slack, self._bot, self._draw, self._served = slack, served.bot, draw, served
        self._tokens: dict[tuple[str, str], str] = {}
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        self._rows: Rows = {}
        self._last: dict[tuple[str, str], Message] = {}  # what a member saw last
        for word in CANARIES:
            slack.drivers[_id(word)].patience = PATIENCE
            slack.workspaces[_id(word)].watchers.append(self._watcher(word))

    async def live(self, acts: int) -> None:
        """Let people act. Stop at the first act that breaks a rule, as all later ones would break it too."""
        self._rows = await self._bot.services.store.read(_all_rows)
        for number in itertools.count():
            if self.counts["acts"] >= acts or self.broken:
                return
            (act,) = self._draw.choices(list(ACTS), list(ACTS.values()))
            who, seed = self._draw.choice(MEMBERS), self._draw.random()
            if act == "jobs":
                await self._jobs()
                continue
            for word in self._draw.sample(CANARIES, len(CANARIES)):
                with _ids_of(number):
                    await self._act(word, act, who, random.Random(seed))  # noqa: S311 - as above

    async def _act(self, word: str, act: str, who: str, draw: random.Random) -> None:
        driver = self._slack.drivers[_id(word)]
        try:
            match act:
                case "type":
                    did = f"/roleshift {draw.choice(LINES).format(word=word)}"
                    await self._see(word, who, driver.command(who, did))
                case "write":
                    did = WRITTEN.format(word=word)
                    await self._see(word, who, driver.say(who, did, "dm"))
                case "home":
                    did = "opening Home"
                    await self._see(word, who, driver.open_home(who))
                case "assist":
                    did = await self._assist(driver, word, who, draw)
                case _:
                    did = await self._press(driver, word, who, draw)
        except (LookupError, ValueError, TypeError) as error:  # Slack's client does not let a person do it
            self.counts["not possible"] += 1
            did = f"{act}, {type(error).__name__}"
        else:
            self.counts["acts"] += 1
        await self._changed_only(word, f"{did} of {who}")

    async def _assist(self, driver: Driver, word: str, who: str, draw: random.Random) -> str:
        """Call a tool with a token of this member, or as Slackbot."""
        served = replace(self._served, driver=driver)
        if (word, who) not in self._tokens:
            self._tokens[word, who] = await served.token(who)
        by_slack = draw.random() < BY_SLACKBOT
        calls = served.by_slack(who, _id(word)) if by_slack else served.by_token(self._tokens[word, who])
        tool, given = draw.choice(list(TOOLS)), {"question": WRITTEN.format(word=word), "step": draw.choice(STEPS)}
        answer = await calls.post(calls.call(tool, **given))
        if answer.status_code == REFUSED:  # they were forgotten since
            del self._tokens[word, who]
        self.counts["answers to assistants"] += answer.status_code == OK
        if strange := _canaries([answer.text]) - {word}:
            self.broken.append(f"{sorted(strange)} answered to an assistant in {word}")
        return f"the tool {tool}"

    async def _press(self, driver: Driver, word: str, who: str, draw: random.Random) -> str:
        """Fill in and send the form that is open, or press something in Home or on the last message."""
        screens = driver.workspace.screens
        if (stack := screens.stacks.get(who)) and "submit" not in stack[-1].spec:
            await driver.close(who, stack[-1])
            return "closing a window"
        if stack:
            form = stack[-1]
            fields = [each for _, each in elements(form.blocks) if each["type"] not in ("button", "overflow")]
            values = {each["action_id"]: _value(each, word, draw, driver) for each in fields}
            filled = {name: value for name, value in values.items() if value is not None}
            await self._see(word, who, driver.submit(who, form, filled))
            for left in list(screens.stacks.get(who) or ()):
                await driver.close(who, left, whole_stack=True)
            return "a form"
        places = [self._last.get((word, who)), screens.homes.get(who), *driver.reads(who, "general")[-2:]]
        shown = [(place, element) for place in places if place for _, element in elements(place.blocks)]
        place, element = draw.choice(shown)
        value = _value(element, word, draw, driver)
        await self._see(word, who, driver.click(who, place, element["action_id"], value))
        return f"pressing {element['action_id']}"

    async def _see(self, word: str, who: str, act: Awaitable[Outcome]) -> None:
        outcome = await act
        if outcome.messages:
            self._last[word, who] = outcome.messages[-1]

    async def _jobs(self) -> None:
        self._slack.clock.advance(AT_MOST * self._draw.random())
        for _, _, job in jobs.JOBS:
            if self._draw.random() < RUNS:
                await job(self._bot.services, asyncio.Event())
        self.counts["jobs run"] += 1
        self._rows = await self._settled()
        self._strange_rows(self._rows)

    async def removed(self, word: str) -> None:
        """Remove the app from one workspace. The others keep theirs."""
        if not self.broken:
            await self._slack.drivers[_id(word)].uninstall()
            await self._changed_only(word, "removing the app")
            for other in CANARIES:
                if other != word:
                    seen = await self._slack.drivers[_id(other)].command(OWNER, "/roleshift progress")
                    self.counts["answers after a removal"] += bool(seen.messages)

    async def _changed_only(self, word: str, what: str) -> None:
        """Check the rows: only those of this workspace may have changed."""
        before, after = self._rows, await self._settled()
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        self.counts["rows changed"] += len(changed)
        self.broken += [f"{what} in {word} changed {key}" for key in changed if key[1] != _id(word)]
        self._strange_rows({key: after[key] for key in changed if key in after})
        self._rows = after

    async def _settled(self) -> Rows:
        """Return all rows, once they stay the same: some are written after a person has seen the answer."""
        rows, before = await self._bot.services.store.read(_all_rows), None
        while rows != before:
            await asyncio.sleep(SETTLED)
            before, rows = rows, await self._bot.services.store.read(_all_rows)
        return rows

    def _strange_rows(self, rows: Rows) -> None:
        for key, row in rows.items():
            self.counts["rows with canaries"] += bool(_canaries(row))
            if strange := [word for word in _canaries(row) if _id(word) != key[1]]:
                self.broken.append(f"{strange} in the row {key}")

    def _watcher(self, word: str) -> Callable[[Change], None]:
        def watch(change: Change) -> None:
            files = [file.content for file in self._slack.hub.files.values() if file.workspace == _id(word)]
            seen = f"{change.subject} {files}"
            found = _canaries([seen])
            self.counts["screens with canaries"] += bool(found)
            if found - {word}:
                self.broken.append(f"{sorted(found - {word})} seen in {word}: {change.kind} {seen[:500]}")

        return watch


def _canaries(values: Iterable[object]) -> set[str]:
    """Return the canaries in these values; the id of a workspace is none."""
    return {word for value in values for word in CANARIES if re.search(f"(?<!T0){word}", str(value))}


_EVERY = [(table, select(table)) for table in metadata.sorted_tables if table not in ABOUT_NO_WORKSPACE]


def _all_rows(tx: Connection) -> Rows:
    return {
        (table.name, *(row._mapping[column] for column in table.primary_key)): tuple(row)
        for table, every in _EVERY
        for row in tx.execute(every)
    }


def _value(element: Json, word: str, draw: random.Random, driver: Driver) -> object:
    """Return something that a person may fill in or choose."""
    options = [option["value"] for option in options_of(element)]
    if options:
        chosen = draw.choice(options)
        return [chosen] if element["type"] in ("checkboxes", "multi_static_select") else chosen
    today = driver.workspace.clock().date()
    return {
        "plain_text_input": f"{word} writes {draw.randint(1, 9)}",
        "number_input": draw.randint(1, 9),
        "users_select": draw.choice(MEMBERS),
        "channels_select": "C0GENERAL",
        "conversations_select": "C0GENERAL",
        "datepicker": (today + timedelta(days=draw.randint(1, 9))).isoformat(),
        "timepicker": f"{draw.randint(9, 16):02}:30",
    }.get(element["type"])


@contextlib.contextmanager
def _ids_of(number: int) -> Iterator[None]:
    """Let the bot draw the same ids in all workspaces while they do the same."""
    nth, real = itertools.count(), secrets.token_hex

    def token_hex(nbytes: int | None = None) -> str:
        frame = inspect.currentframe()
        caller = frame.f_back.f_globals["__name__"] if frame and frame.f_back else ""
        if nbytes != IDS or not caller.startswith("bot.") or caller.startswith("bot.playground"):
            return real(nbytes)
        return hashlib.sha256(json.dumps([number, next(nth)]).encode()).hexdigest()[: 2 * IDS]

    with patch.object(secrets, "token_hex", token_hex):
        yield
