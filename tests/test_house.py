"""If this fails, move the code; do not widen the table."""

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.every import check_every

ROOT = Path(__file__).parent.parent

# Who may import what, besides the standard library and itself; the longest matching part decides.
TABLE: dict[str, set[str]] = {
    "bot.core": {"pydantic"},
    "bot.labs": {"bot.core"},
    "bot.content": {"bot.core", "pydantic", "pydantic_core", "yaml"},
    "bot.author": {
        "bot.coach", "bot.content", "bot.core", "bot.labs", "bot.playground.emulator",
        "bot.clock", "bot.run.settings", "bot.slack", "bot.store", "pydantic",
    },
    "bot.ops": {
        "bot.coach", "bot.content", "bot.core", "bot.clock", "bot.run.settings",
        "bot.slack", "bot.store", "bot.token_keys", "aiohttp", "slack_sdk",
    },
    "bot.outbox": {"bot.core", "bot.store", "sqlalchemy"},
    "bot.store": {"bot.core", "sqlalchemy", "alembic"},
    "bot.store.postgres": {"bot.core", "bot.store", "sqlalchemy", "asyncpg"},
    "bot.token_keys": {"bot.core", "cryptography"},
    "bot.run.settings": {"pydantic", "pydantic_core", "pydantic_settings"},
    "bot.metrics": {"prometheus_client"},
    "bot.run.connect": {
        "bot.coach", "bot.content", "bot.core", "bot.outbox", "bot.clock", "bot.run.settings",
        "bot.slack", "bot.store", "bot.token_keys", "aiohttp", "sqlalchemy.Connection",
    },
    "bot.clock": set(),
    "bot.run.logs": set(),
    "bot.coach": {"bot.core", "bot.outbox", "bot.store"},
    "bot.slack": {
        "bot.core", "bot.coach", "bot.labs", "bot.outbox", "bot.store", "bot.clock", "bot.metrics",
        "pydantic", "slack_bolt", "slack_sdk", "aiohttp", "starlette", "yarl",
    },
    "bot.slack.installed_workspaces": {
        "bot.coach", "bot.core", "bot.clock", "bot.slack", "bot.store", "bot.token_keys", "slack_bolt", "slack_sdk",
    },
    "bot.slack.services": {"bot.coach", "bot.content", "bot.core", "bot.outbox", "bot.clock", "bot.slack", "bot.store"},
    "bot.mcp": {"bot.coach", "bot.core", "bot.slack", "pydantic", "slack_sdk", "starlette"},
    "bot.playground.emulator": {"aiohttp", "starlette", "uvicorn", "yaml"},
    "bot.playground.emulator.__main__": {"bot.playground.emulator", "bot.playground.page"},
    "bot.playground.emulator.reload": {"watchfiles"},
    "bot.playground.page": {"bot.playground.emulator", "starlette"},
    "jobs": {"bot.core", "bot.coach", "bot.outbox", "bot.store", "bot.clock", "bot.metrics", "bot.slack"},
    "jobs.clock": {"apscheduler"},
}  # fmt: skip
ENTRY_POINTS = ("bot.__main__", "bot.run.app", "bot.playground.demo", "jobs.__main__")  # these may import anything
SQL_TYPES = {room: {"sqlalchemy.Connection"} for room in ("bot.coach", "bot.ops", "bot.slack")}  # `tx`, by name only


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]):
        if "migrations" not in path.parts:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> list[str]:
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Import | ast.ImportFrom)]
    before = {node: f"{node.module}." if isinstance(node, ast.ImportFrom) else "" for node in nodes}
    return [before[node] + alias.name for node in nodes for alias in node.names]


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


def test_no_two_rooms_import_each_other() -> None:
    """Leave out the modules that may import anything."""
    rooms = {part for part in TABLE if part.count(".") == 1 or part == "jobs"}
    pairs = {
        (here, there)
        for module, path in modules()
        if not inside(module, ENTRY_POINTS)
        for here in [room_of(module, rooms)]
        for there in (room_of(name, rooms) for name in imported(path))
        if here and there and here != there
    }
    assert [pair for pair in pairs if pair[::-1] in pairs] == []


def room_of(name: str, rooms: set[str]) -> str:
    return max((room for room in {*rooms, "bot.run"} if inside(name, (room,))), key=len, default="")


