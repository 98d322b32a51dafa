"""What a member says about a tip, and what they have, in every situation that makes it look different."""

from collections.abc import Iterator
from dataclasses import replace

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level
from bot.core.learning import FIRST_TIP, Waiting, after_learned, path_of
from bot.core.next_tip import Choice, Reason
from bot.core.practice import Blocker, Practised, Step
from bot.slack.message import Block, Message
from bot.slack.tip import card, given, practice
from bot.slack.tip.practice import blocked_tip
from bot.slack.tip.ref import Origin, TipRef
from tests.records import record_of
from tests.slack.screens.tips import AT, ZONE


def about_blocked_tips(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    simple, costs = _seen(catalog), catalog.skills["token-costs"]
    ref = TipRef(simple.lesson.tip.id, Reason.SINGLE, Origin.WEEKLY, "2026-W48")
    needs = {"needs": ("logs", "test-set")}
    needing = replace(simple, lesson=Lesson(costs, simple.lesson.tip.model_copy(update=needs)))
    yield "tip-blocked-why", practice.reasons(catalog, ref, simple)
    yield "tip-blocked-why-with-needs", practice.reasons(catalog, ref, needing)
    yield "tip-blocked-which-need", practice.missing_needs(catalog, ref, needing)
    for why in Blocker:
        yield f"tip-blocked-{why}", blocked_tip(catalog, ref, _after(simple, why))
    lacking = _after(needing, Blocker.LACKS)
    without_logs = replace(lacking, record=lacking.record.with_needs({"logs": False}))
    yield "tip-blocked-lacks-with-a-sample", blocked_tip(catalog, ref, without_logs)
    asked_for = replace(ref, origin=Origin.NOW, week=None)
    yield "tip-blocked-other-asked-for", blocked_tip(catalog, asked_for, _after(simple, Blocker.OTHER))
    copyable = costs.model_copy(update={"template": "Feature: <name>\nPrice: ```", "example": "Search & find: 2 cents"})
    helped = replace(simple, lesson=Lesson(copyable, simple.lesson.tip))
    yield "tip-blocked-unclear-with-a-template", blocked_tip(catalog, ref, _after(helped, Blocker.UNCLEAR))
    other = Choice(Lesson(costs, costs.tips[1]), Reason.SINGLE)
    found = replace(_after(needing, Blocker.LACKS), instead=other)
    yield "tip-in-place-of-a-blocked-one", blocked_tip(catalog, ref, found, lacks=["logs", "test-set"])


def about_what_members_say(catalog: Catalog) -> Iterator[tuple[str, Block | Message]]:
    (logs, test_set), lessons = catalog.needs.values(), tuple(catalog.lessons.values())
    yield "situation-form", given.situation_form(catalog, {})
    yield "situation-form-again", given.situation_form(catalog, {"logs": True, "test-set": False})
    yield "situation-saved", given.situation_saved(0, 2, Waiting(4, 6, ((logs, 3), (test_set, 1))))
    yield "situation-saved-with-all", given.situation_saved(2, 2, Waiting(6, 6, ()))
    yield "did-which-of-these", practice.which_tip("", (), lessons[:2])
    yield "did-which-of-several", practice.which_tip("price", lessons, lessons[4:])
    yield "did-unknown", practice.which_tip("<!channel> `x`", (), lessons[:2])
    yield "did-unknown-and-none-given", practice.which_tip("juggling", (), ())
    seen, devops = _seen(catalog), catalog.roles["devops-engineer"]
    ref = TipRef.asked(seen.lesson.tip.id)
    done = replace(seen, record=seen.record.with_step(Practised(ref.tip, Step.DONE, AT)), new=True)
    whole_path = after_learned(seen.lesson.skill, path_of(catalog, devops, devops.skills))
    yield "did-done", practice.done_tip(catalog, done)
    yield "did-and-told", practice.done_tip(catalog, done, told="<half> had no owner")
    yield "milestone-first-tip", practice.done_tip(catalog, replace(done, milestone=FIRST_TIP))
    yield "milestone-a-path", practice.done_tip(catalog, replace(done, milestone=whole_path))
    yield "act-none-open", given.NONE_OPEN
    yield "act-nothing-said", given.NOTHING_SAID
    yield "act-too-hard", given.too_hard(catalog, ref, seen)
    yield "act-too-easy", given.too_easy(catalog, ref, seen)
    yield "act-here-again", given.here_again(catalog, seen, is_paused=False)
    yield "act-here-again-paused", given.here_again(catalog, None, is_paused=True)
    yield "act-level", given.level_set(Level.DAILY)
    yield "tip-small", card.card_of(catalog, replace(ref, is_small=True), seen).message()


def _seen(catalog: Catalog) -> TipSeen:
    costs = catalog.skills["token-costs"]
    lesson = Lesson(costs, costs.tips[0])
    return TipSeen(lesson, record_of(catalog.roles["devops-engineer"], zone=ZONE), AT)


def _after(seen: TipSeen, why: Blocker) -> TipSeen:
    step = Practised(seen.lesson.tip.id, Step.BLOCKED, AT, why)
    return replace(seen, record=seen.record.with_step(step), new=True)
