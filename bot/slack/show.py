"""Show a skill in a channel, where a colleague who saw it at work confirms it."""

import re

from bot.coach import learning, showings
from bot.coach.showings import Confirmed, Shown
from bot.core.content_types import Skill
from bot.core.errors import NextStep, UserError
from bot.core.record import Showing
from bot.slack.blocks import actions, button, confirm, context, day_for_all, moment, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.skill import pick_to_show

SEEN = "seen-it"
_ID = re.compile("[0-9a-f]{16}")
_SURE = confirm(
    "Seen at work?",
    "You saw your colleague do this at work. The post will say that a colleague confirmed it. "
    "I neither show nor keep who you are.",
    "I've seen it",
    "Cancel",
    style="primary",
)
_NOBODY = "A skill was shown here. What I knew about it is deleted, so there is nothing to confirm any more."
_NOT_TAUGHT = "The skill that was shown here is no longer taught, so there is nothing to confirm any more."


noun = Noun()


@noun.verb("show <skill>", "Show a skill in this channel, so that a colleague who saw it can confirm it.")
async def show(request: Request, words: str) -> Message:
    if not words:
        return await request.read(learning.skills, request.catalog, request.who, None, then=pick_to_show)
    skill = request.catalog.skill_named(words)
    if request.shared_channel is None:
        text = f"Type `/roleshift show {escape(skill.name)}` in a channel: here no colleague would read it."
        raise UserError(text, NextStep("About this skill", "skill", skill.slug))
    channel = request.shared_channel
    return await request.write(showings.show, request.who, skill, channel, request.now, then=skill_post)


def parse_id(value: str) -> str:
    """Return the id of a showing. Raise ValueError for any other text."""
    if not _ID.fullmatch(value):
        raise ValueError
    return value


def skill_post(found: Shown) -> Message:
    """Answer `show`: a post for all, or, where it stands already, a word to the member alone."""
    name = escape(found.skill.name)
    if not found.new:
        text = f"You showed *{name}* in this channel already, on {moment(found.showing.asked_at, found.zone)}."
        more = context("Once a day is enough. If the post is not there, show the skill again tomorrow.")
        return Message(text, [section(text), more, actions(button("My record", "record"))])
    ask = "Have you seen it? One colleague can confirm it."
    seen = actions(button("I've seen it", SEEN, found.showing.showing_id, confirm=_SURE))
    return Message(_title(found.showing, name), [*_body(found.showing, found.skill), context(ask), seen], for_all=True)


@noun.click(SEEN, parse_id)
async def seen_it(request: Request, showing_id: str) -> Message:
    """Answer *I've seen it*. Nothing is stored about who pressed it."""
    await request.check_member()
    return await request.write_unmet(
        showings.confirm, request.catalog, request.who, showing_id, request.now, then=confirmed
    )


def confirmed(found: Confirmed) -> Message:
    """Return what replaces the post after a press."""
    if found.showing is None or found.skill is None:
        text = _NOBODY if found.showing is None else _NOT_TAUGHT
        return Message(text, [section(text)], replaces=True)
    said = f"✓ Confirmed by a colleague on {day_for_all(found.showing.seen_at or found.showing.asked_at)}."
    blocks = [*_body(found.showing, found.skill), section(said)]
    return Message(_title(found.showing, escape(found.skill.name)), blocks, replaces=True)


def _title(showing: Showing, name: str) -> str:
    return f"<@{showing.member_id}> shows a skill: {name}"


def _body(showing: Showing, skill: Skill) -> list[Block]:
    looks = f"*What it looks like at work*\n{escape(skill.looks_like.working)}"
    return [section(_title(showing, f"*{escape(skill.name)}*")), section(looks)]
