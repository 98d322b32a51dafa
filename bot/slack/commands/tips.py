"""See your weekly tips and switch them: `tips on`, `tips off`, `tips tue 09:30`, `tips zone Europe/Berlin`."""

from functools import partial

from bot.coach import schedules
from bot.core.times import read_slot, read_zone
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.views import tips

USAGE = "tips [on|off|tue 09:30|zone <zone>]"


async def answer(request: Request) -> Message:
    words = request.words.casefold()
    if not words:
        return await request.read(schedules.state, request.who, then=partial(tips.shown, now=request.now))
    if words == "off":
        return await request.write(schedules.decline, request.who, request.now, then=tips.stopped)
    if words.startswith("zone"):
        zone = read_zone(request.words[len("zone") :].strip())
        return await request.write(schedules.set_zone, request.who, zone, request.now, then=tips.zone_set)
    found = await request.find(schedules.state, request.who)
    slot = None if words == "on" else read_slot(words, found.schedule.slot)
    return await request.write(schedules.accept, request.who, slot, None, request.now, then=tips.started)
