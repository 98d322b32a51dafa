"""The first form of a new challenge: a template, or one's own words; the form to write it follows in its place."""

import secrets

from bot.coach import challenges
from bot.slack.form import PUBLIC_CHANNEL_ID, FieldError
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.rights import check_may_start
from bot.slack.screens.challenge import form


async def submit(request: Request, words: str, fields: dict[str, str]) -> Block:
    await check_may_start(request)
    chosen = fields.get(form.TEMPLATE, "")
    template = request.catalog.challenges.get(chosen)
    if template is None and chosen != form.FREE:
        raise FieldError(form.TEMPLATE, "That template is gone. Choose another one.")
    await request.services.people.meet(request.who, request.asked_at)  # whose zone the days and times are meant in
    blank = await request.find(challenges.blank, request.who)
    channel = words if PUBLIC_CHANNEL_ID.fullmatch(words) else blank.settings.challenge_channel
    draft = form.Draft(secrets.token_hex(8), template, channel)
    return form.from_template(draft, request.catalog, blank, request.now)


async def show_again(request: Request, words: str, fields: dict[str, str]) -> Block:
    """*Other templates*, in the form: back to the templates, with the same channel."""
    _, _, chosen = words.partition(" ")
    return form.templates(request.catalog, fields.get(form.CHANNEL), chosen)
