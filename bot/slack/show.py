"""Show a skill or a project in a channel, with a line of evidence, where a colleague who saw it at work confirms it."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import aiohttp

from bot.coach import learning
from bot.coach.act import Act
from bot.core.content_types import Skill
from bot.core.errors import NotCoached
from bot.core.learning import MAX_EVIDENCE, Showing
from bot.core.practice import TeamProject
from bot.core.projects import Project
from bot.slack import blocks, web_client
from bot.slack.blocks import actions, button, confirm, context, listed, menu, modal, moment, overflow, saying, section
from bot.slack.form import CHANNEL_ID, FieldError, Form, Saved, channel_in, channel_menu, field, line_in, text_box
from bot.slack.message import Block, Message, escape, literal
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.slack.tip import clicks
from bot.store.facts import remove_showing

SEEN, TAKE_BACK = "seen-it", "take-back-post"
SHOW, POST_SHOWING = "show", "post-showing"  # the form, and the preview
CHANNEL, EVIDENCE = "channel", "evidence"  # the fields
_SURE = (
    "You are a full member here, and saw your colleague do this at work. The post will say that a colleague "
    "confirmed it. I neither show nor keep who you are."
)
_NOBODY = "A colleague showed something here. What I knew about it is deleted, so there is nothing to confirm any more."
_NOT_TAUGHT = "What was shown here is no longer taught, so there is nothing to confirm any more."


noun = Noun()


class Draft(NamedTuple):
    """What the form and its preview carry: the slug of what is shown, where to post it, and the evidence."""

    slug: str
    channel: str = ""  # where it was typed, or chosen in the form
    url: str = ""  # at which Slack takes a post in the channel that was chosen
    evidence: str = ""

    @classmethod
    def parse(cls, metadata: str) -> Self:
        slug, channel, url, evidence = (*metadata.split(" ", 3), "", "", "")[:4]
        if (channel and not CHANNEL_ID.fullmatch(channel)) or (url and "://" not in url):
            raise ValueError
        return cls(slug, channel, url, evidence)

    def __str__(self) -> str:
        return " ".join(self).rstrip()


@noun.verb("show <skill>", "Show a skill or a project in a channel, so that a colleague can confirm it.")
async def show(request: Request, words: str) -> Message | Form:
    what = request.catalog.to_show_named(words) if words else None
    if what is None:
        return pick_to_show(await request.read(learning.may_show))
    return await open_form(request, what, request.shared_channel or "")


async def open_form(request: Request, what: Skill | Project, channel: str) -> Form:
    """Open the form, which asks for a channel if none is given. Raise UserError for what cannot be shown."""
    await request.check_member()
    line, team = await request.read(lambda act: (learning.line_to_show(act, what), act.read().of_team(what.slug)))
    return Form(form(what, Draft(what.slug, channel, evidence=line), team))


def pick_to_show(choices: Sequence[Project | Skill]) -> Message:
    if not choices:
        text = "You can show a project once you did one of its steps, and a skill once you did one of its tips."
        return saying(text, button("A tip now", "tip"), button("All skills", "skills"))
    options = ((choice.name, choice.slug) for choice in choices)
    text = "What do you want to show? Of a project, the post says what you made so far."
    return saying(text, menu("Choose one", SHOW, options))


def form(what: Skill | Project, draft: Draft, team: TeamProject | None = None) -> Block:
    hint = "One line. Everybody in the channel reads it, with your name. You see the post first."
    line, where = text_box(MAX_EVIDENCE, draft.evidence), str(draft._replace(evidence=""))
    about, name = field(EVIDENCE, "What did you do with it, and what came of it?", line, hint=hint), escape(what.name)
    if draft.channel:
        above = [section(f"*{name}* in <#{draft.channel}>")]
    else:
        how = f"\n{escape(what.show)}" if isinstance(what, Project) else ""
        to_team = button("Show it to the team", clicks.SHOW_TEAM, team.challenge_id) if team else None
        asked = field(CHANNEL, "In which channel do you show it?", channel_menu("public", "private", posts=True))
        above = [section(f"*{name}*{how}", to_team), asked]
    return modal("Show it", [*above, about], form=SHOW, metadata=where, submit="Preview", close="Cancel")


@noun.form(SHOW, Draft.parse)
async def look(request: Request, draft: Draft, fields: dict[str, str]) -> Form:
    evidence = line_in(fields, EVIDENCE, MAX_EVIDENCE, needed=True)
    what = request.catalog.to_show_named(draft.slug)
    if not draft.channel:
        channel = channel_in(fields, CHANNEL)
        if channel not in request.post_urls:
            typed = f"/roleshift show {what.slug}"
            raise FieldError(CHANNEL, f"Slack gives me no way to post there. Type this in that channel: {typed}")
        draft = draft._replace(channel=channel, url=request.post_urls[channel])
    showing = Showing("", request.who.member_id, what.slug, request.now, evidence=evidence)
    record = await request.read(Act.read)
    shown = learning.Shown(showing, what, new=True, zone=record.zone, made=learning.made_of(record, what))
    return Form(preview(shown, draft._replace(evidence=evidence), record.of_team(what.slug)))


def preview(shown: learning.Shown, draft: Draft, team: TeamProject | None = None) -> Block:
    where = f"*Post it* posts this in <#{draft.channel}>. One colleague can then confirm it."
    where += " `team shown` does not list it." if team else ""
    body = _body(shown.showing, shown.what, shown.made)
    return blocks.preview_of(body, where, form=POST_SHOWING, metadata=str(draft))


@noun.form(POST_SHOWING, Draft.parse)
async def post(request: Request, draft: Draft, _fields: dict[str, str]) -> Block | Saved:
    """Post it in the channel where it was typed. To one that was chosen in the form, post while the window is open."""
    what, gateway = request.catalog.to_show_named(draft.slug), request.services.gateway
    shown, said = await request.write(
        learning.show, what, draft.channel, draft.evidence, then=lambda shown: (shown, skill_post(shown, draft.channel))
    )
    if not draft.url:
        return Saved(said, closes_all=True)
    if not shown.new:
        return modal("Shown already", said.blocks, close="Back")
    try:
        if not web_client.is_slacks(gateway.api_url, draft.url):
            raise aiohttp.InvalidURL("<url>", "is not an address of Slack's")
        await gateway.respond(draft.url, said)
    except (aiohttp.ClientError, TimeoutError) as error:
        if not web_client.is_refused(error):
            look = f"Look in <#{draft.channel}>. If it is not there, show it again tomorrow."
            return modal("Not confirmed", [section(f"Slack did not confirm the post. {look}")], close="Back")
        await request.store.write(remove_showing, request.who, shown.showing.showing_id)
        text = (
            f"Slack did not take the post, so nothing is in <#{draft.channel}>. Your line is kept: "
            f"go back and press *Preview* again, or type `/roleshift show {draft.slug}` in the channel."
        )
        return modal("Not posted", [section(text)], close="Back")
    posted = f"Posted in <#{draft.channel}>. The menu of the post has *Take it back*."
    return Saved(saying(posted, replaces=False), closes_all=True)


def skill_post(shown: learning.Shown, channel: str) -> Message:
    name = escape(shown.what.name)
    if not shown.new:
        text = f"You showed *{name}* in <#{channel}> already, on {moment(shown.showing.asked_at, shown.zone)}."
        more = context("Once a day is enough. If the post is not there, show it again tomorrow.")
        return Message(text, [section(text), more, actions(button("My record", "record"))])
    ask = "Have you seen it at work? One colleague can confirm it."
    sure = confirm("Seen at work?", _SURE, "I've seen it", "Cancel", style="primary")
    seen = actions(button("I've seen it", SEEN, shown.showing.showing_id, confirm=sure), _menu(shown.showing))
    blocks = [*_body(shown.showing, shown.what, shown.made), context(ask), seen]
    return Message(_title(shown.showing, shown.what), blocks, for_all=True)


@noun.click(SEEN, parse_id)
async def seen_it(request: Request, showing_id: str) -> Message:
    """Answer *I've seen it*. Nothing is stored about who pressed it."""
    try:
        await request.check_member()
    except NotCoached:
        raise NotCoached("Only full members can confirm this. Nothing changed.") from None
    return await request.store.write(lambda tx: confirmed(learning.confirm(request.act(tx), showing_id)))


