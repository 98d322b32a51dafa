"""`python -m bot check` finds each fault that is made here on purpose, and names the fix. It changes nothing."""

import asyncio
import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.coach import installing, membership
from bot.core.installation import Installation
from bot.ops.check import OLDEST
from bot.ops.findings import Severity, as_text, exit_code
from bot.playground.demo.sample import sample
from bot.playground.emulator.faults import refuse
from bot.playground.emulator.oauth import ORGANISATION
from bot.playground.emulator.web_api import METHODS, Method, auth_test
from bot.store import Store, doubts, installations, open_store
from bot.token_keys import TokenKeys
from tests.content.own_pack import BROKEN, BROKEN_AT, pack
from tests.driver.standin import StandIn
from tests.ops.conftest import World, about, checked
from tests.ports import free_port
from tests.running import KEY, bot_for_many
from tests.slack.visitor import Visitor
from tests.store.rows import fill_all
from tests.store.test_sqlite import no_file_grows_beyond

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"
HOUR = timedelta(hours=1)


async def test_all_is_well(world: World) -> None:
    found = await world.check()
    assert [each for each in found if each.level is not Severity.OK] == []
    assert exit_code(found) == 0
    assert {each.part for each in found} == {
        "settings", "bot token", "scopes", "app token", "clock", "content", "database", "migrations", "disk",
    }  # fmt: skip
    assert as_text(found).endswith("\nNothing to fix.\n")


def a_token_of_an_organisation(world: World) -> None:
    method = Method(lambda call: auth_test(call) | {"is_enterprise_install": True})
    world.patch.setitem(METHODS, "auth.test", method)


