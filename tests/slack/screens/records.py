"""Situations of the record, of skills that are shown in a channel, of `did`, and of milestones."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.learning import Marked
from bot.coach.practice import TipSeen
from bot.coach.showings import Confirmed, PathShared, Shown
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.learning import Practice, after_done, after_learned, finished, path_of, progress_of
from bot.core.member import MemberKey
from bot.core.practice import Asked, Checked, History, Practised, Step, last_steps
from bot.core.record import Record, Showing, read_period, record_of
from bot.slack import progress, role, show, skill
from bot.slack.message import Message
from bot.slack.tip import did

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Berlin
ZONE = "Europe/Berlin"
WHO = MemberKey("T1", "U1")
HOSTILE = "```<!channel> & @here\n`rm`"
LONG = "x" * 299 + "&"


def about_records(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield the screens."""
    yield from _about_the_record(catalog)
    yield from _about_did(catalog)
    yield from _about_showing(catalog)
    yield from _about_milestones(catalog)


def _about_the_record(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    yield "record", progress.record_card(a_record(catalog))
    yield "record-of-this-month", progress.record_card(a_record(catalog, "month"))
    yield "record-of-this-quarter", progress.record_card(a_record(catalog, "quarter"))
    yield "record-of-a-year", progress.record_card(a_record(catalog, "2026"))
    yield "record-empty", progress.record_card(_nothing(catalog, ""))
    yield "record-of-a-year-empty", progress.record_card(_nothing(catalog, "2025"))
    long = a_record(catalog, lines=60)
    yield "record-in-parts", progress.record_card(long)
    yield "record-in-parts-the-second", progress.record_card(long, 2)
    yield "record-in-parts-the-last", progress.record_card(long, 99)
    devops = catalog.roles["devops-engineer"]
    practised = replace(progress_of(catalog, devops, {}, ZONE), practice=Practice(3, 12, 2, 1))
    yield "progress-with-practice", progress.progress_card(practised)


def a_record(catalog: Catalog, period: str = "", lines: int = 0) -> Record:
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
    history = History(last_steps(steps), Checked.of(asked))
    return record_of(catalog, read_period(period, AT, ZONE), history, marks, shown, ZONE, AT)


def _nothing(catalog: Catalog, period: str) -> Record:
    return record_of(catalog, read_period(period, AT, ZONE), History(), {}, (), ZONE, AT)


def _about_did(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    lessons = tuple(catalog.lessons.values())
    yield "did-which-of-these", did.which_tip("", (), lessons[:2])
    yield "did-which-of-several", did.which_tip("price", lessons, lessons[4:])
    yield "did-unknown", did.which_tip("<!channel> `x`", (), lessons[:2])
    yield "did-unknown-and-none-given", did.which_tip("juggling", (), ())
    yield "did-done", did.done_tip(catalog, WHO, _seen(catalog))


def _about_showing(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    costs = catalog.skills["token-costs"]
    showing = Showing("0123456789abcdef", "U1", costs.slug, AT)
    yield "show-posted", show.skill_post(Shown(showing, costs, new=True, zone=ZONE))
    yield "show-posted-already", show.skill_post(Shown(showing, costs, new=False, zone=ZONE))
    yield "show-confirmed", show.confirmed(Confirmed(replace(showing, seen_at=AT), costs))
    yield "show-of-a-skill-that-is-gone", show.confirmed(Confirmed(showing))
    yield "show-of-somebody-forgotten", show.confirmed(Confirmed(None))
    yield "path-shared", role.path_shared(PathShared(WHO, catalog.roles["devops-engineer"]))


def _about_milestones(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    devops, costs = catalog.roles["devops-engineer"], catalog.skills["token-costs"]
    first = _seen(catalog)
    done = replace(first, milestone=after_done(first.history))
    yield "milestone-first-tip", did.done_tip(catalog, WHO, done)
    half = path_of(catalog, devops, devops.skills[:2])
    second = catalog.skills[devops.skills[1]]
    marked = Marked(second, AT, new=True, path=half, zone=ZONE, milestone=after_learned(second, half))
    yield "milestone-half-a-path", skill.learned(marked)
    whole = path_of(catalog, devops, devops.skills)
    ended = finished(catalog, whole, devops.skills)
    said = after_learned(costs, whole)
    seen = replace(first, learned=frozenset(devops.skills), path=whole, milestone=said, finished=ended)
    yield "milestone-a-path", _under(seen)
    yield "milestone-a-path-in-a-channel", _under(seen, in_channel=True)
    last = Marked(costs, AT, new=True, path=whole, zone=ZONE, milestone=said)
    yield "learned-the-last-one-in-a-channel", skill.learned(last, in_channel=True)


def _seen(catalog: Catalog) -> TipSeen:
    costs = catalog.skills["token-costs"]
    lesson = Lesson(costs, costs.tips[0])
    history = History(last_steps([Practised(lesson.tip.id, Step.DONE, AT)]))
    return TipSeen(lesson, catalog.roles["devops-engineer"], history, frozenset(), ZONE, AT, new=True)


def _under(seen: TipSeen, *, in_channel: bool = False) -> Message:
    """Return what stands under a tip, as a message of its own."""
    return Message("Under a tip", did.milestone(seen, in_channel=in_channel))
