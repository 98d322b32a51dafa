"""What those who run a challenge do: close it, cancel it, and post it again."""

import re
from datetime import datetime

from bot.coach import challenges
from bot.coach.challenges import Details
from bot.coach.posts.challenges import Posting
from bot.core.challenges import Challenge, ChallengeState
from bot.core.outbox import DeliveryState, Kind, challenge_in
from bot.slack.blocks import actions, button, confirm, moment_for_all, worded
from bot.slack.challenge.card import back, time_left
from bot.slack.challenge.start import EDIT, check_may_run
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request

CLOSE, CANCEL, POST_AGAIN = "close-challenge", "cancel-challenge", "post-again"  # buttons

FIXES = {
    "not_in_channel": "I am not in {channel}. Type `/invite @roleshift` there, then press *Post again*.",
    "channel_not_found": "I can't see that channel. Type `/invite @roleshift` there, then press *Post again*.",
    "is_archived": "{channel} is archived. Press *Change it* and choose another channel.",
}
RESTRICTED = "Not everybody may post in {channel}. Press *Change it* and choose another channel."
ANOTHER_CHANNEL = "Press *Change it* and choose another channel."
OF_TEAM = "An admin gives the team another channel with `/roleshift team add`. Then press *Post again*."

noun = Noun()


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
    return f"Until {moment_for_all(challenge.ends_at)}, {time_left(challenge, now)}.{doubt}"


def buttons(details: Details) -> list[Block]:
    """Return the buttons for a member who may run this challenge."""
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


@noun.click(CLOSE, parse_id)
async def close(request: Request, challenge_id: str) -> Message:
    """Answer *Close now*, once it is confirmed."""
    await check_may_run(request, challenge_id)
    return await request.write(challenges.close, challenge_id, then=ended)


@noun.click(CANCEL, parse_id)
async def cancel(request: Request, challenge_id: str) -> Message:
    """Answer *Cancel it* and *Discard*, once it is confirmed."""
    await check_may_run(request, challenge_id)
    return await request.write(challenges.cancel, challenge_id, then=ended)


def parse_key(value: str) -> str:
    """Return the idempotency key of a challenge's post or recap. Raise ValueError for anything else."""
    if re.fullmatch(r"challenge:[0-9a-f]{16}:\d{1,9}|recap:[0-9a-f]{16}", value) is None:
        raise ValueError
    return value


@noun.click(POST_AGAIN, parse_key)
async def post_again(request: Request, key: str) -> Message:
    """Answer *Post again*. `key`: of the post that Slack refused or did not confirm."""
    await check_may_run(request, challenge_in(key))
    return await request.write(challenges.post_again, key, then=on_its_way)


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
    return _with_back(f"*{escape(challenge.title)}* {said[challenge.state]}")


def on_its_way(challenge: Challenge) -> Message:
    return _with_back(f"*{escape(challenge.title)}* is on its way to <#{challenge.channel}>.")


def _with_back(said: str) -> Message:
    return Message(said, [worded(said), actions(back())])


def notice(posting: Posting) -> Message:
    """Return the message to the organiser about a post that failed, with the fix."""
    challenge, failed = posting.challenge, posting.failed
    assert failed is not None  # noqa: S101 - a notice is about a post
    what = "recap" if failed.kind is Kind.RECAP else "team's project" if challenge.team_id else "challenge"
    text = f"I could not post your {what}: {escape(challenge.title)}"
    how = _fix(challenge, failed.reason)
    if posting.in_doubt:
        text = f"Slack did not confirm the post of your {what}: {escape(challenge.title)}"
        how = f"Look in <#{challenge.channel}>: if it is not there, press *Post again*."
    again = button("Post again", POST_AGAIN, failed.key, style=None if "*Change it*" in how else "primary")
    change = [button("Change it", EDIT, challenge.challenge_id)] if challenge.state is ChallengeState.DRAFT else []
    return Message(text, [worded(f"*{text}*\n{how} What you wrote is kept."), actions(again, *change)])


def fix(details: Details) -> str:
    """Return what to do about a draft whose post Slack refused; nothing about any other challenge."""
    refused = details.challenge.state is ChallengeState.DRAFT and details.posting is DeliveryState.REFUSED
    return _fix(details.challenge, details.reason) if refused else ""


def _fix(challenge: Challenge, reason: str | None) -> str:
    channel, code = f"<#{challenge.channel}>", reason or "no reason"
    known = FIXES.get(code) or (RESTRICTED if code.startswith("restricted_action") else None)
    if known and challenge.team_id:
        known = known.replace(ANOTHER_CHANNEL, OF_TEAM)
    return known.format(channel=channel) if known else f"Slack refused it (`{escape(code)}`) in {channel}."


def close_button(challenge: Challenge) -> Block:
    means = "Nobody can take part any more, and the recap is posted."
    ask = confirm("Close it now?", means, "Close it", "Leave it open")
    return button("Close now", CLOSE, challenge.challenge_id, confirm=ask)
