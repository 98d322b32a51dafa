"""Planned tips: the verb `plan` lists the reminders, *Remind me* opens the form, *Cancel reminder* takes one back."""

from dataclasses import replace
from datetime import date
from functools import partial

from bot.coach import act, lines, plans, practice
from bot.core.calendar import HOUR, place_of, zone_of
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.next_tip import Reason
from bot.core.practice import MAX_CUE, CannotPlan, ReminderWish, WishPart, calendar_file, days_ahead
from bot.slack.blocks import actions, button, context, modal, option, overflow, saying, section, worded
from bot.slack.form import FieldError, Form, Saved, choice, choices, field, line_in, minute_in, text_box, time_box
from bot.slack.message import Block, File, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.slack.tip import card, clicks, given
from bot.slack.tip.practice import said
from bot.slack.tip.ref import Origin, TipRef, tip_and

DAY, TIME, CUE = WishPart.DAY.value, WishPart.TIME.value, "cue"  # the form's fields
TELL = "tell"
_TELL = option("Tell them, with my name, that I want to try it", TELL)
MAX_LISTED = 20  # reminders; two blocks each, of the 50 that a message may have

noun = Noun()

_MOVED = context("What you chose is outside your hours, so the reminder comes as soon as they begin.")


@noun.verb("plan", "See the reminders that you planned; change or cancel them.")
async def plan(request: Request, _words: str) -> Message:
    return reminders(plans.agenda(request.catalog, await request.read(act.Act.read), request.now))


parse_like = tip_and(lambda word: word and parse_id(word))  # the line of a colleague, if there is one


@noun.click(clicks.WHEN, parse_like)
async def open_form(request: Request, value: tuple[TipRef, str]) -> Form | Message:
    """Open the form, or ask first about weekly tips, with which reminders come. Raise UserError where none can come."""
    ref, line_id = value
    if (question := await given.asked_weekly_first(request, ref)) is not None:
        return question
    return Form(plan_form(ref, await request.read(plans.to_plan, ref.tip), line_id))


@noun.form(clicks.WHEN, parse_like)
async def save(request: Request, value: tuple[TipRef, str], fields: dict[str, str]) -> Saved:
    ref, line_id = value
    try:
        day = date.fromisoformat(fields.get(DAY, ""))
    except ValueError:
        raise FieldError(DAY, "Pick a day.") from None
    cue = line_in(fields, CUE, MAX_CUE).rstrip(".")
    if cue.casefold().startswith("when "):  # the label says it already
        cue = cue[len("when ") :]
    wish = ReminderWish(day, minute_in(fields, TIME), cue or None)
    key, told = ref.weekly_key(request.who), line_id if fields.get(TELL) else ""

    def planned(seen: practice.TipSeen) -> Saved:
        tip = _redrawn(request.catalog, ref, seen)
        moved = [_MOVED] if seen.moved else []
        return Saved(replace(tip, blocks=[*tip.blocks, *moved]), ref.key(request.who))

    try:
        return await request.write(lines.try_it, ref.tip, key, wish, told, then=planned)
    except CannotPlan as error:
        raise FieldError(error.part.value, str(error)) from error


@noun.click(clicks.CALENDAR, TipRef.parse)
async def to_calendar(request: Request, ref: TipRef) -> Message:
    seen = await request.read(practice.see, ref.tip, ref.weekly_key(request.who))
    tip = seen.lesson.tip
    if seen.reminder is None:
        raise UserError("You have no reminder of this tip any more.", NextStep("Remind me", clicks.WHEN, ref.value))
    text, again = calendar_file(seen.reminder, tip, request.now), NextStep("Try again", clicks.CALENDAR, ref.value)
    file = File(f"{tip.id}.ics", text, f"Your reminder: *{escape(tip.title)}*.", again)
    await request.slack.send_file(request.who.member_id, file)
    return saying("The file is in our direct messages. Open it, and your calendar adds the reminder.", replaces=False)


def _redrawn(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    if ref.origin is Origin.PLANS:
        cancelled = seen.lesson if seen.cancelled else None
        return reminders(plans.agenda(catalog, seen.record, seen.now, cancelled))
    return card.redrawn(catalog, ref, seen)


noun.click(clicks.UNPLAN, TipRef.parse)(partial(said, plans.unplan, draw=_redrawn))


def plan_form(ref: TipRef, found: plans.ToPlan, line_id: str = "") -> Block:
    """Return the form. `line_id`: the line of a colleague, who is told with the member's name if that is ticked."""
    tell = field(TELL, "Who shared it", choices("checkboxes", [_TELL], ()), hint="One message, once.", optional=True)
    local = found.at.astimezone(zone_of(found.zone))
    days = []
    for ahead, day in enumerate(days_ahead(found.now, found.zone)):
        near = {0: "Today, ", 1: "Tomorrow, "}.get(ahead, "")
        days.append(option(f"{near}{day:%A} {day.day} {day:%B}", day.isoformat()))
    day_menu = choice("static_select", days, local.date().isoformat())
    cue = text_box(MAX_CUE, found.cue, example="Thursday's stand-up ends")
    place = place_of(found.zone) if found.zone else "UTC, as I don't know your zone"
    blocks = [
        section(f"*{escape(found.lesson.tip.title)}*\nI remind you once, with the whole tip."),
        field(CUE, "When …", cue, hint="Then I will do this. Nobody else reads it.", optional=True),
        field(DAY, "Day", day_menu, hint="At most four weeks ahead."),
        field(TIME, f"Time ({place})", time_box(local.hour * HOUR + local.minute)),
        *([tell] if line_id else []),
    ]
    metadata = ref.with_word(line_id).rstrip()
    return modal("Remind me", blocks, form=clicks.WHEN, metadata=metadata, submit="Save", close="Cancel")


def reminders(agenda: plans.Agenda) -> Message:
    blocks = [section("*What you planned*")] if agenda.items else []
    if agenda.cancelled is not None:
        tip = agenda.cancelled.tip
        again = TipRef(tip.id, Reason.ASKED, Origin.PLANS).value
        blocks.append(section(f"The reminder of *{escape(tip.title)}* is cancelled."))
        blocks.append(actions(button("Plan it again", clicks.WHEN, again)))
    for item in agenda.items[:MAX_LISTED]:
        at = card.reminder_time(item.plan, agenda.zone)
        if item.lesson is None:
            blocks.append(worded(f"*{escape(item.title)}* (no longer given)\n{at}"))
            continue
        tip = item.lesson.tip
        here, alone = (TipRef(tip.id, Reason.ASKED, origin).value for origin in (Origin.PLANS, Origin.NOW))
        more = overflow(("Change time", clicks.WHEN, here), ("Cancel", clicks.UNPLAN, here), of=tip.id)
        blocks += [worded(f"*{escape(tip.title)}*\n{at}"), actions(button("Did it", clicks.DID, alone), more)]
    if agenda.items:
        return Message("What you planned", blocks)
    nothing = "You have planned nothing. Press *Remind me* on a tip, and I remind you of it."
    return Message(nothing, [*blocks, section(nothing), actions(button("A tip now", "tip"))])
