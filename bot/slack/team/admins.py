"""Who may act for the whole team: the list of coach admins, and admins who name them."""

import re
from datetime import datetime

from bot.coach import admins as coach_admins
from bot.coach import membership
from bot.coach.admins import Admins
from bot.core.errors import NextStep, UserError
from bot.core.member import Act, Acted, MemberKey
from bot.slack.blocks import actions, button, context, day_for_all, moment_for_all, section
from bot.slack.message import Block, Message
from bot.slack.noun import Noun
from bot.slack.request import Request

noun = Noun()

CHANGE = re.compile(r"(?P<verb>add|remove)\s+<@(?P<whom>[UW][A-Z0-9]{1,30})(\|[^<>]*)?>", re.IGNORECASE)
MAX_NAMED = 80  # of up to 35 letters each; Slack takes 3,000
ALWAYS = "Workspace admins and owners always have these rights."


@noun.verb(
    "admins [add|remove @name]",
    "See who the coach admins are; admins name them: `admins add @name`, `admins remove @name`.",
)
async def admins(request: Request, words: str) -> Message:
    if not words:
        found = await request.find(coach_admins.named, request.who.workspace_id)
        return admin_list(found, for_admins=await is_admin(request, found))
    change = CHANGE.fullmatch(words)
    if change is None:
        raise UserError(
            "Who? Type `/roleshift admins add @name` or `/roleshift admins remove @name`, one at a time.",
            NextStep("Who are they?", "admins"),
        )
    await request.check_admin("name coach admins")
    whom = MemberKey(request.who.workspace_id, change["whom"])
    if change["verb"].casefold() == "remove":
        return await request.write(coach_admins.remove, request.who, whom, request.now, then=changed)
    await meet_colleague(request, whom)
    return await request.write(coach_admins.add, request.who, whom, request.now, then=changed)


async def is_admin(request: Request, found: Admins) -> bool:
    """Return whether the person who asks is an admin. Guests and outsiders never are, but may read the list."""
    profile = await request.slack.profile(request.who.member_id)
    return profile.may_be_coach_admin and (profile.is_admin or found.hold(request.who.member_id))


async def meet_colleague(request: Request, whom: MemberKey) -> None:
    """Ask Slack about a person and store them as a member. Raise UserError unless they may be a coach admin."""
    profile = await request.slack.profile(whom.member_id)
    if not profile.may_be_coach_admin:
        await request.store.write(membership.see_profile, whom, profile, request.now)
        raise UserError(
            "I can only name members of this workspace: no guests, bots or people who left.",
            NextStep("Who are they?", "admins"),
        )
    request.services.people.forget(whom)
    await request.services.people.meet(whom, request.asked_at)


def admin_list(found: Admins, *, for_admins: bool) -> Message:
    """Answer `/roleshift admins`. Only admins see the last change, how to change the list, and the desk's button."""
    who = " ".join(f"<@{admin.member_id}>" for admin in found.named[:MAX_NAMED])
    who += f" and {len(found.named) - MAX_NAMED} more" if len(found.named) > MAX_NAMED else ""
    said = f"Coach admins: {who}. {ALWAYS}" if who else f"No coach admin is named. {ALWAYS}"
    may = "They start and run challenges, see the team's desk and change everybody's settings."
    return Message(said, [section(f"{said}\n{may}"), *(_for_admins(found.last) if for_admins else ())])


def changed(found: Admins) -> Message:
    """Answer `admins add` and `admins remove`."""
    return admin_list(found, for_admins=True)


def _for_admins(last: Acted | None) -> list[Block]:
    hint = "To name one: `/roleshift admins add @name`. To take it back: `/roleshift admins remove @name`."
    change = f"Last change: {_told(last)} " if last else ""
    return [context(f"{change}{hint}"), actions(button("The team's desk", "team"))]


def _told(last: Acted) -> str:
    if last.act is Act.ADMIN_LOST:
        who = _mention(last.on_member)
        return f"{who} is no coach admin since {day_for_all(last.at)}, as Slack says they left or became a guest."
    did = "added" if last.act is Act.ADMIN_ADDED else "removed"
    return f"{_mention(last.admin_id)} {did} {_mention(last.on_member)} on {day_for_all(last.at)}."


def _mention(member_id: str | None) -> str:
    return f"<@{member_id}>" if member_id else "a person who was deleted later"


def install_anew(address: str, until: str) -> Message:
    """Say until when the bot works here, and how to go on. `until` is a moment in ISO 8601."""
    when = moment_for_all(datetime.fromisoformat(until))
    return Message(
        "Please install me again, else I stop working in this workspace.",
        [
            section(
                "*Please install me again*\n"
                f"The key that Slack gave me for this workspace got lost. I can work until {when}. After that I send "
                f"nothing here.\n<{address}|Install roleshift again>. It takes a minute, and all that is stored stays."
            ),
            context("You get this because you installed me, or because you are an admin. I can't fix it myself."),
        ],
    )
