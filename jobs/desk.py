"""What the jobs work with: the same store, catalogue, gateway and clock as the answers to people."""

from dataclasses import dataclass, field

from bot.clock import Clock
from bot.coach.sending import Pace
from bot.core.catalog import Catalog
from bot.slack.gateway import Gateway
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """Joined by whoever runs the jobs."""

    catalog: Catalog
    store: Store
    gateway: Gateway
    clock: Clock
    pace: Pace = field(default_factory=Pace)
