"""What happens in a workspace without anybody asking for an answer."""

from dataclasses import dataclass
from datetime import datetime

from bot.coach import membership
from bot.core.member import MemberKey
from bot.slack.payloads import HomeOpened, Removal, UserChange
from bot.slack.profiles import read_profile
from bot.slack.request import Event


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened their Home. `shown` is the hash of what it shows by now, `view_hash` is Slack's name for that."""

    who: MemberKey
    shown: str | None
    view_hash: str | None
    at: datetime | None  # when they opened it


async def home_opened(event: Event, opened: HomeOpened) -> Opened | None:
    """Return whose Home is to be published. Nobody waits for that, so it comes after the answer to Slack."""
    if opened.tab != "home":
        return None
    view = opened.view
    who = MemberKey(event.workspace_id, opened.user)
    shown, view_hash = (view.private_metadata[:16], view.hash[:64]) if view else (None, None)
    return Opened(who, shown, view_hash, event.happened_at)


async def user_changed(event: Event, change: UserChange) -> None:
    """Store what Slack says about a met member now: their zone, and whether they may still be coached."""
    who = MemberKey(event.workspace_id, change.user.id)
    profile = read_profile(change.user.model_dump(), event.workspace_id)
    await event.store.write(membership.changed, who, profile, event.event_id, event.now)
    event.services.people.forget(who)  # the next request of this person is checked anew


async def app_removed(event: Event, removal: Removal) -> None:
    """Disconnect a workspace that removed the app or revoked its bot token, unless it has installed the app since."""
    if removal.tokens is not None and not removal.tokens.bot:
        return  # only members' own tokens were revoked, which the bot never uses
    is_removed = await event.store.write(
        membership.disconnected, event.workspace_id, event.event_id, event.now, event.happened_at
    )
    if is_removed:
        event.services.installations.disconnect(event.workspace_id)
