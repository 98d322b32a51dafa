"""`python -m bot audit T…` prints what admins did in a workspace, as CSV."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.core.csv_lines import csv_line
from bot.core.member import Act, MemberKey
from bot.ops import upkeep
from bot.store import admins, open_store
from tests.coach.members import NOW
from tests.every import check_every


def fill(tx: Connection) -> None:
    for number in range(100):
        for workspace_id in ("T1", "T2"):
            who, at = MemberKey(workspace_id, "U1"), NOW - timedelta(minutes=number // 2)  # two acts share a moment
            admins.record_act(tx, who, Act.SETTINGS_CHANGED, at, subject=f"{workspace_id} {number:03}")


async def test_it_prints_each_act_of_one_workspace(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "ACTS_AT_ONCE", 7)
    store = open_store(database)
    await store.write(fill)
    await store.close()
    rows = list(csv.reader(io.StringIO("".join([line async for line in upkeep.audit(database, "T1")]))))
    assert rows[0] == ["at", "act", "admin", "on_member", "subject"]
    assert sorted(row[4] for row in rows[1:]) == [f"T1 {number:03}" for number in range(100)]


def test_no_cell_runs_as_a_formula() -> None:
    def check(start: str) -> None:
        hostile = f'{start}HYPERLINK("https://evil.example","x")'
        ((cell, number),) = csv.reader(io.StringIO(csv_line([hostile, 5]), newline=""))
        assert (cell, number) == (f"'{hostile}", "5")

    check_every(["=", " =", "+", "-", "@", "\t", "\r", "\n"], check)
