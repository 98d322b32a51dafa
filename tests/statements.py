"""Read each statement that the bot executes in a test, and name the tables whose workspace it leaves open.

`unbound` reads a statement as SQLAlchemy has it, before it becomes SQL. A table with the column `workspace_id` is bound
where a condition that must hold compares this column with a parameter, or with the column of a table that is bound.
"""

import functools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import Alias, ClauseElement, Connection, Delete, Engine, Insert, Join, Select, Table, Update, event
from sqlalchemy.engine import Compiled, ExecutionContext
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, ColumnClause, Grouping, TextClause, Tuple
from sqlalchemy.sql.selectable import CTE, CompoundSelect, FromClause, SelectBase, Subquery

from bot import outbox, store
from bot.store.schema import metadata

ROOMS = tuple(Path(room.__path__[0]) for room in (store, outbox))  # the only ones that hold SQL
# They run use cases and migrations, or have no SQL of their own.
NOT_QUERIES = {"sqlite.py", "postgres.py", "engine.py", "migrate.py", "sending.py"}
ELSEWHERE = ""
WORKSPACE_ID = "workspace_id"
WITH_WORKSPACE = {table.name for table in metadata.sorted_tables if WORKSPACE_ID in table.columns}

# The only functions of bot/store and bot/outbox that read or change rows of several workspaces at once.
ACROSS_WORKSPACES = frozenset({
    "challenges.close_due", "challenges.live", "challenges.sweep", "deliveries.count_open", "deliveries.failing",
    "deliveries.undelivered", "deliveries.waiting", "doubts.count_heard", "doubts.disconnected",
    "doubts.removed_but_used", "doubts.take", "figures.counted", "installations.expiring", "installations.for_each_key",
    "installations.key_ids", "installations.lost", "installations.pause_refreshes", "installations.sweep",
    "installations.take_looks", "installations.under_key", "installations.under_other_keys", "installations.unused",
    "leases.expire", "leases.ready", "leases.release", "leases.release_abandoned", "leases.take_unsettled",
    "members.stale", "members.stale_named", "members.still_stale", "retention.sweep_expired", "retention.sweep_members",
    "retention.sweep_old", "retention.sweep_workspaces", "schedules.claim_due", "schedules.due_by",
    "teams.claim_reading", "teams.due_leads", "workspaces.disconnect_others", "workspaces.granted",
    "workspaces.mismatched",
})  # fmt: skip

Rows = FromClause  # a table, or an alias of one, in one place of a statement


def unbound(statement: ClauseElement | None) -> set[str]:
    """Return the names of the tables whose workspace is left open somewhere in this statement."""
    return set(_open_tables(statement, frozenset()))


def _open_tables(node: Any, outer: frozenset[Rows]) -> Iterator[str]:
    """Yield the tables that are left open. `outer` are those of the statement around it, which it may refer to."""
    if isinstance(node, CompoundSelect):
        for each in node.selects:
            yield from _open_tables(each, outer)
    elif isinstance(node, Select):
        expressions = [*node._raw_columns, *node._order_by_clauses, *node._group_by_clauses]
        froms = node.get_final_froms()
        found = [part for part in froms if part not in outer] or froms  # SQLAlchemy correlates unless nothing is left
        yield from _open_in_scope(found, node._where_criteria, expressions, outer)
    elif isinstance(node, (Update, Delete)):
        values = list((node._values or {}).values()) if isinstance(node, Update) else []
        found = [node.table, *_others(node)]
        yield from _open_in_scope(found, node._where_criteria, values, outer)
    elif isinstance(node, Insert):
        yield from _open_insert(node)


def _others(node: Update | Delete) -> list[Any]:
    """Return what an UPDATE or DELETE reads besides its own table: PostgreSQL's FROM and USING."""
    seen = {column.table for each in node._where_criteria for column in _columns(each)}
    return [rows for rows in seen if rows is not node.table]


def _open_insert(node: Insert) -> Iterator[str]:
    if node.select is not None:
        yield from _open_tables(node.select, frozenset())
    clause: Any = node._post_values_clause
    if hasattr(clause, "update_values_to_set"):
        keys = {getattr(each, "name", each) for each in clause.inferred_target_elements or ()}
        if WORKSPACE_ID not in keys and node.table.name in WITH_WORKSPACE:
            yield node.table.name


def _open_in_scope(
    found: Iterable[Any], criteria: Iterable[Any], expressions: Iterable[Any], outer: frozenset[Rows]
) -> Iterator[str]:
    own, conditions = list[Rows](), list(criteria)
    for part in found:
        for rows in _flat(part, conditions):
            if isinstance(rows, (Subquery, CTE)):
                yield from _open_tables(rows.element, frozenset())
            elif (isinstance(rows, Alias) and isinstance(rows.element, Table)) or isinstance(rows, Table):
                own.append(rows)
    open_rows = [rows for rows in own if _table(rows).name in WITH_WORKSPACE]
    while newly := [rows for rows in open_rows if any(_binds(each, rows, open_rows) for each in conditions)]:
        open_rows = [rows for rows in open_rows if rows not in newly]
    yield from (_table(rows).name for rows in open_rows)
    inner = outer | frozenset(own)
    for expression in [*conditions, *expressions]:
        for nested in _nested(expression):
            yield from _open_tables(nested, inner)


