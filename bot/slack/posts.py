"""Draw deliveries: `RENDER` maps each kind of message to the screen that draws it."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.coach.posts.answers import FIRST_DAY, INSTALL_ANEW, LIKED, NOT_POSTED, SETTLED, AnswerPost
from bot.coach.posts.challenges import Posting
from bot.coach.posts.leads import LeadPost, NamedPost
from bot.coach.posts.tips import ChoosePost, RetiredPost, TipPost, WelcomePost
from bot.core.catalog import Catalog
from bot.core.outbox import DrawnSubject, Kind
from bot.outbox.sending import Claimed
from bot.slack import project
from bot.slack.challenge import card, entry, run
from bot.slack.message import Message
from bot.slack.team import admins, announce, teams
from bot.slack.tip import given, lines

ContentT = TypeVar("ContentT")

Render = Callable[[Catalog, Claimed, card.Names], Message]


def _content(claimed: Claimed, kind: type[ContentT]) -> ContentT:
    assert isinstance(claimed.content, kind)  # noqa: S101 - as `POSTS` has it
    return claimed.content


def _weekly(catalog: Catalog, claimed: Claimed, _names: card.Names) -> Message:
    if isinstance(claimed.content, ChoosePost):
        return project.weekly_choice(catalog, claimed.content, claimed.delivery.week)
    return given.weekly_tip(catalog, claimed.delivery, _content(claimed, TipPost))


def _reminder(catalog: Catalog, claimed: Claimed, _names: card.Names) -> Message:
    if isinstance(claimed.content, RetiredPost):
        return given.retired(claimed.content)
    return given.reminder(catalog, _content(claimed, TipPost))


def _answer(_catalog: Catalog, claimed: Claimed, _names: card.Names) -> Message:
    about = _content(claimed, AnswerPost).about
    if isinstance(about, DrawnSubject) and claimed.delivery.kind is Kind.INTRODUCTION:
        return announce.introduction(about.text)
    if isinstance(about, DrawnSubject):
        return Message(about.text, json.loads(about.blocks))
    return TASKS[about.task](*about.words)


def _lead(_catalog: Catalog, claimed: Claimed, _names: card.Names) -> Message:
    if isinstance(claimed.content, NamedPost):
        return teams.named(claimed.content.team)
    return teams.lead_message(_content(claimed, LeadPost))


TASKS: Mapping[str, Callable[..., Message]] = {
    NOT_POSTED: announce.not_posted,
    INSTALL_ANEW: admins.install_anew,
    FIRST_DAY: admins.welcome_admin,
    SETTLED: entry.settled,
    LIKED: lines.liked,
}
RENDER: Mapping[Kind, Render] = {
    Kind.WELCOME: lambda _, claimed, __: given.welcome(_content(claimed, WelcomePost)),
    Kind.NUDGE: _weekly,
    Kind.REMINDER: _reminder,
    Kind.CHALLENGE: lambda _, claimed, __: card.live(_content(claimed, Posting)),
    Kind.RECAP: lambda catalog, claimed, names: card.recap(catalog, _content(claimed, Posting), names),
    Kind.UNJOINED: lambda _, claimed, __: card.unjoined(_content(claimed, Posting).challenge),
    Kind.NOTICE: lambda _, claimed, __: run.notice(_content(claimed, Posting)),
    **dict.fromkeys((Kind.ANSWER, Kind.REPLY, Kind.TASK, Kind.NEWS, Kind.INTRODUCTION), _answer),
    Kind.LEAD: _lead,
}
