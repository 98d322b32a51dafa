"""Say what you have, such as logs or a test set, so that you only get tips that you can do."""

from bot.slack import situation
from bot.slack.form import Form
from bot.slack.request import Request

USAGE = "situation"


async def answer(request: Request, _words: str) -> Form:
    return await situation.open_form(request)
