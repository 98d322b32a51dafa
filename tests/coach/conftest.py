"""Members who were met, and workspaces whose members get tips and take up challenges."""

import pytest

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.store import Store
from tests.coach.challenge import Challenged
from tests.coach.members import NORA, Life, Lives
from tests.coach.weekly import Weekly


@pytest.fixture
def life(store: Store, catalog: Catalog) -> Lives:
    """Return a function that gives the helper for a member who was not met yet."""

    def life(who: MemberKey) -> Life:
        return Life(store, catalog, who)

    return life


@pytest.fixture
async def nora(life: Lives) -> Life:
    nora = life(NORA)
    await nora.meets()
    return nora


@pytest.fixture
async def team(store: Store, catalog: Catalog) -> Challenged:
    team = Challenged(store, catalog)
    await team.opens()
    return team


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    return weekly
