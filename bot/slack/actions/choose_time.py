"""*Choose day and time*: a form for the weekly tips; saving it is a yes."""

from bot.coach import schedules
from bot.core.calendar import Slot
from bot.core.errors import UserError
from bot.core.times import DAYS, read_minute, read_zone
from bot.slack.form import FieldError, Form
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.screens import tips


async def answer(request: Request, _words: str) -> Form:
    found = await request.find(schedules.state, request.who)
    return Form(tips.form(found.schedule))


async def submit(request: Request, _words: str, fields: dict[str, str]) -> Block:
    weekday, minute, zone = _read(fields)
    found = await request.find(schedules.state, request.who)
    own_zone = zone if zone != (found.schedule.zone or "UTC") else None
    return await request.write(
        schedules.accept, request.who, Slot(weekday, minute), own_zone, request.now, then=tips.saved
    )


def _read(fields: dict[str, str]) -> tuple[int, int, str]:
    weekday = fields.get(tips.DAY, "")
    if weekday not in {str(number) for number in range(len(DAYS))}:
        raise FieldError(tips.DAY, "Pick a day.")
    try:
        minute = read_minute(fields.get(tips.TIME, ""))
    except UserError:
        raise FieldError(tips.TIME, "I need a time like 09:30 (24 h).") from None
    try:
        zone = read_zone(fields.get(tips.ZONE, "").strip())
    except UserError:
        raise FieldError(tips.ZONE, "I don't know that time zone. Example: Asia/Kolkata") from None
    return int(weekday), minute, zone
