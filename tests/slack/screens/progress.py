"""Progress and the record in every situation that makes them look different."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.catalog import Catalog
from bot.core.learning import Achievements, Progress, Showing, achievements_of, progress_of
from bot.core.next_step import Ended, Place
from bot.core.practice import Asked, Practised, Step
from bot.slack import message, progress
from tests.records import record_of
from tests.slack.screens.tips import AT, DUE, ZONE, schedule_on

HOSTILE = "```<!channel> & @here\n`rm`"
LONG = "x" * 299 + "&"


def about_progress(catalog: Catalog) -> Iterator[tuple[str, message.Message]]:
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
    yield "progress-in-a-project", progress.progress_card(in_projects(catalog))
    yield "progress-of-skills", progress.skills_of(replace(stages, learned=after(marks).learned))
    yield "progress-of-skills-nothing-yet", progress.skills_of(after({}))
    yield "record", progress.record_card(a_record(catalog))
    yield "record-with-projects", progress.record_card(a_record(catalog, in_projects=True))
    yield "record-empty", progress.record_card(achievements_of(catalog, record_of(zone=ZONE), (), AT))
    long = a_record(catalog, lines=60)
    yield "record-in-parts", progress.record_card(long)
    yield "record-in-parts-the-second", progress.record_card(long, 2)
    yield "record-in-parts-the-last", progress.record_card(long, 99)
    yield "progress-with-practice", progress.progress_card(at_work(catalog))


def at_work(catalog: Catalog) -> Progress:
    devops = catalog.roles["devops-engineer"]
    found = progress_of(catalog, record_of(devops, schedule=None, zone=ZONE), (), AT)
    return replace(found, done=12, done_this_month=3, shown=2, confirmed=1)


def in_projects(catalog: Catalog) -> Progress:
    """Return the progress of somebody who finished three projects and is in a fourth."""
    found, (first, *_) = at_work(catalog), catalog.projects.values()
    ended = tuple(Ended(first, AT - timedelta(weeks=number)) for number in (20, 10, 3))
    lines = tuple(line._replace(proof=ended[0]) for line in found.lines)
    return replace(found, lines=lines, ended=ended, place=Place(first, first.steps[1], 2))


def a_record(catalog: Catalog, lines: int = 0, *, in_projects: bool = False) -> Achievements:
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
    if in_projects:
        one, two = catalog.projects
        steps += [
            Practised(f"cost-page-{number}", Step.DONE, AT - (9 - number) * 7 * day, line=HOSTILE) for number in (1, 2)
        ]
        steps += [Practised("guard-1", Step.HAD, AT - 3 * day, line="Ten questions, in the wiki")]
        shown += [Showing("0123456789abcded", "U1", one, AT - 5 * day, AT - 2 * day)]
    record = record_of(zone=ZONE, learned=marks, steps=steps, asked=asked)
    if in_projects:
        record = record.with_project(one, begun_at=AT, ended_at=AT - 49 * day).with_project(two, begun_at=AT)
        record = replace(record, labs={"cost": AT - 60 * day})
    return achievements_of(catalog, record, shown, AT)
