"""Members who were met, on each kind of database."""

import pytest

from bot.coach import membership
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.showings import Showing
from bot.store import Store
from bot.store import showings as showing_rows
from tests.coach.busy import SHOWN, crowd, taken_up
from tests.coach.challenge import Challenged
from tests.coach.members import BERLIN, NORA, NOW, Life, Lives
from tests.coach.weekly import Weekly


@pytest.fixture
def life(store: Store, catalog: Catalog) -> Lives:
    """Return a function that gives the helper for a member who was not met yet."""

    def life(who: MemberKey) -> Life:
        return Life(store, catalog, who)

    return life


@pytest.fixture
async def nora(life: Lives) -> Life:
    """Return a member who was met."""
    nora = life(NORA)
    await nora.meets()
    return nora


@pytest.fixture
async def team(store: Store, catalog: Catalog) -> Challenged:
    """Return a connected workspace for challenges."""
    team = Challenged(store, catalog)
    await team.opens()
    return team


@pytest.fixture(params=["alone", "in-a-crowd"])
async def filled(request: pytest.FixtureRequest, store: Store, catalog: Catalog) -> Store:
    """Return a store with Nora: alone with nothing learned, or in a crowd with everything learned."""
    await store.write(membership.meet, NORA, BERLIN, NOW)
    await store.write(showing_rows.add, NORA, Showing(SHOWN, NORA.member_id, "cost-spikes", NOW), "C2", "2026-11-01")
    if request.param == "in-a-crowd":
        await store.write(crowd, catalog)
    return store


@pytest.fixture
async def busy(filled: Store) -> Store:
    """Return the store with challenges in which all members take part."""
    await filled.write(taken_up)
    return filled


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    """Return a connected workspace for weekly tips."""
    weekly = Weekly(store, catalog)
    await weekly.opens()
    return weekly
