"""Open the page in a real Chromium, with the double or with the emulator.

A failed test leaves a picture in `screenshots/`.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from bolt_app import linked
from page_double import Double
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.browser import PATIENCE
from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

PICTURES = Path(__file__).parents[3] / "screenshots"

Open = Callable[..., Awaitable["BrowserTab"]]
Look = tuple[BrowserContext, list[Page]]  # and its pages that no test has at the moment
LookFor = Callable[[dict[str, Any]], Awaitable[Look]]


class BrowserTab:
    """The page as one person has it open, with the few moves that every test makes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []  # what the browser itself found wrong: errors, and breaches of the CSP
        page.on("console", self._heard)
        page.on("pageerror", self._failed)

    async def empty(self) -> None:
        """Leave the page as a new one is."""
        self.page.remove_listener("console", self._heard)
        self.page.remove_listener("pageerror", self._failed)
        await self.page.evaluate("sessionStorage.clear()")
        await self.page.goto("about:blank")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "example.invalid" not in message.text:
            self.complaints.append(message.text)

    def _failed(self, error: Error) -> None:
        self.complaints.append(str(error))

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def messages(self) -> Locator:
        return self.page.locator("li.message")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def go_to(self, conversation: str) -> None:
        nav = self.page.get_by_role("navigation", name="Channels and apps")
        await nav.get_by_role("button", name=conversation).click()
        await expect(self.page.get_by_role("main", name=conversation)).to_be_visible()

    async def become(self, name: str) -> None:
        await self.page.get_by_role("button", name=f"Be {name}").click()
        await expect(self.page.get_by_role("button", name=f"You are {name}")).to_be_visible()


class Doors:
    """One server for all tests, which passes each request to the double of the running test."""

    url = ""
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def doors() -> AsyncIterator[Doors]:
    doors, listener = Doors(), socket.create_server(("127.0.0.1", 0))
    doors.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(doors, ws="none", lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve([listener]))  # `serve` would take the signals of the test run
    yield doors
    server.should_exit = True
    await running


@pytest_asyncio.fixture(loop_scope="session")
async def double(doors: Doors) -> AsyncIterator[Double]:
    stand_in = Double()
    stand_in.url, doors.app = doors.url, stand_in.app()
    yield stand_in
    stand_in.hang_up()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def look_for(chromium: Browser) -> AsyncIterator[LookFor]:
    """Yield a function that returns the context of a look and its pages.

    Tests share them: each file of the page is read once, and to open a page takes a third of a second of the processor.
    """
    looks: dict[str, Look] = {}

    async def found(settings: dict[str, Any]) -> Look:
        name = repr(sorted(settings.items()))
        if name not in looks:
            looks[name] = await chromium.new_context(**settings), []
            looks[name][0].set_default_timeout(PATIENCE)
        return looks[name]

    yield found
    for context, _ in looks.values():
        await context.close()


@asynccontextmanager
async def opening(look_for: LookFor, url: str, first: str, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Yield a function that opens this page for a person. `look`: settings such as colours or the screen's size."""
    tabs: list[BrowserTab] = []
    free_after: list[list[Page]] = []

    async def open_for(person: str = first, **look: Any) -> BrowserTab:
        context, free = await look_for({"viewport": {"width": 1280, "height": 800}, **look})
        tab = BrowserTab(free.pop() if free else await context.new_page())
        tabs.append(tab)
        free_after.append(free)
        await tab.page.goto(f"{url}/?as={person}")
        await expect(tab.box).to_be_visible()
        return tab

    failed_before = request.session.testsfailed
    yield open_for
    if request.session.testsfailed > failed_before:
        PICTURES.mkdir(exist_ok=True)
        for i, tab in enumerate(tabs):
            await tab.page.screenshot(path=PICTURES / f"{request.node.name}-{i}.png")
    for tab, free in zip(tabs, free_after, strict=True):
        await tab.empty()
        free.append(tab.page)
    assert [tab.complaints for tab in tabs] == [[] for _ in tabs]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(look_for: LookFor, double: Double, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    async with opening(look_for, double.url, "UADA", request) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def tab(open_page: Open) -> BrowserTab:
    """Return the page as Ada has it open, before anything was said."""
    return await open_page()


@pytest_asyncio.fixture(loop_scope="session")
async def emulator() -> AsyncIterator[StandIn]:
    async with StandIn(app=listening_app(description="Shows how jobs change.")) as slack:
        yield slack


@pytest_asyncio.fixture(loop_scope="session")
async def linked_app(emulator: StandIn) -> AsyncIterator[AsyncApp]:
    """Yield a Bolt app that serves the emulated workspace. Tests add their listeners to it."""
    client = AsyncWebClient(token=emulator.bot_token, base_url=emulator.api_url, retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True)
    async with linked(emulator, app):
        yield app


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(look_for: LookFor, emulator: StandIn, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    async with opening(look_for, emulator.url, "U01NORA", request) as opened:
        yield opened
