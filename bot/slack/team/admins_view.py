"""The list of admins, who may act for the whole team."""

from bot.coach.admins import Admins
from bot.core.member import Act, Acted
from bot.slack.blocks import actions, button, context, section
from bot.slack.dates import day
from bot.slack.message import Block, Message

MAX_NAMED = 80  # of up to 35 letters each; Slack takes 3,000
ALWAYS = "Workspace admins and owners always have these rights."


def listed(found: Admins, *, for_admins: bool) -> Message:
    """Answer `/roleshift admins`. Only admins see the last change, how to change the list, and the desk's button."""
    who = " ".join(f"<@{admin.member_id}>" for admin in found.named[:MAX_NAMED])
    who += f" and {len(found.named) - MAX_NAMED} more" if len(found.named) > MAX_NAMED else ""
    said = f"Coach admins: {who}. {ALWAYS}" if who else f"No coach admin is named. {ALWAYS}"
    may = "They start and run challenges, see the team's desk and change everybody's settings."
    return Message(said, [section(f"{said}\n{may}"), *(_for_admins(found.last) if for_admins else ())])


def changed(found: Admins) -> Message:
    """Answer `admins add` and `admins remove`."""
    return listed(found, for_admins=True)


def _for_admins(last: Acted | None) -> list[Block]:
    hint = "To name one: `/roleshift admins add @name`. To take it back: `/roleshift admins remove @name`."
    change = f"Last change: {_told(last)} " if last else ""
    return [context(f"{change}{hint}"), actions(button("The team's desk", "team"))]


def _told(last: Acted) -> str:
    if last.act is Act.ADMIN_LOST:
        who = _mention(last.on_member)
        return f"{who} is no coach admin since {day(last.at, None)}, as Slack says they left or became a guest."
    did = "added" if last.act is Act.ADMIN_ADDED else "removed"
    return f"{_mention(last.admin_id)} {did} {_mention(last.on_member)} on {day(last.at, None)}."


def _mention(member_id: str | None) -> str:
    return f"<@{member_id}>" if member_id else "a person who was deleted later"
