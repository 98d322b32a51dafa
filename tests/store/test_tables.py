"""What holds for every table, also for future ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, Date, DateTime, Table, Time, delete, insert, select, update
from sqlalchemy.exc import StatementError

from bot.slack.privacy import COUNTED, DELETED, NAMED
from bot.store import Store, export, members
from bot.store.member_schema import ABOUT_A_MEMBER, NAMINGS, coach_admin, member
from bot.store.schema import ABOUT_NO_MEMBER, ABOUT_NO_WORKSPACE, MENTIONS, audit, metadata, workspace
from bot.store.types import SLACK_ID
from tests.every import check_every
from tests.store.rows import EMIL, NAMESAKE, NORA, NOW, everything, fill_all

TABLES = {table.name: table for table in metadata.sorted_tables}
INDIA = timezone(timedelta(hours=5, minutes=30))


def test_each_table_is_in_one_registry_and_has_the_key_and_the_types_that_follow() -> None:
    def check(table: Table) -> None:
        registries = (ABOUT_A_MEMBER, ABOUT_NO_MEMBER, ABOUT_NO_WORKSPACE)
        assert [table in registry for registry in registries].count(True) == 1
        assert (table in ABOUT_A_MEMBER) == ("member_id" in table.columns)
        starts_with_the_workspace = next(iter(table.primary_key.columns)).name == "workspace_id"
        assert starts_with_the_workspace == (table not in ABOUT_NO_WORKSPACE)
        if table in ABOUT_NO_WORKSPACE:
            assert not [column.name for column in table.columns if column.type is SLACK_ID]
        without_zone = (DateTime, Date, Time)  # a moment is always kept as UTC, by a type of ours
        assert not [column.name for column in table.columns if isinstance(column.type, without_zone)]

    check_every(TABLES, check)


async def test_deleting_a_member_alone_deletes_each_row_about_them(store: Store) -> None:
    await store.write(fill_all)
    await store.write(lambda tx: tx.execute(delete(member)))
    left = {row.table for row in await store.read(everything) if row.member_id is not None}
    assert left == {table.name for table in NAMINGS}, "the database itself removes what is about a member"


def test_every_other_column_for_a_members_id_is_cleared_when_they_are_forgotten() -> None:
    places = {column for table in metadata.sorted_tables for column in table.columns if column.type is SLACK_ID}
    known = {"workspace_id", "member_id", "channel", "dm_channel", "challenge_channel", "source"}
    assert {column for column in places if column.name not in known} == set(MENTIONS)


async def test_forgetting_a_member_leaves_no_row_with_their_id_and_touches_nobody_else(store: Store) -> None:
    await store.write(fill_all)
    before = await store.read(everything)
    gone = await store.write(members.forget, NORA.workspace_id, [NORA.member_id])
    assert gone == {table.name: 1 for table in ABOUT_A_MEMBER}
    after = await store.read(everything)
    assert after == [row for row in before if (row.workspace_id, row.member_id) != NORA]
    assert not any(NORA.member_id in row.values for row in after if row.workspace_id == NORA.workspace_id)
    assert len(after) == len(before) - len(ABOUT_A_MEMBER)


async def test_what_a_forgotten_admin_did_stays_without_their_name(store: Store) -> None:
    for act, admin in enumerate((NORA, EMIL, NAMESAKE)):
        row = {"workspace_id": admin.workspace_id, "id": str(act), "at": NOW, "act": "x", "admin_id": admin.member_id}
        await store.write(lambda tx, row: tx.execute(insert(audit), row), row | {"on_member": NORA.member_id})
    await store.write(members.forget, NORA.workspace_id, [NORA.member_id])
    acts = await store.read(
        lambda tx: tx.execute(select(audit.c.admin_id, audit.c.on_member).order_by(audit.c.id)).all()
    )
    assert [tuple(act) for act in acts] == [(None, None), ("U2", None), ("U1", "U1")]


def _keep(tx: Connection, at: datetime) -> datetime:
    tx.execute(insert(workspace), {"workspace_id": "T1", "met_at": at})
    kept = tx.execute(select(workspace.c.met_at)).scalar_one()
    assert isinstance(kept, datetime)
    return kept


@pytest.mark.parametrize(
    "at", [NOW, NOW.astimezone(INDIA), datetime(1, 1, 2, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
async def test_a_moment_comes_back_as_the_same_moment_in_utc(store: Store, at: datetime) -> None:
    kept = await store.write(_keep, at)
    assert kept == at
    assert kept.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        await store.write(_keep, NOW.replace(tzinfo=None))
    assert await store.read(everything) == []


# The export holds every row about a member, and of other members not even their ids.
STAYS = {  # without the member's id
    "challenge": "challenges that you posted",
    "coach_admin": "coach admins whom you named",
    "audit": "lines of the admins' audit",
    "installation": "the app itself",
}
SECRETS = ("token", "claim", "lease", "digest", "secret", "key_id", "refresh")


def test_each_table_about_a_member_and_each_that_names_one_is_told_of_in_words() -> None:
    assert COUNTED.keys() == {table.name for table in ABOUT_A_MEMBER}
    assert NAMED.keys() == STAYS.keys() == {column.table.name for column in MENTIONS}
    assert [words for words in STAYS.values() if words not in DELETED] == []


async def test_an_export_holds_each_row_and_column_about_the_member_no_secret_and_nobody_else(store: Store) -> None:
    await store.write(fill_all)
    about, naming = await store.read_aside(export.rows_about, NORA)
    assert {name: len(rows) for name, rows in about.items()} == {table.name: 1 for table in ABOUT_A_MEMBER}
    assert naming.keys() == NAMED.keys()
    for name, rows in [*about.items(), *naming.items()]:
        table = metadata.tables[name]
        for row in rows:
            left_out = {column for column in table.columns if column.name not in row}
            assert left_out <= export.NOT_EXPORTED
            assert not [column for column in row if any(sign in column for sign in SECRETS)]
            assert row["workspace_id"] == "T1"
            assert EMIL.member_id not in row.values()


async def test_ids_of_other_members_are_hidden_in_rows_that_name_the_member(store: Store) -> None:
    await store.write(fill_all)
    emils = update(coach_admin).where(coach_admin.c.member_id == EMIL.member_id).values(added_by=NORA.member_id)
    await store.write(lambda tx: tx.execute(emils))
    _, naming = await store.read_aside(export.rows_about, NORA)
    found = [row for row in naming["coach_admin"] if row["member_id"] == export.SOMEBODY_ELSE]
    assert [row["added_by"] for row in found] == [NORA.member_id]
