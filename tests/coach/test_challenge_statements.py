"""The number of SQL statements of each verb about challenges, which does not grow with the data."""

from dataclasses import replace

import pytest

from bot.coach import challenges, entries, live, upcoming
from bot.core.catalog import Catalog
from bot.core.challenges import Sharing
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.store import Store
from tests.coach.busy import CROWD, DRAFTED, Verb
from tests.coach.challenge import DRAFT, ID, LIVE, OTHER_ID
from tests.coach.members import NORA, NOW
from tests.coach.watched import MAX_SELECTS, MAX_STATEMENTS, watched

MAX_FOR_RUN = 7  # an admin's act reads the admin and the challenge, is audited, and puts messages into the outbox

ENTRIES: dict[str, Verb] = {
    "join": lambda tx, _: entries.join(tx, NORA, ID, NOW, LIVE),
    "did": lambda tx, catalog: entries.did(tx, catalog, NORA, ID, NOW, LIVE),
    "undo": lambda tx, _: entries.undo(tx, NORA, ID, NOW),
    "leave": lambda tx, _: entries.leave(tx, NORA, ID, NOW),
    "write_line": lambda tx, _: entries.write_line(tx, NORA, ID, "Mine.", Sharing.NAMED, NOW),
}

RUN: dict[str, Verb] = {
    "keep": lambda tx, _: challenges.keep(tx, NORA, replace(DRAFT, challenge_id=OTHER_ID)),
    "post": lambda tx, _: challenges.post(tx, NORA, DRAFTED, NOW),
    "close": lambda tx, _: challenges.close(tx, NORA, ID, NOW),
    "cancel": lambda tx, _: challenges.cancel(tx, NORA, ID, NOW),
    "pick": lambda tx, _: challenges.pick(tx, NORA, ID, ["e1", "e2"], NOW),
}

LOOKS: dict[str, Verb] = {
    "look": lambda tx, _: entries.look(tx, NORA, ID),
    "to_write": lambda tx, _: entries.to_write(tx, NORA, ID, NOW),
    "defaults": lambda tx, _: challenges.defaults(tx, NORA),
    "lines": lambda tx, _: challenges.lines(tx, NORA, ID),
    "may_start": lambda tx, _: challenges.may_start(tx, NORA),
    "may_run": lambda tx, _: challenges.may_run(tx, NORA, ID),
    "draft_of": lambda tx, _: challenges.draft_of(tx, NORA, DRAFTED),
    "lines_for_organiser": lambda tx, _: entries.lines_for_organiser(tx, NORA, ID),
    "next_due": lambda tx, _: upcoming.next_due(tx, NOW),
}


@pytest.mark.parametrize("verb", ENTRIES.values(), ids=ENTRIES)
async def test_a_press_on_a_live_message_takes_four_statements_at_most_and_one_commit(
    busy: Store, catalog: Catalog, verb: Verb
) -> None:
    with watched() as seen:
        await busy.write(verb, catalog)
    assert len(seen.statements) <= MAX_STATEMENTS, seen.statements
    assert seen.commits == 1


@pytest.mark.parametrize("verb", RUN.values(), ids=RUN)
async def test_running_a_challenge_takes_seven_statements_at_most_and_one_commit(
    busy: Store, catalog: Catalog, verb: Verb
) -> None:
    with watched() as seen:
        await busy.write(verb, catalog)
    assert len(seen.statements) <= MAX_FOR_RUN, seen.statements
    assert seen.commits == 1


@pytest.mark.parametrize("verb", LOOKS.values(), ids=LOOKS)
async def test_reading_a_challenge_takes_two_selects_at_most(busy: Store, catalog: Catalog, verb: Verb) -> None:
    with watched() as seen:
        await busy.read(verb, catalog)
    assert len(seen.statements) <= MAX_SELECTS, seen.statements


async def test_the_list_of_challenges_takes_two_selects_however_many_there_are(busy: Store) -> None:
    with watched() as seen:
        found = await busy.read(challenges.listing, NORA, NOW)
    assert len(seen.statements) <= MAX_SELECTS, seen.statements
    assert {item.standing.done for item in found.items} in ({1}, {CROWD + 1})


async def test_the_list_of_challenges_takes_one_select_for_who_has_no_drafts(busy: Store) -> None:
    with watched() as seen:  # one more is left for the question whether they may be coached
        found = await busy.read(challenges.listing, MemberKey("T1", "U2"), NOW)
    assert len(seen.statements) == 1, seen.statements
    assert {item.posting for item in found.items} == {DeliveryState.PLANNED}


async def test_finding_outdated_live_messages_is_one_select_however_many_there_are(busy: Store) -> None:
    with watched() as seen:
        await busy.read(live.outdated, NOW)
    assert len(seen.statements) == 1
