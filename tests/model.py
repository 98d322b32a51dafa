"""A stand-in for the chat completions API: strict about what it is asked, and it replies as a test says."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

PATH, KEY, NAME = "/v1/chat/completions", "key-canary4711", "small-model"
FIELDS = {"model", "messages", "response_format", "stream"}  # what all servers of this API take

Reply = Callable[["Asked"], web.StreamResponse | Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request that the stand-in took."""

    http: web.Request
    question: str
    sources: list[dict[str, Any]]


@dataclass
class Model:
    """The stand-in. `reply` makes each reply; `asked` holds every request."""

    reply: Reply
    asked: list[Asked] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # what a strict server would refuse
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(PATH, self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        assert self.wrong == []

    @property
    def environment(self) -> dict[str, str]:
        return {"ROLESHIFT_LLM_URL": self.url, "ROLESHIFT_LLM_KEY": KEY, "ROLESHIFT_LLM_MODEL": NAME}

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        system, user = body["messages"]
        expected = (
            ("the key", request.headers.get("authorization"), f"Bearer {KEY}"),
            ("the content type", request.content_type, "application/json"),
            ("the fields", set(body), FIELDS),
            ("the model", body["model"], NAME),
            ("the format", body["response_format"], {"type": "json_object"}),
            ("whole replies", body["stream"], False),
            ("the roles", (system["role"], user["role"]), ("system", "user")),
            ("the word that this format needs", "JSON" in system["content"], True),
        )
        self.wrong += [f"{what}: {found!r}" for what, found, right in expected if found != right]
        data = json.loads(user["content"])
        self.asked.append(Asked(request, data["question"], data["sources"]))
        self.arrived.set()
        answer = self.reply(self.asked[-1])
        return await answer if isinstance(answer, Awaitable) else answer


def completion(content: object, finish: str = "stop", **message: object) -> web.Response:
    """Return a reply of the API with this content."""
    text = content if content is None or isinstance(content, str) else json.dumps(content)
    said = {"role": "assistant", "content": text, **message}
    return web.json_response({"id": "1", "choices": [{"index": 0, "message": said, "finish_reason": finish}]})


def sentences(*said: tuple[object, list[object]]) -> web.Response:
    """Return a reply of these sentences with their sources."""
    return completion({"sentences": [{"text": text, "sources": sources} for text, sources in said]})


def quotes(asked: Asked) -> web.Response:
    """Answer as a good model does: with the first line of the first source."""
    return sentences((asked.sources[0]["text"].splitlines()[0], [1]))
