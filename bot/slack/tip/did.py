"""What a member did: the verb `did`, what the buttons of a tip say about it, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.coach import practice
from bot.coach.practice import Line, TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.errors import quoted
from bot.core.member import MemberKey
from bot.core.next_tip import Reason
from bot.core.practice import MAX_LINE, Readers
from bot.slack import role
from bot.slack.blocks import actions, button, context, modal, option, overflow, section
from bot.slack.form import FieldError, Form, Saved, choice, field, text_box
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import card
from bot.slack.tip.card import card_of, planned_in
from bot.slack.tip.ref import Origin, TipRef

TEXT, READERS = "line", "readers"  # the fields of the form
ONLY_ME = "me"
WHO_READS = {
    ONLY_ME: "Only me",
    Readers.UNNAMED: "Colleagues on this tip, without my name",
    Readers.NAMED: "Colleagues on this tip, with my name",
}
MAX_MEANT, MAX_LATELY = 3, 3  # buttons

UseCase = Callable[[Connection, Catalog, MemberKey, str, str | None, datetime], TipSeen]

noun = Noun()


@noun.verb("did [tip]", "Say which tip you did.")
async def did(request: Request, words: str) -> Message:
    lessons = request.catalog.tips_named(words)
    if len(lessons) != 1:
        then = partial(which_tip, words, lessons)
        return await request.read(practice.undone, request.catalog, request.who, then=then)
    tip, then_done = lessons[0].tip.id, partial(done_tip, request.catalog, request.who)
    return await request.write(practice.report, request.catalog, request.who, tip, request.now, then=then_done)


def which_tip(words: str, meant: Sequence[Lesson], lately: Sequence[Lesson]) -> Message:
    """Ask which tip was meant: those that fit the words, else those that the member got lately and did not do yet."""
    if len(meant) > 1:
        got_first = sorted(meant, key=lambda lesson: lesson not in lately)
        return _offered("Which tip did you do?", got_first[:MAX_MEANT])
    start = f"I don't know the tip {escape(quoted(words))}. " if words else ""
    if lately:
        text = f"{start}Which of these did you do? You got them lately."
        return _offered(text, lately[:MAX_LATELY])
    text = f"{start}You got no tip yet that is not done. Get one, or type words of its title: `/roleshift did price`."
    return _offered(text, ())


def _offered(text: str, lessons: Sequence[Lesson]) -> Message:
    did_one = [button(lesson.tip.title, card.DID, _ref(lesson).value) for lesson in lessons]
    others = ("A tip now", "tip", ""), ("My record", "record", "")
    more = [overflow(*others)] if did_one else [button(*each) for each in others]
    return Message(text, [section(text), actions(*did_one, *more)])


def done_tip(catalog: Catalog, who: MemberKey, seen: TipSeen) -> Message:
    """Answer `did <tip>`: the tip, what is counted now, and *Undo*."""
    ref = _ref(seen.lesson)
    blocks = [*card_of(catalog, ref, seen).blocks(), *milestone(seen, in_channel=False)]
    return Message(f"Done: {escape(seen.lesson.tip.title)}", blocks, also=planned_in(catalog, ref, seen, who))


def _ref(lesson: Lesson) -> TipRef:
    return TipRef(lesson.tip.id, Reason.ASKED, Origin.NOW)


@noun.click(card.DID, TipRef.parse)
async def did_it(request: Request, ref: TipRef) -> Message:
    return await _redrawn(request, ref, practice.did)


@noun.click(card.UNDO, TipRef.parse)
async def undo(request: Request, ref: TipRef) -> Message:
    return await _redrawn(request, ref, practice.undo)


@noun.click(card.NOT_MY_WORK, TipRef.parse)
async def not_my_work(request: Request, ref: TipRef) -> Message:
    return await _redrawn(request, ref, practice.not_my_work)


@noun.click(card.LEARN, TipRef.parse)
async def learn(request: Request, ref: TipRef) -> Message:
    return await _redrawn(request, ref, practice.learn)


async def _redrawn(request: Request, ref: TipRef, use_case: UseCase) -> Message:
    """Run the use case and draw the tip anew, with the milestone that its member reached."""

    def tip(seen: TipSeen) -> Message:
        redrawn = card_of(request.catalog, ref, seen).redrawn()
        reached = milestone(seen, in_channel=request.shared_channel is not None)
        also = planned_in(request.catalog, ref, seen, request.who)
        return replace(redrawn, blocks=[*redrawn.blocks, *reached], also=also)

    key = ref.weekly_key(request.who)
    return await request.write(use_case, request.catalog, request.who, ref.tip, key, request.now, then=tip)


def milestone(seen: TipSeen, *, in_channel: bool) -> list[Block]:
    """Return what stands under a tip whose click reached a milestone. `in_channel`: others read where it stands."""
    if seen.finished is None:
        return [context(escape(seen.milestone))] if seen.milestone else []
    path, closest = seen.finished.path, seen.finished.closest
    buttons = role.after_path_buttons(closest, path.role if in_channel else None)
    return [section(role.path_finished(path, closest)), actions(*buttons)]


@noun.click(card.LINE, TipRef.parse)
async def write_line(request: Request, ref: TipRef) -> Form:
    seen = await request.find(practice.see, request.catalog, request.who, ref.tip, None, request.now)
    if seen.last_step is None or not seen.is_done:
        raise practice.not_done()
    return Form(line_form(ref, seen, Line(seen.last_step.line or "", seen.last_step.readers)))


def line_form(ref: TipRef, seen: TipSeen, before: Line) -> Block:
    text = text_box(MAX_LINE, before.text, multiline=True)
    options = [option(label, readers) for readers, label in WHO_READS.items()]
    return modal(
        "What came out?",
        [
            section(f"*{escape(seen.lesson.tip.title)}*"),
            field(TEXT, "A line, a number or a link", text, hint="Your record shows it.", optional=True),
            field(READERS, "Who may read it?", choice("radio_buttons", options, before.readers or ONLY_ME)),
        ],
        form=card.LINE,
        metadata=ref.value,
        submit="Save",
        close="Cancel",
    )


@noun.form(card.LINE, TipRef.parse)
async def save_line(request: Request, ref: TipRef, fields: dict[str, str]) -> Saved:
    text, chosen = fields.get(TEXT, "").strip(), fields.get(READERS, "")
    if len(text) > MAX_LINE:
        raise FieldError(TEXT, f"At most {MAX_LINE} characters.")
    if chosen not in WHO_READS:
        raise FieldError(READERS, "Choose who may read it.")
    line, key = Line(text, None if chosen == ONLY_ME else Readers(chosen)), ref.weekly_key(request.who)

    def kept(seen: TipSeen) -> Saved:
        return Saved(card_of(request.catalog, ref, seen).redrawn(), ref.key(request.who))

    return await request.write(
        practice.add_line, request.catalog, request.who, ref.tip, key, line, request.now, then=kept
    )
