"""The list of challenges, and what whoever runs one reads: what was not posted, and how to end it."""

import math
from collections.abc import Sequence

from bot.coach.challenges import Item, Lines, Listing
from bot.coach.posts.challenges import Posting
from bot.core.challenges import MAX_QUOTES, Challenge, ChallengeState, Entry, Sharing
from bot.core.outbox import DeliveryState, Kind
from bot.slack.message import Block, Message, escape
from bot.slack.screens.blocks import actions, button, confirm, field, header, option, plain, section, worded
from bot.slack.screens.challenge import card
from bot.slack.screens.challenge.card import LINES
from bot.slack.screens.dates import for_all

NEW, CLOSE, CANCEL, EDIT, AGAIN = (
    "new", "close-challenge", "cancel-challenge", "edit-challenge", "post-again",
)  # fmt: skip
CHOSEN = "chosen"  # the field of the form for lines
MAX_SHOWN = 4  # challenges in one message; with all their buttons, five come near what Slack takes

FIXES = {
    "not_in_channel": "I am not in {channel}. Type `/invite @roleshift` there, then press *Post again*.",
    "channel_not_found": "I can't see that channel. If it is private, type `/invite @roleshift` there, then press "
    "*Post again*.",
    "is_archived": "{channel} is archived. Press *Change it* and choose another channel.",
}
RESTRICTED = "Not everybody may post in {channel}. Press *Change it* and choose another channel."


def listed(found: Listing, page: int = 1) -> Message:
    """`/roleshift challenge`."""
    items = [item for item in found.items if _concerns(found, item)]
    entries = [*(_item(found, item) for item in items), *(_draft(draft) for draft in found.drafts)]
    nothing = [] if items else [section("No challenge is open. An admin can start one, for a week and a channel.")]
    start = button("Start a challenge", "challenge", NEW)
    blocks = [*nothing, *_on_page(entries, page), actions(start, *_other_pages(len(entries), page))]
    return Message("Team challenges", [header("Team challenges"), *blocks])


def to_end(found: Listing, page: int, verb: str, word: str) -> Message:
    """`/roleshift challenge close` and `cancel`, which is the `word`: the question comes with the button."""
    open_ones = [item.challenge for item in found.items if item.challenge.state is ChallengeState.OPEN]
    if not open_ones:
        return Message("No challenge is open, so there is nothing to end.")
    ask = "Which one? Lines for its recap are picked before." if verb == CLOSE else "Which one?"
    blocks = _on_page([_ending(one, verb) for one in open_ones], page)
    pages = _other_pages(len(open_ones), page, word)
    return Message("Which one?", [section(ask), *blocks, *([actions(*pages)] if pages else [])])


def ended(one: Challenge) -> Message:
    """The answer to *Close now* and *Cancel it*."""
    title = escape(one.title)
    if one.state is ChallengeState.DRAFT:
        return Message(f"*{title}* is discarded. Nobody has seen it.")
    if one.state is ChallengeState.CANCELLED:
        said = "Its message says so within a minute." if one.ts else "It was not posted."
        return Message(f"*{title}* is cancelled. {said}")
    if one.state is ChallengeState.CLOSED:
        recap = f"The recap comes in <#{one.channel}>." if one.ts else "It was not posted, so there is no recap."
        return Message(f"*{title}* is closed. {recap}")
    return Message(f"*{title}* is not open.")


def on_its_way(one: Challenge) -> Message:
    """The answer to *Post again*."""
    return Message(f"*{escape(one.title)}* is on its way to <#{one.channel}>.")


def notice(posting: Posting) -> Message:
    """What could not be posted, and the fix; to whoever started the challenge."""
    one, failed = posting.challenge, posting.failed
    assert failed is not None  # noqa: S101 - a notice tells of a post
    what = "recap" if failed.kind is Kind.RECAP else "challenge"
    text = f"I could not post your {what}: {escape(one.title)}"
    if posting.in_doubt:
        text = f"Slack did not confirm the post of your {what}: {escape(one.title)}"
    again = button("Post again", AGAIN, failed.key, style="primary")
    change = [button("Change it", EDIT, one.challenge_id)] if one.state is ChallengeState.DRAFT else []
    return Message(text, [worded(f"*{text}*\n{_fix(posting)} What you wrote is kept."), actions(again, *change)])


def lines_form(found: Lines) -> Block:
    """The modal in which the lines for a recap are picked."""
    options = {entry.entry_id: option(_short(entry), entry.entry_id) for entry in found.entries}
    picked = [options[entry.entry_id] for entry in found.entries if entry.picked]
    element: Block = {
        "type": "multi_static_select",
        "options": list(options.values()),
        "max_selected_items": MAX_QUOTES,
        "placeholder": plain("Choose lines"),
    }
    return {
        "type": "modal",
        "callback_id": f"roleshift:{LINES}",
        "private_metadata": found.challenge.challenge_id,
        "title": plain("Lines for the recap"),
        "submit": plain("Quote these"),
        "close": plain("Close"),
        "blocks": [
            worded(f"*{escape(found.challenge.title)}*\nUp to five. Only lines that their writers let be quoted."),
            field(CHOSEN, "Lines", {**element, "initial_options": picked} if picked else element, optional=True),
        ],
    }


