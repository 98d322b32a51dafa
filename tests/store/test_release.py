"""A database of each release, and one of this moment, is upgraded by an added migration and serves what it held."""

import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, make_url, text

from bot.core.errors import WrongSchema
from bot.store import migrate, open_store
from bot.store.schema import metadata
from tests.databases import missing
from tests.postgres import Unavailable, find_programs
from tests.postgres_databases import ask, renamed
from tests.slack.challenge import EMIL
from tests.slack.talk import Talk
from tests.store.release import KINDS, RELEASES, dump, members, restore

NOTHING = 'revision = "9999"\ndown_revision = "{head}"\n\n\ndef upgrade() -> None:\n    pass\n'


def counts(tx: Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    names = metadata.tables.keys() & set(inspect(tx).get_table_names())
    return {name: tx.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608 - our names


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_database_of_each_release_is_upgraded_and_serves_what_it_held(
    kind: str, tmp_path: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        find_programs()
    except Unavailable as reason:
        missing(f"no programs of PostgreSQL for a dump: {reason}")
    now = tmp_path / f"now.{kind}.sql"
    now.write_text(await dump(kind, postgres_server), encoding="utf-8")
    copied = shutil.copytree(migrate.MIGRATIONS, tmp_path / "migrations")
    (copied / "versions" / "9999_nothing.py").write_text(NOTHING.format(head=migrate.revisions()[-1]))
    monkeypatch.setattr(migrate, "MIGRATIONS", copied)
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _config: ScriptDirectory(str(copied)))
    for number, file in enumerate([now, *sorted(RELEASES.glob(f"*.{kind}.sql"))]):
        folder = tmp_path / str(number)
        folder.mkdir()
        database = f"sqlite:///{folder}/bot.db"
        if kind == "postgresql":
            database = renamed(postgres_server, f"release_of_{tmp_path.name[-20:]}_{number}".lower())
            await ask(postgres_server, f"CREATE DATABASE {make_url(database).database}")
        restore(file, database)
        store = open_store(database)
        held = await store.read(counts)
        with pytest.raises(WrongSchema, match="not up to date"):
            await store.read(migrate.check)
        await store.migrate()
        await store.read(migrate.check)
        assert {name: count for name, count in (await store.read(counts)).items() if name in held} == held
        assert min(held[name] for name in ("member", "schedule", "skill_mark", "practice", "challenge", "entry")) > 0
        await store.close()
        async with members(database, folder) as team:
            assert "You have learned 1 skill" in await Talk(team.slack, EMIL).does("/roleshift progress")
        if kind == "postgresql":
            await ask(postgres_server, f"DROP DATABASE {make_url(database).database} WITH (FORCE)")
