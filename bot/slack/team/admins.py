"""Who may act for the whole team: the list of coach admins, and admins who name them."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.coach import admins as coach_admins
from bot.coach import membership
from bot.core.errors import NextStep, UserError
from bot.core.member import CoachAdmin, MemberKey
from bot.slack.blocks import actions, button, context, moment_for_all, section
from bot.slack.message import Message
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.store.admins import named

noun = Noun()

CHANGE = re.compile(r"(?P<verb>add|remove)\s+<@(?P<whom>[UW][A-Z0-9]{1,30})(\|[^<>]*)?>", re.IGNORECASE)
MAX_NAMED = 80  # of up to 35 letters each; Slack takes 3,000


@noun.verb(
    "admins [add|remove @name]",
    "See who the coach admins are; admins name them: `admins add @name`, `admins remove @name`.",
)
async def admins(request: Request, words: str) -> Message:
    if not words:
        for_admins = await request.services.people.seems_admin(request.who)
        return admin_list(await request.find(named, request.who.workspace_id), for_admins=for_admins)
    change = CHANGE.fullmatch(words)
    if change is None:
        raise UserError(
            "Who? Type `/roleshift admins add @name` or `/roleshift admins remove @name`, one at a time.",
            NextStep("Who are they?", "admins"),
        )
    await request.check_admin("name coach admins")
    whom = MemberKey(request.who.workspace_id, change["whom"])
    changed = partial(admin_list, for_admins=True)
    if change["verb"].casefold() == "remove":
        return await request.write(coach_admins.remove, request.who, whom, request.now, then=changed)
    await meet_colleague(request, whom)
    return await request.write(coach_admins.add, request.who, whom, request.now, then=changed)


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


def admin_list(found: Sequence[CoachAdmin], *, for_admins: bool) -> Message:
    """Answer `/roleshift admins`. Only admins see how to change the list, and where its changes stand."""
    who = " ".join(f"<@{admin.member_id}>" for admin in found[:MAX_NAMED])
    who += f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    said = f"Coach admins: {who}." if who else "No coach admin is named."
    may = "Workspace admins and owners always have these rights: challenges, the team's desk and its settings."
    change = [
        context("To change this: `/roleshift admins add @name` or `admins remove @name`."),
        actions(button("Changes", "audit"), button("Back", "team")),
    ]
    return Message(said, [section(f"{said} {may}"), *(change if for_admins else [])])


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
