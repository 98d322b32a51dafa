"""Slack says that a person has changed: a met member's zone follows."""

from bot.coach import membership
from bot.core.member import MemberKey
from bot.slack.gateway import read_profile
from bot.slack.payloads import UserChange, read
from bot.slack.request import Event


async def happened(event: Event) -> None:
    user = read(UserChange, event.event).user
    who = MemberKey(event.workspace_id, user.id)
    profile = read_profile(user.model_dump(), event.workspace_id)
    await event.services.store.write(membership.changed, who, profile, event.event_id, event.now)
    event.services.people.forget(who)  # the next request of this person is checked anew
