"""*Blocked*: ask why. Each answer redraws the tip with a next step; if the member lacks something, with another tip."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bot.coach import practice, tips
from bot.coach.practice import TipSeen
from bot.coach.tips import Blocked
from bot.core.catalog import Catalog
from bot.core.content_types import Need
from bot.core.practice import Blocker
from bot.slack.blocks import actions, button, lowered, overflow, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip.card import BLOCKED, UNDO, Card, card_of
from bot.slack.tip.ref import TipRef, tip_and

WHY, BACK = "why-blocked", "show-tip"

MAX_BUTTONS = 3  # further answers are in a menu

noun = Noun()


class Why(NamedTuple):
    """What keeps a member from a tip, and which needs they lack. No needs: they did not say which."""

    blocker: Blocker
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.blocker, *self.lacks))


def parse_why(words: str) -> Why:
    blocker, *lacks = words.split(" ")
    return Why(Blocker(blocker), tuple(lacks))


@noun.click(BLOCKED, TipRef.parse)
async def ask_why(request: Request, ref: TipRef) -> Message:
    return await _seen(request, ref, partial(reasons, request.catalog, ref))


@noun.click(BACK, TipRef.parse)
async def go_back(request: Request, ref: TipRef) -> Message:
    return await _seen(request, ref, lambda seen: card_of(request.catalog, ref, seen).redrawn())


@noun.click(WHY, tip_and(parse_why))
async def block(request: Request, given: tuple[TipRef, Why]) -> Message:
    catalog, (ref, why) = request.catalog, given
    lesson = catalog.lessons.get(ref.tip)
    needs = lesson.tip.needs if lesson else ()
    key, then = ref.weekly_key(request.who), partial(blocked_tip, catalog, ref)
    if why.blocker is not Blocker.LACKS or not needs:  # another version of the tip may have had needs
        return await request.write(tips.block, catalog, request.who, ref.tip, key, why.blocker, request.now, then=then)
    if not why.lacks and len(needs) > 1:
        return await _seen(request, ref, partial(missing_needs, catalog, ref))
    lacks = [need for need in needs if need in why.lacks] or needs
    then = partial(blocked_tip, catalog, ref, lacks=lacks)
    return await request.write(tips.lack, catalog, request.who, ref.tip, key, lacks, request.now, then=then)


async def _seen(request: Request, ref: TipRef, then: Callable[[TipSeen], Message]) -> Message:
    key = ref.weekly_key(request.who)
    return await request.read(practice.see, request.catalog, request.who, ref.tip, key, request.now, then=then)


def reasons(catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    """Return the tip with the question in place of its buttons."""
    choices = [
        *([("I don't have what it needs", Blocker.LACKS)] if seen.lesson.tip.needs else []),
        ("No time this week", Blocker.NO_TIME),
        ("I don't see how", Blocker.UNCLEAR),
        ("Something else", Blocker.OTHER),
    ]
    return _question(catalog, ref, seen, "What is in the way?", [(label, Why(why)) for label, why in choices])


def missing_needs(catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    needs = _needs(catalog, seen.lesson.tip.needs)
    choices = [(need.name, Why(Blocker.LACKS, (need.slug,))) for need in needs]
    none = ("I have none of them", Why(Blocker.LACKS, tuple(need.slug for need in needs)))
    return _question(catalog, ref, seen, "Which of these don't you have?", [*choices, none])


def _question(
    catalog: Catalog, ref: TipRef, seen: TipSeen, question: str, choices: Sequence[tuple[str, Why]]
) -> Message:
    if seen.is_done:
        return card_of(catalog, ref, seen).redrawn()
    buttons = [button(label, WHY, ref.with_word(str(why))) for label, why in choices[:MAX_BUTTONS]]
    others = [(label, WHY, ref.with_word(str(why))) for label, why in choices[MAX_BUTTONS:]]
    back, more = button("Back", BACK, ref.value), [overflow(*others, of="why")] if others else []
    question_blocks = (section(f"*{question}*"), actions(*buttons, back, *more))
    return Card(catalog, seen.lesson, seen.role, ref, seen, question=question_blocks).redrawn()


def blocked_tip(catalog: Catalog, ref: TipRef, found: Blocked, *, lacks: Sequence[str] = ()) -> Message:
    """Return the blocked tip with its next step, or the tip that stands in its place."""
    seen, choice = found.seen, found.instead
    if choice is None:
        return card_of(catalog, ref, seen).redrawn()
    other = replace(ref, tip=choice.lesson.tip.id, reason=choice.reason, turn=choice.turn)
    above = _instead(_needs(catalog, lacks), ref)
    return card_of(catalog, other, replace(seen, lesson=choice.lesson, new=False), above).redrawn()


def _instead(lacks: Sequence[Need], ref: TipRef) -> Block:
    names = " and ".join(escape(lowered(need.name)) for need in lacks)
    undo = overflow(("Undo", UNDO, ref.value), of="instead")
    return section(f"You don't have {names}, so here is another one.", undo)


def _needs(catalog: Catalog, slugs: Sequence[str]) -> list[Need]:
    return [catalog.needs[slug] for slug in slugs if slug in catalog.needs]
