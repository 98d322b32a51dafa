"""Keep the last requests and answers of Slack and the app, without secrets, to debug an app."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.refusal import SlackRefusal, explain

MAX_EXCHANGES = 200
MAX_CHARACTERS = 20_000  # of one request or one answer
HIDDEN = "(hidden)"
SECRET_FIELDS = {"token", "response_url", "response_urls", "trigger_id"}

Sender = Literal["slack", "app"]


@dataclass
class Exchange:
    """One request and its answer, each kept as JSON; `sender` says who asked."""

    number: int
    sender: Sender
    name: str
    request: str = ""
    answer: str = ""
    refusal: str | None = None
    milliseconds: float = 0.0
    version: int = 0  # grows with each change of any exchange
    began: float = field(default_factory=time.perf_counter)

    def as_json(self) -> Json:
        shown: Json = {"number": self.number, "sender": self.sender, "name": self.name, "refusal": self.refusal}
        shown |= {"request": _shown(self.request), "answer": _shown(self.answer)}
        return shown | {"milliseconds": round(self.milliseconds, 1)}


class Exchanges:
    """The last exchanges; `secrets` returns the texts that must never be shown."""

    def __init__(self, secrets: Callable[[], set[str]]) -> None:
        self._secrets = secrets
        self._kept: deque[Exchange] = deque(maxlen=MAX_EXCHANGES)
        self._numbers = self.version = 0
        self._more = asyncio.Event()

    def begin(self, sender: Sender, name: str, request: Json | None = None) -> Exchange:
        self._numbers += 1
        return Exchange(self._numbers, sender, name, "" if request is None else self._kept_text(request))

    def end(
        self,
        exchange: Exchange,
        request: Json | None = None,
        answer: object = None,
        refusal: SlackRefusal | None = None,
    ) -> None:
        """Keep an exchange that is complete; `answer` is whatever JSON came back."""
        exchange.milliseconds = (time.perf_counter() - exchange.began) * 1000
        if request is not None:
            exchange.request = self._kept_text(request)
        exchange.answer = "" if answer is None else self._kept_text(answer)
        exchange.refusal = self._reason(refusal)
        self._kept.append(exchange)
        self._tell(exchange)

    def refuse(self, number: int | None, refusal: SlackRefusal) -> None:
        """Add to an exchange why Slack refused the app's answer."""
        for exchange in self._kept:
            if exchange.number == number:
                exchange.refusal = self._reason(refusal)
                self._tell(exchange)

    def after(self, version: int) -> list[Json]:
        """Return the exchanges that were added or changed after this version, the oldest first."""
        return [exchange.as_json() for exchange in self._kept if exchange.version > version]

    async def wait(self, version: int, seconds: float) -> None:
        """Wait until there is something after this version, or until the time is over."""
        if self.version > version:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._more.wait()
        except TimeoutError:
            pass

    def wake(self) -> None:
        """End every wait."""
        self._more.set()
        self._more = asyncio.Event()

    def clear(self) -> None:
        self._kept.clear()
        self.version += 1
        self.wake()

    def _tell(self, exchange: Exchange) -> None:
        self.version += 1
        exchange.version = self.version
        self.wake()

    def _reason(self, refusal: SlackRefusal | None) -> str | None:
        return None if refusal is None else self._clean(explain(refusal))

    def _kept_text(self, value: Any) -> str:  # noqa: ANN401 -- any JSON
        """Return JSON without tokens and keys. If it is long, it is laid out and cut at once."""
        text = self._clean(json.dumps(value, ensure_ascii=False, default=str))
        return text if len(text) <= MAX_CHARACTERS else _laid_out(text)

    def _clean(self, text: str) -> str:
        for secret in self._secrets():
            text = text.replace(secret, HIDDEN)
        return text


def _shown(text: str) -> str:
    """Return a kept text as people read it. Few are ever looked at, so most are laid out only now."""
    return _laid_out(text) if 0 < len(text) <= MAX_CHARACTERS else text


def _laid_out(text: str) -> str:
    text = json.dumps(_without_secrets(json.loads(text)), indent=1, ensure_ascii=False)
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}\n… {len(text) - MAX_CHARACTERS} more characters"


def _without_secrets(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict):
        return {key: HIDDEN if key in SECRET_FIELDS else _without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value
