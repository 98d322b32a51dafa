"""A workspace whose members get weekly tips, on each kind of database."""

import pytest

from bot.core.catalog import Catalog
from bot.store import Store
from tests.coach.weekly import Weekly


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    return weekly
