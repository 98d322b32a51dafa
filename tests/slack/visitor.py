"""A person's browser that installs the app; and workspaces that installed it, or one whose tokens Slack rotates."""

import html
import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

import aiohttp
from yarl import URL

from bot.run.app import Bot
from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.token_keys import TokenKeys
from tests.driver.standin import StandIn
from tests.running import KEY, bot_for_many, every_row
from tests.slack.talk import Talk

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"
EMIL, ROOM = "U02EMIL", "ai-guild"
HOUR = timedelta(hours=1)
METRICS_TOKEN = "m" * 32


@dataclass
class Shown:
    """What the browser shows, and where it came from."""

    status: int
    text: str
    headers: Mapping[str, str]
    address: str

    @property
    def title(self) -> str:
        found = re.search("<h1>(.*?)</h1>", self.text)
        return html.unescape(re.sub("<.*?>", "", found[1])) if found else ""


@dataclass
class Visitor:
    address: str
    session: aiohttp.ClientSession = field(repr=False)

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str) -> AsyncIterator[Self]:
        """Open a browser without cookies."""
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(address))
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield cls(address, session)

    async def get(self, address: str) -> Shown:
        """Open an address, and do not follow where it redirects to."""
        async with self.session.get(address, allow_redirects=False) as answer:
            return Shown(answer.status, await answer.text(), answer.headers, address)

    async def ask(self) -> dict[str, str]:
        """Begin an installation, and return the fields of the form on Slack's page."""
        begun = await self.get(f"{self.address}/slack/install")
        assert begun.status == 302, begun.text
        page = await self.get(begun.headers["Location"])
        assert page.status == 200, page.text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
        optional = re.findall(r'name="(optional:[\w:.]+)"', page.text)
        authorize = begun.headers["Location"].partition("?")[0]
        return {name: html.unescape(value) for name, value in hidden} | dict.fromkeys(optional, "on") | {"": authorize}

    async def choose(
        self, form: dict[str, str], workspace_id: str, *, choice: str = "allow", without: Collection[str] = ()
    ) -> str:
        """Click Allow or Cancel, and return the address to which Slack sends the browser."""
        given = {name: value for name, value in form.items() if name and name.removeprefix("optional:") not in without}
        data = given | {"team": workspace_id, "choice": choice}
        async with self.session.post(form[""], data=data, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return answer.headers["Location"]

    async def install(self, workspace_id: str, *, choice: str = "allow", without: Collection[str] = ()) -> Shown:
        """Go all the way through an installation, and return the page at its end."""
        return await self.get(await self.choose(await self.ask(), workspace_id, choice=choice, without=without))


@dataclass
class Many:
    """An emulated Slack with two workspaces that have the same member ids, and a bot that they can install."""

    slack: StandIn
    bot: Bot
    address: str
    folder: Path

    def browser(self) -> AbstractAsyncContextManager[Visitor]:
        return Visitor.at(self.address)

    async def install(self, workspace_id: str = NORTH) -> None:
        """Install the bot, a second later than whatever was before: Slack's times are whole seconds."""
        self.slack.clock.advance(timedelta(seconds=1))
        assert (await self.tries(workspace_id)).status == 200

    async def tries(self, workspace_id: str, *, choice: str = "allow", without: Collection[str] = ()) -> Shown:
        """Go through an installation in a new browser, and return the page at its end."""
        async with self.browser() as browser:
            return await browser.install(workspace_id, choice=choice, without=without)

    def talk(self, workspace_id: str, who: str = EMIL) -> Talk:
        return Talk(self.slack.drivers[workspace_id], who, ROOM)

    def rows(self, table: str) -> list[tuple[object, ...]]:
        return [row for row in every_row(self.folder) if row[0] == table]


class Installed(Many):
    """A workspace with rotating tokens, and two processes that serve it."""

    @property
    def first(self) -> InstalledWorkspaces:
        assert isinstance(self.bot.services.installations, InstalledWorkspaces)
        return self.bot.services.installations

    def another(self) -> InstalledWorkspaces:
        return InstalledWorkspaces(self.bot.services.store, self.bot.services.clock, TokenKeys(KEY), self.first.app)

    @classmethod
    @asynccontextmanager
    async def in_folder(cls, folder: Path) -> AsyncIterator[Self]:
        more = {"clock_file": folder / "clock", "token_rotation": True, "ROLESHIFT_METRICS_TOKEN": METRICS_TOKEN}
        async with bot_for_many(folder, **more) as (slack, bot, address):  # type: ignore[arg-type]  # of several types
            found = cls(slack, bot, address, folder)
            await found.install()
            yield found

    async def uninstall(self) -> None:
        self.slack.clock.advance(timedelta(seconds=1))
        await self.slack.uninstall()