def _flat(part: Any, conditions: list[Any]) -> Iterator[Any]:
    """Yield the tables of a FROM, and add what its joins demand to the conditions."""
    if not isinstance(part, Join):
        yield part
        return
    conditions.append(part.onclause)
    yield from _flat(part.left, conditions)
    yield from _flat(part.right, conditions)


def _table(rows: Any) -> Table:
    table = rows.element if isinstance(rows, Alias) else rows
    assert isinstance(table, Table)
    return table


def _binds(condition: Any, rows: Rows, open_rows: list[Rows]) -> bool:
    """Return whether a table is bound where this condition holds."""
    if isinstance(condition, Grouping):
        return _binds(condition.element, rows, open_rows)
    if isinstance(condition, BooleanClauseList):
        enough = any if condition.operator is operators.and_ else all
        return enough(_binds(each, rows, open_rows) for each in condition.clauses)
    return any(
        getattr(column, "name", None) == WORKSPACE_ID
        and getattr(column, "table", None) is rows
        and not any(named.table in open_rows for named in _columns(value))
        for column, value in _compared(condition)
    )


def _compared(condition: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs that a condition holds to be equal, each in both orders."""
    if not isinstance(condition, BinaryExpression) or condition.operator not in {operators.eq, operators.in_op}:
        return
    left, right = (side.element if isinstance(side, Grouping) else side for side in (condition.left, condition.right))
    lefts = left.clauses if isinstance(left, Tuple) else [left]
    rights = right.clauses if isinstance(right, Tuple) else [right] * len(lefts)
    for pair in zip(lefts, rights, strict=True):
        yield pair
        yield pair[::-1]


def _columns(expression: Any) -> Iterator[ColumnClause[Any]]:
    """Yield the columns in an expression, but not those of statements inside it."""
    if isinstance(expression, ColumnClause):
        yield expression
    elif not isinstance(expression, (SelectBase, FromClause)):
        for child in expression.get_children():
            yield from _columns(child)


def _nested(expression: Any) -> Iterator[SelectBase]:
    if isinstance(expression, SelectBase):
        yield expression
    elif isinstance(expression, ClauseElement) and not isinstance(expression, FromClause):
        for child in expression.get_children():
            yield from _nested(child)


@dataclass
class Reader:
    """Reads the statements that bot/store and bot/outbox execute. `wrong` says what they leave open and where."""

    wrong: dict[str, None] = field(default_factory=dict)  # in the order in which it was found
    _known: dict[Compiled, set[str]] = field(default_factory=dict)  # what SQLAlchemy compiles once is read once

    def read(self, compiled: Compiled) -> None:
        """Read a statement, unless a test executes it itself."""
        statement = compiled.statement
        if compiled not in self._known:
            self._known[compiled] = (
                {name for name in WITH_WORKSPACE if name in statement.text}
                if isinstance(statement, TextClause)
                else unbound(statement)
            )
        if not (tables := self._known[compiled]):
            return
        where = _function(sys._getframe(2))
        if where is not None and where not in ACROSS_WORKSPACES:
            self.wrong[
                f"{where} executes a statement on {', '.join(sorted(tables))} without a condition on "
                f"{WORKSPACE_ID}. Add one; or, if it has to work across workspaces, say so in its docstring and "
                f"list it in tests/statements.py:\n{statement}"
            ] = None

    def told(self) -> str:
        wrong, self.wrong = self.wrong, {}
        return "\n".join(wrong)


def _function(frame: FrameType | None) -> str | None:
    """Return the outermost function of those rooms that leads here, such as `members.forget`; None for others' code."""
    found = None
    while frame is not None:
        place = _place(frame.f_code)
        if place is None or (found is not None and place == ELSEWHERE):
            return found
        if place != ELSEWHERE:
            found = place
        frame = frame.f_back
    return found


@functools.cache
def _place(code: CodeType) -> str | None:
    """Return the name of a function of those rooms, ELSEWHERE for a library's, and None for all other code of ours."""
    path, name = Path(code.co_filename), code.co_name
    if "site-packages" in path.parts or name.startswith("<"):
        return ELSEWHERE
    return f"{path.stem}.{name}" if path.parent in ROOMS and path.name not in NOT_QUERIES else None


@contextmanager
def reading() -> Iterator[Reader]:
    reader = Reader()

    def executed(
        _connection: Connection, _cursor: Any, _sql: str, _values: Any, context: ExecutionContext, _many: bool
    ) -> None:
        if context.compiled is not None:
            reader.read(context.compiled)

    event.listen(Engine, "before_cursor_execute", executed)
    yield reader
    event.remove(Engine, "before_cursor_execute", executed)
