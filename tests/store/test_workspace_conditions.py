"""Every statement of bot/store and bot/outbox names its workspace, but for those of `ACROSS_WORKSPACES`.

Here the statements are read as the modules hold them. While tests run, `tests/statements.py` also reads each statement
that is executed, which includes those that a function builds.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest
from sqlalchemy import ClauseElement, and_, bindparam, delete, exists, func, insert, or_, select, tuple_, update

import bot.outbox
import bot.store
from bot.store import Store, members
from bot.store.member_schema import delivery, member, schedule
from bot.store.schema import heartbeat, workspace
from bot.store.types import insert as upsert
from tests.every import check_every
from tests.statements import ACROSS_WORKSPACES, Reader, unbound
from tests.store.rows import NORA, everything

MODULES = [
    importlib.import_module(f"{room.__name__}.{each.name}")
    for room in (bot.store, bot.outbox)
    for each in pkgutil.iter_modules(room.__path__)
    if not each.ispkg
]
_m, _d, _w = member.c, delivery.c, workspace.c
HERE = _m.workspace_id == bindparam("w")
JOINED = member.join(delivery, and_(_m.workspace_id == _d.workspace_id, _m.member_id == _d.member_id))
other = member.alias("other")


def functions(module: ModuleType) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef))


def statements_of(module: ModuleType) -> dict[str, list[ClauseElement]]:
    """Return the statements that a module holds, by name; some names stand for a table of statements."""
    held = {
        name: list(value.values()) if isinstance(value, Mapping) else [value] for name, value in vars(module).items()
    }
    return {
        name: found
        for name, values in held.items()
        if (found := [value for value in values if isinstance(value, ClauseElement) and value.supports_execution])
    }


def test_a_function_that_leaves_the_workspace_open_is_listed_and_says_so() -> None:
    def check(module: ModuleType) -> None:
        held, name_of = statements_of(module), module.__name__.rpartition(".")[2]
        for function in functions(module):
            names = {str(getattr(node, "id", getattr(node, "attr", ""))) for node in ast.walk(function)}
            used = names & held.keys()
            tables = {table for name in used for statement in held[name] for table in unbound(statement)}
            name = f"{name_of}.{function.name}"
            listed = name in ACROSS_WORKSPACES
            assert listed or not tables, f"{name} leaves the workspace of {tables} open"
            says = "across all" in (ast.get_docstring(function) or "")
            must = "must" if listed else "must not"
            assert says == listed, f"the docstring of {name} {must} say `across all workspaces`"

    check_every({module.__name__: module for module in MODULES}, check)


def test_every_function_that_is_listed_exists() -> None:
    there = {f"{module.__name__.rpartition('.')[2]}.{each.name}" for module in MODULES for each in functions(module)}
    assert there >= ACROSS_WORKSPACES


BOUND = {
    "compared with a parameter": select(_m.role).where(HERE),
    "its whole key": select(_m.role).where(tuple_(_m.workspace_id, _m.member_id).in_(bindparam("k", expanding=True))),
    "joined to a table that is bound": select(_d.key).select_from(JOINED).where(HERE),
    "an alias that is bound": select(other.c.role).where(other.c.workspace_id == bindparam("w")),
    "both branches": select(_m.role).where(or_(HERE, and_(HERE, _m.role.is_(None)))),
    "in a subquery": select(_m.role).where(
        HERE, exists().where(_d.workspace_id == _m.workspace_id, _d.member_id == _m.member_id)
    ),
    "an update": update(member).where(HERE).values(role=None),
    "a delete": delete(member).where(HERE),
    "an insert": insert(member),
    "an upsert by the key": upsert(member).on_conflict_do_update(
        index_elements=[_m.workspace_id, _m.member_id], set_={"role": None}
    ),
    "no table with workspaces": select(heartbeat.c.id),
}
OPEN = {
    "no condition": (select(_m.role), {"member"}),
    "another column": (select(_m.role).where(_m.member_id == bindparam("m")), {"member"}),
    "one branch only": (select(_m.role).where(or_(HERE, _m.role.is_(None))), {"member"}),
    "not this one": (select(_m.role).where(_m.workspace_id != bindparam("w")), {"member"}),
    "not": (select(_m.role).where(~and_(HERE, _m.role.is_(None))), {"member"}),
    "joined by the member alone": (
        select(_d.key).select_from(member.join(delivery, _m.member_id == _d.member_id)).where(HERE), {"delivery"},
    ),
    "joined, and neither is bound": (select(_d.key).select_from(JOINED), {"member", "delivery"}),
    "its alias is bound, it is not": (
        select(_m.role).select_from(member.join(other, _m.member_id == other.c.member_id))
        .where(other.c.workspace_id == bindparam("w")), {"member"},
    ),
    "a subquery that is not": (
        select(_w.zone).where(_w.workspace_id == bindparam("w"), exists().where(_d.state == bindparam("s"))),
        {"delivery"},
    ),
    "only the subquery is": (
        select(_w.zone).where(exists().where(HERE, _m.workspace_id == _w.workspace_id)), {"workspace"},
    ),
    "a table of its own below": (
        select(_m.role).where(HERE, _m.member_id.in_(select(_m.member_id).where(_m.role.is_(None)))), {"member"},
    ),
    "a figure in the columns": (
        select(_m.role, select(func.count()).select_from(schedule).scalar_subquery()).where(HERE), {"schedule"},
    ),
    "an update": (update(member).values(role=None), {"member"}),
    "a delete": (delete(member).where(_m.role.is_(None)), {"member"}),
    "an insert of what is open": (insert(member).from_select(["member_id"], select(_m.member_id)), {"member"}),
    "one part of a union": (select(_m.role).where(HERE).union_all(select(_m.role)), {"member"}),
}  # fmt: skip


def test_a_statement_that_names_its_workspace_is_accepted() -> None:
    assert {case: tables for case, statement in BOUND.items() if (tables := unbound(statement))} == {}


def test_a_statement_that_leaves_its_workspace_open_is_found() -> None:
    assert {case: unbound(statement) for case, (statement, _) in OPEN.items()} == {
        case: tables for case, (_, tables) in OPEN.items()
    }


async def test_a_statement_that_is_executed_is_read(
    store: Store, statements: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_IS_MET", select(_m.member_id))
    await store.read(members.is_met, NORA)
    told = statements.told()
    assert "members.is_met executes a statement on member without a condition on workspace_id" in told
    await store.read(everything)
    assert statements.told() == "", "what a test executes itself is not read"
