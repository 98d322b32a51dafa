"""Weekly tips: the verb `tips`, the question whether to send them, and the form for the day and the time."""

from functools import partial
from typing import cast

from bot.coach import schedules
from bot.core.calendar import Slot, place_of
from bot.core.errors import UserError
from bot.core.member import Consent, Schedule
from bot.core.rhythm import Wish
from bot.core.when import DAYS, is_slot, read_pause, read_slot, read_zone, slot_in, zone_of_city
from bot.slack.blocks import actions, button, clock, context, day, modal, moment, overflow, saying, section
from bot.slack.form import FieldError, Form, Saved, day_menu, field, minute_in, text_box, time_box, weekday_in
from bot.slack.message import Block, Message, escape
from bot.slack.noun import OF_TIPS, PERHAPS, ZONES, Noun, no_value
from bot.slack.request import Request
from bot.store.teams import led_by

CHOOSE = "choose-time"  # the button, and the form that it opens
DAY, TIME, ZONE = "day", "time", "zone"  # the form's fields
WEEKLY, ANOTHER_TIME = "weekly", "weekly-time"  # the answers to the question about weekly tips
YES, NO = "yes", "no"
HOW_HARD = "how-hard"  # the answers to the question how hard the first tip was
MOVE = "move"  # to the day and time in the words after it
RHYTHMS = {
    **dict.fromkeys(("weekly", "every week"), Wish.WEEKLY),
    **dict.fromkeys(("every second week", "every two weeks", "biweekly", "fortnightly"), Wish.SECOND),
    **dict.fromkeys(("short", "short ones"), Wish.SHORT),
}
OFF, ON = {"off", "stop", "no", "unsubscribe"}, {"on", "start", "yes"}

noun = Noun()


@noun.verb(
    "tips [on|off|pause 2 weeks|resume|tue 09:30|zone <zone>]",
    "See your weekly tips and switch them: `tips on`, `tips pause 2 weeks`, `tips tue 09:30`, `tips zone Berlin`.",
    on_home=True,
)
async def tips(request: Request, typed: str) -> Message:
    words = typed.casefold()
    if not words:
        return started(await request.read(schedules.state))
    if words in OFF or words == "resume":
        return await (_stop(request, words) if words in OFF else request.write(schedules.resume, then=paused))
    if words in RHYTHMS:
        return await request.write(schedules.choose_rhythm, RHYTHMS[words], then=started)
    first, _, place = typed.partition(" ")
    if first.casefold() in OF_TIPS:
        found = await request.read(schedules.state)
        until = read_pause(words.removeprefix("pause"), found.schedule.zone, request.now)
        return await request.write(schedules.pause, until, then=paused)
    is_zone = first.casefold() in ZONES
    if is_zone or (zone_of_city(words) and not is_slot(words)):
        zone = read_zone(place if is_zone else words)
        return await request.write(schedules.set_zone, zone, then=zone_set)
    return await _at_a_slot(request, words)


async def _stop(request: Request, word: str) -> Message:
    """Stop weekly tips. By a bare *stop*, a lead may mean the monthly message: it stops, or they are asked which."""
    lead = await request.store.read(led_by, request.who) if word == "stop" else None
    if lead is None or not lead.yes:
        return await request.write(schedules.decline, then=stopped)
    is_on = (await request.read(schedules.state)).on
    return _WHICH if is_on else cast("Message", await request.nouns.verbs["lead"].handler(request, "off"))


async def _at_a_slot(request: Request, words: str) -> Message:
    """Start weekly tips or move them. A time alone, or one in a whole sentence, is no yes to them."""
    found = await request.read(schedules.state)
    first, _, sentence = words.partition(" ")
    slot = slot_in(sentence, found.schedule.slot) if first == MOVE else None
    if first == MOVE and slot is None:
        return started(found)
    if slot is None and words not in ON:
        slot = slot_in(words, found.schedule.slot) or read_slot(words, found.schedule.slot)
    if slot and first in {MOVE, PERHAPS} and not found.on:
        return perhaps(slot)
    # Where it is asked in a direct message, the answer stands where the tips will come.
    accept = partial(schedules.accept, welcomes=request.shared_channel is not None)
    return await request.write(accept, slot, None, then=started if found.on else begun)


