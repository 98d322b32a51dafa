"""Slack says that a person has changed: a met member's zone follows."""

from bot.coach import membership
from bot.core.member import MemberKey
from bot.slack.gateway import read_profile
from bot.slack.request import Event


async def happened(event: Event) -> None:
    user = event.event["user"]
    who = MemberKey(event.workspace_id, user["id"])
    profile = read_profile(user, event.workspace_id)
    await event.services.store.write(membership.changed, who, profile, event.event_id, event.now)
    if not profile.coachable:
        event.services.people.forget(who)  # whoever comes back is looked at anew
