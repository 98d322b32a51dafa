"""The app was removed from a workspace, or its bot token was taken back."""

from bot.coach import membership
from bot.slack.payloads import Removal, read
from bot.slack.request import Event


async def happened(event: Event) -> None:
    revoked = read(Removal, event.event).tokens
    if revoked is not None and not revoked.bot:
        return  # a member's own token, which the bot never uses
    news = await event.services.store.write(membership.disconnected, event.workspace_id, event.event_id, event.now)
    if news:
        event.services.installations.disconnect(event.workspace_id)
