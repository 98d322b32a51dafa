"""The end of a role's path: that it is finished, and what can be done next."""

from bot.core.learning import Path
from bot.slack.message import Block, escape
from bot.slack.screens.blocks import button


def said(path: Path, closest: Path | None) -> str:
    """Return that the path is finished, and which other role's path is closest to what is learned."""
    done = f"*You finished the path to {escape(path.role.becomes)}.*"
    if closest is None:
        return f"{done} You know every skill of every role. Next: a team challenge, or a tip that goes further."
    known = f"You know {closest.tally.done} of its {closest.tally.total} skills."
    return f"{done} Closest to it: *{escape(closest.role.becomes)}*. {known}"


def buttons(closest: Path | None) -> list[Block]:
    """Return what can be done next: that other path, a challenge with the team, a tip that goes further."""
    path = [button("See that path", "role", closest.role.slug, style="primary")] if closest else []
    return [*path, button("Team challenges", "challenge"), button("A tip now", "tip")]
