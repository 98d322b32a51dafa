"""The labs by name: each makes its data and the answer. Their words are in content/labs.yaml."""

from collections.abc import Mapping

from bot.core.labs import Make
from bot.labs import amounts, rows

LABS: Mapping[str, Make] = {
    "cost": amounts.cost,
    "judge": amounts.judge,
    "failures": rows.failures,
    "injection": rows.injection,
    "review": rows.review,
    "retrieval": rows.retrieval,
    "agents-record": rows.agents_record,
    "experiment": amounts.experiment,
    "capacity": amounts.capacity,
    "support": rows.support,
    "offer": rows.offer,
    "report": rows.report,
}