def a_database_of_another_version(world: World) -> None:
    with closing(sqlite3.connect(world.database)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def a_locked_database(world: World) -> None:
    holder = sqlite3.connect(world.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    world.patch.setattr("bot.store.checkup.CONNECT_PATIENCE", 0)
    world.holders.append(holder)


FAULTS: dict[str, tuple[Callable[[World], object], str, Severity, str, str]] = {  # how it is made, what is found
    "a wrong token": (lambda world: world.set("SLACK_BOT_TOKEN", "xoxb-wrong"),
        "bot token", Severity.FAULT, "Slack does not know this token", "OAuth & Permissions"),
    "a removed app": (lambda world: setattr(world.slack.workspace, "token_works", False),
        "bot token", Severity.FAULT, "the app was removed", "Reinstall to Workspace"),
    "a revoked token": (lambda world: world.slack.faults.add(refuse("auth.test", error="token_revoked", times=None)),
        "bot token", Severity.FAULT, "was revoked", "Then set SLACK_BOT_TOKEN"),
    "a token of an organisation": (a_token_of_an_organisation,
        "bot token", Severity.FAULT, "for a whole organisation", "of one workspace"),
    "a malformed token": (lambda world: world.set("SLACK_BOT_TOKEN", "xoxp-a-users-token"),
        "settings", Severity.FAULT, "SLACK_BOT_TOKEN must start with `xoxb-`", "`.env`"),
    "no users read": (lambda world: world.loses("users:read"),
        "scopes", Severity.FAULT, "`users:read` is not granted. Nobody can be coached", "reinstall the app"),
    "no im history": (lambda world: world.loses("im:history"),
        "scopes", Severity.WARNING, "`im:history` is not granted. The bot does not", "reinstall the app"),
    "a wrong app token": (lambda world: world.set("SLACK_APP_TOKEN", "xapp-wrong"),
        "app token", Severity.FAULT, "invalid_auth", "`connections:write`"),
    "a malformed signing secret": (lambda world: world.set("SLACK_SIGNING_SECRET", "not-hexadecimal"),
        "settings", Severity.FAULT, "SLACK_SIGNING_SECRET must be 32", "`.env`"),
    "slack away": (lambda world: world.set("SLACK_API_URL", f"http://127.0.0.1:{free_port()}/api/"),
        "bot token", Severity.FAULT, "ClientConnectorError", "SLACK_API_URL"),
    "a wrong clock": (lambda world: world.slack.clock.advance(timedelta(minutes=10)),
        "clock", Severity.FAULT, r"(599|600|601) s behind Slack's", "chrony"),
    "a slow clock": (lambda world: world.slack.clock.advance(timedelta(minutes=2)),
        "clock", Severity.WARNING, r"1(19|20|21) s behind Slack's", "chrony"),
    "a broken pack": (lambda world: world.set("ROLESHIFT_CONTENT", str(pack(world.folder, BROKEN))),
        "content", Severity.WARNING, BROKEN_AT, "content check"),
    "no pack": (lambda world: world.set("ROLESHIFT_CONTENT", str(world.folder / "nowhere")),
        "content", Severity.WARNING, "is not a folder: /.*/nowhere", "content check"),
    "no folder": (lambda world: world.set("DATABASE_URL", f"sqlite:///{world.folder}/nowhere/roleshift.db"),
        "disk", Severity.FAULT, "There is no folder", "DATABASE_URL"),
    "a folder that takes nothing": (lambda world: world.set("DATABASE_URL", "sqlite:////proc/roleshift.db"),
        "disk", Severity.FAULT, "Nothing can be written in /proc", "name another folder"),
    "no database file": (lambda world: world.database.write_bytes(b"This was a database once. " * 100),
        "database", Severity.FAULT, "no SQLite database", "restore the backup"),
    "a locked database": (a_locked_database,
        "database", Severity.FAULT, "holds the file locked", "a backup or a shell"),
    "a file for everybody": (lambda world: world.database.chmod(0o644),
        "database file", Severity.WARNING, r"/roleshift\.db has the mode 0644\.", "`chmod 600 /"),
    "an old database": (lambda world: world.patch.setitem(OLDEST, "SQLite", (99,)),
        "database", Severity.FAULT, "is too old", "Use SQLite 99 or newer"),
    "a database of another version": (a_database_of_another_version,
        "migrations", Severity.FAULT, "a newer version", "an empty database"),
    "nobody at the public address": (lambda world: world.set("ROLESHIFT_PUBLIC_URL", f"http://127.0.0.1:{free_port()}"),
        "public address", Severity.WARNING, "does not answer", "Start the web process"),
    "another at the public address": (lambda world: world.set("ROLESHIFT_PUBLIC_URL", world.slack.url),
        "public address", Severity.WARNING, "Something else than the bot", "proxy"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_found_and_its_fix_is_named(world: World, fault: str) -> None:
    make, part, level, says, fix = FAULTS[fault]
    make(world)
    found = await world.check()
    finding = about(found, part)
    assert finding.level is level, as_text(found)
    if fault == "no folder":
        assert about(found, "database").level is Severity.SKIPPED, "it is not called new"
    assert Severity.OK not in [each.level for each in found if each.part == part], as_text(found)
    assert re.search(says, finding.says), finding.says
    assert fix in finding.fix
    assert exit_code(found) == {Severity.WARNING: 1, Severity.FAULT: 2}[level]


@pytest.mark.parametrize(("mode", "is_named"), [(0o660, False), (0o644, True), (0o602, True)])
async def test_the_files_beside_the_database_are_looked_at_too(world: World, mode: int, *, is_named: bool) -> None:
    store = open_store(f"sqlite:///{world.database}")
    await store.write(fill_all)
    world.database.with_name("roleshift.db-wal").chmod(mode)
    found = [each for each in await world.check() if each.part == "database file"]
    await store.close()
    assert bool(found) is is_named
    assert all(f"/roleshift.db-wal has the mode {mode:04o}." in each.says for each in found)


async def test_a_full_disk_is_found(world: World) -> None:
    with no_file_grows_beyond(16 * 1024):
        found = await world.check()
    finding = about(found, "disk")
    assert finding.level is about(found, "database").level is Severity.FAULT
    assert "the disk may be full" in about(found, "database").says
    assert "Nothing can be written" in finding.says
    assert "free some space" in finding.fix


async def test_nothing_is_changed_in_a_file(world: World) -> None:
    store = open_store(f"sqlite:///{world.database}")
    await store.write(fill_all)
    await store.close()
    before = world.database.read_bytes()
    assert exit_code(await world.check()) == 0
    assert world.database.read_bytes() == before
    world.database.unlink()
    assert "the first start creates it" in about(await world.check(), "database").says
    assert not world.database.exists()


async def test_a_file_that_lacks_migrations_is_left_as_it_is(world: World) -> None:
    with closing(sqlite3.connect(world.database)) as database:
        database.execute("DELETE FROM alembic_version")
        database.commit()
    found = await world.check()
    assert about(found, "migrations").says == "Some are missing; the next start runs them."
    with closing(sqlite3.connect(world.database)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == []


async def test_the_command_prints_json_for_programs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.set("SLACK_BOT_TOKEN", "xoxb-wrong")
    assert await asyncio.to_thread(main, ["check", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 2
    (finding,) = (row for row in told["findings"] if row["part"] == "bot token")
    assert finding["level"] == "fault"
    assert finding["fix"].endswith("Then set SLACK_BOT_TOKEN.")


# A bot that many workspaces installed.


@dataclass
class Many:
    """A bot that two workspaces installed through OAuth."""

    slack: StandIn
    patch: pytest.MonkeyPatch
    store: Store


@pytest.fixture
async def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Many]:
    monkeypatch.chdir(tmp_path)
    southwind = replace(sample(), id=SOUTH, name="Southwind")
    async with bot_for_many(tmp_path, sample(), southwind) as (slack, bot, address), Visitor.at(address) as browser:
        for workspace_id in (NORTH, SOUTH):
            await browser.install(workspace_id)
        environment = slack.oauth_environment() | {"ROLESHIFT_PUBLIC_URL": address}
        for name, value in (environment | {"ROLESHIFT_TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:///bot.db"}).items():
            monkeypatch.setenv(name, value)
        yield Many(slack, monkeypatch, bot.services.store)


async def test_an_organisation_that_uses_the_bot_nowhere_yet_is_named(many: Many) -> None:
    many.slack.hub.oauth.has_organisation = True
    async with Visitor.at(os.environ["ROLESHIFT_PUBLIC_URL"]) as browser:
        await browser.install(ORGANISATION)
    found = about(await checked(), "installed workspaces")
    assert (found.level, found.says) == (Severity.WARNING, f"{ORGANISATION}: Installed, and not yet in any workspace.")


@pytest.mark.usefixtures("many")
async def test_all_is_well_with_many_workspaces() -> None:
    found = await checked()
    assert exit_code(found) == 0, as_text(found)
    assert about(found, "installed workspaces").says == "There are 2 tokens."
    assert about(found, "client secret").level is about(found, "public address").level is Severity.OK


async def test_before_the_first_workspace_the_page_to_install_is_named(many: Many) -> None:
    many.patch.setenv("DATABASE_URL", "sqlite:///new.db")
    for _ in ("without tables", "with them"):
        found = await checked()
        assert exit_code(found) == 0, as_text(found)
        assert "/slack/install" in about(found, "installed workspaces").says
        assert "Fix the database" not in as_text(found)
        assert await asyncio.to_thread(main, ["migrate"]) == 0


KEYS = "ROLESHIFT_TOKEN_KEYS"
FAULTS_OF_MANY = [
    (KEYS, f"k2:{'B' * 43}", "token keys", "lacks `k1`, under which tokens of 2 workspaces", "behind the first"),
    (KEYS, f"k1:{'B' * 43}", "token keys", f"`k1` does not decrypt the token of {min(NORTH, SOUTH)}", "had this id"),
    ("SLACK_CLIENT_SECRET", "0" * 32, "client secret", "bad_client_secret", "App Credentials"),
]


@pytest.mark.parametrize(("setting", "value", "part", "says", "fix"), FAULTS_OF_MANY)
async def test_each_fault_of_a_bot_for_many_is_found(
    many: Many, setting: str, value: str, part: str, says: str, fix: str
) -> None:
    many.patch.setenv(setting, value)
    found = await checked()
    finding = about(found, part)
    assert finding.level is Severity.FAULT, as_text(found)
    assert says in finding.says
    assert fix in finding.fix
    assert [each.part for each in found if each.fix] == [part], "nothing else is blamed"


async def test_a_workspace_to_which_nothing_is_sent_is_named(many: Many) -> None:
    now = datetime.now(UTC)
    await many.store.write(doubts.doubt, SOUTH, now)
    await many.store.write(doubts.take, now, now + HOUR, 1)
    await many.store.write(doubts.refused, SOUTH, now + HOUR, "account_inactive", now)
    found = about(await checked(), "installed workspaces")
    assert found.level is Severity.WARNING
    assert found.says == f"{SOUTH}: Nothing is sent there since Slack refused the token (account_inactive)."
    assert "asks Slack again" in found.fix


async def test_a_workspace_that_is_marked_removed_and_asks_is_named(many: Many) -> None:
    now = datetime.now(UTC)
    await many.store.write(membership.disconnected, SOUTH, "Ev1", now)
    await many.store.write(partial(doubts.heard, has_app=False), SOUTH, now + HOUR)
    found = about(await checked(), "installed workspaces")
    assert found.says.startswith(f"{SOUTH}: It is marked as removed, and somebody used the bot there on ")
    assert "/slack/install" in found.fix


async def test_a_lost_refresh_token_is_named(many: Many) -> None:
    now = datetime.now(UTC)
    sealed = TokenKeys(KEY).seal("T3LOST", "xoxe.xoxb-1", "xoxe-1")
    lost = Installation("T3LOST", now, "UBOT", frozenset(), sealed, now + HOUR)
    await many.store.write(installing.install, lost, now)
    await many.store.write(installations.claim_refresh, "T3LOST", now + 2 * HOUR, "claim", 60.0)
    await many.store.write(installing.refresh_refused, "T3LOST", "claim", "https://bot.example/slack/install", now)
    found = next(each for each in await checked() if "refresh token" in each.says)
    assert found.says == f"T3LOST: The refresh token was lost. The token works until {now + HOUR:%d %B %H:%M} UTC."
    assert "Install the app there anew" in found.fix
