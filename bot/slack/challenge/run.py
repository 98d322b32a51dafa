"""Start and run a challenge: choose a template, write it, preview it, post it, end it; and who may."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from bot.coach import act, challenges
from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, Challenge, ChallengeState
from bot.core.content_types import ChallengeTemplate
from bot.core.errors import NextStep, NotAdmin, UserError
from bot.core.outbox import DeliveryState, Kind, challenge_in
from bot.slack.blocks import actions, button, confirm, listed, modal, preview_of, section, worded
from bot.slack.challenge import card, form
from bot.slack.form import PUBLIC_CHANNEL_ID, Form, Saved, field
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, matching, parse_id
from bot.slack.request import Request

START, RUN = "start a challenge", "run a challenge"  # what only admins may do, unless it is allowed
CHOOSE_TEMPLATE, POST_CHALLENGE = "choose-template", "post-challenge"  # the first form with the way back; the preview
START_ON_NEED = "start-challenge"  # the button beside a need of the team; its value is the need's slug
TEMPLATE = "template"  # the field of the first form
EDIT = "edit-challenge"  # the button that opens the form for a draft
FIRST_IN_TEAM = (
    "Members of the team find it first among their projects. Half-way through its steps, I ask each once whether to "
    "show it."
)
SUGGEST_ONE = NextStep("Suggest one to the admins", "suggest-challenge")
CLOSE, CANCEL, POST_AGAIN = "close-challenge", "cancel-challenge", "post-again"  # buttons


noun = Noun()


async def check_may_start(request: Request, channel: str | None = None) -> None:
    """Raise NotAdmin, which says who may, unless this person may start challenges. Check at click and submit.

    Leads may start them in the channel of their team; without a channel, they have not chosen one yet.
    """
    if await request.read(challenges.may_start, channel):
        await request.check_member()
        return
    try:
        await request.check_admin(START)
    except NotAdmin as error:
        error.steps = (SUGGEST_ONE, *error.steps)
        raise


async def may_start(request: Request, channel: str | None = None) -> bool:
    """Return whether to offer this person to start a challenge, in this channel if one is named."""
    may = await request.read(challenges.may_start, channel)
    return may or await request.services.people.seems_admin(request.who)


async def check_may_run(request: Request, challenge_id: str) -> None:
    """Raise NotAdmin, which says who may, unless this person may change and end this challenge."""
    await request.check_member()
    if not await request.read(challenges.may_run, challenge_id):
        await request.check_admin(RUN)


def parse_channel(metadata: str) -> str | None:
    """Return the public channel that the form carries along, if there is any."""
    return metadata if PUBLIC_CHANNEL_ID.fullmatch(metadata) else None


def pick_template(catalog: Catalog, channel: str | None = None) -> Block:
    """Return the form with all templates. `channel` is the one that the next form offers first."""
    blocks = [
        section("The whole team tries one thing for a while. Nothing is posted before you have seen it."),
        field(TEMPLATE, "What should they try?", form.template_menu(catalog, "Choose a template")),
    ]
    return modal("Start a challenge", blocks, form=CHOOSE_TEMPLATE, metadata=channel or "", submit="Next")


@noun.form(CHOOSE_TEMPLATE, parse_channel)
async def choose(request: Request, channel: str | None, fields: dict[str, str]) -> Block:
    await check_may_start(request)
    chosen = form.template_in(fields, TEMPLATE, request.catalog)
    return with_way_back(await write_new(request, request.catalog.challenges.get(chosen), channel), channel)


def with_way_back(view: Block, channel: str | None) -> Block:
    back = actions(button("Another template", CHOOSE_TEMPLATE, channel or ""))
    return {**view, "blocks": [back, *view["blocks"]]}


@noun.click(CHOOSE_TEMPLATE, parse_channel)
async def choose_again(request: Request, channel: str | None) -> Form:
    await check_may_start(request)
    return Form(pick_template(request.catalog, channel), replaces=True)


@noun.click(START_ON_NEED, str)
async def start_on_need(request: Request, value: str) -> Form:
    """Answer *Start a challenge on …*. `value`: the need's slug, and the channel of the team that it is about."""
    slug, _, channel = value.partition("/")
    await check_may_start(request)
    need = request.catalog.needs.get(slug)
    template = request.catalog.challenges.get(need.challenge) if need and need.challenge else None
    place = parse_channel(channel)
    return Form(await write_new(request, template, place) if template else pick_template(request.catalog, place))


