"""The introduction of the coach in a channel: its preview, the form that posts it, and the message itself."""

import re
import secrets
from typing import NamedTuple, Self

from bot.coach import team
from bot.coach.team import Announced, IntroductionWish
from bot.slack.blocks import actions, button, context, day, divider, field, modal, plain, section
from bot.slack.form import CHANNEL_ID, FieldError, Form
from bot.slack.message import Block, Message, Rendered
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.store import workspaces

noun = Noun()

INTRODUCE = "introduce me in a channel"  # what only admins can do
ANNOUNCE, ANNOUNCE_AGAIN = "announce", "announce-again"  # the form, and the question that follows it at times
CHANNEL = "channel"  # the field
_ID = r"[0-9a-f]{16}"

_SAYS = section(
    "*How does AI change your job?*\n"
    "I show what your role becomes, and the skills on the way. If you like, I send you one small exercise a week."
)
_NEVER = section(
    "*What I never do*\n"
    "• Write to you before you say yes\n"
    "• Show your skills to anybody, your manager included\n"
    "• Rank anybody\n"
    "• Keep what you write, unless you ask me to"
)
_ONLY_YOU = context("Only you see the answer.")
INTRODUCTION = Message(
    "How does AI change your job? I show what your role becomes, and the skills on the way.",
    [
        Rendered(_SAYS),
        Rendered(_NEVER),
        Rendered(
            actions(
                button("Show my role", "myrole", style="primary"),
                button("What you keep", "privacy"),
            )
        ),
        Rendered(_ONLY_YOU),
    ],
)


class Again(NamedTuple):
    """What the question carries whether to introduce the coach again."""

    form_id: str
    channel: str

    @classmethod
    def parse(cls, metadata: str) -> Self:
        """Read the metadata. Raise ValueError."""
        form_id, _, channel = metadata.partition(" ")
        if not re.fullmatch(_ID, form_id) or not CHANNEL_ID.fullmatch(channel):
            raise ValueError
        return cls(form_id, channel)


def parse_form_id(metadata: str) -> str:
    """Read the id of a form. Raise ValueError."""
    if not re.fullmatch(_ID, metadata):
        raise ValueError
    return metadata


@noun.verb("announce", "Introduce me in a channel; for admins, who see it first.")
async def announce(request: Request, _words: str) -> Form:
    await request.check_admin(INTRODUCE)
    found = await request.find(workspaces.settings, request.who.workspace_id)
    return Form(form(secrets.token_hex(8), found.challenge_channel))


def form(form_id: str, channel: str | None) -> Block:
    """Return the form: the channel, and what will be posted there. No channel but the one for challenges is offered."""
    picker: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain("Choose a channel"),
    }
    if channel:
        picker["initial_conversation"] = channel
    hint = "Where people expect it: not everybody's general channel. Invite me there first: /invite @roleshift"
    blocks = [
        field(CHANNEL, "Where?", picker, hint=hint),
        divider(),
        _SAYS,
        _NEVER,
        context("Under it stand the buttons *Show my role* and *What you keep*."),
    ]
    return modal(
        "Introduce me", blocks, form=ANNOUNCE, metadata=form_id, submit="Post it", close="Cancel", closes_all=True
    )


@noun.form(ANNOUNCE, parse_form_id)
async def submit(request: Request, form_id: str, fields: dict[str, str]) -> Block:
    """Answer *Post it*. Raise FieldError for what is no channel."""
    await request.check_admin(INTRODUCE)
    channel = fields.get(CHANNEL, "").strip()
    if CHANNEL_ID.fullmatch(channel) is None:
        raise FieldError(CHANNEL, "Choose a channel.")
    return await request.write(
        team.announce, request.who, IntroductionWish(channel, form_id), request.now, then=announced
    )


@noun.form(ANNOUNCE_AGAIN, Again.parse)
async def submit_again(request: Request, asked: Again, _fields: dict[str, str]) -> Block:
    """Answer *Post it again*."""
    await request.check_admin(INTRODUCE)
    wish = IntroductionWish(asked.channel, asked.form_id, again=True)
    return await request.write(team.announce, request.who, wish, request.now, then=announced)


def announced(found: Announced) -> Block:
    """Return what replaces the form: that it is posted, or the question whether to post it again."""
    where = f"<#{found.wish.channel}>"
    if found.before is None:
        said = f"I introduce myself in {where}. If Slack refuses it, I tell you by direct message."
        return modal("Introduce me", [section(said)], closes_all=True)
    said = f"I introduced myself in {where} on {day(found.before, found.zone)}. Shall I do it again?"
    again = f"{found.wish.form_id} {found.wish.channel}"
    return modal(
        "Introduce me again?", [section(said)], form=ANNOUNCE_AGAIN, metadata=again, submit="Post it again", close="No"
    )


def not_posted(channel: str, reason: str) -> Message:
    """Tell the admin why the introduction is not there, with the fix."""
    where = f"<#{channel}>"
    fix = f"Slack refused it (`{reason}`)."
    if reason in {"not_in_channel", "channel_not_found"}:
        fix = f"Type `/invite @roleshift` in {where}, then try again."
    elif reason == "is_archived":
        fix = "That channel is archived. Choose another one."
    elif reason == "unconfirmed":
        fix = f"Slack did not confirm it. Look in {where}: if it is not there, try again."
    said = f"I could not introduce myself in {where}. {fix}"
    return Message(said, [section(said), actions(button("Try again", ANNOUNCE))])
