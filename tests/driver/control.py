"""HTTP endpoints with which another process switches faults on and reads posts. The emulator must allow them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.faults import Faults, from_json
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.limits import Limits
from tests.driver.driver import Driver


class Control:
    """The control's endpoints. They trust everybody who can reach this address."""

    def __init__(self, hub: Hub, drivers: dict[str, Driver]) -> None:
        self.hub, self.drivers = hub, drivers

    def routes(self) -> list[Route]:
        return [
            Route("/control/faults", self.faults, methods=["POST"]),
            Route("/control/posts", self.posts),
            Route("/control/act", self.act, methods=["POST"]),
        ]

    def stop(self) -> None:
        """End nothing: no request to the control stays open."""

    async def faults(self, request: Request) -> Response:
        """Switch faults and limits on or off; each part of the body is optional.

        `{"clear": true, "seed": 7, "pid": 123, "limits": {"per_minute": 60}, "faults": [{"what": "delay", …}]}`
        """
        try:
            wanted = json.loads(await request.body())
            for name, change in self._changes().items():
                if name in wanted:
                    change(wanted[name])
        except (TypeError, ValueError) as reason:
            return JSONResponse({"ok": False, "error": str(reason)}, 400)
        return JSONResponse({"ok": True})

    def _changes(self) -> dict[str, Callable[[Any], None]]:
        hub = self.hub

        def seed(value: int) -> None:
            hub.faults = Faults(value)

        def pid(value: int) -> None:
            hub.faults.pid = value

        def limits(value: Json) -> None:
            hub.limits = Limits(**value)

        def add(value: list[Json]) -> None:
            hub.faults.add(*from_json(value))

        return {"seed": seed, "clear": lambda _: hub.faults.clear(), "pid": pid, "limits": limits, "faults": add}

    async def posts(self, request: Request) -> Response:
        """Return what was accepted after post number `since`, and what the limits and rules counted so far."""
        hub, since = self.hub, int(request.query_params.get("since", "0"))
        counts = {"early": len(hub.limits.early), "limited": hub.limits.limited, "kills": hub.faults.kills}
        refused = [asdict(refusal) for refusal in hub.refused]
        return JSONResponse({"posts": hub.posts(since), "counts": counts, "refused": refused})

    async def act(self, request: Request) -> Response:
        """Let a person act, and return what they saw. Acts and arguments are those of `Driver`.

        `{"workspace", "act": "command|click|event|change_person|…", "arguments": {…}}`. A click names its message by
        `"where": {"conversation", "ts"}`.
        """
        wanted = json.loads(await request.body())
        driver = self.drivers[wanted["workspace"]]
        arguments = dict(wanted["arguments"])
        if isinstance(place := arguments.get("where"), dict):
            arguments["where"] = driver.workspace.find(place["conversation"], place["ts"], arguments["person_id"])
        outcome = await getattr(driver, wanted["act"])(**arguments)
        return JSONResponse({"ok": True, "saw": _saw(outcome)})


def _saw(outcome: object) -> Json:
    messages = getattr(outcome, "messages", [])
    texts = [{"ts": m.ts, "conversation": m.channel, "text": m.text, "blocks": m.blocks} for m in messages]
    return {"messages": texts, "toast": getattr(outcome, "toast", None), "errors": getattr(outcome, "errors", {})}
