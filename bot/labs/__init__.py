"""The labs by name: each makes its data and the answer. Their words are in content/labs.yaml."""

from collections.abc import Mapping

from bot.core.labs import Make
from bot.labs import (
    agents_record,
    capacity,
    cost,
    experiment,
    failures,
    injection,
    judge,
    offer,
    report,
    retrieval,
    review,
    support,
)

LABS: Mapping[str, Make] = {
    "cost": cost.make,
    "judge": judge.make,
    "failures": failures.make,
    "injection": injection.make,
    "review": review.make,
    "retrieval": retrieval.make,
    "agents-record": agents_record.make,
    "experiment": experiment.make,
    "capacity": capacity.make,
    "support": support.make,
    "offer": offer.make,
    "report": report.make,
}
