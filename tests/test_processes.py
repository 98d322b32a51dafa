"""How processes start and stop, and what they tell a supervisor about their health."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, select

from bot.core.catalog import Catalog
from bot.playground.emulator.faults import Fault, delay, drop, refuse
from bot.store import open_store
from bot.store.practice_tables import skill_mark
from tests.driver.standin import StandIn
from tests.end_to_end.process import (
    ROOT,
    STARTS_WITHIN,
    STOPS_WITHIN,
    Process,
    bare_environment,
    bot,
    process,
    process_in_a_terminal,
)
from tests.own_content import BROKEN, BROKEN_AT, EMPTY, REPLACED_CHALLENGE, whole
from tests.own_content import write as write_pack
from tests.slack.talk import Talk
from tests.store.wire import Wire

EMIL = "U02EMIL"
SECRET = "canary"  # stands in every value that is wrong
WRONG = {
    "DATABASE_URL": f"mysql://nora:{SECRET}@db/roleshift",
    "PORT": SECRET,
    "ROLESHIFT_LOG_LEVEL": SECRET,
    "SLACK_API_URL": f"http://{SECRET}.example/api/",
    "SLACK_APP_TOKEN": f"xoxb-{SECRET}",
    "SLACK_BOT_TOKEN": f"xoxp-{SECRET}",
    "SLACK_SIGNING_SECRET": SECRET,
}
RUN, WORK, WORK_ONCE, MIGRATE = ("bot", "run"), ("jobs",), ("jobs", "--once"), ("bot", "migrate")
WAYS_IN = pytest.mark.parametrize("http", [False, True], ids=["socket-mode", "signed-http"])
COMMAND = pytest.mark.parametrize("command", [RUN, WORK], ids=" ".join)
NO_SERVER = f"postgresql://nora:{SECRET}@127.0.0.1:1/roleshift"
NO_FOLDER = f"sqlite:////no/such/{SECRET}/roleshift.db"


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn() as slack:
        yield slack


async def last_words(folder: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Return the exit code and the output of a process that could not start."""
    async with process(folder, *command, **variables) as running:
        return await running.ends(STARTS_WITHIN), running.text


@COMMAND
async def test_every_missing_setting_is_named_at_once(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, said = await last_words(tmp_path, *command)
    assert code == 2
    assert [line.split()[0] for line in said.splitlines()] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    assert "SLACK_APP_TOKEN" in said


@COMMAND
async def test_every_malformed_setting_is_named_at_once_and_its_value_never_shown(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    code, said = await last_words(tmp_path, *command, **WRONG)
    assert code == 2
    assert [line.split()[0] for line in said.splitlines()] == sorted(WRONG)
    assert SECRET not in said


@pytest.mark.parametrize(
    ("command", "database"),
    [(RUN, NO_SERVER), (RUN, NO_FOLDER), (WORK_ONCE, NO_SERVER), (MIGRATE, NO_FOLDER)],
    ids=["run-no-server", "run-no-folder", "work-once-no-server", "migrate-no-folder"],
)
async def test_a_database_that_does_not_answer_is_named_without_its_address(
    slack: StandIn, tmp_path: Path, command: tuple[str, ...], database: str
) -> None:
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
    async with bot(slack, tmp_path, empty_postgres):
        assert "Show my role" in str((await slack.command(EMIL, "/roleshift")).blocks)


@pytest.mark.parametrize(("variable", "token"), [("SLACK_BOT_TOKEN", "xoxb"), ("SLACK_APP_TOKEN", "xapp-1-A0-1")])
async def test_a_token_that_slack_refuses_is_said_to_be_refused(
    slack: StandIn, tmp_path: Path, variable: str, token: str
) -> None:
    variables = slack.environment() | {variable: f"{token}-{SECRET}"}
    code, said = await last_words(tmp_path, "bot", "run", **variables)
    assert (code, said.splitlines()[-1]) == (2, f"Slack does not accept {variable} (invalid_auth).")
    assert SECRET not in said


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_bot_that_starts_while_slack_is_down_is_alive_and_not_ready_until_slack_is_back(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str, method: str
) -> None:
    slack.faults.add(down := drop(method, how="status", times=None))
    async with process(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=migrated_sqlite) as running:
        await running.logs("slack.unreachable")
        why = "Slack does not answer as it should (no answer)"
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, why)}
        slack.faults.switched_on.remove(down)
        await running.logs("bot.ready")
        assert (await health(running))["readyz"] == (200, "ready")
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_bot_that_still_waits_for_slack_stops_when_it_is_told_to(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    slack.faults.add(drop("auth.test", how="html", times=None))
    async with process(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=migrated_sqlite) as running:
        await running.logs("slack.unreachable")
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_port_that_is_taken_is_named(slack: StandIn, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = await last_words(tmp_path, "bot", "run", **slack.environment(), PORT=port)
    assert (code, said) == (2, f"Port {port} can't be listened on. Set PORT to a free one.")


@pytest.mark.parametrize(
    ("number", "http"),
    [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGTERM, True)],
    ids=["SIGTERM-socket-mode", "SIGINT-socket-mode", "SIGTERM-signed-http"],
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


@WAYS_IN
async def test_a_stop_does_not_wait_for_ever_for_a_slack_that_hangs(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str, http: bool
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite, http=http) as running:
        talk = Talk(slack, EMIL)
        await talk.does("/roleshift")
        hanging = delay("response_url", "users.info", seconds=30, times=None)
        slack.faults.add(hanging)
        click = asyncio.create_task(talk.does("[Show my role]"))
        learning = asyncio.create_task(slack.command("U01NORA", "/roleshift learn cost spikes"))
        await struck(hanging, times=2)
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0
        await asyncio.gather(click, learning, return_exceptions=True)  # neither was answered, which is no wonder


async def test_a_slack_that_hangs_is_given_up_while_its_member_still_waits(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    slack.faults.add(delay("users.info", seconds=30))
    async with bot(slack, tmp_path, migrated_sqlite):
        learned = await slack.command(EMIL, "/roleshift learn cost spikes")
        assert learned.text == "Nothing was changed. Try again in a minute."
    assert await marks_in(migrated_sqlite) == []


async def test_the_end_of_its_terminal_stops_the_bot(slack: StandIn, tmp_path: Path, migrated_sqlite: str) -> None:
    environment = slack.environment() | {"DATABASE_URL": migrated_sqlite}
    async with process_in_a_terminal(tmp_path, *RUN, **environment) as running:
        await running.logs("bot.ready")
        running.signal(signal.SIGHUP)
        assert await running.ends() == 0


async def test_the_worker_stops_like_the_bot(slack: StandIn, tmp_path: Path, migrated_postgres: str) -> None:
    variables = slack.environment() | {"DATABASE_URL": migrated_postgres}
    async with process(tmp_path, "jobs", **variables) as worker:
        await worker.logs("bot.ready")
        assert await health(worker) == {"healthz": (200, "ok"), "readyz": (200, "ready")}
        worker.signal(signal.SIGTERM)
        assert await worker.ends() == 0


@WAYS_IN
async def test_a_bot_that_can_work_says_so(slack: StandIn, tmp_path: Path, migrated_sqlite: str, http: bool) -> None:
    async with bot(slack, tmp_path, migrated_sqlite, http=http) as running:
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (200, "ready")}


async def test_a_bot_whose_database_is_gone_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with Wire(migrated_postgres) as wire, bot(slack, tmp_path, wire.address) as running:
        wire.strike(b"FROM workspace")
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, "the database does not answer")}
        learned = await slack.command(EMIL, "/roleshift learn cost spikes")
        assert learned.text == "Nothing was changed. Try again in a minute."
    assert await marks_in(migrated_postgres) == []


