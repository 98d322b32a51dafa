"""The events that the bot hears, each with the fields that its handler reads, and the handler.

Each request is a sign of life too: its workspace still has the app, whatever Slack says about its token.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.coach import membership
from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.core.installation import is_organisation
from bot.core.member import MemberKey
from bot.run.clock import Clock
from bot.slack import views, written
from bot.slack.payloads import HomeOpened, Payload, Removal, TeamAccess, UserChange, Written
from bot.slack.request import Event
from bot.slack.web_client import read_profile
from bot.store import Store, doubts

log = logging.getLogger(__name__)

LOOKED_EVERY = 60.0  # seconds between two looks at the row of a workspace
MAX_KNOWN = 10_000  # workspaces in memory

PayloadT = TypeVar("PayloadT", bound=Payload)


@dataclass(frozen=True, slots=True)
class OnEvent(Generic[PayloadT]):
    payload: type[PayloadT]
    handler: Callable[[Event, PayloadT], Awaitable[None]]


async def home_opened(event: Event, opened: HomeOpened) -> None:
    """Publish a Home. Nobody waits for that, so it comes after the answer to Slack."""
    if opened.tab == "home":
        shown = opened.view.private_metadata[:16] if opened.view else None
        who = MemberKey(event.workspace_id, opened.user)
        event.background(views.opened(event.services, who, shown, event.happened_at))


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
    if is_organisation(event.workspace_id):
        await event.services.installations.remove(event.workspace_id, event.happened_at)
        return
    is_removed = await event.store.write(
        membership.disconnected, event.workspace_id, event.event_id, event.now, event.happened_at
    )
    if is_removed:
        event.services.installations.disconnect(event.workspace_id)


async def access_granted(event: Event, access: TeamAccess) -> None:
    """Serve the workspaces to which an organisation gave the app. The event's workspace is the organisation."""
    await event.services.installations.grant(event.workspace_id, access.team_ids)


async def access_revoked(event: Event, access: TeamAccess) -> None:
    await event.services.installations.withdraw(event.workspace_id, access.team_ids)


EVENTS: Mapping[str, OnEvent[Any]] = {
    "app_home_opened": OnEvent(HomeOpened, home_opened),
    "app_mention": OnEvent(Written, written.mentioned),
    "app_uninstalled": OnEvent(Removal, app_removed),
    "message": OnEvent(Written, written.written),
    "team_access_granted": OnEvent(TeamAccess, access_granted),
    "team_access_revoked": OnEvent(TeamAccess, access_revoked),
    "tokens_revoked": OnEvent(Removal, app_removed),
    "user_change": OnEvent(UserChange, user_changed),
}
REMOVALS = {"app_uninstalled", "tokens_revoked"}
OF_ORGANISATIONS = {"team_access_granted", "team_access_revoked"}


class Reconnection:
    """Connects a workspace again that was disconnected because Slack refused its token, once it sends a request."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._until: dict[str, float] = {}  # by the loop's clock, when to look at a workspace's row again

    def is_news(self, workspace_id: str) -> bool:
        """Return whether to call `note` for a verified request of a workspace that has the app."""
        return self._until.get(workspace_id, 0.0) <= asyncio.get_running_loop().time()

    async def note(self, workspace_id: str) -> None:
        """Connect the workspace again if Slack refused its token, and have Slack asked about it at once."""
        if len(self._until) >= MAX_KNOWN:
            self._until.clear()
        self._until[workspace_id] = asyncio.get_running_loop().time() + LOOKED_EVERY
        try:
            if await self._store.read(doubts.is_doubted, workspace_id):
                await self._store.write(doubts.heard, workspace_id, self._clock.now())
                log.warning("workspace.heard", extra={"workspace_id": workspace_id})
        except (NothingChanged, OutcomeUnknown):
            del self._until[workspace_id]  # so the next request tries again
