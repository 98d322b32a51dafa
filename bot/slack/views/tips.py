"""Weekly tips: the question, how things stand, and the form for day, time and zone."""

from datetime import datetime

from bot.coach.schedules import Tips
from bot.core.calendar import HOUR
from bot.core.member import Consent, Schedule
from bot.core.times import DAYS
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.views.blocks import actions, button, context, plain, section
from bot.slack.views.dates import day, moment

CHOOSE, FORM = "choose-time", "choose-time"  # the button, and the form that it opens
DAY, TIME, ZONE = "day", "time", "zone"  # the form's fields

ASK = (
    Rendered(
        section("*Shall I send you one tip a week?* By direct message, at your own local time. Nothing else, ever.")
    ),
    Rendered(
        actions(
            button("Start weekly tips", "tips", "on", style="primary"),
            button("Choose day and time", CHOOSE),
            button("Not now", "tips", "off"),
        )
    ),
)


def shown(found: Tips, now: datetime) -> Message:
    """`/roleshift tips`: the state, the next one, and what can be done."""
    schedule = found.schedule.as_of(now)
    if not found.on:
        return _off()
    said = f"Weekly tips: {when(schedule)}."
    coming = f"Next one on {moment(schedule.next_due_at, schedule.zone)}." if schedule.next_due_at else ""
    why = "It teaches what is next on your path, and takes turns with the themes."
    paused = f"Paused until {day(schedule.paused_until, schedule.zone)}. " if schedule.paused_until else ""
    return Message(said, [section(f"*{said}*\n{paused}{coming} {why}"), _buttons(schedule)])


def _off(noted: str = "") -> Message:
    said = f"{noted}Weekly tips are off. Nothing comes by itself."
    return Message(said, [section(said), *ASK])


def zone_set(found: Tips) -> Message:
    """The answer to a zone, which is no yes where there was none."""
    return started(found) if found.on else _off(f"Noted: your time zone is {escape(found.schedule.zone or 'UTC')}. ")


def started(found: Tips) -> Message:
    """The answer to a yes, or to another day, time or zone."""
    schedule = found.schedule
    held = f" Paused until {day(schedule.paused_until, schedule.zone)}." if schedule.paused_until else ""
    coming = f" The next one comes on {moment(schedule.next_due_at, schedule.zone)}."
    said = f"Weekly tips are on: {when(schedule)}.{held}{coming}"
    return Message(said, [section(said), _buttons(schedule)])


def stopped(found: Tips) -> Message:
    """The answer to a no."""
    late = " One had left already when you said so; it is the last." if found.on_the_way else ""
    said = f"No tips will come by themselves.{late} `/roleshift tip` gives you one whenever you like."
    return Message(
        said, [section(said), actions(button("Start weekly tips", "tips", "on"), button("A tip now", "tip"))]
    )


def paused(found: Tips) -> Message:
    """The answer to a pause, or to its end."""
    if not found.on:
        return _off()
    schedule = found.schedule
    late = " One had left already when you said so." if found.on_the_way else ""
    until = (
        f"Paused until {day(schedule.paused_until, schedule.zone)}.{late} " if schedule.paused_until else "On again. "
    )
    said = f"{until}The next tip comes on {moment(schedule.next_due_at, schedule.zone)}."
    return Message(said, [section(said), _buttons(schedule)])


def when(schedule: Schedule) -> str:
    """`Tuesdays 09:30, Berlin`."""
    hour, minute = divmod(schedule.slot.minute, HOUR)
    place = schedule.zone.rpartition("/")[2].replace("_", " ") if schedule.zone else "UTC, as I don't know your zone"
    return f"{DAYS[schedule.slot.weekday].title()}s {hour:02}:{minute:02}, {escape(place)}"


_YES = Rendered(context("Saving this starts your weekly tips, by direct message. `/roleshift tips off` stops them."))


def form(schedule: Schedule) -> Block:
    """The modal for day, time and zone."""
    hour, minute = divmod(schedule.slot.minute, HOUR)
    days = [{"text": plain(name.title()), "value": str(number)} for number, name in enumerate(DAYS)]
    return {
        "type": "modal",
        "callback_id": f"roleshift:{FORM}",
        "title": plain("Weekly tips"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            _input(
                DAY,
                "Day",
                {"type": "static_select", "options": days, "initial_option": days[schedule.slot.weekday]},
            ),
            _input(TIME, "Time", {"type": "timepicker", "initial_time": f"{hour:02}:{minute:02}"}),
            _input(
                ZONE,
                "Time zone",
                {
                    "type": "plain_text_input",
                    "initial_value": schedule.zone or "UTC",
                    "max_length": 64,
                    "placeholder": plain("Europe/Berlin"),
                },
            ),
            *(() if schedule.consent is Consent.YES else (_YES,)),
        ],
    }


def saved(found: Tips) -> Block:
    """What the form turns into."""
    message = started(found)
    return {
        "type": "modal",
        "title": plain("Weekly tips"),
        "close": plain("Done"),
        "blocks": [section(message.text), context("`/roleshift tips` shows and changes this.")],
    }


def _input(block_id: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {**element, "action_id": block_id},
    }


def _buttons(schedule: Schedule) -> Block:
    hold = button("Resume", "resume") if schedule.paused_until else button("Pause 2 weeks", "pause", "2 weeks")
    return actions(
        button("Choose day and time", CHOOSE), hold, button("Stop", "tips", "off"), button("A tip now", "tip")
    )
