"""Rows of challenges and entries on each kind of database: guarded by their state, kept apart by workspace."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot.core.challenges import Challenge, ChallengeState, Entry, Sharing, Standing
from bot.core.member import Consent, MemberKey
from bot.core.outbox import DeliveryState, Kind, NewDelivery, challenge_key
from bot.outbox import deliveries
from bot.store import Store, challenges, entries
from bot.store.member_schema import delivery, schedule
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
KEY = f"challenge:{ID}:1"


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


async def test_a_draft_is_read_as_it_was_saved_and_only_its_writer_can_change_it(store: Store) -> None:
    assert await found(store) == HERE
    less = replace(HERE, starts_at=None, template=None, minutes=None, skill=None, question=None, goal=None)
    assert await store.write(challenges.save, less)
    assert await found(store) == less
    assert not await store.write(challenges.save, replace(HERE, started_by="U2", title="Mine now"))
    assert await found(store) == less
    assert await found(store, THERE) == THERE


async def test_a_draft_becomes_a_challenge_once_and_can_not_be_saved_afterwards(store: Store) -> None:
    posted = await store.write(challenges.post, HERE, NOW)
    assert posted == replace(HERE, state=ChallengeState.OPEN, starts_at=NOW, postings=1)
    assert await store.write(challenges.post, HERE, NOW) is None
    assert not await store.write(challenges.save, replace(HERE, title="Too late"))
    assert await found(store, THERE) == THERE


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


async def test_a_start_in_the_future_is_kept_when_a_challenge_returns_to_draft(store: Store) -> None:
    later = NOW + DAY
    posted = await store.write(challenges.post, HERE, later)
    assert posted is not None
    await store.write(challenges.back_to_draft, posted, 1, NOW)
    assert (await found(store)).starts_at == later


async def test_a_message_is_noted_as_seen_once(store: Store) -> None:
    running = await opened(store, ts=None)
    assert [await store.write(challenges.seen, running, ts, "open:0:0:7", NOW) for ts in ("1.0", "2.0")] == [
        True,
        False,
    ]
    assert (await found(store)).ts == "1.0"


async def test_a_challenge_ends_once_and_only_in_its_workspace(store: Store) -> None:
    running, there = await opened(store), await opened(store, THERE)
    ended = await store.write(challenges.end, running, ChallengeState.CANCELLED, NOW + DAY)
    assert ended == replace(running, state=ChallengeState.CANCELLED, ends_at=NOW + DAY)
    assert await store.write(challenges.end, running, ChallengeState.CLOSED, NOW + 2 * DAY) is None
    assert await found(store, THERE) == there


async def test_due_challenges_are_closed_at_their_end_and_drafts_are_not(store: Store) -> None:
    running = await opened(store)
    assert await store.write(challenges.close_due, running.ends_at - timedelta.resolution) == []
    assert await store.write(challenges.close_due, running.ends_at) == [replace(running, state=ChallengeState.CLOSED)]
    assert await store.write(challenges.close_due, running.ends_at) == []
    assert await found(store, THERE) == THERE


@pytest.mark.parametrize("but", [{"calls_last": False}, {"ts": None}, {"over": True}, {"early": True}])
async def test_each_challenge_has_one_last_call_if_that_was_chosen_and_it_is_visible(
    store: Store, but: dict[str, Any]
) -> None:
    wanted = replace(HERE, challenge_id="f" * 16)
    await store.write(challenges.save, wanted)
    await opened(store, wanted)
    other = replace(HERE, calls_last=but.get("calls_last", True))
    if but.get("early"):
        other = replace(other, ends_at=HERE.ends_at + 2 * DAY)
    if but.get("over"):
        other = replace(other, ends_at=NOW + DAY)
    await store.write(challenges.save, other)
    await opened(store, other, but.get("ts", "1.0"))
    moment, horizon = HERE.ends_at - 2 * DAY, HERE.ends_at
    called = await store.write(challenges.call_last, moment, horizon)
    assert [each.challenge_id for each in called] == ["f" * 16]
    assert await store.write(challenges.call_last, moment, horizon) == []


async def test_the_list_has_open_and_recently_ended_challenges(store: Store) -> None:
    running = await opened(store)
    assert await seen_by(store, EMIL, running.ends_at) == [(running, Standing(), None)]
    ended = await store.write(challenges.end, running, ChallengeState.CLOSED, NOW + DAY)
    assert ended is not None
    assert await seen_by(store, EMIL, NOW + DAY) == []
    assert await seen_by(store, EMIL) == [(ended, Standing(), None)]


async def test_a_private_challenge_is_seen_by_its_starter_and_by_who_takes_part(store: Store) -> None:
    await store.write(challenges.save, replace(HERE, private=True))
    running = await opened(store)
    assert running.private
    assert await seen_by(store, NORA) == [(running, Standing(), None)]
    assert await seen_by(store, EMIL) == []
    theirs = await takes_part(store, EMIL)
    assert await seen_by(store, EMIL) == [(running, Standing(1, 1), theirs)]
    assert await seen_by(store, NAMESAKE) == [(THERE, Standing(), None)]


async def seen_by(
    store: Store, who: MemberKey, since: datetime = NOW
) -> list[tuple[Challenge, Standing, Entry | None]]:
    return [each[:3] for each in await store.read(challenges.seen_by, who, since)]


async def test_the_list_has_the_state_of_the_last_posting_of_that_workspace(store: Store) -> None:
    async def posting() -> list[DeliveryState | None]:
        return [each.posting for each in await store.read(challenges.seen_by, NORA, NOW)]

    running = await opened(store)
    assert await posting() == [None]
    await store.write(owe, DeliveryState.UNCONFIRMED, "T2", running.key)
    assert await posting() == [None]
    await store.write(owe, DeliveryState.REFUSED, "T1", challenge_key(ID, running.postings + 1))
    assert await posting() == [None]
    await store.write(owe, DeliveryState.PLANNED, "T1", running.key)
    assert await posting() == [DeliveryState.PLANNED]


async def test_a_member_sees_their_own_drafts_of_that_workspace_only(store: Store) -> None:
    assert await seen_by(store, NORA) == [(HERE, Standing(), None)]
    assert await seen_by(store, NAMESAKE) == [(THERE, Standing(), None)]
    assert await seen_by(store, EMIL) == []
    assert not await store.write(challenges.discard, HERE, "U2")
    assert await store.write(challenges.discard, HERE, "U1")
    assert await seen_by(store, NAMESAKE) == [(THERE, Standing(), None)]


async def test_the_list_shows_each_reader_their_own_entries(store: Store) -> None:
    running = await opened(store)
    theirs, mine = await takes_part(store, EMIL), await store.write(entries.join, NORA, HERE, "e", NOW)
    assert await seen_by(store, NORA) == [(running, Standing(2, 1), mine)]
    assert await seen_by(store, EMIL) == [(running, Standing(2, 1), theirs)]
    ended = await store.write(challenges.end, running, ChallengeState.CLOSED, NOW + DAY)
    assert await seen_by(store, NORA, NOW + DAY) == []
    assert await seen_by(store, NORA) == [(ended, Standing(2, 1), mine)]


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
    assert await seen_by(store, NORA) == [(HERE, Standing(1, 1), mine)]
    assert await seen_by(store, NAMESAKE) == [(THERE, Standing(1, 1), namesakes)]
    assert [each.line for each in await store.read(entries.lines, HERE, 9)] == ["Here."]
    await store.write(entries.pick, HERE, [mine.entry_id, namesakes.entry_id])
    assert await store.read(entries.find, NAMESAKE, ID) == namesakes
    assert await store.write(entries.undo, NORA, HERE)
    assert await store.write(entries.leave, NORA, HERE)
    assert await store.read(entries.standing, THERE) == Standing(1, 1)


async def test_the_last_choice_of_lines_counts_and_a_changed_line_is_no_longer_picked(store: Store) -> None:
    mine, emils = await takes_part(store, NORA, "Mine."), await takes_part(store, EMIL, "Emils.")
    for chosen in ([mine.entry_id], [emils.entry_id], []):
        await store.write(entries.pick, HERE, chosen)
        picked = [each.entry_id for each in await store.read(entries.lines, HERE, 9) if each.picked]
        assert picked == chosen
    await store.write(entries.pick, HERE, [mine.entry_id, emils.entry_id])
    assert not (await takes_part(store, NORA, "Mine, changed.")).picked
    await store.write(entries.undo, EMIL, HERE)
    assert not (await takes_part(store, EMIL)).picked


async def test_quotes_are_in_the_order_in_which_members_did_it_without_private_lines(store: Store) -> None:
    await takes_part(store, NORA, "Second.", at=NOW + DAY)
    await takes_part(store, EMIL, "First.", Sharing.UNNAMED)
    await takes_part(store, MemberKey("T1", "U3"), "Private.", Sharing.PRIVATE)
    await takes_part(store, MemberKey("T1", "U4"))
    assert [each.line for each in await store.read(entries.lines, HERE, 9)] == ["First.", "Second."]
    assert [each.line for each in await store.read(entries.lines, HERE, 1)] == ["First."]


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


async def test_only_failed_and_unconfirmed_deliveries_can_be_planned_again(store: Store) -> None:
    for state in DeliveryState:
        await store.write(owe, state)
        anew = await store.write(deliveries.retry, "T1", KEY, NOW)
        assert anew is (state in {DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED}), state
        assert not await store.write(deliveries.retry, "T2", KEY, NOW)
    await store.write(owe, DeliveryState.REFUSED)
    assert not await store.write(deliveries.retry, "T1", KEY, NOW + 9 * DAY)  # its window is over


def owe(tx: Connection, state: DeliveryState, workspace_id: str = "T1", key: str = KEY) -> None:
    tx.execute(delivery.delete())
    moments: dict[str, Any] = {"due_at": NOW, "until": NOW + 7 * DAY}
    known: dict[str, Any] = {"workspace_id": workspace_id, "key": key, "id": "r", "kind": Kind.CHALLENGE}
    deliveries.put(tx, [NewDelivery(**known, **moments, state=state)])


async def test_a_delivery_is_cancelled_only_in_its_workspace_and_stays_cancelled(store: Store) -> None:
    await store.write(owe, DeliveryState.PLANNED)
    await store.write(deliveries.cancel, "T2", KEY, "it is over", NOW)
    assert await store.read(deliveries.state_of, "T1", KEY) is DeliveryState.PLANNED
    await store.write(deliveries.cancel, "T1", KEY, "it is over", NOW)
    assert await store.read(deliveries.state_of, "T1", KEY) is DeliveryState.CANCELLED


async def test_saving_a_draft_again_writes_every_column_of_the_form(store: Store) -> None:
    assert {column.name for column in challenges.WRITTEN} == set(challenge.c.keys()) - {
        "workspace_id", "challenge_id", "started_by", "state", "postings", "ts", "shown", "changes", "update_after",
        "called_at",
    }  # fmt: skip
    assert await store.read(lambda tx: len(tx.execute(select(challenge)).all())) == 2
