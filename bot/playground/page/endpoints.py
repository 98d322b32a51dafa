"""The page's HTTP endpoints: the state that one person sees, a stream of changes, and what they do."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.changes import Change
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import CannotDo, SlackRefusal
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Channel, Message
from bot.playground.page.page_state import PageState

MAX_WAIT_SECONDS = 20
WEB = Path(__file__).with_name("web")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class ClockMoves:
    """Moves the clock at once; a subclass may know what the app plans.

    Each move returns what happened on the way, as a sentence for the page.
    """

    def __init__(self, slack: Emulator) -> None:
        self._slack = slack

    async def advance(self, step: timedelta) -> str:
        self._slack.clock.advance(step)
        self._tell()
        return "The clock was moved."

    async def next_event(self, reader: str | None = None) -> str:  # noqa: ARG002 - for subclasses
        """Move to the next message from the app. With `reader`, only what this person gets or a channel counts."""
        return "Nobody here knows what the app plans next. Move the clock by an hour, a day or a week."

    def reset(self) -> None:
        """Go back to the real time."""
        self._slack.clock.reset()
        self._tell()

    def _tell(self) -> None:
        for workspace in self._slack.workspaces.values():
            workspace.tell(Change("clock", None))


Act = Callable[[Person, Json], Awaitable[Json | None]]  # takes the body of the page's request


class Page:
    """Serves the page of an emulator's first workspace."""

    def __init__(
        self,
        emulator: Emulator,
        clock_moves: ClockMoves,
        reset: Callable[[], Awaitable[None]],
        first_steps: Callable[[Person], Awaitable[Json | None]] | None = None,
    ) -> None:
        self.hub, self.acts, self.clock_moves, self._first_steps = emulator.hub, emulator.acts, clock_moves, first_steps
        self.workspace, self._reset = emulator.workspace, reset
        self._stopping = False
        self._run = secrets.token_hex(8)  # so that a page notices that the playground was started again
        self.streams: set[asyncio.Queue[Json | None]] = set()

    def routes(self) -> list[Route]:
        acts: dict[str, Act] = {
            "say": self.say,
            "click": self.click,
            "options": self.options,
            "react": self.react,
            "shortcut": self.shortcut,
            "submit": self.submit,
            "close": self.close,
            "read": self.read,
            "home": self.home,
            "clock": self.clock,
        }
        return [
            Route("/", self.part),
            Route("/web/{file:path}", self.part),
            Route("/page/state", self.state),
            Route("/page/events", self.events),
            Route("/page/guide", self.guide),
            Route("/page/exchanges", self.exchanges),
            Route("/page/file/{id}", self.file),
            Route("/page/reset", self.reset, methods=["POST"]),
            *(Route(f"/page/{name}", self.act(do), methods=["POST"]) for name, do in acts.items()),
        ]

    async def part(self, request: Request) -> Response:
        path = (WEB / request.path_params.get("file", "index.html")).resolve()
        if not path.is_relative_to(WEB.resolve()) or path.suffix not in TYPES or not path.is_file():
            return Response("Not found", 404, HEADERS, "text/plain")
        return FileResponse(path, headers=HEADERS, media_type=TYPES[path.suffix])

    async def state(self, request: Request) -> Response:
        return JSONResponse(self._seen(request).state() | {"run": self._run}, headers=HEADERS)

    async def guide(self, request: Request) -> Response:
        """Answer with an app's first steps as the reader has done them."""
        person = self._seen(request).person
        guide = await self._first_steps(person) if self._first_steps else None
        return JSONResponse({"guide": guide}, headers=HEADERS)

    async def events(self, request: Request) -> Response:
        seen = self._seen(request)
        return StreamingResponse(self._stream(seen), headers=HEADERS, media_type="text/event-stream")

    async def file(self, request: Request) -> Response:
        """Answer with a file that this person may see: as plain text if it is text, else to be saved."""
        file_id, seen = request.path_params["id"], self._seen(request)
        if file_id not in seen.files():
            return Response("This file is no longer there.", 404, HEADERS, "text/plain")
        content = self.hub.files[file_id].content or b""
        try:
            return Response(content.decode(), 200, HEADERS, "text/plain")
        except UnicodeDecodeError:
            return Response(content, 200, HEADERS | {"Content-Disposition": "attachment"}, "application/octet-stream")

    async def exchanges(self, request: Request) -> Response:
        """Answer with the exchanges after a version; wait for one while there is none."""
        after, exchanges = request.query_params.get("after", "0"), self.hub.exchanges
        if not after.isdecimal():
            raise HTTPException(400, "`after` is a number.")
        if not self._stopping:
            await exchanges.wait(int(after), MAX_WAIT_SECONDS)
        found = {"version": exchanges.version, "exchanges": exchanges.after(int(after))}
        return JSONResponse(found, headers=HEADERS)

    def _seen(self, request: Request) -> PageState:
        first = next(iter(self.workspace.people))
        try:
            return PageState(self.hub, self.workspace, self._person(request.query_params.get("as", first)))
        except CannotDo as reason:
            raise HTTPException(404, str(reason)) from None

    async def _stream(self, seen: PageState) -> AsyncIterator[str]:
        queue: asyncio.Queue[Json | None] = asyncio.Queue()

        def watch(change: Change) -> None:
            if change.readers is None or seen.person.id in change.readers:
                queue.put_nowait(seen.change(change))

        self.workspace.watchers.append(watch)
        self.streams.add(queue)
        try:
            yield "retry: 500\n\n"
            while (event := await queue.get()) is not None:
                yield f"data: {json.dumps(event)}\n\n"
        finally:
            self.workspace.watchers.remove(watch)
            self.streams.discard(queue)

    def stop(self) -> None:
        """End every stream, so that the server can stop."""
        self._stopping = True
        self.hub.exchanges.wake()
        for queue in self.streams:
            queue.put_nowait(None)

    def act(self, do: Act) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that reads the body and acts. If that fails, it answers with a reason for the person."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await _body(request)
                told = await do(self._person(body["as"]), body)
            except CannotDo as reason:
                return JSONResponse({"ok": False, "error": str(reason)}, headers=HEADERS)
            except (SlackRefusal, LookupError, ValueError, TypeError, AttributeError):
                return JSONResponse({"ok": False, "error": "That is no longer there."}, headers=HEADERS)
            return JSONResponse({"ok": True} | (told or {}), headers=HEADERS)

        return endpoint

    async def say(self, person: Person, body: Json) -> None:
        channel = self._channel(person, body["conversation"])
        await self.acts.say(person, channel, str(body["text"]).strip(), body.get("thread_ts"))

    async def click(self, person: Person, body: Json) -> None:
        where = self._view(person, body["view_id"]) if "view_id" in body else self._message(person, body)
        await self.acts.click(person, where, body["action"], body.get("state_values"))

    async def options(self, person: Person, body: Json) -> Json:
        where = self._view(person, body["view_id"]) if "view_id" in body else self._message(person, body)
        return {"options": await self.acts.options(person, where, str(body["action_id"]), str(body["value"]))}

    async def react(self, person: Person, body: Json) -> None:
        await self.acts.react(person, self._message(person, body), str(body["name"]))

    async def shortcut(self, person: Person, body: Json) -> None:
        message = self._message(person, body) if "ts" in body else None
        await self.acts.shortcut(person, str(body["callback_id"]), message)

    async def submit(self, person: Person, body: Json) -> None:
        await self.acts.submit(person, self._view(person, body["view_id"]), body.get("state_values"))

    async def close(self, person: Person, body: Json) -> None:
        whole_stack = body.get("all") is True
        await self.acts.close(person, self._view(person, body["view_id"]), whole_stack=whole_stack)

    async def home(self, person: Person, body: Json) -> None:
        await self.acts.open_home(person, body.get("tab", "home"))

    async def read(self, person: Person, body: Json) -> None:
        self.workspace.mark_read(person.id, self._channel(person, body["conversation"]).id)

    async def clock(self, person: Person, body: Json) -> None:
        if body.get("reset"):
            self.clock_moves.reset()
            return
        if body.get("next"):
            happened = await self.clock_moves.next_event(person.id if body.get("mine") else None)
        else:
            happened = await self.clock_moves.advance(STEPS[body["advance"]])
        self.workspace.tell(Change("news", frozenset({person.id}), happened))

    async def reset(self, _: Request) -> Response:
        await self._reset()
        return JSONResponse({"ok": True}, headers=HEADERS)

    def _person(self, person_id: str) -> Person:
        if person_id not in self.workspace.people:
            raise CannotDo("Nobody here has that id.")
        return self.workspace.people[person_id]

    def _channel(self, person: Person, channel_id: str) -> Channel:
        for channel in self.workspace.conversations_of(person.id):
            if channel.id == channel_id:
                return channel
        raise CannotDo("You are not in that channel.")

    def _message(self, person: Person, body: Json) -> Message:
        channel = self._channel(person, body["conversation"])
        return self.workspace.find(channel.id, body["ts"], person.id)

    def _view(self, person: Person, view_id: str) -> View:
        view = self.workspace.screens.find(view_id)
        if view.person != person.id:
            raise CannotDo("That is somebody else's window.")
        return view


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise CannotDo("The page sent something that is no JSON.") from None
    if not isinstance(body, dict):
        raise CannotDo("The page sent something that is no JSON object.")
    return body
