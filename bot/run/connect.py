"""Build the services of a process from its settings, and connect them to Slack."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

import aiohttp
from sqlalchemy import Connection

from bot.clock import Clock, MovableClock
from bot.coach import installing, membership
from bot.content.library import open_library
from bot.core.errors import NothingChanged
from bot.core.labs import lab_secret
from bot.outbox.sending import Pace
from bot.run.settings import Settings
from bot.slack.gateway import MAX_REPLIES, Gateway
from bot.slack.installation import OneWorkspace, Tell, ask_patiently
from bot.slack.installed_workspaces import InstalledWorkspaces, checked_keys
from bot.slack.oauth import REDIRECT, SlackApp
from bot.slack.services import Services, build
from bot.store import migrate, open_store
from bot.store.retention import Retention
from bot.store.types import T, Ts

START_TRIES = 10  # attempts at the first write to an SQLite file; each waits two seconds for the lock


@contextlib.asynccontextmanager
async def connected_services(settings: Settings, tell: Tell = lambda _: None) -> AsyncIterator[Services]:
    """Build the services and connect the workspace of SLACK_BOT_TOKEN, or those with an installation.

    Raise CommandError. If Slack does not answer, `tell` is called with the reason before each retry. Stored tokens are
    tried at their first call, so that a start does not depend on Slack.
    """
    async with offline_services(settings) as built:
        if settings.oauth:
            await first_write(built, installing.connect_installed, built.clock.now())
            yield built
            return
        installations, token = built.installations, settings.slack_bot_token
        assert token is not None and isinstance(installations, OneWorkspace)  # noqa: S101, PT018 - settings.py refuses to load without it
        connect = partial(installations.connect, token.get_secret_value())
        workspace_id = await ask_patiently("SLACK_BOT_TOKEN", connect, tell)
        await first_write(built, membership.connect_alone, workspace_id, built.clock.now())
        yield built


@contextlib.asynccontextmanager
async def offline_services(settings: Settings) -> AsyncIterator[Services]:
    """Build the services without calling Slack. Raise CommandError."""
    library = open_library(settings.packs)
    clock = MovableClock(settings.clock_file) if settings.clock_file else Clock()
    async with contextlib.AsyncExitStack() as stack:
        store = open_store(settings.database_url)
        stack.push_async_callback(store.close)
        await (store.migrate() if store.embedded else store.read(migrate.check))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        connections = aiohttp.TCPConnector(limit=MAX_REPLIES)  # for `response_url`s alone
        replies = await stack.enter_async_context(aiohttp.ClientSession(connector=connections))
        installed = None
        if settings.oauth:
            client_secret, keys = settings.slack_client_secret, settings.token_keys
            assert settings.slack_client_id and client_secret and keys  # noqa: S101, PT018 - settings.py refuses to load without them
            redirect_uri, secret = f"{settings.public_url}{REDIRECT}", client_secret.get_secret_value()
            app = SlackApp(settings.slack_client_id, secret, redirect_uri, session, settings.slack_api_url, clock)
            installed = InstalledWorkspaces(store, clock, await checked_keys(store, keys.get_secret_value()), app)
        gateway = Gateway(session, settings.slack_api_url, replies, installed)
        pace = Pace(settings.sends_per_minute, settings.lease_seconds, settings.settle_seconds)
        keep = (timedelta(days=days) for days in (settings.departed_days, settings.delivery_days, settings.audit_days))
        own = settings.token_keys or settings.slack_bot_token
        assert own is not None  # noqa: S101 - settings.py refuses to load without both
        more = {"pace": pace, "retention": Retention(*keep), "mcp_url": settings.mcp_url}
        more["lab_secret"] = lab_secret(own.get_secret_value())
        of_many = {} if installed is None else {"installations": installed}
        yield build(library, store, gateway, clock, **more, **of_many)


async def first_write(built: Services, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    """Run a write of a start. Another process may lock an SQLite file for longer than one write waits, so retry."""
    for _ in range(START_TRIES - 1 if built.store.embedded else 0):
        with contextlib.suppress(NothingChanged):
            return await built.store.write(use_case, *args)
    return await built.store.write(use_case, *args)
