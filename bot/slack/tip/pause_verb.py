"""Pause your weekly tips: `pause 2 weeks`, `pause until 2027-01-04`."""

from bot.coach import schedules
from bot.core.times import read_pause
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import tips

USAGE = "pause <how long>"


async def answer(request: Request, words: str) -> Message:
    found = await request.find(schedules.state, request.who)
    until = read_pause(words, found.schedule.zone, request.now)
    return await request.write(schedules.pause, request.who, until, request.now, then=tips.paused)
