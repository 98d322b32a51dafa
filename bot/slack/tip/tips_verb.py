"""See your weekly tips and switch them: `tips on`, `tips off`, `tips tue 09:30`, `tips zone Berlin`."""

from functools import partial

from bot.coach import schedules
from bot.core.times import is_slot, read_slot, read_zone, zone_of_city
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.talk import PERHAPS
from bot.slack.tip import tips

OFF, ON = {"off", "stop", "no", "unsubscribe"}, {"on", "start", "yes"}
USAGE = "tips [on|off|tue 09:30|zone <zone>]"


async def answer(request: Request, typed: str) -> Message:
    words = typed.casefold()
    if not words:
        return await request.read(schedules.state, request.who, then=partial(tips.shown, now=request.now))
    if words in OFF:
        return await request.write(schedules.decline, request.who, request.now, then=tips.stopped)
    if words.startswith("zone") or (zone_of_city(words) and not is_slot(words)):
        zone = read_zone(typed[len("zone") :].strip() if words.startswith("zone") else words)
        return await request.write(schedules.set_zone, request.who, zone, request.now, then=tips.zone_set)
    found = await request.find(schedules.state, request.who)
    slot = None if words in ON else read_slot(words, found.schedule.slot)
    if slot and words.startswith(f"{PERHAPS} ") and not found.on:
        return tips.perhaps(slot)
    return await request.write(schedules.accept, request.who, slot, None, request.now, then=tips.started)