def confirmed(found: learning.Confirmed) -> Message:
    if found.showing is None or found.what is None:
        return saying(_NOBODY if found.showing is None else _NOT_TAUGHT, replaces=True)
    said = f"Confirmed by a colleague on {blocks.day_for_all(found.showing.seen_at or found.showing.asked_at)}."
    body = [*_body(found.showing, found.what, found.made), section(said, _menu(found.showing))]
    return Message(_title(found.showing, found.what), body, replaces=True)


@noun.click(TAKE_BACK, parse_id)
async def take_back(request: Request, showing_id: str) -> Message:
    """Answer *Take it back*: other words take the place of the post."""
    was_shown = await request.store.write(lambda tx: learning.take_back(request.act(tx), showing_id))
    return saying("A colleague showed something here, and took it back." if was_shown else _NOBODY, replaces=True)


def _menu(showing: Showing) -> Block:
    return overflow(("Take it back", TAKE_BACK, showing.showing_id), of="post")


def _title(showing: Showing, what: Skill | Project) -> str:
    kind = "project" if isinstance(what, Project) else "skill"
    return f"<@{showing.member_id}> shows a {kind}: *{escape(what.name)}*"


def _body(showing: Showing, what: Skill | Project, made: Sequence[str]) -> list[Block]:
    said = [blocks.worded(f"> {literal(showing.evidence)}")] if showing.evidence else []
    outcome = ""
    if isinstance(what, Project):
        of = len(what.main_steps)
        did = what.outcome if len(made) == of else f"{len(made)} of {of} steps: {listed(made)}"
        outcome = f"\n_{escape(did)}_"
    return [section(f"{_title(showing, what)}{outcome}"), *said]
