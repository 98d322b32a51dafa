"""What members answer to the one question of a weekly message, which check.py draws."""

from dataclasses import replace
from functools import partial

from bot.coach import checks
from bot.coach.checks import Chosen, Said
from bot.coach.practice import TipSeen
from bot.core.rhythm import Wish
from bot.core.weekly_questions import Answer, Opinion, WhyNot
from bot.slack.message import Message
from bot.slack.noun import Noun, Outdated
from bot.slack.request import Request
from bot.slack.tip.card import card_of, redrawn
from bot.slack.tip.check import IN_TIP, PULSE, RHYTHM, STILL, THANKS, noted, read_option
from bot.slack.tip.ref import TipRef, tip_and

noun = Noun()


@noun.click(IN_TIP, tip_and(read_option))
async def answer_check(request: Request, given: tuple[TipRef, int]) -> Message:
    ref, chosen = given
    asked, key = ref.check, ref.weekly_key(request.who)
    if asked is None or key is None:
        raise Outdated
    option = checks.ChosenOption(asked.id, asked.version, key, chosen)
    then = partial(redrawn, request.catalog, ref)
    return await request.write(
        checks.answer_in_tip, request.catalog, request.who, ref.tip, option, request.now, then=then
    )


def read_still(word: str) -> tuple[Answer, WhyNot | None]:
    """Read an answer; a reason alone means no. Raise ValueError."""
    return (Answer.NO, WhyNot(word)) if word in set(WhyNot) else (Answer(word), None)


@noun.click(STILL, tip_and(read_still))
async def answer_still(request: Request, given: tuple[TipRef, tuple[Answer, WhyNot | None]]) -> Message:
    """Store whether the member still does the tip that the message asks about."""
    ref, (answer, why) = given
    key = ref.weekly_key(request.who)
    if ref.still is None or key is None:
        raise Outdated
    said, then = Said(ref.still, key, answer, why), partial(redrawn, request.catalog, ref)
    return await request.write(checks.answer_still, request.catalog, request.who, ref.tip, said, request.now, then=then)


@noun.click(PULSE, tip_and(Opinion))
async def answer_pulse(request: Request, given: tuple[TipRef, Opinion]) -> Message:
    """Store what the member thinks about the team, and draw the tip without the question."""
    (ref, opinion), catalog = given, request.catalog
    if ref.pulse is None:
        raise Outdated

    def tip(seen: TipSeen) -> Message:
        drawn = card_of(catalog, replace(ref, pulse=None), seen)
        return replace(drawn, above=(THANKS, *drawn.above)).redrawn()

    return await request.write(
        checks.answer_pulse, catalog, request.who, ref.tip, ref.pulse, opinion, request.now, then=tip
    )


@noun.click(RHYTHM, tip_and(Wish))
async def go_on(request: Request, given: tuple[TipRef, Wish]) -> Message:
    """Let tips come as the member wants them, and draw that in place of the question."""
    wish, ref, catalog = given[1], replace(given[0], asks_rhythm=False), request.catalog
    who, key = request.who, ref.weekly_key(request.who)

    def tip(chosen: Chosen) -> Message:
        return card_of(catalog, ref, chosen.seen, noted(wish, chosen.tips)).redrawn()

    return await request.write(checks.go_on, catalog, who, ref.tip, key, wish, request.now, then=tip)
