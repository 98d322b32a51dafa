"""*Add a line*: one line or a link about what was done, and who may read it."""

from bot.coach import entries
from bot.core.challenges import MAX_LINE, Sharing
from bot.slack.form import FieldError, Form
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.screens.challenge import entry


async def answer(request: Request, words: str) -> Form:
    await request.check_member()
    return Form(entry.form(await request.find(entries.to_write, request.who, words, request.now)))


async def submit(request: Request, words: str, fields: dict[str, str]) -> Block:
    await request.check_member()
    line, sharing = fields.get(entry.WORDS, ""), fields.get(entry.SHARING, "")
    before = await request.find(entries.look, request.who, words)
    if not line.strip() and not (before.entry and before.entry.line):
        raise FieldError(entry.WORDS, "Write one line, or close this.")
    if len(line) > MAX_LINE:
        raise FieldError(entry.WORDS, f"{MAX_LINE} letters at most.")
    if sharing not in set(Sharing):
        raise FieldError(entry.SHARING, "Choose who may read it.")
    return await request.write(
        entries.write_line, request.who, words, line, Sharing(sharing), request.now, then=entry.kept
    )
