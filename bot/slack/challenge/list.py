"""The verb `challenge`: the list of challenges, from which each is opened."""

from functools import partial

from bot.coach import challenges
from bot.coach.challenges import Listing
from bot.core.catalog import Catalog
from bot.core.challenges import LIST
from bot.core.errors import UserError, quoted
from bot.slack.blocks import actions, button, context, header, menu, section, shortened, worded
from bot.slack.challenge import suggest
from bot.slack.challenge.card import DETAILS, my_part
from bot.slack.challenge.run import status
from bot.slack.challenge.start import check_may_start, may_start, templates
from bot.slack.form import Form
from bot.slack.message import Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.store.challenges import Seen

NEW = "new"  # the word after /roleshift challenge
MAX_SHOWN, MAX_IN_MENU = 3, 100  # challenges in the list, and in the menu below it

noun = Noun()


@noun.verb(
    "challenge [new]",
    "See the team's challenges and take part; admins start and end them: `challenge new`.",
    also=("challenges",),
)
async def challenge(request: Request, typed: str) -> Message | Form:
    await request.check_member()
    words = typed.casefold()
    if words == NEW:
        await check_may_start(request)
        return Form(await templates(request, request.public_channel))
    if words:
        raise UserError(f"I don't know the challenge {quoted(typed)}.", LIST)
    find = partial(challenges.listing, may_start=await may_start(request))
    return await request.read(find, request.who, request.now, then=partial(challenge_list, request.catalog))


def challenge_list(catalog: Catalog, found: Listing) -> Message:
    """Return the challenges that concern the reader, their drafts, and what was suggested."""
    items = found.items
    lines = [worded(_line(found, item)) for item in items[:MAX_SHOWN]]
    more = [context(f"{len(items) - MAX_SHOWN} more in the menu.")] if len(items) > MAX_SHOWN else []
    to_open = [menu("Open a challenge", DETAILS, map(_choice, items[:MAX_IN_MENU]))] if items else []
    start = button("Start a challenge", "challenge", NEW) if found.may_start else suggest.BUTTON
    blocks = [
        header("Team challenges"),
        *(lines or [section("No challenge is open.")]),
        *more,
        actions(*to_open, *suggest.listed(catalog, found.who, found.suggestions), start),
    ]
    return Message("Team challenges", blocks)


def _line(found: Listing, item: Seen) -> str:
    challenge = item.challenge
    own = challenge.started_by == found.who.member_id
    where = f"in <#{challenge.channel}>{' (private)' if challenge.private else ''}"
    said = status(challenge, item.posting, found.now, own=own)
    return f"*{escape(challenge.title)}* {where}\n{said} {my_part(item.entry)}".rstrip()


def _choice(item: Seen) -> tuple[str, str]:
    return shortened(item.challenge.title), item.challenge.challenge_id
