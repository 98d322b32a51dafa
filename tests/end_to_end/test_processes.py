"""The bot's processes: a whole conversation with one; their health; what signals do."""

import asyncio
import signal
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, select

from bot.playground.emulator.faults import Fault, delay, drop, refuse
from bot.store import open_store
from bot.store.member_schema import skill_mark
from tests.driver.standin import StandIn
from tests.end_to_end.process import Process, bot, process, process_in_a_terminal
from tests.real_content import load
from tests.slack.talk import Talk

EMIL = "U02EMIL"
FOR_EVER = 1000  # seconds, more than any test takes


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


# Health.


async def health(running: Process) -> dict[str, tuple[int, str]]:
    found = {}
    async with aiohttp.ClientSession(running.url) as supervisor:
        for path in ("healthz", "readyz"):
            async with supervisor.get(f"/{path}") as answer:
                found[path] = (answer.status, await answer.text())
    return found


WELL = {"healthz": (200, "ok"), "readyz": (200, "ready")}


def unwell(why: str) -> dict[str, tuple[int, str]]:
    return {"healthz": (200, "ok"), "readyz": (503, why)}


async def test_a_bot_is_ready_once_slack_answers_and_while_its_socket_is_open_until_its_terminal_ends(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    downs = [drop(method, how="status", times=None) for method in ("auth.test", "apps.connections.open")]
    slack.faults.add(*downs)
    environment = slack.environment() | {"DATABASE_URL": migrated_sqlite}
    async with process_in_a_terminal(tmp_path, "bot", "run", **environment) as running:
        for down in downs:
            await struck(down)
            assert await health(running) == unwell("Slack does not answer as it should (no answer)")
            slack.faults.switched_on.remove(down)
        await running.logs("bot.ready")
        assert await health(running) == WELL
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == unwell("Socket Mode is not connected")
        running.signal(signal.SIGHUP)
        assert await running.ends() == 0


# Signals: processes finish what is in progress and stop.


async def stops(slack: StandIn, running: Process, number: signal.Signals, database: str) -> None:
    """Stop a bot while it answers somebody, and a job is in progress. Both are finished."""
    slow = delay("users.info", seconds=1)
    slack.faults.add(slow)
    learning = asyncio.create_task(slack.command(EMIL, "/roleshift learn cost spikes"))
    await struck(slow)
    running.signal(number)
    assert "Done: " in (await learning).text
    assert await running.ends() == 0
    assert await marks_in(database) == [(EMIL, "cost-spikes")]


async def test_an_interrupt_finishes_what_came_over_socket_mode(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with bot(slack, tmp_path, migrated_postgres) as running:
        await stops(slack, running, signal.SIGINT, migrated_postgres)


async def test_a_stop_does_not_wait_for_ever_for_a_slack_that_hangs(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite, stops_soon=True) as running:
        talk = Talk(slack, EMIL)
        await talk.does("/roleshift help")
        hanging = delay("response_url", "users.info", seconds=FOR_EVER, times=None)
        slack.faults.add(hanging)
        click = asyncio.create_task(talk.does("[My role]"))
        learning = asyncio.create_task(slack.command("U01NORA", "/roleshift learn cost spikes"))
        await struck(hanging, times=2)
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0
        click.cancel()  # it waits for an answer at its `response_url`
        await asyncio.gather(click, learning, return_exceptions=True)


async def test_the_worker_stops_like_the_bot(slack: StandIn, tmp_path: Path, migrated_postgres: str) -> None:
    variables = slack.environment() | {"DATABASE_URL": migrated_postgres}
    async with process(tmp_path, "jobs", **variables) as worker:
        await worker.logs("bot.ready")
        assert await health(worker) == WELL
        worker.signal(signal.SIGTERM)
        assert await worker.ends() == 0


# A whole conversation over signed HTTP on PostgreSQL; the playground has the other two.

ON_PATH = len(load().roles["devops-engineer"].skills)
CONVERSATION = (
    ("/roleshift", "Which role is yours?"),
    ("[Yes]", "Your role now: DevOps Engineer"),
    ("/roleshift learn token costs", "Done: *Token usage and costs*."),
    ("/roleshift learn token costs", "Count unchanged."),
    ("[My progress]", f"1 of {ON_PATH}"),
    ("/roleshift tip", "A tip for you"),
    ("/roleshift forget me", "Nothing is deleted yet."),
    ("[Delete my data]", "I know nothing about you any more."),
    ("/roleshift progress", "You have learned no skill yet"),
    ("/roleshift myrole", "Which role is yours?"),
)


async def test_a_member_is_answered_from_the_first_word_to_the_last_before_a_stop(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with bot(slack, tmp_path, migrated_postgres, http=True) as running:
        talk = Talk(slack, EMIL, "general")
        for step, expected in CONVERSATION:
            assert expected in await talk.does(step), step
        assert slack.refused == []
        await stops(slack, running, signal.SIGTERM, migrated_postgres)
