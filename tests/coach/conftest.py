"""Members who were met, and workspaces whose members get tips and take up challenges."""

import pytest

from bot.core.catalog import Catalog
from bot.store import Store
from tests.coach.challenge import Challenged
from tests.coach.members import NORA, Life
from tests.coach.weekly import Weekly


@pytest.fixture
async def nora(store: Store, catalog: Catalog) -> Life:
    nora = Life(store, catalog, NORA)
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
