"""What holds for every table, also for future ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, Date, DateTime, Table, Time, delete, insert, select, update
from sqlalchemy.exc import StatementError

from bot.core.member import MemberKey
from bot.slack.privacy import COUNTED, DELETED, NAMED
from bot.store import Store, export, members
from bot.store.member_schema import ABOUT_A_MEMBER, NAMINGS, coach_admin, member, skill_history
from bot.store.schema import ABOUT_NO_MEMBER, ABOUT_NO_WORKSPACE, MENTIONS, audit, metadata, workspace
from bot.store.types import SLACK_ID
from tests.every import check_every
from tests.store.rows import EMIL, NAMESAKE, NORA, NOW, everything, fill_all, know

TABLES = {table.name: table for table in metadata.sorted_tables}
INDIA = timezone(timedelta(hours=5, minutes=30))
ROW = next(source for source in export.SOURCES if source.name == "skill_history")


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


async def read_all(store: Store, who: MemberKey) -> dict[tuple[str, bool], list[dict[str, object]]]:
    pages = [(source, await store.read(source.page, who, None)) for source in export.SOURCES]
    return {(source.name, source.names_only): page.rows for source, page in pages}


def test_each_table_about_a_member_and_each_that_names_one_is_exported_and_told_of_in_words() -> None:
    about = {source.name for source in export.SOURCES if not source.names_only}
    assert about == COUNTED.keys() == {table.name for table in ABOUT_A_MEMBER}
    naming = {source.name for source in export.SOURCES if source.names_only}
    assert naming == NAMED.keys() == STAYS.keys() == {column.table.name for column in MENTIONS}
    assert [words for words in STAYS.values() if words not in DELETED] == []


def test_every_column_is_exported_but_for_a_few_with_a_reason_and_no_secret_is() -> None:
    for source in export.SOURCES:
        table = metadata.tables[source.name]
        left_out = set(table.columns) - set(source._columns)
        assert left_out <= export.NOT_EXPORTED.keys()
        assert not [each.name for each in source._columns if any(sign in each.name for sign in SECRETS)]
    assert all(len(reason.split()) > 5 for reason in export.NOT_EXPORTED.values())


async def test_an_export_holds_each_row_about_the_member_and_no_row_about_others(store: Store) -> None:
    await store.write(fill_all)
    mine = await read_all(store, NORA)
    assert {name: len(mine[name, False]) for name, naming in mine if not naming} == {
        table.name: 1 for table in ABOUT_A_MEMBER
    }
    every = [row for rows in mine.values() for row in rows]
    assert {row["workspace_id"] for row in every} == {"T1"}
    assert not [row for row in every if EMIL.member_id in row.values()]


async def test_ids_of_other_members_are_hidden_in_rows_that_name_the_member(store: Store) -> None:
    await store.write(fill_all)
    emils = update(coach_admin).where(coach_admin.c.member_id == EMIL.member_id).values(added_by=NORA.member_id)
    await store.write(lambda tx: tx.execute(emils))
    naming = (await read_all(store, NORA))["coach_admin", True]
    found = [row for row in naming if row["member_id"] == export.SOMEBODY_ELSE]
    assert [row["added_by"] for row in found] == [NORA.member_id]


@pytest.mark.parametrize("rows", [0, export.MAX_ROWS, export.MAX_ROWS + 1])
async def test_pages_join_without_a_gap_or_a_repetition(store: Store, rows: int) -> None:
    def fill(tx: Connection) -> None:
        know(tx, NORA, EMIL, NAMESAKE)
        for who in (NORA, EMIL, NAMESAKE):
            steps = [{**who._asdict(), "skill": f"s{n:05}", "at": NOW, "step": "learned"} for n in range(rows)]
            if steps:
                tx.execute(insert(skill_history), steps)

    await store.write(fill)
    found: list[object] = []
    page = await store.read(ROW.page, NORA, None)
    while True:
        found += [row["skill"] for row in page.rows]
        assert len(page.rows) <= export.MAX_ROWS
        if page.after is None:
            break
        page = await store.read(ROW.page, NORA, page.after)
    assert found == [f"s{n:05}" for n in range(rows)]
