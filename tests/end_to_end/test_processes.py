"""The bot's processes: a whole conversation with one; why one does not start; its health; what signals do."""

import asyncio
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, select

from bot.playground.emulator.faults import Fault, delay, drop, refuse
from bot.store import open_store
from bot.store.member_schema import skill_mark
from tests.driver.standin import StandIn
from tests.end_to_end.process import STARTS_WITHIN, Process, bot, process, process_in_a_terminal
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


# Why a process does not start: no value of a setting is shown.

SECRET = "canary"  # stands in every value that is wrong
NO_SERVER = f"postgresql://nora:{SECRET}@127.0.0.1:1/roleshift"
NO_FOLDER = f"sqlite:////no/such/{SECRET}/roleshift.db"


async def last_words(folder: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Return the exit code and the output of a process that could not start."""
    async with process(folder, *command, **variables) as running:
        return await running.ends(STARTS_WITHIN), running.text


async def test_a_database_that_does_not_answer_is_named_without_its_address(slack: StandIn, tmp_path: Path) -> None:
    for command, database in ((("jobs", "--once"), NO_SERVER), (("bot", "migrate"), NO_FOLDER)):
        code, said = await last_words(tmp_path, *command, **slack.environment(), DATABASE_URL=database)
        assert code == 2
        assert said.startswith("DATABASE_URL names a database that does not answer")
        assert SECRET not in said
        assert "Traceback" not in said


async def test_a_database_that_is_not_up_to_date_must_be_migrated_first(
    slack: StandIn, tmp_path: Path, empty_postgres: str
) -> None:
    code, said = await last_words(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=empty_postgres)
    assert (code, said) == (2, "The database is not up to date. Run `python -m bot migrate` first.")
    assert await last_words(tmp_path, "bot", "migrate", DATABASE_URL=empty_postgres) == (0, "")
    assert await marks_in(empty_postgres) == []


async def test_a_port_that_is_taken_is_named(slack: StandIn, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = await last_words(tmp_path, "bot", "run", **slack.environment(), PORT=port)
    assert (code, said) == (2, f"Port {port} can't be listened on. Set PORT to a free one.")


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


async def test_a_bot_that_starts_while_slack_is_down_is_alive_and_not_ready_until_slack_is_back(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    downs = [drop(method, how="status", times=None) for method in ("auth.test", "apps.connections.open")]
    slack.faults.add(*downs)
    async with process(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=migrated_sqlite) as running:
        for down in downs:
            await struck(down)
            assert await health(running) == unwell("Slack does not answer as it should (no answer)")
            slack.faults.switched_on.remove(down)
        await running.logs("bot.ready")
        assert await health(running) == WELL
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_bot_whose_socket_is_gone_is_alive_and_says_why(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        assert await health(running) == WELL
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == unwell("Socket Mode is not connected")


# Signals: processes finish what is in progress and stop.


@pytest.mark.parametrize(
    ("number", "http"),
    [(signal.SIGINT, False), (signal.SIGTERM, True)],
    ids=["SIGINT-socket-mode", "SIGTERM-signed-http"],
)
async def test_a_stop_finishes_requests_and_jobs_in_progress(
    slack: StandIn, tmp_path: Path, migrated_postgres: str, number: signal.Signals, http: bool
) -> None:
    slow = delay("users.info", seconds=1)
    slack.faults.add(slow)
    async with bot(slack, tmp_path, migrated_postgres, http=http) as running:
        learning = asyncio.create_task(slack.command(EMIL, "/roleshift learn cost spikes"))
        await struck(slow)
        running.signal(number)
        assert "Done: " in (await learning).text
        assert await running.ends() == 0
    assert await marks_in(migrated_postgres) == [(EMIL, "cost-spikes")]


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


async def test_the_end_of_its_terminal_stops_the_bot(slack: StandIn, tmp_path: Path, migrated_sqlite: str) -> None:
    environment = slack.environment() | {"DATABASE_URL": migrated_sqlite}
    async with process_in_a_terminal(tmp_path, "bot", "run", **environment) as running:
        await running.logs("bot.ready")
        running.signal(signal.SIGHUP)
        assert await running.ends() == 0


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
    ("[Yes]", "Your role is DevOps Engineer now."),
    ("/roleshift learn token costs", "Done: *Token usage and costs*."),
    ("/roleshift learn token costs", "Count unchanged."),
    ("[My progress]", f"1 of {ON_PATH}"),
    ("/roleshift tip", "A tip for you"),
    ("/roleshift forget me", "Nothing is deleted yet."),
    ("[Delete my data]", "I know nothing about you any more."),
    ("/roleshift progress", "You have learned no skill yet"),
    ("/roleshift myrole", "Which role is yours?"),
)


async def test_a_member_is_answered_from_the_first_word_to_the_last(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with bot(slack, tmp_path, migrated_postgres, http=True):
        talk = Talk(slack, EMIL, "general")
        for step, expected in CONVERSATION:
            assert expected in await talk.does(step), step
    assert slack.refused == []
