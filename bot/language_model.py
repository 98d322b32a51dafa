"""Ask an outside language model to put an answer into words; off unless the operator names one.

It speaks the chat completions API of OpenAI, which most servers of models offer. The request has only what all of them
take: newer and older ones disagree about limits of tokens and about temperature. Nothing of a question, a reply or the
key is logged.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated
from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.wording import INSTRUCTIONS, Outcome, Source, Unusable, Worded, read, request
from bot.run.metrics import WORDINGS

log = logging.getLogger(__name__)

TIMEOUT = 20.0  # seconds for a whole reply; the plain answer is there already
MAX_BYTES = 64_000  # of a reply
MAX_AT_ONCE = 4  # questions of one process; others keep their plain answer
MAX_FAILURES = 3  # in a row; then the model is left alone for a while
PAUSE, MAX_PAUSE = 60.0, 600.0  # seconds
FAULTS = {Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.HTTP_ERROR, Outcome.INVALID, Outcome.TOO_LONG}  # count


class _RateLimited(Unusable):
    """The endpoint wants no request for some seconds."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        super().__init__(Outcome.RATE_LIMITED)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Message(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Part):
    choices: Annotated[tuple[_Choice, ...], Field(min_length=1)]


class LanguageModel:
    """The model of this process, with a circuit breaker: after failures in a row it is not asked for a while."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        model: str,
        key: str | None = None,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._session, self._url, self._model, self._key = session, f"{url}/chat/completions", model, key
        self._timeout, self._clock = timeout, clock or asyncio.get_running_loop().time
        self._open = self._failures = 0
        self._paused_until = 0.0
        self.host = urlsplit(url).netloc  # where questions go, as admins and members read it

    async def put_into_words(self, question: str, sources: Sequence[Source]) -> Worded | None:
        """Return an answer in words that cites its sources; None where the plain answer has to do."""
        try:
            worded = await self._ask(question, sources)
        except Unusable as error:
            WORDINGS.labels(outcome=error.outcome.value).inc()
            log.warning("wording.unusable", extra={"reason": error.outcome.value})
            return None
        WORDINGS.labels(outcome=Outcome.WORDED.value).inc()
        return worded

    async def _ask(self, question: str, sources: Sequence[Source]) -> Worded:
        if self._clock() < self._paused_until:
            raise Unusable(Outcome.PAUSED)
        if self._open >= MAX_AT_ONCE:
            raise Unusable(Outcome.BUSY)
        self._open += 1
        try:
            worded = read(_content(await self._reply(request(question, sources))), sources)
        except _RateLimited as error:
            self._pause(error.pause)
            raise
        except Unusable as error:
            self._count(error.outcome)
            raise
        finally:
            self._open -= 1
        self._failures = 0
        return worded

    def _count(self, outcome: Outcome) -> None:
        self._failures = self._failures + 1 if outcome in FAULTS else 0
        if self._failures >= MAX_FAILURES:
            self._failures = MAX_FAILURES - 1  # after the pause, one more failure begins the next
            self._pause(PAUSE)

    def _pause(self, seconds: float) -> None:
        self._paused_until = self._clock() + min(max(seconds, 1.0), MAX_PAUSE)
        log.warning("wording.paused")

    async def _reply(self, asked: str) -> bytes:
        """Return the body of the endpoint's reply. Raise Unusable."""
        body = {
            "model": self._model,
            "messages": [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": asked}],
            "response_format": {"type": "json_object"},
            "stream": False,
        }
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._session.post(
                    self._url,
                    data=json.dumps(body).encode(),
                    headers=headers,
                    allow_redirects=False,  # the key and the question go to this address alone
                    timeout=aiohttp.ClientTimeout(total=None),
                ) as answer,
            ):
                return await _body(answer)
        except TimeoutError:
            raise Unusable(Outcome.TIMED_OUT) from None
        except (aiohttp.ClientError, OSError):
            raise Unusable(Outcome.UNREACHABLE) from None


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status == 429:
        wait = answer.headers.get("retry-after", "")
        raise _RateLimited(float(wait) if wait.isascii() and wait.isdecimal() else PAUSE)
    if answer.status != 200:
        raise Unusable(Outcome.HTTP_ERROR)
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unusable(Outcome.TOO_LONG)
    return bytes(body)


def _content(body: bytes) -> str:
    """Return what the model wrote. Raise Unusable."""
    try:
        choice = _Completion.model_validate_json(body).choices[0]
    except ValidationError:
        raise Unusable(Outcome.INVALID) from None
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise Unusable(Outcome.REFUSED)
    if choice.finish_reason == "length":
        raise Unusable(Outcome.TOO_LONG)
    if choice.finish_reason != "stop" or choice.message.content is None:
        raise Unusable(Outcome.INVALID)
    return choice.message.content


@contextlib.asynccontextmanager
async def connected(url: str, model: str, key: str | None) -> AsyncIterator[LanguageModel]:
    """Yield the model at this address, with a session of its own: no cookies, and no body that grows when unpacked."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_AT_ONCE), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        yield LanguageModel(session, url, model, key)
