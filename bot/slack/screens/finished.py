"""The end of a role's path: that it is finished, and what can be done next."""

from bot.core.content_types import Role
from bot.core.learning import Path
from bot.slack.blocks import button
from bot.slack.message import Block, escape
from bot.slack.show import SHARE


def said(path: Path, closest: Path | None) -> str:
    """Return that the path is finished, and which other role's path is closest to what is learned."""
    done = f"*You finished the path to {escape(path.role.becomes)}.*"
    if closest is None:
        return f"{done} You know every skill of every role. Next: a team challenge, or a tip that goes further."
    known = f"{closest.tally.done} of {closest.tally.total} skills are yours already."
    return f"{done} Closest to it: *{escape(closest.role.becomes)}*. {known}"


def buttons(closest: Path | None, to_share: Role | None = None) -> list[Block]:
    """Return what can be done next: that other path, a challenge with the team, a tip that goes further.

    `to_share`: the role of the finished path, where its member may tell a channel about it.
    """
    path = [button("See that path", "role", closest.role.slug, style="primary")] if closest else []
    share = [button("Share in this channel", SHARE, to_share.slug)] if to_share else []
    return [*path, button("Team challenges", "challenge"), button("A tip now", "tip"), *share]
