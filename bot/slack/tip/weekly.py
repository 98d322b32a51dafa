"""The question whether a tip may come every week: on the member's card, and once under a tip that they did or plan."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple, Self

from bot.coach import beginning, practice, schedules
from bot.coach.beginning import Weekly
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.slack.form import Form, Saved
from bot.slack.message import Message
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.role import own_role
from bot.slack.tip import tips
from bot.slack.tip.card import card_of
from bot.slack.tip.ref import TipRef
from bot.slack.tip.tips import ANOTHER_TIME, NO, WEEKLY, YES

noun = Noun()


class Answer(NamedTuple):
    """What a button carries: the answer, and the tip under which it was asked; None on the card."""

    wanted: bool
    tip: TipRef | None

    @classmethod
    def parse(cls, value: str) -> Self:
        answer, _, tip = value.partition(" ")
        if answer not in {YES, NO}:
            raise ValueError
        return cls(answer == YES, parse_tip(tip))


def parse_tip(value: str) -> TipRef | None:
    return TipRef.parse(value) if value else None


@noun.click(WEEKLY, Answer.parse)
async def weekly(request: Request, answer: Answer) -> Message:
    """Start weekly tips or leave them off: that line of the message changes, and nothing is posted."""
    return await _answered(request, answer.tip, Weekly(answer.wanted))


async def _answered(request: Request, ref: TipRef | None, said: Weekly) -> Message:
    catalog, who, now = request.catalog, request.who, request.now
    if ref is None:
        card = await request.write(beginning.answer_on_card, catalog, who, said, now, then=own_role)
        return replace(card, replaces=True)
    then = partial(_redrawn, catalog, ref)
    return await request.write(beginning.answer_on_tip, catalog, who, ref.tip, ref.asking(who), said, now, then=then)


def _redrawn(catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    return card_of(catalog, ref, seen).redrawn()


@noun.click(ANOTHER_TIME, parse_tip)
async def another_time(request: Request, ref: TipRef | None) -> Form:
    """Open the form for day, time and zone. Saving it is a yes."""
    found = await request.find(schedules.state, request.who)
    return Form(tips.schedule_form(found.schedule, form=ANOTHER_TIME, metadata=ref.value if ref else ""))


@noun.form(ANOTHER_TIME, parse_tip)
async def save_time(request: Request, ref: TipRef | None, fields: dict[str, str]) -> Saved:
    slot, zone = tips.read_time(fields)
    found = await request.find(schedules.state, request.who)
    said = Weekly(wanted=True, slot=slot, zone=zone if zone != (found.schedule.zone or "UTC") else None)
    return Saved(await _answered(request, ref, said), ref.key(request.who) if ref else None)


async def asked_first(request: Request, ref: TipRef) -> Message | None:
    """Return the tip with the question under it, for a member who wants to plan it and was not asked yet."""
    catalog, who = request.catalog, request.who
    seen = await request.find(practice.see, catalog, who, ref.tip, ref.asking(who), request.now)
    if not seen.asks_weekly or seen.is_done:
        return None
    return replace(card_of(catalog, ref, seen), wants_plan=True).redrawn()
