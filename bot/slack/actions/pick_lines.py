"""*Pick lines*: which lines the recap of a challenge quotes."""

from bot.coach import challenges
from bot.slack.form import Form
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.rights import check_may_run
from bot.slack.screens.challenge.list import CHOSEN, lines_form, lines_picked


async def answer(request: Request, words: str) -> Form:
    await check_may_run(request, words)
    return Form(lines_form(await request.find(challenges.lines, request.who, words)))


async def submit(request: Request, words: str, fields: dict[str, str]) -> Block:
    await check_may_run(request, words)
    chosen = fields.get(CHOSEN, "").split()
    return await request.write(challenges.pick, request.who, words, chosen, request.now, then=lines_picked)
