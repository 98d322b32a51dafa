"""Labs in every situation that makes them look different."""

from collections.abc import Iterator

from bot.core.catalog import Catalog
from bot.core.labs import Amount, Rows
from bot.slack import lab, message


def about_labs(catalog: Catalog) -> Iterator[tuple[str, message.Message | message.Block]]:
    """Over any catalogue that has the small one's slugs."""
    cost, failures = catalog.labs["cost"], catalog.labs["failures"]
    price = Amount(cost, 1.5, {"failed": 1.2}, {"calls": 2, "bill": 3}, (("call", "tokens"), (1, "<1,000>")))
    rows = Rows(failures, ("passage", "answer"))
    rows.add("number", "Within 14 days & unused.", "You have 16 days.")
    rows.add("edge", "Within 14 days.", "Yes: 14 days.")
    first, second = lab.Attempt("cost", 1, "0" * 8), lab.Attempt("failures", 2, "0" * 8)
    yield "labs", lab.labs(catalog, {"cost"})
    yield "lab-in-the-message", lab.card(cost, first, price)
    yield "lab-as-a-file", lab.card(failures, second, rows, "failures-2.csv")
    yield "lab-answer", lab.form(catalog, first).view
    yield "lab-answer-rows", lab.form(catalog, second).view
    yield "lab-not-yet", lab.not_yet(cost, first, "1.2 <!here>", price.check("1.2").says)
    yield "lab-not-yet-rows", lab.not_yet(failures, second, "2", rows.check("2").says)
    yield "lab-solved", lab.solved(cost, price, price.check("1.5").says)
    yield "lab-solved-rows", lab.solved(failures, rows, rows.check("1").says)
