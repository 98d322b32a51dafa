"""Three workspaces install the bot over HTTP, at a real web process and an emulated Slack, in one database.

Each installation, each opened Home, each later installation and each removal may only touch its own workspace.
"""

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, select, update

from bot.playground.emulator.people import Person, Room, Roster
from bot.store import Store
from bot.store.member_schema import home
from bot.store.schema import ABOUT_NO_WORKSPACE, installation, metadata, workspace
from tests.driver.apps import roleshift
from tests.driver.standin import StandIn
from tests.faults.homes import Home, Key, Rows, time_passes
from tests.faults.neighbours import CHANNEL_IN_ALL, IN_ALL, NEIGHBOURS, START, Neighbour, at_home
from tests.faults.processes import Processes
from tests.faults.web import REDIRECT, Web

KEYS = ",".join(f"k{number}:{'A' * 43}" for number in (1, 2, 0, *range(3, 9)))  # as the deeds change keys
BEFORE = timedelta(minutes=5)  # the workspaces install the bot so long before the first deed
LATER = timedelta(days=365)  # after the last deed
PATIENCE = 120  # seconds in which a Home must show, on a busy machine
DUE = [each for each in home.columns if not each.primary_key].index(home.c.due_at)
FIRST, SECOND, LAST = IN_ALL[:3]  # members who open their Home, each once, so that it has to be published


@dataclass
class Installed:
    """The workspaces at the emulated Slack, the shared database, and what went wrong."""

    slack: StandIn
    web: Web
    settings: dict[str, Any]
    shared: Home
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, address: str, processes: Processes, mutant: str | None) -> AsyncIterator[Self]:
        """Start the emulated Slack. Its clock and the bot's are a few minutes before the first deed."""
        web = Web(processes, mutant)
        with tempfile.TemporaryDirectory(prefix="roleshift-installed-") as folder:
            clock = Path(folder) / "clock"
            app = replace(roleshift(), redirect_urls=(f"{web.url}{REDIRECT}",))
            async with StandIn(*map(_roster, NEIGHBOURS), app=app, clock_file=clock) as slack:
                slack.clock.advance(START - BEFORE - datetime.now(UTC))
                slack.deliver_to(f"{web.url}/slack/events")
                own = {"DATABASE_URL": address, "ROLESHIFT_TOKEN_KEYS": KEYS, "ROLESHIFT_CLOCK": str(clock)}
                of_one = dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"))
                settings = slack.oauth_environment(web.url) | own | of_one
                shared = Home(address)
                yield cls(slack, web, settings, shared)
                await shared.store.close()

    async def move_in(self) -> None:
        """Install the bot in each workspace, one after the other. A member of each then opens their Home."""
        async with self.web.running(self.settings):
            await self.shared.look()
            for here in NEIGHBOURS:
                await self._install(here, FIRST)

    async def come_and_go(self, leaving: Neighbour) -> None:
        """After the deeds, install the bot anew in each workspace, and remove it from one."""
        self.slack.clock.advance(LATER)
        await self.shared.store.write(time_passes)
        await self.shared.store.write(_welcome_all)
        async with self.web.running(self.settings):
            await self.shared.look()
            for here in NEIGHBOURS:
                await self._install(here, SECOND)
            await self.slack.drivers[leaving.workspace_id].uninstall()
            await self._only_touched(leaving, "a removal")
            left = {here for here in NEIGHBOURS if await self.shared.store.read(_has_token, here)}
            if left != set(NEIGHBOURS) - {leaving}:
                self.broken.append(f"removed in {leaving.workspace_id}, and installed are {[*left]}")
            for here in NEIGHBOURS:
                if here is not leaving:
                    await self._open_home(here, LAST)

    async def _install(self, here: Neighbour, member_id: str) -> None:
        await self.web.install(self.slack, here.workspace_id)
        self.counts["installations over HTTP"] += 1
        await self._only_touched(here, "an installation")
        await self._open_home(here, member_id)

    async def _open_home(self, here: Neighbour, member_id: str) -> None:
        """Open a Home. It must show in its own workspace, and not in another where somebody has the same id."""
        before = self._shown(member_id)
        await self.slack.drivers[here.workspace_id].open_home(member_id)
        for _ in range(int(PATIENCE / 0.05)):
            if before != self._shown(member_id):
                break
            await asyncio.sleep(0.05)
        await self._quiet()
        changed = {at for at, view in self._shown(member_id).items() if view != before[at]}
        if changed != {here.workspace_id}:
            self.broken.append(f"a Home of {here.workspace_id} was opened, and showed in {sorted(changed) or 'none'}")
        await self._only_touched(here, "a Home")

    async def _quiet(self) -> None:
        """Wait until no row changes for half a second: the bot asks Slack about the member after the Home shows."""
        before, last = self.shared.rows, None
        while self.shared.rows != last:
            last = self.shared.rows
            await asyncio.sleep(0.5)
            await self.shared.look()
        self.shared.rows = before

    def _shown(self, member_id: str) -> dict[str, str | None]:
        homes = {key: each.screens.homes.get(member_id) for key, each in self.slack.workspaces.items()}
        return {key: view.hash if view else None for key, view in homes.items()}

    async def _only_touched(self, here: Neighbour, what: str) -> None:
        """Check that all rows which changed since the last look are of this workspace."""
        before = self.shared.rows
        await self.shared.look()
        after = self.shared.rows
        changed = [key for key in before.keys() | after.keys() if _facts(before, key) != _facts(after, key)]
        self.counts["rows changed by web processes"] += len(changed)
        self.broken += [
            f"{what} in {here.workspace_id} changes {key}" for key in changed if at_home(key[1]) is not here
        ]


