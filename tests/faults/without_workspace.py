"""Mutants without the workspace: in a statement, in a cache, or in what a removal deletes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Select, select
from sqlalchemy.sql.visitors import replacement_traverse

from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.store import entries, installations, team
from bot.store.schema import installation

T = TypeVar("T")


def lines() -> None:
    """Offer the lines of every workspace's challenge with this id."""
    entries.lines = _in_all_workspaces(entries.lines)


def desk() -> None:
    """Count the members of all workspaces."""
    team.population = _in_all_workspaces(team.population)


def _in_all_workspaces(query: Callable[..., T]) -> Callable[..., T]:
    """Return the query without the condition on `workspace_id` in its statements."""

    def everywhere(tx: Connection, *args: Any) -> T:
        return query(_Everywhere(tx), *args)

    return everywhere


class _Everywhere:
    """A transaction in which each SELECT finds the rows of all workspaces."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx

    def execute(self, statement: Select[Any], values: Any) -> Any:
        return self._tx.execute(_anywhere(statement), values)


def _anywhere(statement: Select[Any]) -> Any:
    """Return the statement with its condition on `workspace_id` made true for every row."""

    def replaced(element: Any, **_: Any) -> Any:
        right = getattr(element, "right", None)
        is_given = isinstance(right, BindParameter) and getattr(element.left, "name", "") == "workspace_id"
        return right.is_not(None) if is_given and right is not None else None

    return replacement_traverse(statement, {}, replaced)


def token() -> None:
    """Call Slack for every workspace with the token that was needed first."""
    current, kept = InstalledWorkspaces.current, list[str]()

    async def any_token(workspaces: InstalledWorkspaces, workspace_id: str) -> str:
        kept[:] = kept or [await current(workspaces, workspace_id)]
        return kept[0]

    InstalledWorkspaces.current = any_token  # type: ignore[assignment, method-assign]  # a mutant


def removal() -> None:
    """Delete the tokens of all workspaces where one removes the app."""
    revoke = installations.revoke

    def revoke_all(tx: Connection, workspace_id: str, at: datetime) -> bool:
        for each in tx.scalars(select(installation.c.workspace_id)).all():
            revoke(tx, each, at)
        return revoke(tx, workspace_id, at) or True

    installations.revoke = revoke_all
