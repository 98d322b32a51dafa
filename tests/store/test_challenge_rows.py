"""Rows of challenges and entries on each kind of database: guarded by their state."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.core.challenges import Challenge, ChallengeState
from bot.core.member import MemberKey
from bot.store import Store, challenges
from bot.store.schema import challenge, workspace
from tests.coach.challenge import DRAFT, ID
from tests.store.rows import NOW, know

DAY = timedelta(days=1)
HERE = replace(
    DRAFT,
    title="Read one log & <laugh>",
    task="x" * 2000,
    done_when="y" * 200,
    ends_at=NOW + 7 * DAY,
    starts_at=NOW + DAY,
    template="read-one-log",
    minutes=20,
    skill="token-costs",
    question="z" * 200,
)


@pytest.fixture(autouse=True)
async def draft(store: Store) -> None:
    def meet(tx: Connection) -> None:
        tx.execute(insert(workspace), {"workspace_id": "T1", "met_at": NOW})
        know(tx, *(MemberKey("T1", f"U{number}") for number in range(1, 6)))
        assert challenges.save(tx, HERE)

    await store.write(meet)


async def found(store: Store) -> Challenge:
    there = await store.read(challenges.find, "T1", ID)
    assert there is not None
    return there


async def opened(store: Store, ts: str | None = "1.0") -> Challenge:
    """Post the challenge, and store the ts of its message unless that is None."""
    posted = await store.write(challenges.post, HERE, NOW)
    assert posted is not None
    if ts is not None:
        await store.write(challenges.posted, posted, ts, "open:0:0:7", NOW)
    return await found(store)


async def test_only_an_unseen_challenge_returns_to_draft_and_only_for_its_last_posting(store: Store) -> None:
    running = await opened(store, ts=None)
    await store.write(challenges.back_to_draft, running, 2)
    assert (await found(store)).state is ChallengeState.OPEN
    await store.write(challenges.back_to_draft, running, 1)
    draft = await found(store)
    assert draft == replace(HERE, state=ChallengeState.DRAFT, starts_at=None, postings=1)
    again = await opened(store)
    assert again.key == f"challenge:{ID}:2"
    await store.write(challenges.back_to_draft, again, 2)
    assert await found(store) == again


async def test_saving_a_draft_again_writes_every_column_of_the_form(store: Store) -> None:
    assert {column.name for column in challenges.WRITTEN} == set(challenge.c.keys()) - {
        "workspace_id", "challenge_id", "started_by", "state", "postings", "ts", "shown", "update_after",
        "joined_before", "done_before", "recap_ts", "revision",
    }  # fmt: skip
    assert await store.write(challenges.save, HERE)
    assert await store.read(lambda tx: len(tx.execute(select(challenge)).all())) == 1
