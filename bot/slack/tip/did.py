"""What a member says about a tip, and their answer to its check: each click redraws the message in place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import checks, practice
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.practice import MAX_LINE
from bot.slack.blocks import actions, context, field, modal, section, worded
from bot.slack.form import FieldError, Form, Saved
from bot.slack.message import Block, Message, escape
from bot.slack.request import Request
from bot.slack.screens import finished
from bot.slack.tip.card import LINE, card_of, planned_in
from bot.slack.tip.check import AnswerRef
from bot.slack.tip.ref import TipRef

TEXT = "line"  # the field of the form

Verb = Callable[[Connection, Catalog, MemberKey, str, str | None, datetime], TipSeen]


async def did(request: Request, ref: TipRef) -> Message:
    """Record that the member did the tip."""
    return await _redrawn(request, ref, practice.did)


async def undo(request: Request, ref: TipRef) -> Message:
    """Take back what the member said about the tip."""
    return await _redrawn(request, ref, practice.undo)


async def not_my_work(request: Request, ref: TipRef) -> Message:
    """Record that the tip is not the member's work."""
    return await _redrawn(request, ref, practice.not_my_work)


async def learn(request: Request, ref: TipRef) -> Message:
    """Mark the skill of the tip as learned."""
    return await _redrawn(request, ref, practice.learn)


async def answer(request: Request, ref: AnswerRef) -> Message:
    """Store the answer to the check that stands over the tip."""
    check, asking = ref.tip.check, ref.tip.asking(request.who)
    assert check is not None  # noqa: S101 - as parsed
    assert asking is not None  # noqa: S101 - as parsed
    given = checks.Answer(check.id, check.version, asking, ref.chosen)

    def drawn(seen: TipSeen) -> Message:
        return card_of(request.catalog, ref.tip, seen).redrawn()

    return await request.write(
        checks.answer_in_tip, request.catalog, request.who, ref.tip.tip, given, request.now, then=drawn
    )


async def _redrawn(request: Request, ref: TipRef, verb: Verb) -> Message:
    asking = ref.asking(request.who)

    def drawn(seen: TipSeen) -> Message:
        drawn = card_of(request.catalog, ref, seen).redrawn()
        said = milestone(seen, in_channel=request.shared_channel is not None)
        also = planned_in(request.catalog, ref, seen, request.who)
        return replace(drawn, blocks=[*drawn.blocks, *said], also=also)

    return await request.write(verb, request.catalog, request.who, ref.tip, asking, request.now, then=drawn)


async def write_line(request: Request, ref: TipRef) -> Form:
    """Open the form for a line about the tip. Raise UserError if it is not done."""
    seen = await request.find(practice.see, request.catalog, request.who, ref.tip, None, request.now)
    if seen.last_step is None or not seen.is_done:
        raise practice.not_done()
    return Form(form(ref, seen, seen.last_step.line or ""), redraws=True)


async def save_line(request: Request, ref: TipRef, fields: dict[str, str]) -> Saved:
    """Keep the line for the member alone. Raise FieldError."""
    line = fields.get(TEXT, "").strip()
    if len(line) > MAX_LINE:
        raise FieldError(TEXT, f"At most {MAX_LINE} characters.")
    asking = ref.asking(request.who)

    def drawn(seen: TipSeen) -> Saved:
        return Saved(saved(line), card_of(request.catalog, ref, seen).redrawn(), ref.key(request.who))

    return await request.write(
        practice.add_line, request.catalog, request.who, ref.tip, asking, line, request.now, then=drawn
    )


def milestone(seen: TipSeen, *, in_channel: bool) -> list[Block]:
    """Return what stands under a tip whose click reached a milestone. `in_channel`: others read where it stands."""
    if seen.finished is None:
        return [context(escape(seen.milestone))] if seen.milestone else []
    path, closest = seen.finished.path, seen.finished.closest
    buttons = finished.buttons(closest, path.role if in_channel else None)
    return [section(finished.said(path, closest)), actions(*buttons)]


def form(ref: TipRef, seen: TipSeen, before: str) -> Block:
    """Return the form for a line about a tip that was done."""
    text: Block = {"type": "plain_text_input", "multiline": True, "max_length": MAX_LINE}
    if before:
        text["initial_value"] = before
    label = "What did you find, change or decide?"
    return modal(
        "Your record",
        [
            section(f"*{escape(seen.lesson.tip.title)}*"),
            field(TEXT, label, text, hint="Nobody else reads it. Your record shows it.", optional=True),
        ],
        form=LINE,
        metadata=ref.value,
        submit="Save",
        close="Cancel",
    )


def saved(line: str) -> Block:
    """Return what replaces the form once the line is kept."""
    said = [section("Kept:"), worded(f"> {escape(line)}")] if line else [section("The line is deleted.")]
    return modal("Your record", [*said, context("`/roleshift record` shows all of them.")])