_WHICH = saying("Stop what?", button("Weekly tips", "tips", "off"), button("The monthly message", "lead", "off"))
_IN_PASSING = section("*One tip a week*, by direct message?", button("Yes", "tips", "on"))
_CHOOSE = button("Choose day and time", CHOOSE)
_CHANGE = overflow(
    ("Change day and time", CHOOSE, ""),
    ("Pause 2 weeks", "tips", "pause 2 weeks"),
    ("Stop weekly tips", "tips", "off"),
    of="weekly",
)


def line(schedule: Schedule) -> tuple[Block, ...]:
    """Return the question about weekly tips until it is answered; then how they stand, with what to press."""
    if schedule.consent is Consent.NO:
        return (section("Weekly tips are off.", button("Start weekly tips", "tips", "on")),)
    if schedule.consent is not Consent.YES:
        return (_IN_PASSING,)
    if schedule.paused_until or schedule.comes_at is None:
        return coming(schedule)
    at = moment(schedule.comes_at, schedule.zone)
    if schedule.rhythm.is_slow:
        said = f"You pressed nothing for a while, so I write less often. Next weekly tip: {at}"
        return (section(said, button("I'm back", "back")),)
    return (section(f"Next weekly tip: {at}", _CHANGE),)


def coming(schedule: Schedule) -> tuple[Block, ...]:
    """Return when the next weekly tip comes; nothing where none does."""
    if schedule.consent is not Consent.YES or schedule.comes_at is None:
        return ()
    if schedule.paused_until:
        until = day(schedule.paused_until, schedule.zone)
        return (section(f"Weekly tips: paused until {until}.", button("Resume", "tips", "resume")),)
    return (context(f"Next weekly tip: {moment(schedule.comes_at, schedule.zone)}"),)


def in_words(schedule: Schedule) -> str:
    """Return how weekly tips stand, where nothing is asked, to somebody who typed or pressed something."""
    schedule = schedule.heard()
    if schedule.consent is not Consent.YES:
        return "Weekly tips are off."
    if schedule.paused_until or schedule.comes_at is None:
        return "Weekly tips are paused."
    return f"Next weekly tip: {moment(schedule.comes_at, schedule.zone)}"


def question(schedule: Schedule | None) -> tuple[Block, ...]:
    """Return the question about weekly tips, which stands on every own screen until it is answered."""
    answered = schedule is not None and schedule.consent in {Consent.YES, Consent.NO}
    return () if answered else (_IN_PASSING,)


def next_one(schedule: Schedule) -> str:
    if schedule.paused_until:
        return f"Paused until {day(schedule.paused_until, schedule.zone)}."
    return f"The next one comes on {moment(schedule.comes_at, schedule.zone)}."


def _off(noted: str = "") -> Message:
    text = f"{noted}Weekly tips are off."
    start = button("Start weekly tips", "tips", "on", style="primary")
    return Message(text, [section(f"{text} One tip a week, at your local time."), actions(start, _CHOOSE)])


def perhaps(slot: Slot) -> Message:
    weekday, time = DAYS[slot.weekday], clock(slot.minute)
    text = f"Shall I send you one tip a week, on {weekday.title()}s at {time}? By direct message, at your local time."
    start = button("Start weekly tips", "tips", f"{weekday} {time}", style="primary")
    return Message(text, [section(f"{text} Stop with one click."), actions(start, button("Not now", "tips", "off"))])


def zone_set(found: schedules.Tips) -> Message:
    return started(found) if found.on else _off(f"Noted: your time zone is {escape(found.schedule.zone or 'UTC')}. ")


def started(found: schedules.Tips) -> Message:
    schedule = found.schedule
    if not found.on:
        return _off("Only tips of 10 minutes at most from now on. " if schedule.rhythm.short else "")
    return saying(f"Your weekly tips are on: {when(schedule)}. {next_one(schedule)}", *_buttons(schedule))


