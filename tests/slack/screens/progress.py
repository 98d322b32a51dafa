"""Progress and the record in every situation that makes them look different."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.catalog import Catalog
from bot.core.learning import Achievements, Practice, Progress, Showing, achievements_of, progress_of
from bot.core.practice import Asked, Practised, Step
from bot.slack import progress
from bot.slack.message import Message
from tests.records import record_of
from tests.slack.screens.tips import AT, DUE, ZONE, schedule_on

HOSTILE = "```<!channel> & @here\n`rm`"
LONG = "x" * 299 + "&"


def about_progress(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    devops = catalog.roles["devops-engineer"]

    def after(learned: Mapping[str, datetime]) -> Progress:
        return progress_of(catalog, record_of(devops, schedule=None, zone=ZONE, learned=learned), (), AT)

    marks = {slug: AT - timedelta(days=20 * number) for number, slug in enumerate(catalog.skills)}
    yield "progress-nothing-yet", progress.progress_card(progress_of(catalog, record_of(schedule=None), (), AT))
    yield "progress-midway", progress.progress_card(after({"token-costs": AT}))
    paused = replace(after({}), schedule=schedule_on(paused_until=DUE))
    yield "progress-paused", progress.progress_card(paused)
    yield "progress-path-finished", progress.progress_card(after(marks))
    some = after({"token-costs": AT})
    spikes, quality = (catalog.skills[slug] for slug in ("cost-spikes", "quality"))
    stages = replace(some, practised=(spikes, quality), kept=frozenset({"token-costs"}))
    yield "progress-with-stages", progress.progress_card(stages)


def about_the_record(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    yield "record", progress.record_card(a_record(catalog))
    yield "record-empty", progress.record_card(achievements_of(catalog, record_of(zone=ZONE), (), AT))
    long = a_record(catalog, lines=60)
    yield "record-in-parts", progress.record_card(long)
    yield "record-in-parts-the-second", progress.record_card(long, 2)
    yield "record-in-parts-the-last", progress.record_card(long, 99)
    devops = catalog.roles["devops-engineer"]
    practised = replace(
        progress_of(catalog, record_of(devops, schedule=None, zone=ZONE), (), AT), practice=Practice(3, 12, 2, 1)
    )
    yield "progress-with-practice", progress.progress_card(practised)


def a_record(catalog: Catalog, lines: int = 0) -> Achievements:
    """Return a record with everything in it. `lines`: so many tips more that are no longer taught, with long lines."""
    day = timedelta(days=1)
    steps = [
        Practised("token-costs-1", Step.DONE, AT, line="Two cents & a half"),
        Practised("cost-spikes-1", Step.DONE, AT - 40 * day, line=HOSTILE),
        Practised("last-years-tip", Step.DONE, AT - 400 * day),
        *(Practised(f"gone-{number}", Step.DONE, AT - number * day, line=LONG) for number in range(lines)),
    ]
    asked = [
        Asked("price", "token-costs", AT - age * day, answered_at=AT - age * day, right=True) for age in (90, 60, 2)
    ]
    shown = [
        Showing("0123456789abcdef", "U1", "token-costs", AT - 3 * day, AT - 2 * day),
        Showing("0123456789abcdee", "U1", "last-years-skill", AT - 4 * day),
    ]
    marks = {"token-costs": AT - 100 * day, "last-years-skill": AT - 500 * day}
    record = record_of(zone=ZONE, learned=marks, steps=steps, asked=asked)
    return achievements_of(catalog, record, shown, AT)
