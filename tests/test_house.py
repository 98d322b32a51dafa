"""If this fails, move the code; do not widen the table."""

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from bot.store import migrate
from bot.store.schema import metadata
from tests.every import check_every

ROOT = Path(__file__).parent.parent

# Who may import what, besides the standard library and itself; the longest matching part decides.
TABLE: dict[str, set[str]] = {
    "bot.core": {"pydantic"},
    "bot.content": {"bot.core", "pydantic", "pydantic_core", "yaml"},
    "bot.author": {
        "bot.coach", "bot.content", "bot.core", "bot.playground.emulator", "bot.playground.page", "bot.run.clock",
        "bot.run.settings", "bot.slack", "bot.store", "playwright", "pydantic",
    },
    "bot.ops": {
        "bot.coach", "bot.content", "bot.core", "bot.run.clock", "bot.run.settings",
        "bot.slack", "bot.store", "bot.token_keys", "aiohttp", "slack_sdk",
    },
    "bot.outbox": {"bot.core", "bot.store", "sqlalchemy"},
    "bot.store": {"bot.core", "sqlalchemy", "alembic"},
    "bot.store.postgres": {"bot.core", "bot.store", "sqlalchemy", "asyncpg"},
    "bot.token_keys": {"bot.core", "cryptography"},
    "bot.run.settings": {"pydantic", "pydantic_core", "pydantic_settings"},
    "bot.run.metrics": {"prometheus_client"},
    "bot.run.health": {"bot.coach", "bot.core", "bot.outbox", "bot.run.metrics", "bot.store", "starlette"},
    "bot.run.services": {
        "bot.coach", "bot.content", "bot.core", "bot.outbox", "bot.run.clock", "bot.run.settings",
        "bot.slack", "bot.store", "bot.token_keys", "aiohttp", "sqlalchemy.Connection",
    },
    "bot.run.clock": set(),
    "bot.run.logs": set(),
    "bot.coach": {"bot.core", "bot.outbox", "bot.store"},
    "bot.slack": {
        "bot.core", "bot.coach", "bot.outbox", "bot.store", "bot.run.clock", "bot.run.metrics", "bot.run.services",
        "pydantic", "slack_bolt", "slack_sdk", "aiohttp", "starlette", "yarl",
    },
    "bot.slack.installed_workspaces": {
        "bot.coach", "bot.core", "bot.run.clock", "bot.slack", "bot.store", "bot.token_keys", "slack_bolt", "slack_sdk",
    },
    "bot.playground.emulator": {"aiohttp", "starlette", "uvicorn", "yaml"},
    "bot.playground.emulator.__main__": {"bot.playground.emulator", "bot.playground.page"},
    "bot.playground.page": {"bot.playground.emulator", "starlette"},
    "jobs": {
        "bot.core", "bot.coach", "bot.outbox", "bot.store", "bot.run.clock", "bot.run.metrics", "bot.run.services",
        "bot.slack",
    },
    "jobs.clock": {"apscheduler"},
}  # fmt: skip
ENTRY_POINTS = (
    "bot.__main__",
    "bot.run.app",
    "bot.playground.demo",
    "jobs.__main__",
)  # these may import anything
READ_THE_CLOCK = ("bot.run.clock", "bot.run.logs", "bot.playground.emulator.clock", "jobs.clock")
SQL_TYPES = {
    "bot.coach": {"sqlalchemy.Connection"},
    "bot.slack": {"sqlalchemy.Connection"},
    "bot.ops": {"sqlalchemy.Connection"},
}  # a verb's `tx`, by name only


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]):
        if "migrations" not in path.parts:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(name: str, parts: set[str] | tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(part + ".") for part in parts)


def test_a_module_imports_only_what_its_room_may() -> None:
    def check(case: tuple[str, Path]) -> None:
        module, path = case
        if inside(module, ENTRY_POINTS) or module in ("bot", "bot.playground", "bot.run"):
            return
        room = max((part for part in TABLE if inside(module, (part,))), key=len, default="")
        assert room, f"{module} stands in no room of the table"
        allowed = TABLE[room] | SQL_TYPES.get(room, set()) | {room}
        names = [name for name in imported(path) if name.partition(".")[0] not in sys.stdlib_module_names]
        assert [name for name in names if not inside(name, allowed)] == []

    check_every(modules(), check)


def test_a_module_opens_with_what_it_is_for() -> None:
    assert [name for name, path in modules() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_only_the_clock_module_reads_the_clock() -> None:
    """`now` is an argument in core, and a clock object everywhere else."""
    wrong = [
        module
        for module, path in modules()
        if not inside(
            module, (*ENTRY_POINTS, "bot.run.clock", "bot.run.logs", "bot.playground.emulator.clock", "jobs.clock")
        )
        and "datetime.now(" in path.read_text()
    ]
    assert wrong == []


def test_the_revision_names_the_tables() -> None:
    """If this fails, the tables changed: the migration's `revision` must be the expected one here."""
    tables = metadata.sorted_tables
    indexes = sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))
    made: list[DDLElement] = [*map(CreateTable, tables), *map(CreateIndex, indexes)]
    statements = [str(each.compile(dialect=sqlite.dialect())) for each in made]
    assert migrate.revisions() == [f"0001_{hashlib.sha256(''.join(statements).encode()).hexdigest()[:8]}"]