async def write_new(
    request: Request, template: ChallengeTemplate | None, channel: str | None, challenge_id: str = "", task: str = ""
) -> Block:
    """Return the form of a new challenge. `task`: what to do, if there is no template."""
    await request.services.people.meet(request.who, request.asked_at)  # the last day is a Friday in their time zone
    record = await request.read(act.Act.read)
    usual, its_id = record.here.challenge_channel, challenge_id or secrets.token_hex(8)
    new = form.new(request.who, its_id, template, channel or usual, record.zone, request.now, task)
    return form.draw(new, hint="From Settings." if usual and new.channel == usual else "")


@noun.click(EDIT, parse_id)
async def edit(request: Request, challenge_id: str) -> Form:
    """Answer *Change it* and *Look and post*: open the form with everything that was written."""
    await check_may_run(request, challenge_id)
    draft = await request.read(challenges.find, challenge_id)
    if draft.state is not ChallengeState.DRAFT:
        raise UserError("That challenge is already posted.", LIST)
    if draft.team_id is not None:
        ref = form.DraftRef(challenge_id, draft.team_id)
        return Form(form.pick(request.catalog, ref, chosen=draft.template or "", why=draft.task))
    return Form(form.draw(draft))


@noun.form(form.WRITE_CHALLENGE, form.DraftRef.parse)
async def keep(request: Request, ref: form.DraftRef, fields: dict[str, str]) -> Form:
    await check_may_start(request)
    written = form.read(fields, request.who, ref, request.catalog, request.now)
    await check_may_start(request, written.channel)
    return Form(await request.write(challenges.keep, written, then=preview))


def preview(draft: Challenge, needs: Sequence[str] = ()) -> Block:
    """Return what will be posted, where and when. `needs`: names of what a team's project needs, for who picks it."""
    asked = f"Members who did it are asked: _{escape(draft.question)}_" if draft.question else "No line is asked for."
    told = [
        f"It is posted at once in <#{draft.channel}>.",
        "It is private: outside that channel, only you and those who take part see it." if draft.private else "",
        f"{card.BUTTONS} {asked}" if draft.team_id is None else FIRST_IN_TEAM,
        f"It needs {listed(needs)}; who lacks that is shown another way." if needs else "",
        "If Slack refuses the post, I tell you by direct message.",
    ]
    shown = card.task(draft, f"{card.THIS_MONTH}{escape(draft.title)}")
    if draft.team_id is None:
        shown = [*card.task(draft, f"Team challenge: {escape(draft.title)}"), section(f"Nobody yet. {card.NOT_WHO}")]
    return preview_of(shown, " ".join(filter(None, told)), form=POST_CHALLENGE, metadata=draft.challenge_id)


@noun.form(POST_CHALLENGE, parse_id)
async def post(request: Request, challenge_id: str, _fields: dict[str, str]) -> Saved:
    """Answer *Post it*: store the challenge and put its live message into the outbox, in one transaction."""
    await check_may_run(request, challenge_id)
    return await request.write(challenges.post, challenge_id, then=posted)


def posted(challenge: Challenge) -> Saved:
    title, channel = f"*{escape(challenge.title)}*", f"<#{challenge.channel}>"
    text = f"{title} is posted in {channel} already."
    if challenge.state is ChallengeState.OPEN and challenge.ts is None:
        fix = "If Slack refuses it, I tell you by direct message what to do."
        text = f"You started {title}. It is posted in {channel} in a moment. {fix}"
    more = card.TEAM_PROJECT if challenge.team_id else card.back("All challenges")
    return Saved(Message(text, [worded(text), actions(more)]), closes_all=True)


def status(challenge: Challenge, posting: DeliveryState | None, now: datetime, *, own: bool) -> str:
    """Return where a challenge stands. `posting`: its live message's delivery, of which only its starter reads."""
    if challenge.state is ChallengeState.DRAFT:
        return "Not posted: Slack refused it." if posting is DeliveryState.REFUSED else "Not posted. Only you see this."
    if challenge.state is ChallengeState.CANCELLED:
        return "Cancelled."
    lost = own and challenge.ts is None and posting in {DeliveryState.MISSED, DeliveryState.UNCONFIRMED}
    if challenge.state is ChallengeState.CLOSED:
        return "Not posted: it ended first." if lost else "Ended."
    doubt = " Not confirmed: look in the channel." if lost else ""
    return f"Until {card.end_of(challenge)}, {card.time_left(challenge, now)}.{doubt}"


