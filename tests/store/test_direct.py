"""Rows that the driver reads by itself are those that SQLAlchemy would return, inside a transaction too."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Integer, String, bindparam, cast, func, insert, literal, select
from sqlalchemy.exc import DBAPIError

from bot.core.errors import NothingChanged
from bot.core.practice import Step
from bot.store import Store, direct, open_store, practice
from bot.store.practice_tables import practice as steps
from bot.store.practice_tables import quiz
from tests.store.rows import EMIL, NORA, NOW, know

DAY = timedelta(days=1)
ASKED = select(quiz.c.check_id, quiz.c.due, quiz.c.asked_at, quiz.c.answered_at, quiz.c.chosen, literal("x")).where(
    quiz.c.asked_at == bindparam("at", type_=quiz.c.asked_at.type)
)


def ask(tx: Connection) -> None:
    know(tx, NORA)
    row = {**NORA._asdict(), "asking": "a", "check_id": "c", "skill": "s", "due": True, "asked_at": NOW}
    tx.execute(insert(quiz), row)


def both_ways(tx: Connection) -> tuple[list[Any], list[Any]]:
    values = {"at": NOW}
    return [tuple(row) for row in direct.rows(tx, ASKED, values)], [tuple(row) for row in tx.execute(ASKED, values)]


def ask_and_read(tx: Connection) -> list[Any]:
    ask(tx)
    return both_ways(tx)[0]


async def test_rows_are_those_that_sqlalchemy_returns(store: Store) -> None:
    await store.write(ask)
    directly, usually = await store.read(both_ways)
    assert directly == usually == [("c", True, NOW, None, None, "x")]
    assert directly[0][2].tzinfo is UTC


async def test_a_transaction_reads_what_it_wrote_and_nothing_of_it_stays_if_it_fails(store: Store) -> None:
    def fail(tx: Connection) -> None:
        assert len(ask_and_read(tx)) == 1
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)
    assert await store.read(both_ways) == ([], [])


async def test_a_connection_that_the_server_closes_changes_nothing_and_is_replaced(migrated_postgres: str) -> None:
    store = open_store(migrated_postgres)

    def cut(tx: Connection) -> Any:
        return direct.rows(tx, select(func.pg_terminate_backend(func.pg_backend_pid())), {})

    with pytest.raises(NothingChanged):
        await store.read(cut)
    assert await store.read(both_ways) == ([], [])
    await store.close()


async def test_a_mistake_in_a_statement_is_raised_as_one(store: Store) -> None:
    def divide(tx: Connection) -> Any:
        return direct.rows(tx, select(func.no_such_function(cast(literal(1), Integer), cast(literal(""), String))), {})

    with pytest.raises(Exception, match=r"no.such.function") as caught:
        await store.read(divide)
    assert not isinstance(caught.value, NothingChanged | DBAPIError)


def say(tx: Connection, tip: str, *said: tuple[Step, int]) -> None:
    for step, days_ago in said:
        practice.add(tx, NORA, tip, step, NOW - days_ago * DAY)


def live(tx: Connection) -> None:
    know(tx, NORA, EMIL)
    say(tx, "done-long-ago", (Step.DONE, 300))
    say(tx, "done-twice", (Step.DONE, 20), (Step.DONE, 10))
    say(tx, "taken-back", (Step.DONE, 200), (Step.UNDONE, 5))
    say(tx, "done-again", (Step.DONE, 200), (Step.UNDONE, 150), (Step.DONE, 4))
    say(tx, "not-done-after-all", (Step.DONE, 100), (Step.BLOCKED, 3))
    say(tx, "blocked-long-ago", (Step.BLOCKED, 120))
    values = {**EMIL._asdict(), "tip": "of-another", "at": NOW, "step": "done", "blocker": None, "line": None}
    tx.execute(insert(steps), values)


@pytest.mark.parametrize("tip", [None, "done-long-ago", "done-again"])
async def test_what_was_done_lately_is_the_end_of_the_whole_history(store: Store, tip: str | None) -> None:
    since = NOW - 84 * DAY

    def read(tx: Connection) -> tuple[Any, Any, frozenset[str]]:
        return practice.history(tx, NORA), practice.lately(tx, NORA, since, tip), practice.done_tips(tx, NORA)

    await store.write(live)
    whole, lately, done = await store.read(read)
    assert lately.last_steps == {
        name: step for name, step in whole.last_steps.items() if step.at >= since or name == tip
    }
    assert done == whole.done_tips == {"done-long-ago", "done-twice", "done-again"}