async def test_a_bot_that_was_removed_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        await slack.uninstall()
        assert await health(running) == {
            "healthz": (200, "ok"),
            "readyz": (503, "Slack does not accept the bot token"),
        }


async def test_a_bot_that_lost_its_link_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, "Socket Mode is not connected")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_play_says_where_to_look_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    play = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "play", "--no-browser", "--port", "0"),
        cwd=ROOT,
        env=bare_environment() | {"TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert play.stdout is not None
        line = (await asyncio.wait_for(play.stdout.readline(), STARTS_WITHIN)).decode()
        found = re.match(r"Try the bot at (http://127\.0\.0\.1:\d+) ", line)
        assert found, line
        async with aiohttp.ClientSession(found[1], headers={"Origin": found[1]}) as page:
            async with page.get("/") as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
            say = {"as": EMIL, "conversation": "C01GENERAL", "text": "/roleshift"}
            async with page.post("/page/say", json=say) as answer:
                assert await answer.json() == {"ok": True}
        played = children(play.pid)
        assert len(played) == 1
        assert what_is_in(tmp_path)
        play.send_signal(number)
        assert await asyncio.wait_for(play.wait(), STOPS_WITHIN) == 0
        assert not is_there(played[0])
        assert not what_is_in(tmp_path)
    finally:
        if play.returncode is None:
            play.kill()
        await play.wait()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def what_is_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def health(running: Process) -> dict[str, tuple[int, str]]:
    """Return what `/healthz` and `/readyz` answer."""
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


async def test_a_hangup_reads_the_teams_own_content_again_in_one_process_and_the_other_follows(
    slack: StandIn, tmp_path: Path, catalog: Catalog
) -> None:
    database, pack = f"sqlite:///{tmp_path}/bot.db", str(write_pack(tmp_path, EMPTY))
    environment = slack.environment() | {"DATABASE_URL": database, "ROLESHIFT_CONTENT": pack}
    async with (
        bot(slack, tmp_path, database, ROLESHIFT_CONTENT=pack, ROLESHIFT_WITH_JOBS="0") as web,
        process(tmp_path, "jobs", **environment) as worker,
    ):
        await worker.logs("bot.ready")
        emil = Talk(slack, EMIL)
        assert "I don't know the role" in await emil.does("/roleshift myrole presales engineer")
        skill = catalog.skills[catalog.challenges[REPLACED_CHALLENGE].skill]
        write_pack(tmp_path, whole(skill.theme, skill.slug))
        web.signal(signal.SIGHUP)
        read = await web.logs("content.loaded")
        assert (await worker.logs("content.loaded"))["version"] == read["version"]
        assert "Your role is *Solutions Engineer* now." in await emil.does("/roleshift myrole presales engineer")
        write_pack(tmp_path, BROKEN)
        for running in (web, worker):
            running.signal(signal.SIGHUP)
            refused = await running.logs("content.refused")
            assert refused["mistakes"] == [BROKEN_AT]
            running.log.remove(refused)  # the only error that the log may hold
        assert "Solutions Engineer" in await emil.does("/roleshift myrole")
