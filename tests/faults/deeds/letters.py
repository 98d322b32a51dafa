"""What the worker posts for a delivery, on the real screens."""

from sqlalchemy import Connection

from bot.coach import schedules
from bot.coach.posts.challenges import Posting
from bot.coach.sending import Claimed
from bot.core.outbox import Delivery, Kind
from bot.slack.message import Message
from bot.slack.screens import nudge
from bot.slack.screens.challenge import card
from bot.slack.screens.challenge import list as listing
from tests.faults.neighbours import Turn, at_home


def letter(tx: Connection, on: Turn, one: Claimed) -> Message:
    """Of anything that was claimed."""
    if one.delivery.kind is Kind.WELCOME:
        return nudge.welcome(schedules.state(tx, one.delivery.member).schedule)
    if one.posting is not None:
        return _about_a_challenge(on, one.delivery, one.posting)
    assert one.choice is not None
    if one.delivery.kind is Kind.REMINDER:
        return nudge.reminder(on.catalog, one.choice)
    return nudge.weekly(on.catalog, one.delivery, one.choice)


def _about_a_challenge(on: Turn, one: Delivery, posting: Posting) -> Message:
    if one.kind is Kind.NOTICE:
        return listing.notice(posting)
    if one.kind is Kind.LAST_CALL:
        return card.last_call(posting.challenge)
    if one.kind is Kind.CHALLENGE:
        return card.live(posting.challenge, posting.standing)
    names = dict.fromkeys(posting.authors, f"Name {at_home(one.workspace_id).word}")
    if one.kind is Kind.LINE:
        return card.line(posting, names)
    return card.recap(on.catalog, posting, names)
