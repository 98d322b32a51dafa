"""The screens of checks: in the weekly message and on their own, before and after the answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.checks import Answered
from bot.coach.posts.tips import TipPost
from bot.coach.practice import TipSeen
from bot.coach.schedules import Tips
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.next_tip import Choice, Reason
from bot.core.practice import WEEK, Answer, Asked, Use, WhyNot
from bot.core.rhythm import AS_USUAL, Wish
from bot.slack.message import Message
from bot.slack.tip import card, check, given
from bot.slack.tip.ref import CheckRef, Origin, TipRef
from tests.records import record_of
from tests.slack.screens.tips import DUE, WEEKLY, ZONE, schedule_on

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ASKING, KEY = "0123456789abcdef", "nudge:U1:2026-W48"
WRONG, RIGHT = 0, 1  # the options of the small catalogue's checks


def about_checks(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    quiz = next(Quiz(skill, skill.checks[0]) for skill in catalog.skills.values())
    choice = Choice(Lesson(quiz.skill, quiz.skill.tips[0]), Reason.SINGLE)
    yield "nudge-with-a-check", given.weekly_tip(catalog, WEEKLY, TipPost(choice, quiz, DUE - 4 * WEEK))
    yield "nudge-with-a-check-unlearned", given.weekly_tip(catalog, WEEKLY, TipPost(choice, quiz))
    yield from _about_still_and_rhythm(catalog, choice)
    changed, gone = _ref(quiz, version="0000"), _ref(quiz, check="gone")
    for name, chosen in {"wrong": WRONG, "right": RIGHT, "not-yet": None}.items():
        seen = _seen(choice, [_asked(quiz, chosen, KEY)])
        yield f"nudge-check-{name}", card.card_of(catalog, _ref(quiz), seen).redrawn()
        yield f"nudge-check-changed-{name}", card.card_of(catalog, changed, seen).redrawn()
        yield f"nudge-check-gone-{name}", card.card_of(catalog, gone, seen).redrawn()
    kept = [_asked(quiz, RIGHT, key, week) for key, week in (("n:1", 11), ("n:2", 8), (KEY, 0))]
    yield "nudge-check-kept", card.card_of(catalog, _ref(quiz), _seen(choice, kept)).redrawn()
    yield from _on_their_own(catalog, quiz)


def _about_still_and_rhythm(catalog: Catalog, choice: Choice) -> Iterator[tuple[str, Message]]:
    old, role = catalog.lessons["cost-spikes-1"], next(iter(catalog.roles.values()))
    yield "nudge-still-doing-it", given.weekly_tip(catalog, WEEKLY, TipPost(choice, still=old))
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.WEEKLY, "2026-W48")
    for answer, why in ((Answer.AGAIN, None), (Answer.ONCE, None), (Answer.NO, WhyNot.NO_CASE)):
        use = Use(old.tip.id, answer, AT, KEY, why)
        seen = TipSeen(choice.lesson, record_of(role, zone=ZONE, learned={old.skill.slug}, uses=[use]), AT, KEY)
        yield f"nudge-still-{answer}", card.card_of(catalog, replace(ref, still=old.tip.id), seen).redrawn()
    yield "nudge-how-to-go-on", given.weekly_tip(catalog, WEEKLY, TipPost(choice, asks_rhythm=True))
    yield "nudge-after-a-gap", given.weekly_tip(catalog, WEEKLY, TipPost(choice, is_back=True))
    for wish in Wish:
        on = schedule_on(paused_until=DUE if wish is Wish.PAUSE else None)
        above = check.noted(wish, Tips(replace(on, rhythm=AS_USUAL.as_wished(wish))))
        seen = TipSeen(choice.lesson, record_of(role, zone=ZONE), AT)
        yield f"nudge-goes-on-{wish}", card.card_of(catalog, ref, seen, above).redrawn()


def _on_their_own(catalog: Catalog, quiz: Quiz) -> Iterator[tuple[str, Message]]:
    ref = check.OptionNow(CheckRef(quiz.check.id, quiz.check.version), ASKING, "", 0)
    nothing = _asked(quiz, None, ASKING)
    yield "check-asked", check.asked_now(None, quiz, nothing, None)
    yield "check-asked-about-a-learned-skill", check.asked_now(quiz.skill, quiz, nothing, AT - WEEK)
    yield "check-asked-on-the-day", check.asked_now(quiz.skill, quiz, nothing, AT)
    for name, chosen in (("wrong", WRONG), ("right", RIGHT)):
        asked = _asked(quiz, chosen, ASKING)
        found = Answered(quiz, asked, record_of(asked=[asked]))
        yield f"check-{name}", check.answered_now(catalog, ref, found)
    learned = replace(found, record=found.record.with_learned(quiz.skill.slug, AT))
    yield "check-right-of-a-learned-skill", check.answered_now(catalog, ref, learned)
    yield "check-gone", check.answered_now(catalog, ref, Answered(None, nothing, record_of()))
    yield "check-answered-and-gone", check.answered_now(catalog, ref, replace(found, quiz=None))
    old = ref._replace(check=CheckRef(quiz.check.id, "0000"))
    yield "check-changed", check.answered_now(catalog, old, Answered(quiz, nothing, record_of()))


def _ref(quiz: Quiz, *, version: str = "", check: str = "") -> TipRef:
    of = CheckRef(check or quiz.check.id, version or quiz.check.version, 4)
    return TipRef(quiz.skill.tips[0].id, Reason.SINGLE, Origin.WEEKLY, "2026-W48", of)


def _asked(quiz: Quiz, chosen: int | None, asking: str, weeks_ago: int = 0) -> Asked:
    at = AT - weeks_ago * WEEK
    asked = Asked(quiz.check.id, quiz.skill.slug, at, asking=asking)
    if chosen is None:
        return asked
    right = quiz.check.options[chosen].right
    return replace(asked, answered_at=at + timedelta(hours=1), right=right, chosen=chosen)


def _seen(choice: Choice, asked: list[Asked]) -> TipSeen:
    record = record_of(zone=ZONE, learned={choice.lesson.skill.slug}, asked=asked)
    return TipSeen(choice.lesson, record, AT, asked[-1].asking)
