"""Rows of challenges and entries on each kind of database: guarded by their state, kept apart by workspace."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.core.challenges import Challenge, ChallengeState, Entry, Sharing, Standing
from bot.core.member import Consent, MemberKey
from bot.store import Store, challenges, entries
from bot.store.member_schema import schedule
from bot.store.schema import challenge, workspace
from tests.store.rows import EMIL, NAMESAKE, NORA, NOW, know

DAY = timedelta(days=1)
ID = "0123456789abcdef"
HERE = Challenge(
    workspace_id="T1",
    challenge_id=ID,
    started_by="U1",
    title="Read one log & <laugh>",
    task="x" * 2000,
    done_when="y" * 200,
    channel="C1",
    ends_at=NOW + 7 * DAY,
    starts_at=NOW + DAY,
    template="read-one-log",
    minutes=20,
    skill="token-costs",
    question="z" * 200,
    goal=100_000,
    shows_entries=True,
    calls_last=True,
)
THERE = replace(HERE, workspace_id="T2")


@pytest.fixture(autouse=True)
async def two_workspaces(store: Store) -> None:
    def meet(tx: Connection) -> None:
        for workspace_id in ("T1", "T2"):
            tx.execute(insert(workspace), {"workspace_id": workspace_id, "met_at": NOW})
        know(tx, NAMESAKE, *(MemberKey("T1", f"U{number}") for number in range(1, 6)))
        for draft in (HERE, THERE):
            assert challenges.save(tx, draft)

    await store.write(meet)


async def found(store: Store, wanted: Challenge = HERE) -> Challenge:
    there = await store.read(challenges.find, wanted.workspace_id, wanted.challenge_id)
    assert there is not None
    return there


async def opened(store: Store, wanted: Challenge = HERE, ts: str | None = "1.0") -> Challenge:
    """Post a challenge, and store the ts of its message unless that is None."""
    posted = await store.write(challenges.post, wanted, NOW)
    assert posted is not None
    if ts is not None:
        await store.write(challenges.posted, posted, ts, "open:0:0:7", NOW)
    return await found(store, wanted)


async def test_only_an_unseen_challenge_returns_to_draft_and_only_for_its_last_posting(store: Store) -> None:
    running = await opened(store, ts=None)
    await store.write(challenges.back_to_draft, running, 2, NOW)
    assert (await found(store)).state is ChallengeState.OPEN
    await store.write(challenges.back_to_draft, running, 1, NOW)
    draft = await found(store)
    assert draft == replace(HERE, state=ChallengeState.DRAFT, starts_at=None, postings=1)
    again = await opened(store)
    assert again.key == f"challenge:{ID}:2"
    await store.write(challenges.back_to_draft, again, 2, NOW)
    assert await found(store) == again


async def test_a_private_challenge_is_seen_by_its_starter_and_by_who_takes_part(store: Store) -> None:
    await store.write(challenges.save, replace(HERE, private=True))
    running = await opened(store)
    assert running.private
    assert await seen_by(store, NORA) == [(running, None)]
    assert await seen_by(store, EMIL) == []
    theirs = await takes_part(store, EMIL)
    assert await seen_by(store, EMIL) == [(running, theirs)]
    assert await seen_by(store, NAMESAKE) == [(THERE, None)]


async def seen_by(store: Store, who: MemberKey, since: datetime = NOW) -> list[tuple[Challenge, Entry | None]]:
    return [each[:2] for each in await store.read(challenges.seen_by, who, since)]


# Who takes part.


async def takes_part(
    store: Store, who: MemberKey, line: str | None = None, sharing: Sharing = Sharing.NAMED, at: datetime = NOW
) -> Entry:
    wanted = HERE if who.workspace_id == "T1" else THERE
    done = await store.write(entries.do, who, wanted, f"e-{who.workspace_id}-{who.member_id}", at)
    if line is None:
        return done
    written = await store.write(entries.write_line, who, wanted, line, sharing)
    assert written is not None
    return written


async def test_entries_with_the_same_ids_in_two_workspaces_are_independent(store: Store) -> None:
    mine, namesakes = await takes_part(store, NORA, "Here."), await takes_part(store, NAMESAKE, "There.")
    assert await seen_by(store, NORA) == [(HERE, mine)]
    assert await seen_by(store, NAMESAKE) == [(THERE, namesakes)]
    assert [each.line for each in await store.read(entries.quotable, HERE)] == ["Here."]
    await store.write(entries.pick, HERE, [mine.entry_id, namesakes.entry_id])
    assert await store.read(entries.find, NAMESAKE, ID) == namesakes
    assert await store.write(entries.undo, NORA, HERE)
    assert await store.write(entries.leave, NORA, HERE)
    assert await store.read(entries.standing, THERE) == Standing(1, 1)


async def test_quotes_are_in_the_order_in_which_members_did_it_without_private_lines(store: Store) -> None:
    await takes_part(store, NORA, "Second.", at=NOW + DAY)
    await takes_part(store, EMIL, "First.", Sharing.UNNAMED)
    await takes_part(store, MemberKey("T1", "U3"), "Private.", Sharing.PRIVATE)
    await takes_part(store, MemberKey("T1", "U4"))
    assert [each.line for each in await store.read(entries.quotable, HERE)] == ["First.", "Second."]


async def test_only_opted_in_members_without_a_pause_may_get_direct_messages(store: Store) -> None:
    def say(tx: Connection) -> None:
        slot = {"workspace_id": "T1", "weekday": 1, "minute": 570, "zone": "Europe/Berlin", "zone_is_own": False}
        for number, consent, paused_until in (
            (1, Consent.YES, None), (2, Consent.NO, None), (3, Consent.YES, NOW + DAY), (4, Consent.YES, NOW),
        ):  # fmt: skip
            more = {"member_id": f"U{number}", "consent": consent.value, "paused_until": paused_until}
            tx.execute(insert(schedule), {**slot, **more, "dm_channel": f"D{number}"})

    await store.write(say)
    for number in range(1, 6):
        await store.write(entries.join, MemberKey("T1", f"U{number}"), HERE, f"e{number}", NOW)
    told = await store.read(entries.undone, HERE, NOW)
    assert {(each.member_id, each.dm_channel) for each in told} == {("U1", "D1"), ("U4", "D4")}


# What is owed about one.


async def test_saving_a_draft_again_writes_every_column_of_the_form(store: Store) -> None:
    assert {column.name for column in challenges.WRITTEN} == set(challenge.c.keys()) - {
        "workspace_id", "challenge_id", "started_by", "state", "postings", "ts", "shown", "changes", "update_after",
        "called_at",
    }  # fmt: skip
    assert await store.read(lambda tx: len(tx.execute(select(challenge)).all())) == 2
