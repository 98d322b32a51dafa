"""Use cases of members, called without Slack."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import update_wrapper

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.store.types import T, Ts

NOTHING = Catalog(themes={}, mottos=(), boundaries=(), roles={}, skills={})  # is taught
SOME_DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def act_of(tx: Connection, who: MemberKey, now: datetime = SOME_DAY, catalog: Catalog = NOTHING) -> Act:
    return Act(tx, catalog, who, now)


def acting(
    use_case: Callable[[Act, *Ts], T], who: MemberKey, now: datetime = SOME_DAY, catalog: Catalog = NOTHING
) -> Callable[[Connection, *Ts], T]:
    """Return a use case as a function of a transaction, for `store.read` and `store.write`, with its own name."""

    def acts(tx: Connection, *args: *Ts) -> T:
        return use_case(Act(tx, catalog, who, now), *args)

    return update_wrapper(acts, use_case)