def lines_picked(one: Challenge) -> Block:
    """What that form turns into."""
    text = f"Noted for the recap of *{escape(one.title)}*."
    return {"type": "modal", "title": plain("Lines for the recap"), "close": plain("Done"), "blocks": [worded(text)]}


def close_button(one: Challenge) -> Block:
    """Ends it early."""
    ask = confirm(
        "Close it now?", "Nobody can take part any more, and the recap is posted.", "Close it", "Leave it open"
    )
    return button("Close now", CLOSE, one.challenge_id, confirm=ask)


def cancel_button(one: Challenge) -> Block:
    """Calls it off."""
    ask = confirm("Cancel it?", "It ends without a recap. This can't be undone.", "Cancel it", "Leave it open")
    return button("Cancel it", CANCEL, one.challenge_id, style="danger", confirm=ask)


def _discard_button(one: Challenge) -> Block:
    ask = confirm("Discard it?", "What you wrote is deleted. Nobody else has seen it.", "Discard it", "Keep the draft")
    return button("Discard", CANCEL, one.challenge_id, confirm=ask)


def _on_page(entries: Sequence[list[Block]], page: int) -> list[Block]:
    """Return the blocks of a page's entries; the last page stands for those after it."""
    begin = (min(page, _pages(len(entries))) - 1) * MAX_SHOWN
    return [block for entry in entries[begin : begin + MAX_SHOWN] for block in entry]


def _other_pages(count: int, page: int, word: str = "") -> list[Block]:
    """Return the buttons that lead to the next page and back to the first."""
    page = min(page, _pages(count))
    left = count - page * MAX_SHOWN
    to_next = [button(f"Show {min(left, MAX_SHOWN)} more", "challenge", f"{word} page {page + 1}".strip())]
    back = [button("Back to the first", "challenge", f"{word} page 1".strip())]
    return [*(to_next if left > 0 else []), *(back if page > 1 else [])]


def _pages(count: int) -> int:
    return max(1, math.ceil(count / MAX_SHOWN))


def _ending(one: Challenge, verb: str) -> list[Block]:
    title = f"*{escape(one.title)}* in <#{one.channel}>"
    if verb == CANCEL:
        return [worded(title, cancel_button(one))]
    return [worded(title), actions(button("Pick lines", LINES, one.challenge_id), close_button(one))]


def _concerns(found: Listing, item: Item) -> bool:
    mine = item.entry is not None or item.challenge.started_by == found.who.member_id
    return mine or item.challenge.state is ChallengeState.OPEN


def _item(found: Listing, item: Item) -> list[Block]:
    one, now = item.challenge, found.now
    runs = one.started_by == found.who.member_id
    own_lines = card.organiser_button(one)
    pick = button("Pick lines", LINES, one.challenge_id)
    run = [actions(pick, own_lines, close_button(one), cancel_button(one))] if runs else []
    title = f"*{escape(one.title)}* in <#{one.channel}>{' (private)' if one.private else ''}"
    if one.state is not ChallengeState.OPEN:
        ended_ = "Cancelled" if one.state is ChallengeState.CANCELLED else "Ended"
        if runs and one.ts is None and item.posting in {DeliveryState.MISSED, DeliveryState.UNCONFIRMED}:
            ended_ = "Slack did not take it before its end"
        return [worded(f"{title}\n{ended_}. {card.mine(item.entry)}"), *([actions(own_lines)] if runs else [])]
    if one.starts_at and one.starts_at > now:
        ends = [actions(cancel_button(one))] if runs else []
        return [worded(f"{title}\nStarts {for_all(one.starts_at)}."), *ends]
    until = f"Until {for_all(one.ends_at)}, {card.time_left(one, now)}. {card.mine(item.entry)}"
    doubt = "\nSlack did not confirm this post." if runs and item.posting is DeliveryState.UNCONFIRMED else ""
    again = [button("Post again", AGAIN, one.key)] if doubt else []
    choose = f"\n{card.CHOOSE_QUOTES}" if item.quotes_wanted else ""
    said = f"{title}\n{card.progress(one, item.standing)}\n{until}{doubt}{choose}"
    details = button("Details", card.DETAILS, one.challenge_id)
    return [worded(said), actions(*card.buttons(one, item.entry), details, *again), *run]


def _draft(one: Challenge) -> list[Block]:
    buttons = actions(button("Look and post", EDIT, one.challenge_id), _discard_button(one))
    return [worded(f"*{escape(one.title)}*\nNot posted. Only you see this."), buttons]


def _fix(posting: Posting) -> str:
    failed = posting.failed
    channel = f"<#{posting.challenge.channel}>"
    if posting.in_doubt:
        return f"Look in {channel}: if it is not there, press *Post again*."
    reason = (failed.reason if failed else None) or "no reason"
    known = FIXES.get(reason) or (RESTRICTED if reason.startswith("restricted_action") else None)
    return known.format(channel=channel) if known else f"Slack refused it (`{escape(reason)}`) in {channel}."


def _short(entry: Entry, most: int = 75) -> str:
    words = f"{entry.line}" + (" (no name)" if entry.sharing is Sharing.UNNAMED else "")
    return words if len(words) <= most else f"{words[: most - 1]}…"
