"""A small double of the emulator's endpoints for the page, so that the page can be tested without a bot."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from block_kit_samples import Json
from page_screens import EVERYTHING, MY_ROLE, TIP, change_role, every_input
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.emulator.choices import field_errors

WEB = Path(__file__).parents[3] / "bot" / "playground" / "page" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PEOPLE: list[Json] = [
    {"id": who, "name": name, "handle": handle, "title": title, "tz": zone, "kind": kind, "switchable": who != "UZOE"}
    for who, name, handle, title, zone, kind in (
        ("UADA", "Ada Fischer", "ada.fischer", "DevOps Engineer", "Europe/Berlin", "owner"),
        ("UBEN", "Ben Okafor", "ben.okafor", "Data Scientist", "America/New_York", "member"),
        ("UMEI", "Mei Tanaka", "mei.tanaka", "Frontend Engineer", "Asia/Tokyo", "guest"),
        ("UZOE", "Zoé Ménard", "zoe.menard", "Data Analyst", "Europe/Berlin", "member"),
    )
]
BOT = {"id": "BROLE", "name": "roleshift", "kind": "bot"}
COMMANDS = [
    {"command": "/roleshift", "description": "Your coach for AI-era roles", "usage_hint": "[myrole | progress | help]"},
    {"command": "/roleshift myrole", "description": "Your role, then and now", "usage_hint": ""},
    {"command": "/roleshift progress", "description": "What you have learned", "usage_hint": ""},
]
SHORTCUTS = [
    {"type": "global", "name": "Coach me", "callback_id": "me", "description": "Your tip of this week"},
    {"type": "message", "name": "Coach this", "callback_id": "this", "description": "How this is done with AI"},
]
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Double:
    """Holds what was said, records what the page sent, and lets a test push any event to anyone."""

    url = ""

    def __init__(self) -> None:
        self.now = START
        self.received: list[tuple[str, Json]] = []
        self.messages: dict[str, dict[str, list[Json]]] = {each["id"]: {} for each in PEOPLE}
        self.views: dict[str, list[Json]] = {each["id"]: [] for each in PEOPLE}
        self.homes: dict[str, Json] = {}
        self.guides: dict[str, Json] = {}
        self.unread: dict[str, dict[str, int]] = {each["id"]: {} for each in PEOPLE}
        self.badges: dict[str, dict[str, int]] = {each["id"]: {} for each in PEOPLE}
        self.last_ts, self.run = "", "first"
        self.listeners: dict[str, list[asyncio.Queue[Json | None]]] = {each["id"]: [] for each in PEOPLE}
        self.answers = True  # False: takes everything and does nothing, like an app that hangs
        self.refusal: str | None = None
        self.readable = asyncio.Event()  # cleared: whoever asks for the state waits
        self.readable.set()
        self.retry_ms = 3000  # after which the page listens again to a stream that ended
        self._serial = 0

    # What a test looks at

    def sent(self, path: str) -> list[Json]:
        return [body for where, body in self.received if where == path]

    # What happens to people

    def push(self, person: str, event: Json) -> None:
        for queue in self.listeners[person]:
            queue.put_nowait(event)

    def post(self, readers: list[str], conversation: str, **message: Any) -> Json:
        self._serial += 1
        ts = f"{int(self.now.timestamp())}.{self._serial:06d}"
        full: Json = {
            "ts": ts, "conversation": conversation, "author": BOT, "text": "", "blocks": None, "ephemeral": False,
            "edited": False, "thread_ts": None, "reply_count": 0, "at": self.now.isoformat(), **message,
        }  # fmt: skip
        self.last_ts = full["ts"]
        for reader in readers:
            self.messages[reader].setdefault(conversation, []).append(full)
            self.push(reader, {"type": "message", "message": full})
        return full

    def replace(self, reader: str, ts: str, **change: Any) -> None:
        for conversation in self.messages[reader].values():
            for i, message in enumerate(conversation):
                if message["ts"] == ts:
                    conversation[i] = message | change
                    self.push(reader, {"type": "message", "message": conversation[i]})

    def show(self, person: str, views: list[Json]) -> None:
        self.views[person] = views
        self.push(person, {"type": "views", "views": views})

    # What the page asks for

    def state(self, person: str) -> Json:
        me = next((each for each in PEOPLE if each["id"] == person), PEOPLE[0])
        rooms = [
            ("CGEN", "general", "channel", "Company-wide news", False),
            ("CTEAM", "team-platform", "channel", "Keep AI systems running", False),
            ("COLD", "old-project", "channel", "", True),
            (f"D{me['id']}", "roleshift", "dm", "", False),
        ]
        unread, badges = self.unread[me["id"]], self.badges[me["id"]]
        conversations = [
            {"id": room, "name": name, "kind": kind, "topic": topic, "archived": archived, "writable": not archived,
             "unread": unread.get(room, 0), "badge": badges.get(room, 0)}
            for room, name, kind, topic, archived in rooms
        ]  # fmt: skip
        bot = {"name": "roleshift", "handle": "roleshift", "user_id": "UROLE", "home_tab": True}
        return {
            "workspace": {"name": "Northwind Labs"}, "now": self.now.isoformat(), "last_ts": self.last_ts,
            "run": self.run, "bot": bot, "connected": True, "me": me, "people": PEOPLE, "conversations": conversations,
            "messages": self.messages[me["id"]], "views": self.views[me["id"]], "home": self.homes.get(me["id"]),
            "commands": COMMANDS, "shortcuts": SHORTCUTS,
        }  # fmt: skip

    def on_say(self, body: Json) -> None:
        who, room, text = body["as"], body["conversation"], body["text"]
        screens = {"/roleshift myrole": MY_ROLE, "/roleshift everything": EVERYTHING, "/roleshift tip": TIP}
        if text == "/roleshift challenge":
            self.show(who, [every_input()])
        elif text in screens:
            self.post([who], room, blocks=screens[text], text="Your role", ephemeral=text != "/roleshift tip")
        elif text.startswith("/"):
            self.post([who], room, text=f"You ran `{text}`. Try `/roleshift help`.", ephemeral=True)
        else:
            author = next(each for each in PEOPLE if each["id"] == who)
            readers = [who] if room.startswith("D") else [each["id"] for each in PEOPLE]
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            self.post(readers, room, text=escaped, author=author | {"kind": "person"})

    def on_click(self, body: Json) -> None:
        who, action = body["as"], body["action"]
        if action["action_id"] == "change_role":
            self.show(who, [change_role()])
        elif "ts" in body and action["action_id"] in {"learned", "stop"}:
            words = {"learned": "Marked as learned.", "stop": "Stopped. Nothing more comes on Tuesdays."}
            self.replace(who, body["ts"], blocks=None, text=words[action["action_id"]], edited=True)
        elif "ts" in body:
            self.post([who], body["conversation"], text=f"Clicked {action['action_id']}.", ephemeral=True)

    def on_shortcut(self, body: Json) -> None:
        self.show(body["as"], [change_role()])

    def on_submit(self, body: Json) -> None:
        who, values = body["as"], body["state_values"]
        view = next(view for view in self.views[who] if view["id"] == body["view_id"])
        if errors := field_errors(view["blocks"], values):
            self.push(who, {"type": "view_errors", "view_id": view["id"], "errors": errors})
        else:
            self.show(who, [])

    def on_close(self, body: Json) -> None:
        left = [view for view in self.views[body["as"]] if view["id"] != body["view_id"]]
        self.show(body["as"], [] if body["all"] else left)

    def on_home(self, body: Json) -> None:
        if body["tab"] == "home":
            self.homes[body["as"]] = {"id": "VHOME", "hash": "1", "blocks": MY_ROLE, "state_values": {}}
            self.push(body["as"], {"type": "home", "home": self.homes[body["as"]]})

    def on_read(self, body: Json) -> None:
        who, room = body["as"], body["conversation"]
        self.unread[who][room] = self.badges[who][room] = 0
        self.push(who, {"type": "unread", "conversation": room, "unread": 0, "badge": 0})

    def on_clock(self, body: Json) -> None:
        steps = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
        self.now = START if body.get("reset") else self.now + steps[body.get("advance", "day")]
        for person in self.listeners:
            self.push(person, {"type": "clock", "now": self.now.isoformat()})

    # HTTP

    async def events(self, person: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self.listeners[person].append(queue)
        try:
            yield f"retry: {self.retry_ms}\n\n"
            while (event := await queue.get()) is not None:
                yield f"data: {json.dumps(event)}\n\n"
        finally:
            self.listeners[person].remove(queue)

    def start_again(self) -> None:
        """Be the server after a restart: nothing was kept, and the clock is right."""
        self.now, self.last_ts, self.run = START, "", "second"
        for conversations in self.messages.values():
            conversations.clear()
        self.hang_up()

    def hang_up(self) -> None:
        """End every event stream, as a restart of the server would."""
        for queues in self.listeners.values():
            for queue in queues:
                queue.put_nowait(None)

    def app(self) -> Starlette:
        async def page(request: Request) -> Response:
            name = request.path_params.get("name", "index.html")
            cached = "max-age=3600" if "name" in request.path_params else "no-store"  # the files stay as they are
            return FileResponse(WEB / name, headers={"content-security-policy": POLICY, "cache-control": cached})

        async def state(request: Request) -> Response:
            await self.readable.wait()
            return JSONResponse(self.state(request.query_params.get("as", "")))

        async def guide(request: Request) -> Response:
            return JSONResponse({"guide": self.guides.get(request.query_params["as"])})

        async def events(request: Request) -> Response:
            return StreamingResponse(self.events(request.query_params["as"]), media_type="text/event-stream")

        async def post(request: Request) -> Response:
            body = await request.json()
            verb = request.path_params["verb"]
            self.received.append((verb, body))
            if self.refusal:
                return JSONResponse({"ok": False, "error": self.refusal}, status_code=400)
            if self.answers:
                getattr(self, f"on_{verb}")(body)
            return JSONResponse({"ok": True})

        answers = {"/": page, "/web/{name}": page, "/page/state": state, "/page/guide": guide, "/page/events": events}
        routes = [Route(path, answer) for path, answer in answers.items()]
        return Starlette(routes=[*routes, Route("/page/{verb}", post, methods=["POST"])])
