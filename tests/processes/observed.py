"""What tests observe of a process: its last words, its health, what it stored, and that a fault has struck."""

import asyncio
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, select

from bot.playground.emulator.faults import Fault
from bot.store import open_store
from bot.store.member_schema import skill_mark
from tests.end_to_end.process import STARTS_WITHIN, Process, process

EMIL = "U02EMIL"


async def last_words(folder: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Return the exit code and the output of a process that could not start."""
    async with process(folder, *command, **variables) as running:
        return await running.ends(STARTS_WITHIN), running.text


async def health(running: Process) -> dict[str, tuple[int, str]]:
    found = {}
    async with aiohttp.ClientSession(running.url) as supervisor:
        for path in ("healthz", "readyz"):
            async with supervisor.get(f"/{path}") as answer:
                found[path] = (answer.status, await answer.text())
    return found


async def struck(fault: Fault, times: int = 1) -> None:
    while fault.struck < times:  # noqa: ASYNC110 - the emulator tells nobody when a fault strikes
        await asyncio.sleep(0.01)


async def marks_in(database: str) -> list[tuple[str, str]]:
    def marks(tx: Connection) -> list[tuple[str, str]]:
        return [(member, skill) for member, skill in tx.execute(select(skill_mark.c.member_id, skill_mark.c.skill))]

    store = open_store(database)
    found = await store.read(marks)
    await store.close()
    return found
