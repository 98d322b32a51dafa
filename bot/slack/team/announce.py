"""The introduction of the coach in a channel: its form, its preview, the message, and what if Slack refuses it."""

import secrets
from datetime import datetime

from bot.coach import admins
from bot.coach.admins import MAX_WHY, IntroductionWish
from bot.slack.blocks import actions, button, context, day_for_all, modal, preview_of, saying, section, worded
from bot.slack.form import CHANNEL_ID, Form, Saved, channel_in, channel_menu, field, line_in, text_box
from bot.slack.message import Block, Message, literal
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.store import workspaces

noun = Noun()

INTRODUCE = "introduce me in a channel"  # what only admins can do
ANNOUNCE, POST_INTRODUCTION = "announce", "post-introduction"  # the form, and the preview
RETRY = "announce-again"  # the button under a refusal, and after a team was added
CHANNEL, WHY = "channel", "why"  # the fields

_SAYS = section(
    "*How does AI change your job?*\n"
    "roleshift shows what your role becomes, and the skills for it. If you like, it sends one small "
    "exercise a week."
)
_NEVER = section(
    "*Without your yes* it sends no tips, shows nothing and keeps none of your words. It ranks nobody; totals are of "
    "five or more."
)
_BUTTONS = actions(button("Show my role", "myrole", style="primary"), button("What it keeps", "privacy"))
_ONLY_YOU = context("Answers are private.")


def parse_wish(text: str) -> IntroductionWish:
    """Read what the form, its preview and *Try again* carry. Raise ValueError."""
    wish = IntroductionWish(*text.split(" ", 2))
    parse_id(wish.form_id)
    if wish.channel and not CHANNEL_ID.fullmatch(wish.channel):
        raise ValueError
    return wish


@noun.verb("announce", "Introduce me in a channel; admins see it first.")
async def announce(request: Request, _words: str) -> Form:
    await request.check_admin(INTRODUCE)
    found = await request.store.read(workspaces.settings, request.who.workspace_id)
    channel = request.shared_channel or found.challenge_channel or ""
    return Form(form(IntroductionWish(secrets.token_hex(8), channel)))


@noun.click(RETRY, parse_wish)
async def try_again(request: Request, wish: IntroductionWish) -> Form:
    await request.check_admin(INTRODUCE)
    return Form(form(wish._replace(form_id=secrets.token_hex(8))))


def form(wish: IntroductionWish) -> Block:
    picker = channel_menu("public", "private", chosen=wish.channel)
    where = "Where people expect it. Invite me there first: /invite @roleshift"
    blocks = [
        field(CHANNEL, "Where?", picker, hint=where),
        field(WHY, "Why we do this", text_box(MAX_WHY, wish.why), hint="One line for your colleagues.", optional=True),
    ]
    return modal("Introduce me", blocks, form=ANNOUNCE, metadata=wish.form_id, submit="Preview", close="Cancel")


@noun.form(ANNOUNCE, parse_wish)
async def look(request: Request, wish: IntroductionWish, fields: dict[str, str]) -> Form:
    await request.check_admin(INTRODUCE)
    channel = channel_in(fields, CHANNEL)
    wish = wish._replace(channel=channel, why=line_in(fields, WHY, MAX_WHY))
    before = await request.store.read(admins.introduced_before, request.who.workspace_id, channel, request.now)
    return Form(preview(wish, before))


def preview(wish: IntroductionWish, before: datetime | None) -> Block:
    """`before`: when the channel last had an introduction."""
    lately = f"*It had an introduction on {day_for_all(before)}.* " if before else ""
    told = (
        f"Posted at once in <#{wish.channel}>, with *Show my role* and *What it keeps*. {lately}"
        "If Slack refuses it, I tell you by direct message."
    )
    shown = introduction(wish.why).blocks[:-2]  # without its buttons, and whom they answer
    return preview_of(shown, told, form=POST_INTRODUCTION, metadata=str(wish))


def introduction(why: str) -> Message:
    reason = [worded(f"*Why we do this*\n{literal(why)}")] if why else []
    text = "How does AI change your job? roleshift shows what your role becomes, and the skills for it."
    return Message(text, [_SAYS, *reason, _NEVER, _BUTTONS, _ONLY_YOU])


@noun.form(POST_INTRODUCTION, parse_wish)
async def post(request: Request, wish: IntroductionWish, _fields: dict[str, str]) -> Saved:
    await request.check_admin(INTRODUCE)
    said = f"I introduce myself in <#{wish.channel}>. If Slack refuses it, I tell you by direct message."
    return await request.write(admins.announce, wish, then=lambda _: Saved(saying(said), closes_all=True))


def not_posted(channel: str, reason: str, *why: str) -> Message:
    where = f"<#{channel}>"
    invite = f"Type `/invite @roleshift` in {where}, then try again."
    fixes = {
        "not_in_channel": invite,
        "channel_not_found": invite,
        "is_archived": "That channel is archived. Choose another one.",
        "unconfirmed": f"Slack did not confirm it. Look in {where}: if it is not there, try again.",
    }
    said = f"I could not introduce myself in {where}. {fixes.get(reason, f'Slack refused it (`{reason}`).')}"
    again = IntroductionWish("0" * 16, channel, " ".join(why))
    return saying(said, {**button("Try again", RETRY), "value": str(again)})
