"""What a member says about a tip: *Did it*, *Blocked*, and the answer to its one question.

*Blocked* asks why. Each answer redraws the tip with a next step; if the member lacks something, with another tip.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bot.coach import ask, checks, practice, schedules
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Need
from bot.core.errors import quoted
from bot.core.practice import MAX_LINE, Answer, Blocker, WhyNot
from bot.core.rhythm import Wish
from bot.core.words import LIGHT, words_of
from bot.slack.blocks import actions, button, listed, lowered, overflow, saying, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, Outdated
from bot.slack.request import Request
from bot.slack.tip import card, check, clicks
from bot.slack.tip.card import card_of, redrawn
from bot.slack.tip.ref import TipRef, tip_and

WHY = "why-blocked"
MAX_BUTTONS = 3  # further answers are in a menu
MAX_OFFERED = 3  # tips
WHICH = "?"  # asks which tip was done, though one is open
Draw = Callable[[Catalog, TipRef, Any], Message]  # of what a use case returned about a tip, mostly a TipSeen

noun = Noun()


@noun.verb("did [tip]", "Say that you did your tip, or which one.")
async def did(request: Request, words: str) -> Message:
    catalog, heard = request.catalog, None
    if words and words != WHICH:
        heard = await request.hear(ask.hears, words, "did") or await request.hear(ask.hears, f"did {words}", "did")
    means_open = not words or heard is not None
    named = () if means_open else catalog.tips_named(words)
    lately = tuple(seen.lesson for seen in await request.read(practice.undone))
    lessons = lately[:1] if means_open else named
    if heard is not None and not heard.is_sure and len(lately) > 1:
        return which_tip("", (), sorted(lately, key=partial(_fits, words), reverse=True))
    if len(lessons) != 1:
        return which_tip("" if means_open or words == WHICH else words, named, lately)
    tip, told = lessons[0].tip.id, heard.rest if heard else ""
    is_only = means_open and len(lately) == 1 and (heard is None or heard.is_sure)
    then_done = partial(done_tip, catalog, told=told, is_only=is_only)
    return await request.write(practice.report, tip, then=then_done)


def _fits(words: str, lesson: Lesson) -> int:
    return len(set(words_of(words)) & set(words_of(" ".join((lesson.tip.title, *lesson.tip.do)))) - LIGHT)


def which_tip(words: str, meant: Sequence[Lesson], lately: Sequence[Lesson]) -> Message:
    """Ask which tip was meant: those that fit the words, else those that the member got lately and did not do yet."""
    start = f"I don't know the tip {escape(quoted(words))}. " if words else ""
    text = f"{start}You got no tip yet that is not done. Get one, or type words of its title: `/roleshift did price`."
    offered: Sequence[Lesson] = ()
    if len(meant) > 1:
        text, offered = "Which tip did you do?", sorted(meant, key=lambda lesson: lesson not in lately)
    elif lately:
        text, offered = f"{start}Which of these did you do? You got them lately.", lately
    shown = [lesson.tip for lesson in offered[:MAX_OFFERED]]
    did_one = [button(tip.title, clicks.DID, TipRef.asked(tip.id).value) for tip in shown]
    others = ("A tip now", "tip", ""), ("My record", "record", "")
    more = [overflow(*others)] if did_one else [button(*choice) for choice in others]
    return saying(text, *did_one, *more)


def done_tip(catalog: Catalog, seen: practice.TipSeen, *, told: str = "", is_only: bool = False) -> Message:
    """Draw a tip that was said to be done. `told`: what came out, in the same words; `is_only`: it is sure which."""
    tip, ref = seen.lesson.tip, TipRef.asked(seen.lesson.tip.id)
    save = button("Save what came out", clicks.TOLD, ref.with_word(told[:MAX_LINE]))
    above = [section("What came out is not saved yet.", save)] if told else []
    is_asked = seen.new and not is_only
    above += [section("You meant another one?", button("Undo", clicks.UNDO, ref.value))] if is_asked else []
    return replace(card_of(catalog, ref, seen, *above).message(), text=f"Done: {escape(tip.title)}")


async def said(
    use_case: Callable[..., Any], request: Request, ref: TipRef, *more: object, draw: Draw = redrawn
) -> Message:
    """Run the use case and draw the tip anew. `more`: what it takes beside the tip and the key of its message."""
    then = partial(draw, request.catalog, ref)
    return await request.write(use_case, ref.tip, ref.weekly_key(request.who), *more, then=then)


for _button, _use_case in (  # that only store something and draw the tip anew
    (clicks.DID, practice.did),
    (clicks.UNDO, practice.undo),
    (clicks.NOT_MY_WORK, practice.not_my_work),
    (clicks.LEARN, practice.learn),
):
    noun.click(_button, TipRef.parse)(partial(said, _use_case))


def parse_why(words: str) -> tuple[Blocker, Sequence[str]]:
    """Read what keeps a member from a tip, and which needs they lack. No needs: they did not say which."""
    blocker, *lacks = words.split(" ")
    return Blocker(blocker), lacks


async def _drawn(draw: Draw, request: Request, ref: TipRef) -> Message:
    return draw(request.catalog, ref, await request.read(practice.see, ref.tip, ref.weekly_key(request.who)))


noun.click(clicks.WHOLE, TipRef.parse)(partial(_drawn, redrawn))


@noun.click(WHY, tip_and(parse_why))
async def block(request: Request, given: tuple[TipRef, tuple[Blocker, Sequence[str]]]) -> Message:
    catalog, (ref, (blocker, lacks)) = request.catalog, given
    lesson = catalog.lessons.get(ref.tip)
    needs = catalog.needs_of(lesson.tip) if lesson else ()
    if blocker is not Blocker.LACKS or not needs:  # another version of the tip may have had needs
        return await said(practice.block, request, ref, blocker)
    if not lacks and len(needs) > 1:
        return await _drawn(missing_needs, request, ref)
    lacks = [need for need in needs if need in lacks] or needs
    return await said(practice.lack, request, ref, lacks, draw=partial(blocked_tip, lacks=lacks))


def reasons(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    needs = _needs(catalog, catalog.needs_of(seen.lesson.tip))
    what = lowered(needs[0].name) if len(needs) == 1 else "what it needs"
    lacks = [(f"I don't have {what}", Blocker.LACKS)] if needs else []
    others = ("No time this week", Blocker.NO_TIME), ("I don't see how", Blocker.UNCLEAR)
    choices = [*lacks, *others, ("Something else", Blocker.OTHER)]
    return _question(catalog, ref, seen, "What is in the way?", choices)


noun.click(clicks.BLOCKED, TipRef.parse)(partial(_drawn, reasons))


def missing_needs(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    needs = _needs(catalog, catalog.needs_of(seen.lesson.tip))
    choices = [(need.name, f"{Blocker.LACKS} {need.slug}") for need in needs]
    none = "I have none of them", " ".join((Blocker.LACKS, *(need.slug for need in needs)))
    return _question(catalog, ref, seen, "Which of these don't you have?", [*choices, none])


def another_way(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> tuple[Block, ...]:
    """Return what to press for who lacks what a step needs; nothing for who said that they have it."""
    has = seen.record.has(catalog)
    unsure = [need for need in _needs(catalog, catalog.needs_of(seen.lesson.tip)) if need.slug not in has]
    if not unsure or seen.last_step is not None:
        return ()
    names = listed([lowered(need.name) for need in unsure])
    why = f"{Blocker.LACKS} {unsure[0].slug}" if len(unsure) == 1 else Blocker.LACKS
    return (section(f"You don't have {escape(names)}?", button("Another way", WHY, ref.with_word(why))),)


def _question(
    catalog: Catalog, ref: TipRef, seen: practice.TipSeen, question: str, choices: Sequence[tuple[str, str]]
) -> Message:
    if seen.is_done:
        return redrawn(catalog, ref, seen)
    answers = [(label, WHY, ref.with_word(why)) for label, why in choices]
    buttons = [button(*answer) for answer in answers[:MAX_BUTTONS]]
    more = [overflow(*answers[MAX_BUTTONS:], of="why")] if len(answers) > MAX_BUTTONS else []
    blocks = section(f"*{question}*"), actions(*buttons, button("Back", clicks.WHOLE, ref.value), *more)
    return replace(card_of(catalog, ref, seen), question=blocks).redrawn()


def blocked_tip(catalog: Catalog, ref: TipRef, seen: practice.TipSeen, *, lacks: Sequence[str] = ()) -> Message:
    if (choice := seen.instead) is None:
        return redrawn(catalog, ref, seen)
    other = replace(ref, tip=choice.lesson.tip.id, reason=choice.reason, is_small=choice.is_small)
    names = listed([escape(lowered(need.name)) for need in _needs(catalog, lacks)])
    undo = overflow(("Undo", clicks.UNDO, ref.value), of="instead")
    above = [section(f"You don't have {names}, so here is another one.", undo)]
    above += [actions(button(*sample)) for sample in card.sample_of(catalog, lacks)]
    return card_of(catalog, other, replace(seen, lesson=choice.lesson, new=False), *above).redrawn()


def _needs(catalog: Catalog, slugs: Sequence[str]) -> list[Need]:
    return [catalog.needs[slug] for slug in slugs if slug in catalog.needs]


@noun.click(check.IN_TIP, tip_and(check.read_option))
async def answer_check(request: Request, given: tuple[TipRef, int]) -> Message:
    ref, chosen = given
    key = ref.weekly_key(request.who)
    if ref.check is None or key is None:
        raise Outdated
    option = checks.ChosenOption(ref.check.id, ref.check.version, key, chosen)
    return await request.write(checks.answer_in_tip, ref.tip, option, then=partial(redrawn, request.catalog, ref))


def read_still(word: str) -> tuple[Answer, WhyNot | None]:
    """Read an answer; a reason alone means no. Raise ValueError."""
    return (Answer.NO, WhyNot(word)) if word in set(WhyNot) else (Answer(word), None)


@noun.click(check.STILL, tip_and(read_still))
async def answer_still(request: Request, given: tuple[TipRef, tuple[Answer, WhyNot | None]]) -> Message:
    ref, (answer, why) = given
    key = ref.weekly_key(request.who)
    if ref.still is None or key is None:
        raise Outdated
    then = partial(redrawn, request.catalog, ref)
    return await request.write(checks.answer_still, ref.tip, key, ref.still, answer, why, then=then)


@noun.click(check.RHYTHM, tip_and(Wish))
async def go_on(request: Request, given: tuple[TipRef, Wish]) -> Message:
    wish = given[1]

    def draw(catalog: Catalog, ref: TipRef, chosen: tuple[practice.TipSeen, schedules.Tips]) -> Message:
        return card_of(catalog, ref, chosen[0], check.noted(wish, chosen[1])).redrawn()

    return await said(checks.go_on, request, replace(given[0], asks_rhythm=False), wish, draw=draw)
