"""`did`, and milestones, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace

from bot.coach.learning import Marked
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.learning import after_done, after_learned, finished, path_of
from bot.core.practice import History, Practised, Step, last_steps
from bot.slack import skill
from bot.slack.message import Message
from bot.slack.tip import practice
from tests.slack.screens.roles import WHO
from tests.slack.screens.tips import AT, ZONE


def about_did(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    lessons = tuple(catalog.lessons.values())
    yield "did-which-of-these", practice.which_tip("", (), lessons[:2])
    yield "did-which-of-several", practice.which_tip("price", lessons, lessons[4:])
    yield "did-unknown", practice.which_tip("<!channel> `x`", (), lessons[:2])
    yield "did-unknown-and-none-given", practice.which_tip("juggling", (), ())
    yield "did-done", practice.done_tip(catalog, WHO, _just_done(catalog))


def about_milestones(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    devops, costs = catalog.roles["devops-engineer"], catalog.skills["token-costs"]
    first = _just_done(catalog)
    done = replace(first, milestone=after_done(first.history))
    yield "milestone-first-tip", practice.done_tip(catalog, WHO, done)
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


def _just_done(catalog: Catalog) -> TipSeen:
    costs = catalog.skills["token-costs"]
    lesson = Lesson(costs, costs.tips[0])
    history = History(last_steps([Practised(lesson.tip.id, Step.DONE, AT)]))
    return TipSeen(lesson, catalog.roles["devops-engineer"], history, frozenset(), ZONE, AT, new=True)


def _under(seen: TipSeen, *, in_channel: bool = False) -> Message:
    return Message("Under a tip", practice.milestone(seen, in_channel=in_channel))
