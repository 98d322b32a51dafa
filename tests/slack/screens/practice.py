"""Tips that are blocked, and what a member has, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.coach.practice import TipSeen
from bot.coach.tips import Blocked
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.learning import Waiting
from bot.core.next_tip import FIRST_LINE, Choice, Reason
from bot.core.practice import Blocker, History, Practised, Step, last_steps
from bot.slack.message import Block, Message
from bot.slack.tip import given, practice
from bot.slack.tip.practice import blocked_tip
from bot.slack.tip.ref import Origin, TipRef

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def about_blocked_tips(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield the question, and each answer to it, with any catalogue that has the slugs of the small one."""
    simple, costs = _seen(catalog), catalog.skills["token-costs"]
    ref = TipRef(simple.lesson.tip.id, Reason.NEXT_ON_PATH, Origin.WEEKLY, "2026-W48", turn=FIRST_LINE)
    needing = replace(simple, lesson=_needing(simple.lesson))
    yield "tip-blocked-why", practice.reasons(catalog, ref, simple)
    yield "tip-blocked-why-with-needs", practice.reasons(catalog, ref, needing)
    yield "tip-blocked-which-need", practice.missing_needs(catalog, ref, needing)
    for why in Blocker:
        yield f"tip-blocked-{why}", blocked_tip(catalog, ref, Blocked(_after(simple, why)))
    asked_for = replace(ref, origin=Origin.NOW, week=None)
    yield "tip-blocked-other-asked-for", blocked_tip(catalog, asked_for, Blocked(_after(simple, Blocker.OTHER)))
    copyable = costs.model_copy(update={"template": "Feature: <name>\nPrice: ```", "example": "Search & find: 2 cents"})
    helped = replace(simple, lesson=Lesson(copyable, simple.lesson.tip))
    yield ("tip-blocked-unclear-with-a-template", blocked_tip(catalog, ref, Blocked(_after(helped, Blocker.UNCLEAR))))
    other = Choice(Lesson(costs, costs.tips[1]), Reason.NEXT_ON_PATH, simple.role)
    found = Blocked(_after(needing, Blocker.LACKS), other)
    yield "tip-in-place-of-a-blocked-one", blocked_tip(catalog, ref, found, lacks=["logs", "test-set"])


def about_what_a_member_has(catalog: Catalog) -> Iterator[tuple[str, Block | Message]]:
    logs, test_set = catalog.needs.values()
    yield "situation-form", given.situation_form(catalog, {})
    yield "situation-form-again", given.situation_form(catalog, {"logs": True, "test-set": False})
    yield "situation-saved", given.situation_saved(0, 2, Waiting(4, 6, ((logs, 3), (test_set, 1))))
    yield "situation-saved-with-all", given.situation_saved(2, 2, Waiting(6, 6, ()))


def _seen(catalog: Catalog) -> TipSeen:
    costs = catalog.skills["token-costs"]
    lesson = Lesson(costs, costs.tips[0])
    return TipSeen(lesson, catalog.roles["devops-engineer"], History(), frozenset(), "Europe/Berlin", AT)


def _needing(lesson: Lesson) -> Lesson:
    return Lesson(lesson.skill, lesson.tip.model_copy(update={"needs": ("logs", "test-set")}))


def _after(seen: TipSeen, why: Blocker) -> TipSeen:
    step = Practised(seen.lesson.tip.id, Step.BLOCKED, AT, why)
    return replace(seen, history=History(last_steps([step])), new=True)
