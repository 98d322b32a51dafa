"""The verb `challenge`: the list of challenges, and what an organiser does from it: close, cancel and post again."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

from bot.coach import challenges
from bot.coach.challenges import DraftItem, Item, Listing
from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, Challenge, ChallengeState
from bot.core.errors import UserError, quoted
from bot.core.outbox import DeliveryState, Kind, challenge_in
from bot.slack.blocks import actions, button, confirm, header, moment_for_all, section, worded
from bot.slack.challenge import card, entry, suggest
from bot.slack.challenge.start import EDIT, RUN, check_may_run, check_may_start, may_start, templates
from bot.slack.form import Form
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request

NEW = "new"  # the word after /roleshift challenge
CLOSE, CANCEL, POST_AGAIN = "close-challenge", "cancel-challenge", "post-again"
ENDS = {"close": CLOSE, "cancel": CANCEL}
MAX_SHOWN = 4  # challenges in a message; five with all their buttons come close to Slack's limit

FIXES = {
    "not_in_channel": "I am not in {channel}. Type `/invite @roleshift` there, then press *Post again*.",
    "channel_not_found": "I can't see that channel. Type `/invite @roleshift` there, then press *Post again*.",
    "is_archived": "{channel} is archived. Press *Change it* and choose another channel.",
}
RESTRICTED = "Not everybody may post in {channel}. Press *Change it* and choose another channel."


noun = Noun()


@noun.verb(
    "challenge [new|close|cancel]",
    "See the team's challenges and take part; admins start, close and cancel them: `challenge new`.",
    also=("challenges",),
)
async def challenge(request: Request, typed: str) -> Message | Form:
    await request.check_member()
    words, page = _page_of(typed.casefold())
    if words == NEW:
        await check_may_start(request)
        return Form(await templates(request, request.public_channel))
    if words in ENDS:
        await request.check_admin(RUN)
        shown = partial(to_end, page=page, verb=ENDS[words], word=words)
        return await request.read(challenges.listing, request.who, request.now, then=shown)
    if words:
        raise UserError(f"I don't know the challenge {quoted(typed)}.", LIST)
    find = partial(challenges.listing, may_start=await may_start(request))
    then = partial(challenge_list, request.catalog, page=page)
    return await request.read(find, request.who, request.now, then=then)


def challenge_list(catalog: Catalog, found: Listing, page: int = 1) -> Message:
    """Return a page of the list: challenges that concern the reader, and their drafts."""
    items = [item for item in found.items if _concerns(found, item)]
    entries = [
        *(_item(found, item) for item in items),
        *(_draft(draft) for draft in found.drafts),
        *suggest.listed(catalog, found.who, found.suggestions),
    ]
    nothing = [] if items else [section("No challenge is open.")]
    start = button("Start a challenge", "challenge", NEW) if found.may_start else suggest.BUTTON
    blocks = [*nothing, *_on_page(entries, page), actions(start, *_other_pages(len(entries), page))]
    return Message("Team challenges", [header("Team challenges"), *blocks])


def to_end(found: Listing, page: int, verb: str, word: str) -> Message:
    """Return the open challenges with a button each to end it. `word` is what was typed: `close` or `cancel`."""
    open_challenges = [item.challenge for item in found.items if item.challenge.state is ChallengeState.OPEN]
    if not open_challenges:
        return _with_back("No challenge is open, so there is nothing to end.")
    ask = "Which one? Lines for its recap are picked before." if verb == CLOSE else "Which one?"
    blocks = _on_page([_ending(challenge, verb) for challenge in open_challenges], page)
    pages = _other_pages(len(open_challenges), page, word)
    return Message("Which one?", [section(ask), *blocks, *([actions(*pages)] if pages else [])])


@noun.click(CLOSE, card.parse_id)
async def close(request: Request, challenge_id: str) -> Message:
    """Answer *Close now*, once it is confirmed."""
    await check_may_run(request, challenge_id)
    return await request.write(challenges.close, request.who, challenge_id, request.now, then=ended)


@noun.click(CANCEL, card.parse_id)
async def cancel(request: Request, challenge_id: str) -> Message:
    """Answer *Cancel it* and *Discard*, once it is confirmed."""
    await check_may_run(request, challenge_id)
    return await request.write(challenges.cancel, request.who, challenge_id, request.now, then=ended)


@dataclass(frozen=True, slots=True)
class FailedPost:
    """What *Post again* carries: the idempotency key of the post that Slack refused or did not confirm."""

    value: str

    @property
    def challenge_id(self) -> str:
        return challenge_in(self.value)

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        if re.fullmatch(r"challenge:[0-9a-f]{16}:\d{1,9}|recap:[0-9a-f]{16}", value) is None:
            raise ValueError
        return cls(value)


@noun.click(POST_AGAIN, FailedPost.parse)
async def post_again(request: Request, failed: FailedPost) -> Message:
    """Answer *Post again*."""
    await check_may_run(request, failed.challenge_id)
    return await request.write(challenges.post_again, request.who, failed.value, request.now, then=on_its_way)


def ended(challenge: Challenge) -> Message:
    """Return the answer to *Close now*, *Cancel it* and *Discard*."""
    title = escape(challenge.title)
    if challenge.state is ChallengeState.DRAFT:
        return _with_back(f"*{title}* is discarded. Nobody has seen it.")
    if challenge.state is ChallengeState.CANCELLED:
        said = "Its message will show that within a minute." if challenge.ts else "It was not posted."
        return _with_back(f"*{title}* is cancelled. {said}")
    if challenge.state is ChallengeState.CLOSED:
        recap = f"The recap comes in <#{challenge.channel}>."
        recap = recap if challenge.ts else "It was not posted, so there is no recap."
        return _with_back(f"*{title}* is closed. {recap}")
    return _with_back(f"*{title}* is not open.")


def on_its_way(challenge: Challenge) -> Message:
    """Return the answer to *Post again*."""
    return _with_back(f"*{escape(challenge.title)}* is on its way to <#{challenge.channel}>.")


def _with_back(said: str) -> Message:
    return Message(said, [worded(said), actions(entry.back())])


def notice(posting: Posting) -> Message:
    """Return the message to the organiser about a post that failed, with the fix."""
    challenge, failed = posting.challenge, posting.failed
    assert failed is not None  # noqa: S101 - a notice is about a post
    what = "recap" if failed.kind is Kind.RECAP else "challenge"
    text = f"I could not post your {what}: {escape(challenge.title)}"
    fix = _fix(challenge, failed.reason)
    if posting.in_doubt:
        text = f"Slack did not confirm the post of your {what}: {escape(challenge.title)}"
        fix = f"Look in <#{challenge.channel}>: if it is not there, press *Post again*."
    again = button("Post again", POST_AGAIN, FailedPost(failed.key).value, style="primary")
    change = [button("Change it", EDIT, challenge.challenge_id)] if challenge.state is ChallengeState.DRAFT else []
    return Message(text, [worded(f"*{text}*\n{fix} What you wrote is kept."), actions(again, *change)])


def close_button(challenge: Challenge) -> Block:
    ask = confirm(
        "Close it now?", "Nobody can take part any more, and the recap is posted.", "Close it", "Leave it open"
    )
    return button("Close now", CLOSE, challenge.challenge_id, confirm=ask)


def cancel_button(challenge: Challenge) -> Block:
    """Return the button that ends a challenge without a recap."""
    ask = confirm("Cancel it?", "It ends without a recap. This can't be undone.", "Cancel it", "Leave it open")
    return button("Cancel it", CANCEL, challenge.challenge_id, style="danger", confirm=ask)


def _discard_button(draft: Challenge) -> Block:
    ask = confirm("Discard it?", "What you wrote is deleted. Nobody else has seen it.", "Discard it", "Keep the draft")
    return button("Discard", CANCEL, draft.challenge_id, confirm=ask)


def _page_of(words: str) -> tuple[str, int]:
    """Return what comes before `page 2`, and the number of the page."""
    found = re.fullmatch(r"(.*?)\s*\bpage ([1-9]\d{0,2})", words)
    return (found[1], int(found[2])) if found else (words, 1)


def _on_page(entries: Sequence[list[Block]], page: int) -> list[Block]:
    """Return the blocks of a page. A page number that is too high means the last page."""
    begin = (min(page, _pages(len(entries))) - 1) * MAX_SHOWN
    return [block for blocks in entries[begin : begin + MAX_SHOWN] for block in blocks]


def _other_pages(count: int, page: int, word: str = "") -> list[Block]:
    """Return the buttons that lead to the next page and back to the first."""
    page = min(page, _pages(count))
    left = count - page * MAX_SHOWN
    to_next = [button(f"Show {min(left, MAX_SHOWN)} more", "challenge", f"{word} page {page + 1}".strip())]
    back = [button("Back to the first", "challenge", f"{word} page 1".strip())]
    return [*(to_next if left > 0 else []), *(back if page > 1 else [])]


def _pages(count: int) -> int:
    return max(1, math.ceil(count / MAX_SHOWN))


def _ending(challenge: Challenge, verb: str) -> list[Block]:
    title = f"*{escape(challenge.title)}* in <#{challenge.channel}>"
    if verb == CANCEL:
        return [worded(title, cancel_button(challenge))]
    return [worded(title), actions(entry.pick_button(challenge), close_button(challenge))]


def _concerns(found: Listing, item: Item) -> bool:
    mine = item.entry is not None or item.challenge.started_by == found.who.member_id
    return mine or item.challenge.state is ChallengeState.OPEN


def _item(found: Listing, item: Item) -> list[Block]:
    challenge, now = item.challenge, found.now
    organises = challenge.started_by == found.who.member_id
    title = f"*{escape(challenge.title)}* in <#{challenge.channel}>{' (private)' if challenge.private else ''}"
    if challenge.state is not ChallengeState.OPEN:
        own_lines = [actions(entry.organiser_button(challenge))] if organises else []
        return [
            worded(f"{title}\n{_outcome(item, organises=organises)}. {entry.my_part(item.entry)}".rstrip()),
            *own_lines,
        ]
    if challenge.starts_at and challenge.starts_at > now:
        ends = [actions(cancel_button(challenge))] if organises else []
        return [worded(f"{title}\nStarts {moment_for_all(challenge.starts_at)}."), *ends]
    until = f"Until {moment_for_all(challenge.ends_at)}, {card.time_left(challenge, now)}."
    until = f"{until} {entry.my_part(item.entry)}".rstrip()
    in_doubt = organises and item.posting is DeliveryState.UNCONFIRMED
    doubt = "\nSlack did not confirm this post." if in_doubt else ""
    again = [button("Post again", POST_AGAIN, FailedPost(challenge.key).value)] if in_doubt else []
    choose = f"\n{entry.CHOOSE_QUOTES}" if item.quotes_wanted else ""
    said = f"{title}\n{card.progress(challenge, item.standing)}\n{until}{doubt}{choose}"
    row = actions(*entry.buttons(challenge, item.entry, card.details_button(challenge), *again))
    return [worded(said), row, *([_organiser_row(challenge)] if organises else [])]


def _outcome(item: Item, *, organises: bool) -> str:
    challenge = item.challenge
    if organises and challenge.ts is None and item.posting in {DeliveryState.MISSED, DeliveryState.UNCONFIRMED}:
        return "Slack did not take it before its end"
    return "Cancelled" if challenge.state is ChallengeState.CANCELLED else "Ended"


def _organiser_row(challenge: Challenge) -> Block:
    return actions(
        entry.pick_button(challenge),
        entry.organiser_button(challenge),
        close_button(challenge),
        cancel_button(challenge),
    )


def _draft(item: DraftItem) -> list[Block]:
    draft = item.draft
    title, discard = f"*{escape(draft.title)}*", _discard_button(draft)
    if item.refusal is None:
        look = button("Look and post", EDIT, draft.challenge_id)
        return [worded(f"{title}\nNot posted. Only you see this."), actions(look, discard)]
    again = button("Post again", POST_AGAIN, FailedPost(draft.key).value)
    change = button("Change it", EDIT, draft.challenge_id)
    return [worded(f"{title}\nNot posted. {_fix(draft, item.refusal)}"), actions(again, change, discard)]


def _fix(challenge: Challenge, reason: str | None) -> str:
    channel, code = f"<#{challenge.channel}>", reason or "no reason"
    known = FIXES.get(code) or (RESTRICTED if code.startswith("restricted_action") else None)
    return known.format(channel=channel) if known else f"Slack refused it (`{escape(code)}`) in {channel}."
