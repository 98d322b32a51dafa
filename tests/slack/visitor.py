"""A person's browser that installs the app, without a window: it follows links, sends forms and keeps cookies."""

import html
import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Self

import aiohttp
from yarl import URL


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


def cookie_of(shown: Shown) -> SimpleCookie:
    return SimpleCookie(shown.headers["Set-Cookie"])