def _facts(rows: Rows, key: Key) -> tuple[Any, ...] | None:
    """Return a row without when a Home is due: a process that starts has all Homes of all workspaces drawn anew."""
    row = rows.get(key)
    return row[:DUE] + row[DUE + 1 :] if row and key[0] == home.name else row


def _roster(here: Neighbour) -> Roster:
    people = (
        Person(here.members[-1].member_id, f"Owner {here.word}", zone=here.zones[0], kind="owner"),
        *(Person(member_id, f"Member {here.word}", zone=here.zones[0]) for member_id in IN_ALL),
    )
    return Roster(here.workspace_id, f"Workspace {here.word}", people, (Room(CHANNEL_IN_ALL, "general"),))


def _has_token(tx: Connection, here: Neighbour) -> bool:
    found = select(installation.c.token).where(installation.c.workspace_id == here.workspace_id)
    return tx.scalar(found) is not None


def _welcome_all(tx: Connection) -> None:
    """Let the emulated Slack's grants be newer than what the deeds installed, by a clock of their own."""
    tx.execute(update(installation).values(installed_at=START))
    tx.execute(update(workspace).values(disconnected_at=None, disconnected_why=None))


async def copy_rows(shared: Store, alone: Store, here: Neighbour) -> None:
    """Copy what the shared database holds about a workspace, and about none.

    An installation in each database would differ: Slack gives other tokens each time.
    """
    await alone.write(_insert, await shared.read(_rows, here.workspace_id))


def _rows(tx: Connection, workspace_id: str) -> dict[str, list[dict[str, Any]]]:
    found = dict[str, list[dict[str, Any]]]()
    for table in metadata.sorted_tables:
        every = select(table)
        theirs = every if table in ABOUT_NO_WORKSPACE else every.where(table.c.workspace_id == workspace_id)
        found[table.name] = [dict(row._mapping) for row in tx.execute(theirs)]
    return found


def _insert(tx: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    for table in metadata.sorted_tables:
        if rows.get(table.name):
            tx.execute(table.insert(), rows[table.name])
