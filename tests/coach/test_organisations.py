"""Workspaces, also of organisations: what comes in any order, twice and late, and what Slack says of a token."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, permutations

import pytest
from sqlalchemy import Connection, select

from bot.coach import installing, membership
from bot.core.installation import Installation
from bot.core.outcomes import WITHDRAWN
from bot.store import Store, doubts, installations, retention, workspaces
from bot.store.installations import MAX_GAP
from bot.store.retention import Retention
from bot.store.schema import installation, workspace
from tests.coach.interleaved import interleave
from tests.coach.members import DAY, NOW
from tests.coach.test_installing import HOUR, MINUTE, connected_ones, grant
from tests.coach.weekly import BOTH, POSTGRES

ORGANISATION, OTHER = "E1", "E2"
DAYS = Retention().departed


# What happened in Slack, with its minutes, and the token with which the workspace is served at the end. What does not
# say "own" happened to the organisation, which gives its installation to the workspace.
LIVES = {
    "own install 10, own removal 20, own install 30, own revocation 40, own removal 40": None,
    "install 10, grant 15, removal 20, install 30, grant 40": "token-30",
    "install 10, grant 15, withdrawal 20, grant 30, withdrawal 40": None,
    "install 10, grant 15, own install 20, withdrawal 30, removal 40": "token-20",
    "install 10, grant 15, own install 20, own removal 30, own revocation 40": "token-10",
    "install 10, grant 15, own install 20, removal 30, own removal 40": None,
}


@pytest.mark.parametrize("life", LIVES)
async def test_in_whatever_order_it_is_told_the_latest_of_each_installation_counts(store: Store, life: str) -> None:
    ends = await store.write(told_in_many_orders, life.split(", "))
    assert {order: end for order, end in ends.items() if end != (LIVES[life], LIVES[life] is not None)} == {}


def told_in_many_orders(tx: Connection, steps: Sequence[str]) -> dict[str, tuple[str | None, bool]]:
    """Store the steps in every fifth order, each for a workspace of its own. Return how each is served at the end."""
    ends = {}
    for order in islice(permutations(steps), 0, None, 5):
        name = "".join(str(steps.index(step)) for step in order)
        for number, step in enumerate(order):
            told(tx, step, f"T{name}", f"E{name}", NOW + HOUR + number * MINUTE)
        found = installations.find(tx, f"T{name}")
        at = tx.scalar(select(workspace.c.disconnected_at).where(workspace.c.workspace_id == f"T{name}"))
        ends[name] = (None if found is None else found.sealed.token, at is None)
    return ends


def told(tx: Connection, step: str, workspace_id: str, organisation: str, now: datetime) -> None:
    what, _, minute = step.rpartition(" ")
    at = NOW + int(minute) * MINUTE
    match what:
        case "own install":
            installing.install(tx, grant(workspace_id, int(minute)), now)
        case "own removal" | "own revocation":
            membership.disconnected(tx, workspace_id, step, now, at)
        case "install":
            installing.install(tx, grant(organisation, int(minute)), now)
        case "removal":
            installing.remove(tx, organisation, at, now)
        case "grant":
            installing.grant(tx, organisation, [workspace_id], at, now)
        case "withdrawal":
            installing.withdraw(tx, organisation, [workspace_id], at, now)


async def serves(store: Store, *workspace_ids: str, minute: int = 0) -> None:
    """Let the organisation install the app and give it to these workspaces."""
    at = NOW + minute * MINUTE
    await store.write(installing.install, grant(ORGANISATION, minute), NOW)
    await store.write(installing.grant, ORGANISATION, workspace_ids, at, NOW)


async def test_an_organisation_takes_nothing_from_the_workspaces_of_another(store: Store) -> None:
    await serves(store, "T1")
    await store.write(installing.install, grant(OTHER, 0), NOW)
    assert await store.write(installing.withdraw, OTHER, ["T1"], NOW + HOUR, NOW + HOUR) == []
    assert await store.write(installing.remove, OTHER, NOW + HOUR, NOW + HOUR) == []
    assert await connected_ones(store) == ["T1"]
    found = await store.read(installations.find, "T1")
    assert found is not None
    assert found.workspace_id == ORGANISATION


async def test_a_workspace_that_slack_named_no_more_waits_for_its_answer_when_the_organisation_installs_anew(
    store: Store,
) -> None:
    await serves(store, "T1", "T2")
    await store.write(doubts.doubt, "T1", NOW)
    lease = NOW + MINUTE
    await store.write(doubts.take, NOW, lease, 1)
    assert await store.write(doubts.refused, "T1", lease, WITHDRAWN, NOW) == WITHDRAWN
    await store.write(installing.install, grant(ORGANISATION, 60), NOW + HOUR)
    assert await connected_ones(store) == ["T2"]
    assert await store.write(doubts.take, NOW + HOUR, NOW + 2 * HOUR, 2) == ["T1"]


async def test_who_installed_the_app_for_an_organisation_is_not_stored(store: Store) -> None:
    await serves(store, "T1")
    assert await store.read(lambda tx: tx.scalars(select(installation.c.installed_by)).all()) == [None]


# Slack refuses one of two tokens.


async def both_ways(store: Store) -> tuple[Installation, Installation]:
    """Install the app in T1, and for its organisation, which gives it to T1, too. Return both installations."""
    await store.write(installing.install, grant("T1", 0), NOW)
    await serves(store, "T1", minute=10)
    own, whole = [await store.read(installations.of, place) for place in ("T1", ORGANISATION)]
    assert own is not None
    assert whole is not None
    return own, whole


async def first(store: Store) -> str:
    found = await store.read(installations.find, "T1")
    assert found is not None
    return found.workspace_id


async def test_a_workspace_that_was_marked_removed_though_an_installation_serves_it_is_kept_and_connected(
    store: Store,
) -> None:
    for connects in ("a request", "a start"):
        await both_ways(store)
        await store.write(workspaces.disconnect, "T1", workspaces.REMOVED, NOW)
        assert await store.write(retention.sweep_workspaces, Retention(), NOW + 99 * DAY) == 0
        if connects == "a request":
            await store.write(partial(doubts.heard, has_app=True), "T1", NOW + 99 * DAY)
        else:
            await store.write(installing.connect_installed, NOW + 99 * DAY)
        assert await connected_ones(store) == ["T1"], connects


@BOTH
async def test_the_installation_that_slack_accepts_is_used(store: Store) -> None:
    own, whole = await both_ways(store)
    assert await first(store) == "T1"
    await store.write(installations.answered, own, "account_inactive", NOW)
    assert await first(store) == ORGANISATION
    await store.write(installations.answered, whole, "account_inactive", NOW)
    assert await first(store) == "T1", "where Slack refuses both, its own"
    await store.write(installations.answered, own, None, NOW)
    assert await first(store) == "T1"


async def test_an_answer_about_a_token_that_was_replaced_is_not_stored(store: Store) -> None:
    own, _ = await both_ways(store)
    await store.write(installing.install, grant("T1", 20), NOW)
    await store.write(installations.answered, own, "account_inactive", NOW)
    assert await first(store) == "T1"


async def refused_for(store: Store, asked: Installation, why: str, span: timedelta, start: datetime = NOW) -> datetime:
    """Let Slack refuse a token every second day for so long, and return when it did so last."""
    days = [start + number * DAY for number in range(0, span // DAY + 1, 2)]
    for now in days:
        await store.write(installations.answered, asked, why, now)
    return days[-1]


async def swept(store: Store, now: datetime) -> int:
    return await store.write(installing.sweep, now - DAYS, now - MAX_GAP, 9, now)


@BOTH
async def test_a_token_that_slack_refuses_for_thirty_days_is_deleted_and_the_workspace_goes_on(store: Store) -> None:
    own, _ = await both_ways(store)
    last = await refused_for(store, own, "account_inactive", DAYS)
    assert await swept(store, last) == 0
    assert await swept(store, last + MINUTE) == 1
    assert await store.read(installations.of, "T1") is None
    assert await first(store) == ORGANISATION
    assert await connected_ones(store) == ["T1"]
    assert await store.write(retention.sweep_workspaces, Retention(), last + DAYS) == 0


async def test_a_token_that_slack_accepts_or_refuses_for_another_reason_is_kept(store: Store) -> None:
    own, _ = await both_ways(store)
    last = await refused_for(store, own, "account_inactive", DAYS - DAY)
    await store.write(installations.answered, own, "team_added_to_org", last + DAY)
    again = await refused_for(store, own, "account_inactive", DAYS - DAY, last + 2 * DAY)
    assert await swept(store, again + MINUTE) == 0
    await store.write(installations.answered, own, None, again)
    assert await swept(store, again + DAYS) == 0


async def test_a_token_about_which_slack_was_not_asked_is_kept(store: Store) -> None:
    own, _ = await both_ways(store)
    await store.write(installations.answered, own, "account_inactive", NOW)
    assert await swept(store, NOW + 2 * DAYS) == 0, "it was asked once"
    last = await refused_for(store, own, "account_inactive", DAYS, NOW + DAYS)
    assert await swept(store, last + MINUTE) == 1, "the days began anew"


async def test_a_token_is_kept_while_its_workspace_is_used(store: Store) -> None:
    await serves(store, "T1")
    whole = await store.read(installations.of, ORGANISATION)
    assert whole is not None
    last = await refused_for(store, whole, "account_inactive", DAYS)
    await store.write(workspaces.disconnect, "T1", "account_inactive", NOW)
    await store.write(partial(doubts.heard, has_app=False), "T1", last)
    assert await swept(store, last + MINUTE) == 0


# Once a day.


async def due(store: Store, now: datetime) -> tuple[list[str], list[str]]:
    """Return the organisations to look at, and the workspaces about which Slack is then to be asked."""
    whole = await store.write(installing.look, now, 9)
    return whole, list(await store.write(doubts.take, now, now + MINUTE, 9))


@BOTH
async def test_slack_is_asked_about_each_installation_once_a_day(store: Store) -> None:
    await both_ways(store)
    await store.write(installing.install, grant("T2", 0), NOW)
    assert await due(store, NOW + 23 * HOUR) == ([], [])
    whole, asked = await due(store, NOW + DAY + HOUR)
    assert (whole, sorted(asked)) == ([ORGANISATION], ["T1", "T2"])
    assert await store.write(installing.look, NOW + DAY + HOUR, 9) == [], "another worker does it"


# Two events at one moment.


@POSTGRES
@pytest.mark.parametrize("given_first", [True, False])
async def test_what_an_organisation_gives_while_the_own_installation_ends_connects_the_workspace(
    store: Store, migrated_postgres: str, *, given_first: bool
) -> None:
    await store.write(installing.install, grant("T1", 0), NOW)
    await store.write(installing.install, grant(ORGANISATION, 0), NOW)

    def gives(tx: Connection) -> None:
        installing.grant(tx, ORGANISATION, ["T1"], NOW + MINUTE, NOW + HOUR)

    def ends(tx: Connection) -> None:
        installations.revoke(tx, "T1", NOW + MINUTE)
        installing.lose(tx, ["T1"], NOW + HOUR)

    await interleave(migrated_postgres, *((gives, ends) if given_first else (ends, gives)))
    assert await connected_ones(store) == ["T1"]


@POSTGRES
@pytest.mark.parametrize("given_first", [True, False])
async def test_what_an_organisation_gives_while_it_removes_the_app_does_not_stay_connected(
    store: Store, migrated_postgres: str, *, given_first: bool
) -> None:
    await store.write(installing.install, grant(ORGANISATION, 0), NOW)

    def gives(tx: Connection) -> None:
        installing.grant(tx, ORGANISATION, ["T1"], NOW + MINUTE, NOW + HOUR)

    def removes(tx: Connection) -> None:
        installing.remove(tx, ORGANISATION, NOW + 2 * MINUTE, NOW + HOUR)

    await interleave(migrated_postgres, *((gives, removes) if given_first else (removes, gives)))
    assert await connected_ones(store) == []


async def test_a_workspace_that_was_given_an_installation_before_it_was_stored_is_connected_by_the_list(
    store: Store,
) -> None:
    """The event and the way back of the installation may come at one moment, and neither sees the other."""
    await store.write(installing.grant, ORGANISATION, ["T1"], NOW, NOW)
    await store.write(lambda tx: installations.install(tx, grant(ORGANISATION, 0)))
    assert await connected_ones(store) == []
    await store.write(installing.compare, ORGANISATION, frozenset({"T1"}), NOW + MINUTE, NOW + MINUTE)
    assert await connected_ones(store) == ["T1"]
