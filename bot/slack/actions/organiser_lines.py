"""*Lines only for me*: what members wrote for the organiser of a challenge and for nobody else."""

from bot.coach import entries
from bot.slack.form import Form
from bot.slack.request import Request
from bot.slack.screens.challenge import entry


async def answer(request: Request, words: str) -> Form:
    await request.check_member()
    return Form(entry.for_organiser(await request.find(entries.lines_for_organiser, request.who, words)))
