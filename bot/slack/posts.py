"""How each kind of message looks: `RENDER` says which screen draws it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.coach.nudges import Another
from bot.coach.posts.challenges import Posting
from bot.coach.posts.tips import TipPost, WelcomePost
from bot.coach.sending import Claimed
from bot.core.catalog import Catalog
from bot.core.outbox import Kind
from bot.slack.message import Message
from bot.slack.screens import nudge
from bot.slack.screens.challenge import card
from bot.slack.screens.challenge import list as listing

Names = Mapping[str, str]  # what members are called, by id


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and the thread to which it is posted."""

    message: Message
    thread: str | None = None


Render = Callable[[Catalog, Claimed, Names], Letter]


def render(catalog: Catalog, one: Claimed, names: Names) -> Letter:
    """Return the message of a delivery that is about to be sent."""
    return RENDER[one.delivery.kind](catalog, one, names)


def _welcome(_catalog: Catalog, one: Claimed, _names: Names) -> Letter:
    assert isinstance(one.content, WelcomePost)  # noqa: S101 - as `POSTS` has it
    return Letter(nudge.welcome(one.content.first_due_at, one.content.zone))


def _tip(one: Claimed) -> TipPost:
    assert isinstance(one.content, TipPost)  # noqa: S101 - as `POSTS` has it
    return one.content


def _posting(one: Claimed) -> Posting:
    assert isinstance(one.content, Posting)  # noqa: S101 - as `POSTS` has it
    return one.content


def _live(_catalog: Catalog, one: Claimed, _names: Names) -> Letter:
    posting = _posting(one)
    return Letter(card.live(posting.challenge, posting.standing))


def _line(_catalog: Catalog, one: Claimed, names: Names) -> Letter:
    posting = _posting(one)
    return Letter(card.line(posting, names), thread=posting.challenge.ts)


RENDER: Mapping[Kind, Render] = {
    Kind.WELCOME: _welcome,
    Kind.NUDGE: lambda catalog, one, _: Letter(nudge.weekly(catalog, one.delivery, _tip(one).choice)),
    Kind.REMINDER: lambda catalog, one, _: Letter(nudge.reminder(catalog, _tip(one).choice)),
    Kind.ANOTHER: lambda catalog, one, _: Letter(nudge.another(catalog, Another(_tip(one).choice, new=True))),
    Kind.CHALLENGE: _live,
    Kind.LINE: _line,
    Kind.LAST_CALL: lambda _, one, __: Letter(card.last_call(_posting(one).challenge)),
    Kind.RECAP: lambda catalog, one, names: Letter(card.recap(catalog, _posting(one), names)),
    Kind.NOTICE: lambda _, one, __: Letter(listing.notice(_posting(one))),
}
