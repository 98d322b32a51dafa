"""The libraries of the peers, so that a process that is forked starts in milliseconds. What they set up is not here."""

import aiosqlite
import apscheduler.schedulers.asyncio
import procrastinate
import slack_bolt.adapter.starlette.async_handler
import starlette.applications
import uvicorn

__all__ = ("aiosqlite", "apscheduler", "procrastinate", "slack_bolt", "starlette", "uvicorn")
