"""Put answers to questions into words, where the operator names a language model and an admin switched it on.

The plain answer comes first, as always, and nothing waits for the model. What was posted is then edited in place
(`chat.update`): to do this twice is harmless, and without it the plain answer stands. Slack's `chat.startStream` would
post a message of its own, and takes no metadata by which a lost answer could be found, so a retry would answer twice;
and words would be shown before their citations are checked. The question is held in memory until then, never stored.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from bot.coach import answers, settings
from bot.core.errors import NothingChanged, NotInstalled, UserError
from bot.core.outcomes import Sent
from bot.core.questions import Answer, Degree
from bot.core.wording import Outcome, Worded, sources_of
from bot.run.metrics import WORDINGS
from bot.slack.gateway import Gateway
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import ask as screen

log = logging.getLogger(__name__)

PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds before each look whether the plain answer is posted


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose plain answer is in the outbox under `key`."""

    request: Request
    question: str = field(repr=False)
    answer: Answer
    key: str


async def place(request: Request) -> str | None:
    """Return the host to which this workspace's questions go; None if they stay here.

    An admin switches it on for one host. Where the operator names another one, it is off until an admin agrees anew.
    """
    model = request.services.language_model
    if model is None:
        return None
    chosen = await request.find(settings.settled, request.who.workspace_id)
    return model.host if chosen.worded_by == model.host else None


async def below(request: Request, question: str, answer: Answer) -> Message | None:
    """Return what is said below the plain answer to a command; None if there is nothing more to say."""
    try:
        worded = await _worded(request, question, answer)
    except Exception as error:  # noqa: BLE001 - the plain answer was given
        _failed(request, error)
        return None
    return None if worded is None else _screen(request, worded, answer)


async def say_more(gateway: Gateway, response_url: str, more: Callable[[], Awaitable[Message | None]]) -> None:
    """Post what is said below the answer to a command or a click."""
    message = await more()
    if message is None:
        return
    try:
        await gateway.respond(response_url, message, replace=False)
    except (aiohttp.ClientError, TimeoutError):
        WORDINGS.labels(outcome=Outcome.NOT_SHOWN.value).inc()


async def edit(asked: Asked) -> None:
    """Edit the plain answer where it was posted."""
    try:
        worded = await _worded(asked.request, asked.question, asked.answer)
        if worded is not None and not await _edited(asked, _screen(asked.request, worded, asked.answer)):
            WORDINGS.labels(outcome=Outcome.NOT_SHOWN.value).inc()
    except Exception as error:  # noqa: BLE001 - as above
        _failed(asked.request, error)


async def _worded(request: Request, question: str, answer: Answer) -> Worded | None:
    model = request.services.language_model
    if model is None or answer.degree is Degree.UNKNOWN or await place(request) is None:
        return None
    await request.check_member()  # outsiders and guests get plain answers
    return await model.put_into_words(question, sources_of(request.catalog, answer.near))


async def _edited(asked: Asked, message: Message) -> bool:
    """Edit the answer once it is posted. Return False if it is not, or Slack does not take the edit."""
    request = asked.request
    for pause in PAUSES:
        await asyncio.sleep(pause)
        posted = await request.find(answers.posted, request.who.workspace_id, asked.key)
        if posted is not None:
            return isinstance(await request.slack.change(posted.channel, posted.ts, message), Sent)
    return False


def _screen(request: Request, worded: Worded, answer: Answer) -> Message:
    model = request.services.language_model
    return screen.worded(request.catalog, worded, answer.degree, model.host if model else "")


def _failed(request: Request, error: Exception) -> None:
    about = {"workspace_id": request.who.workspace_id, "reason": type(error).__name__}
    if isinstance(error, UserError | NothingChanged | NotInstalled):
        log.warning("wording.given_up", extra=about)
    else:
        log.error("wording.broke", exc_info=error, extra=about)
