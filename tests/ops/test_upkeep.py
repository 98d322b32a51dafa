"""The commands `forget` and `audit`: what an operator deletes, with the rows that went; what admins did, as CSV."""

import asyncio
import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.__main__ import main
from bot.coach import membership
from bot.core.csv_lines import csv_line
from bot.core.member import AdminAct
from bot.ops import upkeep
from bot.store import Store, admins, open_store, workspaces
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA, NOW
from tests.every import check_every
from tests.store.rows import Row, everything

MEMBER, WORKSPACE = "/".join(NORA), NORA.workspace_id


@pytest.fixture
async def known(store: Store, database: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    for who in (NORA, EMIL, NAMESAKE):
        await store.write(membership.meet, who, BERLIN, NOW)
    for workspace_id in ("T1", "T2"):
        await store.write(workspaces.connect, workspace_id, NOW)
    monkeypatch.setenv("DATABASE_URL", database)
    return store


async def run(*words: str) -> int:
    """Run the command in a thread, as it has an event loop of its own."""
    return await asyncio.to_thread(main, ["forget", *words])


async def rows(store: Store) -> list[Row]:
    return [row for row in await store.read(everything) if row.table != "tombstone"]


async def test_a_member_goes_alone_and_the_rows_are_counted(known: Store, capsys: pytest.CaptureFixture[str]) -> None:
    before = await rows(known)
    assert await run(MEMBER) == 0
    assert capsys.readouterr().out == "member: 1 deleted\n"
    assert await rows(known) == [row for row in before if (row.workspace_id, row.member_id) != NORA]
    assert await run(MEMBER) == 1
    assert capsys.readouterr().err == f"Nothing is stored about {MEMBER}.\n"


async def test_a_workspace_goes_whole_and_alone_once_that_is_confirmed(
    known: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await rows(known)
    assert await run(WORKSPACE) == 2
    assert "add `--yes`" in capsys.readouterr().err
    assert await rows(known) == before
    assert await run(WORKSPACE, "--yes") == 0
    assert capsys.readouterr().out == "member: 2 deleted\nworkspace: 1 deleted\n"
    assert await rows(known) == [row for row in before if row.workspace_id != WORKSPACE]


async def test_what_is_no_id_deletes_nothing(known: Store) -> None:
    before = await rows(known)
    for whom in ("U1", "T1/", "T1/U1/x", "t1/u1", "T1/%", ""):
        assert await run(whom, "--yes") == 2, whom
    assert await rows(known) == before


async def test_a_database_without_tables_is_named(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    assert await run(MEMBER) == 2


def fill(tx: Connection) -> None:
    for number in range(100):
        for workspace_id in ("T1", "T2"):
            at, subject = NOW - timedelta(minutes=number // 2), f"{workspace_id} {number:03}"  # two acts share a moment
            admins.record(tx, workspace_id, AdminAct.SETTINGS_CHANGED, at, admin_id="U1", subject=subject)


async def test_it_prints_each_act_of_one_workspace(database: str) -> None:
    store = open_store(database)
    await store.write(fill)
    await store.close()
    rows = list(csv.reader(io.StringIO(await upkeep.audit(database, "T1"))))
    assert rows[0] == ["at", "act", "admin", "on_member", "subject"]
    assert sorted(row[4] for row in rows[1:]) == [f"T1 {number:03}" for number in range(100)]


def test_no_cell_runs_as_a_formula() -> None:
    def check(start: str) -> None:
        hostile = f'{start}HYPERLINK("https://evil.example","x")'
        ((cell, number),) = csv.reader(io.StringIO(csv_line([hostile, 5]), newline=""))
        assert (cell, number) == (f"'{hostile}", "5")

    wide, unseen = ("\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"), ("\ufeff=", "\u200b=", "\xa0=", "\x00=")
    check_every(["=", " =", "+", "-", "@", "\t", "\r", "\n", *wide, *unseen], check)