def buttons(details: challenges.Details) -> list[Block]:
    challenge = details.challenge
    again = button("Post again", POST_AGAIN, challenge.key)
    if challenge.state is ChallengeState.DRAFT:
        refused = details.posting is DeliveryState.REFUSED
        change = button("Change it" if refused else "Look and post", EDIT, challenge.challenge_id)
        means = "What you wrote is deleted. Nobody else has seen it."
        ask = confirm("Discard it?", means, "Discard it", "Keep the draft")
        discard = button("Discard", CANCEL, challenge.challenge_id, confirm=ask)
        return [*([again] if refused else []), change, discard]
    if challenge.state is not ChallengeState.OPEN:
        return []
    doubtful = details.own and details.posting is DeliveryState.UNCONFIRMED and challenge.ts is None
    ask = confirm("Cancel it?", "It ends without a recap. This can't be undone.", "Cancel it", "Leave it open")
    cancel = button("Cancel it", CANCEL, challenge.challenge_id, style="danger", confirm=ask)
    return [*([again] if doubtful else []), close_button(challenge), cancel]


async def _end(use_case: Callable[[act.Act, str], Challenge], request: Request, challenge_id: str) -> Message:
    await check_may_run(request, challenge_id)
    return await request.write(use_case, challenge_id, then=ended)


noun.click(CLOSE, parse_id)(partial(_end, challenges.close))
noun.click(CANCEL, parse_id)(partial(_end, challenges.cancel))


@noun.click(POST_AGAIN, matching(r"challenge:[0-9a-f]{16}:\d{1,9}|recap:[0-9a-f]{16}"))
async def post_again(request: Request, key: str) -> Message:
    """Answer *Post again*. `key`: the idempotency key of the post that Slack refused or did not confirm."""
    await check_may_run(request, challenge_in(key))
    use_case = challenges.post_again
    return await request.write(use_case, key, then=lambda sent: told(sent, f"is on its way to <#{sent.channel}>."))


def told(challenge: Challenge, said: str) -> Message:
    text = f"*{escape(challenge.title)}* {said}"
    return Message(text, [worded(text), actions(card.TEAM_PROJECT if challenge.team_id else card.back())])


def ended(challenge: Challenge) -> Message:
    said = {
        ChallengeState.DRAFT: "is discarded. Nobody has seen it.",
        ChallengeState.OPEN: "is not open.",
        ChallengeState.CANCELLED: "is cancelled. It was not posted.",
        ChallengeState.CLOSED: "is closed. It was not posted, so there is no recap.",
    }
    if challenge.ts:
        said[ChallengeState.CANCELLED] = "is cancelled. Its message will show that within a minute."
        did = "joined" if challenge.team_id is None else "showed something"
        said[ChallengeState.CLOSED] = f"is closed. If anybody {did}, the recap comes in <#{challenge.channel}>."
    return told(challenge, said[challenge.state])


def notice(posting: Posting) -> Message:
    challenge, failed = posting.challenge, posting.failed
    assert failed is not None  # noqa: S101 - a notice is about a post
    what = "recap" if failed.kind is Kind.RECAP else "team's project" if challenge.team_id else "challenge"
    text = f"I could not post your {what}: {escape(challenge.title)}"
    how = fix(challenge, failed.reason)
    if posting.in_doubt:
        text = f"Slack did not confirm the post of your {what}: {escape(challenge.title)}"
        how = f"Look in <#{challenge.channel}>: if it is not there, press *Post again*."
    again = button("Post again", POST_AGAIN, failed.key, style=None if "*Change it*" in how else "primary")
    change = [button("Change it", EDIT, challenge.challenge_id)] if challenge.state is ChallengeState.DRAFT else []
    return Message(text, [worded(f"*{text}*\n{how} What you wrote is kept."), actions(again, *change)])


def fix(challenge: Challenge, reason: str | None) -> str:
    channel, code = f"<#{challenge.channel}>", reason or "no reason"
    invite = "Type `/invite @roleshift` there, then press *Post again*."
    change = "Press *Change it* and choose another channel."
    if challenge.team_id:
        change = "An admin gives the team another channel with `/roleshift team add`. Then press *Post again*."
    if code == "not_in_channel":
        return f"I am not in {channel}. {invite}"
    if code == "channel_not_found":
        return f"I can't see that channel. {invite}"
    if code == "is_archived":
        return f"{channel} is archived. {change}"
    if code.startswith("restricted_action"):
        return f"Not everybody may post in {channel}. {change}"
    return f"Slack refused it (`{escape(code)}`) in {channel}."


def close_button(challenge: Challenge) -> Block:
    means = "Nobody can take part any more, and the recap is posted."
    if challenge.team_id is not None:
        means = "Nobody can show more, and what was shown is posted in the channel."
    ask = confirm("Close it now?", means, "Close it", "Leave it open")
    return button("Close now", CLOSE, challenge.challenge_id, confirm=ask)
