"""A weekly tip as the worker leaves it: its row in the database and its message in Slack."""

from datetime import UTC, datetime, timedelta

from bot.coach.posts.tips import TipPost
from bot.core.content_types import Quiz
from bot.core.member import MemberKey
from bot.core.next_tip import Choice, Learner, choose_tip
from bot.core.outbox import Copy, DeliveryState, Kind, NewDelivery, nudge_key
from bot.core.subjects import CheckName, TipSubject
from bot.outbox import deliveries
from bot.playground.emulator.workspace import Message
from bot.run.services import Services
from bot.slack.tip import given
from tests import real_content
from tests.driver.standin import StandIn

WEEK = "2026-W48"


def first_choice() -> Choice:
    catalog = real_content.load()
    return choose_tip(catalog, Learner(catalog.roles["devops-engineer"]))


async def weekly_tip(slack: StandIn, services: Services, member_id: str, quiz: Quiz | None = None) -> Message:
    """Put this week's tip, with a check if one is given, into a member's direct messages."""
    catalog, choice = real_content.load(), first_choice()
    asked = CheckName(quiz.skill.slug, quiz.check.id) if quiz else None
    who = MemberKey(slack.workspace.id, member_id)
    tip = NewDelivery(
        copies=[Copy(*who, nudge_key(who, WEEK), slack.workspace.dm(member_id).id)],
        kind=Kind.NUDGE,
        week=WEEK,
        subject=TipSubject(choice.lesson.tip.id, asked),
        due_at=datetime.now(UTC),
        until=datetime.now(UTC) + timedelta(days=3),
        state=DeliveryState.SENT,
    )
    await services.store.write(deliveries.put, tip)
    found = await services.store.read(deliveries.find, who.workspace_id, nudge_key(who, WEEK))
    assert found is not None
    message = given.weekly_tip(catalog, found.delivery, TipPost(choice, quiz))
    dm = slack.workspace.dm(member_id)
    return slack.workspace.post(dm.id, slack.workspace.bot_user, message.text, blocks=[dict(b) for b in message.blocks])
