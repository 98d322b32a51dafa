"""What messages mean. `POSTS` maps a kind that is sent to the functions that know its content and consequences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.posts import answers, challenges, leads, tips
from bot.core.catalog import Catalog
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import Refused, Unknown
from bot.core.record import Records
from bot.outbox import deliveries
from bot.outbox.messages import Answer, Content


def kept(_tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep what was read at the claim, a second ago."""
    return {delivery.id: content for delivery, content in claimed}


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Related kinds of messages, as `Messages` asks about them. Only `wanted` is required.

    `wanted`: what a delivery says now, or why it says nothing. The records are those of the members of its workspace.
    `still_wanted`: the same of deliveries of a workspace by their ids, just before they are sent, with what members
    wrote locked until the transaction ends. For kinds whose text may change since the claim, or that may be taken back
    without their row being cancelled.
    """

    wanted: Callable[[Connection, Catalog, Records, Delivery, datetime], Answer]
    still_wanted: Callable[[Connection, Sequence[tuple[Delivery, Content]]], dict[str, Answer]] = kept
    sent: Callable[[Connection, Sequence[tuple[Delivery, str]], datetime], None] = lambda *_: None
    failed: Callable[[Connection, Delivery, Refused | Unknown, datetime], None] = lambda *_: None
    content_refused: Callable[[Connection, Delivery, str, datetime], bool] = lambda *_: False  # no other content


_TIPS = Family(tips.wanted, tips.still_wanted, tips.sent, tips.failed, tips.content_refused)
_CHALLENGES = Family(challenges.wanted, challenges.still_wanted, challenges.sent, challenges.failed)
_ANSWERS = Family(answers.wanted, sent=answers.sent, failed=lambda tx, delivery, *_: deliveries.empty(tx, [delivery]))
POSTS: dict[Kind, Family] = {
    **dict.fromkeys((Kind.WELCOME, Kind.NUDGE, Kind.REMINDER), _TIPS),
    **dict.fromkeys((Kind.CHALLENGE, Kind.RECAP, Kind.UNJOINED, Kind.NOTICE), _CHALLENGES),
    **dict.fromkeys((Kind.ANSWER, Kind.REPLY, Kind.TASK, Kind.NEWS), _ANSWERS),
    Kind.INTRODUCTION: Family(answers.wanted, sent=answers.sent, failed=answers.not_introduced),
    Kind.LEAD: Family(leads.wanted, leads.still_wanted),
}