def circle_in(imports: dict[str, list[str]]) -> list[str]:
    """Return a circle among modules that import each other, from one module back to itself; or nothing."""
    known = {
        module: {found for name in names if (found := module_of(name, imports)) != module}
        for module, names in imports.items()
    }
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def module_of(name: str, modules: dict[str, list[str]]) -> str:
    """Return the module that an import loads, such as `bot.store` for `bot.store.Store`; "" for a library."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def test_no_circle_of_imports() -> None:
    """Imports inside functions count too. A package is not its modules: who imports one imports that alone."""
    assert circle_in({module: imported(path) for module, path in modules()}) == []
    assert set(circle_in({"a": ["b.f"], "b": ["c", "sys"], "c": ["a.g"]})) == {"a", "b", "c"}


def test_a_module_or_function_has_one_name_everywhere() -> None:
    """`from bot.store import tips as tip_rows`; of other rooms, `coach_tips` where another module has the name."""

    def check(case: tuple[str, Path]) -> None:
        if inside(case[0], ENTRY_POINTS):
            return
        renamed = [
            (node.module, alias.name, alias.asname)
            for node in ast.walk(tree_of(case[1]))
            if isinstance(node, ast.ImportFrom) and node.module and inside(node.module, ("bot", "jobs"))
            for alias in node.names
            if alias.asname not in {None, alias.name} and alias.name.islower()  # else a class, or a constant
        ]
        assert [each for each in renamed if each[2] != name_of(*each[:2])] == []

    check_every(modules(), check)


def name_of(room: str, module: str) -> str:
    folder = room.rpartition(".")[2]
    kinds = {"store": "rows", "posts": "posts"}
    noun = module.removesuffix("ies") + "y" if module.endswith("ies") else module.removesuffix("s")
    return f"{noun}_{kinds[folder]}" if folder in kinds else f"{folder}_{module}"


def test_one_insert_serves_both_databases() -> None:
    taken = [
        module for module, path in modules() for name in imported(path) if name.endswith("dialects.postgresql.insert")
    ]
    assert taken == ["bot.store.types"]


HIDDEN = {"await_only", "greenlet_spawn", "driver_connection"}  # ways around a library's public names


def private_names(tree: ast.AST) -> Iterator[str]:
    """Yield what a module takes from a library past its public names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [part for alias in node.names for part in alias.name.split(".")]
        elif isinstance(node, ast.Attribute):
            of_super = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "super"
            is_foreign_new = node.attr == "__new__" and not of_super  # `super().__new__` is the class's own way
            names = [node.attr] if node.attr in HIDDEN or is_foreign_new else []
        else:
            continue
        yield from (name for name in names if name in HIDDEN or is_private(name) or name == "__new__")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def overridden(module: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or not node.bases:
            continue
        methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        private = [name for name in methods if is_private(name) and not name.endswith("_")]
        if private:
            made = getattr(importlib.import_module(module), node.name)
            foreign = [base for base in made.__mro__ if not inside(base.__module__, ("bot", "jobs"))]
            yield from (f"{node.name}.{name}" for name in private if any(name in vars(base) for base in foreign))


def test_libraries_are_used_by_their_public_names() -> None:
    def check(case: tuple[str, Path]) -> None:
        module, path = case
        tree = tree_of(path)
        assert [*private_names(tree), *overridden(module, tree)] == []

    check_every(modules(), check)


def test_private_names_of_libraries_are_found() -> None:
    def found(source: str) -> list[str]:
        return list(private_names(ast.parse(source)))

    assert found("from x import _y") == ["_y"]
    assert found("import x._y") == ["_y"]
    assert found("from x._y import z") == ["_y"]
    assert found("from sqlalchemy.util import await_only") == ["await_only"]
    assert found("dbapi.driver_connection.set()") == ["driver_connection"]
    assert found("Cursor.__new__(Cursor)") == ["__new__"]
    assert found("super().__new__(cls); self._x; from x import y") == []


def test_a_module_opens_with_what_it_is_for() -> None:
    assert [name for name, path in modules() if not ast.get_docstring(tree_of(path))] == []


def test_only_the_clock_module_reads_the_clock() -> None:
    """`now` is an argument in core, and a clock object everywhere else."""
    wrong = [
        module
        for module, path in modules()
        if not inside(
            module, (*ENTRY_POINTS, "bot.clock", "bot.run.logs", "bot.playground.emulator.clock", "jobs.clock")
        )
        and "datetime.now(" in path.read_text()
    ]
    assert wrong == []
