"""What happens in a workspace without anybody asking for an answer."""

from bot.coach import membership
from bot.core.member import MemberKey
from bot.slack.gateway import read_profile
from bot.slack.payloads import Removal, UserChange
from bot.slack.request import Event


async def user_changed(event: Event, change: UserChange) -> None:
    """Store what Slack says about a met member now: their zone, and whether they may still be coached."""
    who = MemberKey(event.workspace_id, change.user.id)
    profile = read_profile(change.user.model_dump(), event.workspace_id)
    await event.services.store.write(membership.changed, who, profile, event.event_id, event.now)
    event.services.people.forget(who)  # the next request of this person is checked anew


async def app_removed(event: Event, removal: Removal) -> None:
    """Disconnect a workspace that removed the app or revoked its bot token."""
    if removal.tokens is not None and not removal.tokens.bot:
        return  # only members' own tokens were revoked, which the bot never uses
    is_new = await event.services.store.write(membership.disconnected, event.workspace_id, event.event_id, event.now)
    if is_new:
        event.services.installations.disconnect(event.workspace_id)
