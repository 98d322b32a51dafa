"""The export holds every row about a member, and of other members not even their ids."""

import pytest
from sqlalchemy import Connection, insert, update

from bot.core.member import MemberKey
from bot.slack.privacy import COUNTED, DELETED, NAMED
from bot.store import Store, export
from bot.store.member_schema import ABOUT_A_MEMBER, coach_admin, skill_history
from bot.store.schema import ABOUT_NO_WORKSPACE, MENTIONS, metadata
from bot.store.types import SLACK_ID
from tests.store.rows import EMIL, NAMESAKE, NORA, NOW, fill_all, know

ROW = next(source for source in export.SOURCES if source.name == "skill_history")


def read_all(tx: Connection, who: MemberKey) -> dict[tuple[str, bool], list[dict[str, object]]]:
    return {(source.name, source.names_only): source.page(tx, who, None).rows for source in export.SOURCES}


def test_each_table_about_a_member_and_each_that_names_one_is_exported() -> None:
    about = {source.name for source in export.SOURCES if not source.names_only}
    assert about == {table.name for table in ABOUT_A_MEMBER}
    assert {source.name for source in export.SOURCES if source.names_only} == {each.table.name for each in MENTIONS}


def test_each_exported_table_is_named_in_words_in_see_my_data() -> None:
    assert COUNTED.keys() == {table.name for table in ABOUT_A_MEMBER}
    assert NAMED.keys() == {column.table.name for column in MENTIONS}


def test_forget_me_names_all_that_stays_without_the_members_id() -> None:
    said = {
        "challenge": "challenges that you posted",
        "coach_admin": "coach admins whom you named",
        "audit": "lines of the admins' audit",
        "installation": "the app itself",
    }
    assert said.keys() == {column.table.name for column in MENTIONS}
    assert [words for words in said.values() if words not in DELETED] == []


def test_a_table_without_a_workspace_holds_no_id_of_slacks() -> None:
    ids = [column for table in ABOUT_NO_WORKSPACE for column in table.columns if column.type is SLACK_ID]
    assert ids == []


def test_every_column_is_exported_but_for_a_few_with_a_reason() -> None:
    for source in export.SOURCES:
        table = metadata.tables[source.name]
        left_out = set(table.columns) - set(source._columns)
        assert left_out <= export.NOT_EXPORTED.keys()
    assert all(len(reason.split()) > 5 for reason in export.NOT_EXPORTED.values())


def test_no_secret_is_exported() -> None:
    signs = ("token", "claim", "lease", "digest", "secret", "key_id", "refresh")
    exported = {(source.name, column.name) for source in export.SOURCES for column in source._columns}
    assert {each for each in exported if any(sign in each[1] for sign in signs)} == set()


async def test_an_export_holds_each_row_about_the_member_and_no_row_about_others(store: Store) -> None:
    await store.write(fill_all)
    mine = await store.read(read_all, NORA)
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
    naming = (await store.read(read_all, NORA))["coach_admin", True]
    found = [row for row in naming if row["member_id"] == export.SOMEBODY_ELSE]
    assert [row["added_by"] for row in found] == [NORA.member_id]


@pytest.mark.parametrize("rows", [0, 1, export.MAX_ROWS, export.MAX_ROWS + 1, 3 * export.MAX_ROWS])
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
