"""The direct messages of the weekly tips: the welcome, the tip of the week, and the reminder that a member planned."""

from bot.coach.posts.tips import TipPost, WelcomePost
from bot.core.catalog import Catalog
from bot.core.outbox import Delivery
from bot.core.practice import WEEK
from bot.slack.blocks import actions, button, context, section
from bot.slack.dates import moment
from bot.slack.message import Message
from bot.slack.tip import tips
from bot.slack.tip.card import Card, quote
from bot.slack.tip.ref import CheckRef, Origin, TipRef


def weekly(catalog: Catalog, delivery: Delivery, post: TipPost) -> Message:
    """Return the tip of the week."""
    choice = post.choice
    check = None
    if post.check is not None:
        weeks = max(1, (delivery.due_at - post.learned_at) // WEEK) if post.learned_at else None
        check = CheckRef(post.check.check.id, post.check.check.version, weeks)
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.WEEKLY, delivery.week, check)
    return Card(catalog, choice.lesson, choice.role, ref).message()


def reminder(catalog: Catalog, post: TipPost) -> Message:
    """Return the tip that the member planned for now."""
    choice = post.choice
    assert post.plan is not None  # noqa: S101 - a reminder is sent only with its plan
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.REMINDER, plan_id=post.plan.plan_id)
    return Card(catalog, choice.lesson, choice.role, ref, above=(quote(post.plan),)).message()


def welcome(post: WelcomePost) -> Message:
    """Say once when the first tip comes and how to stop."""
    first = f" The first one comes on {moment(post.first_due_at, post.zone)}." if post.first_due_at else ""
    text = f"One message a week. Stop with one click.{first}"
    return Message(
        text,
        [
            section(text),
            actions(
                button("A tip now", "tip"), button("Choose day and time", tips.CHOOSE), button("Stop", "tips", "off")
            ),
            context("Going away? `/roleshift pause 2 weeks` pauses your tips."),
        ],
    )