def begun(found: schedules.Tips) -> Message:
    more = overflow(("Pause 2 weeks", "tips", "pause 2 weeks"), ("A tip now", "tip", ""))
    return saying(first_comes(found.schedule), button("Stop", "tips", "off"), button("Other time", CHOOSE), more)


def first_comes(schedule: Schedule) -> str:
    first = moment(schedule.comes_at, schedule.zone)
    return f"Your weekly tips are on: {when(schedule)}. The first one comes on {first}, by direct message."


def confirmed(schedule: Schedule) -> Block:
    """Return the line that takes the place of the question about weekly tips once it is answered with yes."""
    return section(f"{first_comes(schedule)} One click stops them.", button("Stop", "tips", "off"))


def stopped(found: schedules.Tips) -> Message:
    late = " One was already on its way; it is the last." if found.on_the_way else ""
    text = f"Weekly tips are off.{late} You can start them at any time with `/roleshift tips`."
    return saying(text, button("Start weekly tips", "tips", "on"), button("A tip now", "tip"))


def paused(found: schedules.Tips) -> Message:
    if not found.on:
        return _off()
    resumed = "" if found.schedule.paused_until else "Weekly tips are on again. "
    late = " One tip was already on its way." if found.on_the_way else ""
    return saying(f"{resumed}{next_one(found.schedule)}{late}", *_buttons(found.schedule))


def when(schedule: Schedule) -> str:
    """Return the slot in words, such as `Tuesdays 09:30, Berlin`."""
    place = place_of(schedule.zone) if schedule.zone else "UTC, as I don't know your zone"
    often = ", every second week" if schedule.rhythm.every > 1 else ""
    short = ", 10 minutes at most" if schedule.rhythm.short else ""
    return f"{DAYS[schedule.slot.weekday].title()}s {clock(schedule.slot.minute)}, {escape(place)}{often}{short}"


def schedule_form(schedule: Schedule, *, form: str = CHOOSE, metadata: str = "") -> Block:
    blocks = [
        field(DAY, "Day", day_menu(schedule.slot.weekday)),
        field(TIME, "Time", time_box(schedule.slot.minute)),
        field(ZONE, "Time zone", text_box(64, schedule.zone or "UTC", example="Europe/Berlin")),
    ]
    if schedule.consent is not Consent.YES:
        starts = "Saving this starts your weekly tips, by direct message. `/roleshift tips off` stops them."
        blocks.append(context(starts))
    return modal("Weekly tips", blocks, form=form, metadata=metadata, submit="Save", close="Cancel")


@noun.click(CHOOSE, no_value)
async def choose_time(request: Request, _: None) -> Form:
    return Form(schedule_form((await request.read(schedules.state)).schedule))


@noun.form(CHOOSE, no_value)
async def save_time(request: Request, _: None, fields: dict[str, str]) -> Saved:
    slot, own_zone = await chosen_time(request, fields)
    # Where it was opened in a direct message, the answer stands where the tips will come.
    accept = partial(schedules.accept, welcomes=request.shared_channel is not None or not request.channel)
    return Saved(await request.write(accept, slot, own_zone, then=started))


async def chosen_time(request: Request, fields: dict[str, str]) -> tuple[Slot, str | None]:
    """Return the slot of the form, and the zone if that is not the member's already. Raise FieldError."""
    slot = Slot(weekday_in(fields, DAY), minute_in(fields, TIME))
    try:
        zone = read_zone(fields.get(ZONE, "").strip())
    except UserError:
        raise FieldError(ZONE, "I don't know that time zone. Example: Asia/Kolkata") from None
    found = await request.read(schedules.state)
    return slot, zone if zone != (found.schedule.zone or "UTC") else None


def _buttons(schedule: Schedule) -> tuple[Block, ...]:
    hold = ("Resume", "tips", "resume") if schedule.paused_until else ("Pause 2 weeks", "tips", "pause 2 weeks")
    is_usual = schedule.rhythm.every == 1 and not schedule.rhythm.short
    weekly = [] if is_usual else [("One a week", "tips", "weekly")]
    more = overflow(*weekly, ("A tip now", "tip", ""))
    return _CHOOSE, button(*hold), button("Stop", "tips", "off"), more
