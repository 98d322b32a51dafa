"""Draw deliveries: `RENDER` maps each kind of message to the screen that draws it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.coach.posts.answers import INSTALL_ANEW, NOT_POSTED, AnswerPost, IntroductionPost
from bot.coach.posts.challenges import Posting
from bot.coach.posts.leads import LeadPost
from bot.coach.posts.tips import TipPost, WelcomePost
from bot.coach.tips import Another
from bot.core.catalog import Catalog
from bot.core.outbox import Kind
from bot.core.subjects import DrawnSubject
from bot.outbox.sending import Claimed
from bot.slack.challenge import card, run
from bot.slack.message import Message
from bot.slack.team import admins, announce, teams
from bot.slack.tip import given

ContentT = TypeVar("ContentT")

Names = Mapping[str, str]  # what members are called, by id


@dataclass(frozen=True, slots=True)
class Outgoing:
    message: Message
    thread: str | None = None


Render = Callable[[Catalog, Claimed, Names], Outgoing]


def _content(claimed: Claimed, kind: type[ContentT]) -> ContentT:
    assert isinstance(claimed.content, kind)  # noqa: S101 - as `POSTS` has it
    return claimed.content


def _another(catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    choice = _content(claimed, TipPost).choice
    return Outgoing(given.second_tip(catalog, claimed.delivery.week or "", Another(choice, new=True)))


def _live(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    posting = _content(claimed, Posting)
    return Outgoing(card.live(posting.challenge, posting.standing))


def _line(_catalog: Catalog, claimed: Claimed, names: Names) -> Outgoing:
    posting = _content(claimed, Posting)
    return Outgoing(card.line(posting, names), thread=posting.challenge.ts)


def _answer(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    about = _content(claimed, AnswerPost).about
    if isinstance(about, DrawnSubject):
        return Outgoing(Message(about.text, json.loads(about.blocks)), claimed.delivery.thread)
    return Outgoing(TASKS[about.task](*about.words))


TASKS: Mapping[str, Callable[..., Message]] = {NOT_POSTED: announce.not_posted, INSTALL_ANEW: admins.install_anew}
RENDER: Mapping[Kind, Render] = {
    Kind.WELCOME: lambda _, claimed, __: Outgoing(given.welcome(_content(claimed, WelcomePost))),
    Kind.NUDGE: lambda catalog, claimed, _: Outgoing(
        given.weekly_tip(catalog, claimed.delivery, _content(claimed, TipPost))
    ),
    Kind.REMINDER: lambda catalog, claimed, _: Outgoing(given.reminder(catalog, _content(claimed, TipPost))),
    Kind.ANOTHER: _another,
    Kind.CHALLENGE: _live,
    Kind.LINE: _line,
    Kind.LAST_CALL: lambda _, claimed, __: Outgoing(card.last_call(_content(claimed, Posting).challenge)),
    Kind.RECAP: lambda catalog, claimed, names: Outgoing(card.recap(catalog, _content(claimed, Posting), names)),
    Kind.NOTICE: lambda _, claimed, __: Outgoing(run.notice(_content(claimed, Posting))),
    Kind.ANSWER: _answer,
    Kind.REPLY: _answer,
    Kind.TASK: _answer,
    Kind.LEAD: lambda _, claimed, __: Outgoing(teams.lead_message(_content(claimed, LeadPost))),
    Kind.INTRODUCTION: lambda _, claimed, __: Outgoing(announce.introduction(_content(claimed, IntroductionPost).why)),
}
