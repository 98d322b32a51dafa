"""Draw deliveries: `RENDER` maps each kind of message to the screen that draws it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.coach.posts.answers import INSTALL_ANEW, NOT_POSTED, AnswerPost
from bot.coach.posts.challenges import Posting
from bot.coach.posts.introductions import IntroductionPost
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

Names = Mapping[str, str]  # what members are called, by id


@dataclass(frozen=True, slots=True)
class Outgoing:
    message: Message
    thread: str | None = None


Render = Callable[[Catalog, Claimed, Names], Outgoing]


def render(catalog: Catalog, claimed: Claimed, names: Names) -> Outgoing:
    return RENDER[claimed.delivery.kind](catalog, claimed, names)


def _welcome(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    assert isinstance(claimed.content, WelcomePost)  # noqa: S101 - as `POSTS` has it
    return Outgoing(given.welcome(claimed.content))


def _tip(claimed: Claimed) -> TipPost:
    assert isinstance(claimed.content, TipPost)  # noqa: S101 - as `POSTS` has it
    return claimed.content


def _another(catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    return Outgoing(given.second_tip(catalog, claimed.delivery.week or "", Another(_tip(claimed).choice, new=True)))


def _posting(claimed: Claimed) -> Posting:
    assert isinstance(claimed.content, Posting)  # noqa: S101 - as `POSTS` has it
    return claimed.content


def _live(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    posting = _posting(claimed)
    return Outgoing(card.live(posting.challenge, posting.standing))


def _line(_catalog: Catalog, claimed: Claimed, names: Names) -> Outgoing:
    posting = _posting(claimed)
    return Outgoing(card.line(posting, names), thread=posting.challenge.ts)


def _answer(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    assert isinstance(claimed.content, AnswerPost)  # noqa: S101 - as `POSTS` has it
    about = claimed.content.about
    if isinstance(about, DrawnSubject):
        return Outgoing(Message(about.text, json.loads(about.blocks)), claimed.delivery.thread)
    return Outgoing(TASKS[about.task](*about.words))


def _introduction(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    assert isinstance(claimed.content, IntroductionPost)  # noqa: S101 - as `POSTS` has it
    return Outgoing(announce.introduction(claimed.content.why))


def _lead(_catalog: Catalog, claimed: Claimed, _names: Names) -> Outgoing:
    assert isinstance(claimed.content, LeadPost)  # noqa: S101 - as `POSTS` has it
    return Outgoing(teams.lead_message(claimed.content))


TASKS: Mapping[str, Callable[..., Message]] = {NOT_POSTED: announce.not_posted, INSTALL_ANEW: admins.install_anew}
RENDER: Mapping[Kind, Render] = {
    Kind.WELCOME: _welcome,
    Kind.NUDGE: lambda catalog, claimed, _: Outgoing(given.weekly_tip(catalog, claimed.delivery, _tip(claimed))),
    Kind.REMINDER: lambda catalog, claimed, _: Outgoing(given.reminder(catalog, _tip(claimed))),
    Kind.ANOTHER: _another,
    Kind.CHALLENGE: _live,
    Kind.LINE: _line,
    Kind.LAST_CALL: lambda _, claimed, __: Outgoing(card.last_call(_posting(claimed).challenge)),
    Kind.RECAP: lambda catalog, claimed, names: Outgoing(card.recap(catalog, _posting(claimed), names)),
    Kind.NOTICE: lambda _, claimed, __: Outgoing(run.notice(_posting(claimed))),
    Kind.ANSWER: _answer,
    Kind.REPLY: _answer,
    Kind.TASK: _answer,
    Kind.LEAD: _lead,
    Kind.INTRODUCTION: _introduction,
}
