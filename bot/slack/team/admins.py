"""See who the coach admins are; admins name them: `admins add @name`, `admins remove @name`."""

import re

from bot.coach import admins, membership
from bot.coach.admins import Admins
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.team import admins_view as view

USAGE = "admins [add|remove @name]"
CHANGE = re.compile(r"(?P<verb>add|remove)\s+<@(?P<whom>[UW][A-Z0-9]{1,30})(\|[^<>]*)?>", re.IGNORECASE)


async def answer(request: Request, words: str) -> Message:
    if not words:
        found = await request.find(admins.named, request.who.workspace_id)
        return view.listed(found, for_admins=await _is_admin(request, found))
    change = CHANGE.fullmatch(words)
    if change is None:
        raise UserError(
            "Who? Type `/roleshift admins add @name` or `/roleshift admins remove @name`, one at a time.",
            NextStep("Who are they?", "admins"),
        )
    await request.check_admin("name coach admins")
    whom = MemberKey(request.who.workspace_id, change["whom"])
    if change["verb"].casefold() == "remove":
        return await request.write(admins.remove, request.who, whom, request.now, then=view.changed)
    await _meet(request, whom)
    return await request.write(admins.add, request.who, whom, request.now, then=view.changed)


async def _is_admin(request: Request, found: Admins) -> bool:
    """Return whether the person who asks is an admin. Guests and outsiders never are, but may read the list."""
    profile = await request.slack.profile(request.who.member_id)
    return profile.may_be_coach_admin and (profile.is_admin or found.hold(request.who.member_id))


async def _meet(request: Request, whom: MemberKey) -> None:
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
