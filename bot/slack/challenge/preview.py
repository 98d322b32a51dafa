"""The preview of a challenge, and *Post it*."""

from datetime import datetime
from functools import partial

from bot.coach import challenges
from bot.core.challenges import Challenge, ChallengeState, has_last_call
from bot.slack.blocks import context, divider, modal, worded
from bot.slack.challenge import card
from bot.slack.challenge.rights import check_may_start
from bot.slack.dates import for_all
from bot.slack.message import Block, escape
from bot.slack.request import Request

POST_CHALLENGE = "post-challenge"  # the form
_LOOK_UP = (
    "`/roleshift challenge` shows how it goes, and the fix if Slack refuses it. You close and cancel it there too."
)


def preview(draft: Challenge, now: datetime) -> Block:
    """Return what will be posted, where and when. Nothing is posted until *Post it* is pressed."""
    start = f"It is posted {for_all(draft.starts_at)}" if draft.starts_at else "It is posted at once"
    told = [
        f"{start} in <#{draft.channel}>.",
        "It is private: outside that channel, only you and those who take part see it." if draft.private else "",
        f"Members who did it are asked: _{escape(draft.question)}_" if draft.question else "No line is asked for.",
        "Lines with a name appear in the thread." if draft.shows_entries and draft.question else "",
        "Members who joined get one reminder, if they said yes to direct messages."
        if has_last_call(draft, now)
        else "",
        "If Slack refuses the post, I tell you by direct message.",
    ]
    blocks = [*card.preview(draft), divider(), context(" ".join(filter(None, told)))]
    return modal(
        "Preview", blocks, form=POST_CHALLENGE, metadata=draft.challenge_id, submit="Post it", close="Change it"
    )


async def submit(request: Request, challenge_id: str, _fields: dict[str, str]) -> Block:
    """Answer *Post it*: store the challenge and put its live message into the outbox, in one transaction."""
    await check_may_start(request)
    shown = partial(posted, now=request.now)
    return await request.write(challenges.post, request.who, challenge_id, request.now, then=shown)


def posted(challenge: Challenge, now: datetime) -> Block:
    """Return what replaces the preview. Closing it closes all forms below it."""
    title, channel = f"*{escape(challenge.title)}*", f"<#{challenge.channel}>"
    if challenge.state in {ChallengeState.CLOSED, ChallengeState.CANCELLED}:
        text = f"{title} is over."
    elif challenge.ts is not None:
        text = f"{title} is posted in {channel}."
    else:
        later = challenge.starts_at if challenge.starts_at and challenge.starts_at > now else None
        when = for_all(later) if later else "as soon as Slack takes it"
        text = (
            f"You started {title}. It is posted in {channel} {when}. "
            "If Slack refuses it, I send you a direct message with the fix."
        )
    blocks = [worded(text), context(_LOOK_UP)]
    return modal("Challenge", blocks, closes_all=True)
