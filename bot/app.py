"""Build the services of a process when it starts, and close them when it stops."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp

from bot import language_model, services
from bot.clock import Clock, MovableClock
from bot.coach import membership
from bot.coach.retention import Retention
from bot.coach.sending import Pace
from bot.config import Settings
from bot.content_library import open_library
from bot.core.errors import NothingChanged
from bot.language_model import LanguageModel
from bot.services import Services
from bot.slack.downloads import Links
from bot.slack.gateway import Gateway, reply_session
from bot.slack.installation import NoAnswer, TokenRefused
from bot.store import Store, open_store

START_TRIES = 10  # attempts at the first write to an SQLite file; each waits two seconds for the lock


class CannotStart(Exception):
    """The process can't start. The text says why and what to do."""


@contextlib.asynccontextmanager
async def connected_services(
    settings: Settings, tell: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Services]:
    """Build the services and connect the workspace of SLACK_BOT_TOKEN. Raise CannotStart.

    If Slack does not answer, `tell` is called with the reason before each retry.
    """
    async with offline_services(settings) as built:
        workspace_id = await _connect(settings, built, tell)
        await record_connection(built, workspace_id)
        yield built


@contextlib.asynccontextmanager
async def offline_services(settings: Settings) -> AsyncIterator[Services]:
    """Build the services without calling Slack. Raise CannotStart."""
    library = open_library(settings.packs)
    clock = MovableClock(settings.clock_file) if settings.clock_file else Clock()
    async with contextlib.AsyncExitStack() as stack:
        store = open_store(settings.database_url)
        stack.push_async_callback(store.close)
        await _check_schema(store)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        replies = await stack.enter_async_context(reply_session())
        gateway = Gateway(session, settings.slack_api_url, replies)
        pace = Pace(settings.sends_per_minute, settings.lease_seconds, settings.settle_seconds)
        keep = (timedelta(days=days) for days in (settings.departed_days, settings.delivery_days, settings.audit_days))
        built = services.build(library, store, gateway, clock, pace, Retention(*keep))
        model = await _language_model(settings, stack)
        yield replace(built, links=_links(settings), language_model=model)


def _links(settings: Settings) -> Links | None:
    """Return what makes links to this bot. All processes have the same secrets, so each can check the others' links."""
    secret = settings.slack_signing_secret or settings.slack_bot_token
    if settings.public_url is None or secret is None:
        return None
    return Links(settings.public_url, secret.get_secret_value().encode())


async def record_connection(built: Services, workspace_id: str) -> None:
    """Record this workspace as the only connected one. This is the first write of a process.

    Another process may lock an SQLite file for longer than one write waits, so retry.
    """
    for tries_left in reversed(range(START_TRIES if built.store.embedded else 1)):
        try:
            await built.store.write(membership.connect_alone, workspace_id, built.clock.now())
        except NothingChanged:
            if not tries_left:
                raise
        else:
            return


async def _language_model(settings: Settings, stack: contextlib.AsyncExitStack) -> LanguageModel | None:
    if settings.llm_url is None or settings.llm_model is None:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return await stack.enter_async_context(language_model.connected(settings.llm_url, settings.llm_model, key))


async def _check_schema(store: Store) -> None:
    if store.embedded:
        await store.migrate()
    elif await store.is_behind():
        raise CannotStart("The database is not up to date. Run `python -m bot migrate` first.")


async def _connect(settings: Settings, built: Services, tell: Callable[[str], None]) -> str:
    assert settings.slack_bot_token is not None  # noqa: S101 - config.py refuses to load without it
    token = settings.slack_bot_token.get_secret_value()
    try:
        return await built.installations.connect_patiently(token, tell)
    except TokenRefused as error:
        raise CannotStart(f"Slack does not accept SLACK_BOT_TOKEN ({error}).") from error
    except NoAnswer as error:
        raise CannotStart(
            f"Slack does not answer as it should ({error}). Check the network, and SLACK_API_URL if it is set."
        ) from error
