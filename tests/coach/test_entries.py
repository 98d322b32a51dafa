"""Taking part in a challenge: once per member, until the end, and without waiting for each other."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text

from bot.coach import challenges, entries, learning
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LINE, ChallengeState, Sharing, Standing
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Sent, Unknown
from bot.store import Store, open_store, tips
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, LIVE, OTHER_ID, WEEK, Challenged, posting_of
from tests.coach.members import EMIL, NORA
from tests.coach.test_forgotten import LOCK, PATIENTLY, waits
from tests.coach.weekly import BOTH, HOUR, TUESDAY, one_of

NOW, THEN = TUESDAY, TUESDAY + HOUR
SKILL = "ship-in-days"
OVER = "not open now"
Verb = Callable[[Connection, Catalog], Any]
VERBS: dict[str, Verb] = {
    "join": lambda tx, _: entries.join(tx, EMIL, ID, THEN),
    "did": lambda tx, catalog: entries.did(tx, catalog, EMIL, ID, THEN),
    "undo": lambda tx, _: entries.undo(tx, EMIL, ID, THEN),
    "leave": lambda tx, _: entries.leave(tx, EMIL, ID, THEN),
    "write_line": lambda tx, _: entries.write_line(tx, EMIL, ID, "Mine.", Sharing.NAMED, THEN),
    "to_write": lambda tx, _: entries.to_write(tx, EMIL, ID, THEN),
}
VERB = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


@pytest.fixture
async def team(store: Store, catalog: Catalog) -> Challenged:
    team = Challenged(store, catalog)
    await team.opens()
    await team.posts(skill=SKILL)
    return team


@BOTH
async def test_join_and_did_count_once_and_the_first_time_stays(team: Challenged) -> None:
    first, again = await team.joins_in(), await team.joins_in(at=THEN)
    assert (first.changed, again.changed) == (True, False)
    assert first.entry == again.entry
    done, repeated = await team.has_done_it(at=THEN), await team.has_done_it(at=THEN + HOUR)
    assert (done.changed, repeated.changed) == (True, False)
    assert done.entry == repeated.entry
    assert done.entry is not None
    assert (done.entry.joined_at, done.entry.done_at) == (NOW, THEN)
    assert await team.standing() == Standing(1, 1)


@BOTH
async def test_four_concurrent_presses_make_one_entry(team: Challenged) -> None:
    await team.meets(EMIL)
    pressed = [team.store.write(entries.did, team.catalog, EMIL, ID, NOW, LIVE) for _ in range(4)]
    assert len({done.entry for done in await asyncio.gather(*pressed)}) == 1
    assert await team.standing() == Standing(1, 1)


@BOTH
async def test_undo_and_leave_remove_the_whole_entry(team: Challenged) -> None:
    await team.writes("Mine.")
    undone = [await team.store.write(entries.undo, EMIL, ID, THEN) for _ in range(2)]
    assert [taken.changed for taken in undone] == [True, False]
    assert await team.standing() == Standing(1, 0)
    assert await team.ids() == []
    left = [await team.store.write(entries.leave, EMIL, ID, THEN) for _ in range(2)]
    assert [taken.changed for taken in left] == [True, False]
    assert await team.standing() == Standing()
    assert await team.store.read(entries.look, EMIL, ID) == entries.Taken(await team.now(DRAFT), None, changed=False)


async def test_a_challenge_that_is_done_shows_and_grants_what_its_member_has_until_they_take_that_back(
    store: Store, catalog: Catalog
) -> None:
    team, template = Challenged(store, catalog), catalog.challenges["test-set-for-one-prompt"]
    await team.opens()
    await team.posts(template=template.slug)
    await team.has_done_it()
    assert await store.read(tips.needs_of, EMIL) == dict.fromkeys((*template.needs, *template.grants), True)
    await store.write(entries.undo, EMIL, ID, THEN)
    assert await store.read(tips.needs_of, EMIL) == {}


async def test_only_members_who_have_not_marked_the_skill_are_asked_about_it(team: Challenged) -> None:
    asked = (await team.has_done_it()).skill
    assert asked is not None
    assert asked.slug == SKILL
    await team.store.write(learning.mark_learned, team.catalog, EMIL, team.catalog.skills[SKILL], NOW)
    assert (await team.has_done_it()).skill is None


@VERB
@pytest.mark.parametrize("state", [ChallengeState.CLOSED, ChallengeState.CANCELLED])
async def test_nothing_changes_after_the_end(team: Challenged, verb: Verb, state: ChallengeState) -> None:
    await team.writes("Before.")
    end = challenges.close if state is ChallengeState.CLOSED else challenges.cancel
    await team.store.write(end, NORA, ID, NOW)
    before = await team.store.read(entries.look, EMIL, ID)
    said = await team.refuses(verb, team.catalog)
    assert (OVER if state is ChallengeState.CLOSED else "was cancelled") in said
    assert await team.store.read(entries.look, EMIL, ID) == before


@VERB
async def test_a_missing_challenge_is_reported(store: Store, catalog: Catalog, verb: Verb) -> None:
    elsewhere = Challenged(store, catalog)
    await elsewhere.meets(EMIL)
    assert await elsewhere.refuses(verb, catalog) == entries.GONE


@BOTH
async def test_only_members_who_did_it_write_a_line_of_up_to_300_letters(team: Challenged) -> None:
    await team.joins_in()
    for verb in ("write_line", "to_write"):
        assert await team.refuses(VERBS[verb], team.catalog) == entries.NOT_DONE
    await team.writes(" two\n\tlines " + "x" * (MAX_LINE - 10))
    (line,) = await team.store.read(_lines)
    assert line == "two lines " + "x" * (MAX_LINE - 10)
    too_long = (EMIL, ID, "x" * (MAX_LINE + 1), Sharing.NAMED, NOW)
    assert "too long (300 letters at most)" in await team.refuses(entries.write_line, *too_long)


def _lines(tx: Connection) -> list[str]:
    return list(tx.scalars(text("SELECT line FROM entry")))


@BOTH
@pytest.mark.parametrize(
    ("sharing", "shows", "planned"),
    [
        (Sharing.NAMED, True, 1),
        (Sharing.UNNAMED, True, 0),
        (Sharing.PRIVATE, True, 0),
        (Sharing.NAMED, False, 0),
    ],
)
async def test_only_lines_shared_by_name_are_planned_for_the_thread_and_once(
    team: Challenged, sharing: Sharing, shows: bool, planned: int
) -> None:
    await team.posts(challenge_id=OTHER_ID, shows_entries=shows)
    await team.has_done_it(challenge_id=OTHER_ID)
    for line in ("First.", "Second."):
        await team.store.write(entries.write_line, EMIL, OTHER_ID, line, sharing, NOW)
    assert len(await team.said(Kind.LINE)) == planned


@BOTH
async def test_a_line_without_a_thread_waits_a_minute_and_counts_no_attempt(team: Challenged) -> None:
    await team.posts(challenge_id=OTHER_ID, outcome=Unknown("timeout"))
    await team.has_done_it(challenge_id=OTHER_ID, seen=None)
    await team.store.write(entries.write_line, EMIL, OTHER_ID, "Early.", Sharing.NAMED, NOW)
    assert await team.sends(NOW) == []
    assert await team.said(Kind.LINE) == [(DeliveryState.PLANNED, None)]
    await team.joins_in(KENJI, challenge_id=OTHER_ID)  # this press confirms the post
    assert await team.sends(NOW + timedelta(seconds=59)) == []
    (sent,) = await team.sends(NOW + timedelta(seconds=60))
    assert (sent.delivery.kind, sent.delivery.attempts) == (Kind.LINE, 0)


# Concurrent presses.


@pytest.fixture
async def beside(migrated_postgres: str) -> Any:
    connection = await asyncpg.connect(migrated_postgres)
    yield connection
    await connection.close()


def then_waits(verb: Callable[..., Any], *args: Any) -> Callable[[Connection], Any]:
    """Return the verb in a transaction that stays open until another connection releases a lock."""

    def run(tx: Connection) -> Any:
        tx.execute(PATIENTLY)
        found = verb(tx, *args)
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return found

    return run


async def test_an_end_waits_for_presses_that_are_being_stored_so_the_recap_counts_them(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    posted = await team.posts()
    await team.meets(EMIL)
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)
    pressing = asyncio.create_task(store.write(then_waits(entries.did, catalog, EMIL, ID, NOW, LIVE)))
    await waits(pressing, beside, 1)
    closing = asyncio.create_task(store.write(challenges.close_due, posted.ends_at))
    await waits(closing, beside, 2)
    await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await asyncio.gather(pressing, closing)
    (recap,) = await team.sends(posted.ends_at)
    assert posting_of(recap).standing == Standing(1, 1)
    await store.close()


async def test_two_concurrent_presses_on_an_unconfirmed_post_do_not_wait_for_each_other(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    posted = await team.posts(outcome=Unknown("timeout"))
    await team.meets(EMIL, KENJI)
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)

    def looks(tx: Connection) -> None:
        entries.join(tx, EMIL, ID, NOW)  # locks the challenge, as every press does

    pressing = asyncio.create_task(store.write(then_waits(looks)))
    await waits(pressing, beside, 1)
    await store.write(entries.join, KENJI, ID, NOW, LIVE)  # a lock conflict would wait forever here
    await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await pressing
    assert await team.standing() == Standing(2, 0)
    await team.joins_in(NORA)
    assert (await team.now(posted)).ts == LIVE.ts
    await store.close()


async def test_a_press_before_slacks_answer_does_not_wait_for_its_confirmation(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    await team.orders()
    await team.meets(EMIL)
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    async with beside.transaction():
        await beside.execute("SELECT 1 FROM delivery WHERE kind = 'challenge' FOR UPDATE")  # as its worker does
        await store.write(entries.join, EMIL, ID, NOW, LIVE)
    await team.ends(claimed, Sent(CHANNEL, LIVE.ts), NOW)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await team.now(DRAFT)).ts == LIVE.ts
    await store.close()


@BOTH
async def test_only_a_press_in_its_own_channel_confirms_a_post_in_doubt(team: Challenged) -> None:
    posted = await team.posts(challenge_id=OTHER_ID, outcome=Unknown("timeout"), ends_at=NOW + WEEK)
    for seen in (None, entries.MessageRef("C9", "9.9")):
        await team.joins_in(challenge_id=OTHER_ID, seen=seen)
        assert (await team.now(posted)).ts is None
    await team.joins_in(challenge_id=OTHER_ID, seen=entries.MessageRef(CHANNEL, "7.7"))
    assert (await team.now(posted)).ts == "7.7"
    await team.joins_in(challenge_id=OTHER_ID, seen=entries.MessageRef(CHANNEL, "8.8"))
    assert (await team.now(posted)).ts == "7.7"
    assert (DeliveryState.UNCONFIRMED, "timeout") not in await team.said(Kind.CHALLENGE)
