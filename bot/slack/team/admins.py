"""Who may act for the whole team: coach admins, and who names them; their first day; the audit of what they did."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.coach import admins as coach_admins, membership, teams
from bot.core.catalog import ALLOWED
from bot.core.errors import NextStep, UserError
from bot.core.member import AdminAct, FirstDay, MemberKey
from bot.slack.blocks import actions, button, context, header, moment_for_all, overflow, saying, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.team import settings
from bot.store.admins import named

noun = Noun()

CHANGE = re.compile(r"(?P<verb>add|remove)\s+<@(?P<whom>[UW][A-Z0-9]{1,30})(\|[^<>]*)?>", re.IGNORECASE)
WHO_THEY_ARE = NextStep("Who are they?", "admins")
MAX_NAMED = 80  # of up to 35 letters each; Slack takes 3,000


@noun.verb("admins [add|remove @name]", "See who the coach admins are; admins name them.")
async def admins(request: Request, words: str) -> Message:
    if not words:
        for_admins = await request.services.people.seems_admin(request.who)
        found = await request.store.read(named, request.who.workspace_id)
        others = () if found else await request.services.people.some_admins(request.who.workspace_id)
        answer = admin_list(found, others, for_admins=for_admins)
        return answer if for_admins else replace(answer, replaces=False)  # the message with the button stays
    change = CHANGE.fullmatch(words)
    if change is None:
        said = "Who? Type `/roleshift admins add @name` or `/roleshift admins remove @name`, one at a time."
        raise UserError(said, WHO_THEY_ARE)
    await request.check_admin("name coach admins")
    whom = MemberKey(request.who.workspace_id, change["whom"])
    changed = partial(admin_list, for_admins=True)
    if change["verb"].casefold() == "remove":
        return await request.write(coach_admins.remove, whom, then=changed)
    await check_colleague(request, whom)
    return await request.write(coach_admins.add, whom, request.asked_at, then=changed)


async def check_colleague(request: Request, whom: MemberKey) -> None:
    """Raise UserError unless a person may be named lead or coach admin. Store nothing of who never used the bot."""
    profile = await request.slack.profile(whom.member_id)
    if not profile.may_be_coach_admin:
        await request.store.write(membership.see_profile, whom, profile, request.now)
        said = "I can only name members of this workspace: no guests, bots or people who left."
        raise UserError(said, WHO_THEY_ARE)
    request.services.people.forget(whom)


def admin_list(found: Sequence[str], others: Sequence[str] = (), *, for_admins: bool) -> Message:
    """Answer `admins`; to admins, with how to change it. `others`: workspace admins, where nobody is named."""
    who = " ".join(f"<@{member_id}>" for member_id in found[:MAX_NAMED])
    who += f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    said = f"Coach admins: {who}." if who else "No coach admin is named."
    if not found:
        ask = " or ".join(f"<@{member_id}>" for member_id in others)
        said += f" Ask {ask}." if ask else " Slack lists workspace admins under *Directories*, *People*."
    may = "Workspace admins and owners always have these rights: challenges, the team's desk and its settings."
    change = [
        context("To change this: `/roleshift admins add @name` or `admins remove @name`."),
        actions(button("Changes", "audit"), button("Teams", teams.TEAMS.verb, teams.TEAMS.words)),
    ]
    return Message(said, [section(f"{said} {may}"), *(change if for_admins else [])])


def install_anew(address: str, until: str) -> Message:
    """Say until when the bot works here, and how to go on. `until` is a moment in ISO 8601."""
    when = moment_for_all(datetime.fromisoformat(until))
    said = (
        "*Please install me again*\n"
        f"The key that Slack gave me for this workspace got lost. I can work until {when}. After that I send "
        f"nothing here.\n<{address}|Install roleshift again>. It takes a minute, and all that is stored stays."
    )
    why = context("You get this because you installed me, or because you are an admin. I can't fix it myself.")
    return Message("Please install me again, else I stop working in this workspace.", [section(said), why])


END_FIRST_DAY = "end-first-day"
_FIRST_DAY = (  # as `FirstDay` has them
    ("Introduce me in a channel", "announce"),
    (teams.TEAMS.label, teams.TEAMS.verb, teams.TEAMS.words),
    ("Quiet hours", settings.OPEN),
    ("Allowed tools", ALLOWED.verb),
)


def first_day(found: FirstDay) -> tuple[Block, ...]:
    """Return what an admin does first in a new workspace: what is done with a tick, all else with its button."""
    steps = list(zip(_FIRST_DAY, found, strict=True))
    done = " · ".join(f"✓ {step[0]}" for step, is_done in steps if is_done)
    left = (button(*step) for step, is_done in steps if not is_done)
    more = overflow(("The desk", "team", ""), ("Done with this", END_FIRST_DAY, ""), of="first-day")
    return section(f"*For admins: your first day*\n{done}".strip()), actions(*left, more)


def welcome_admin() -> Message:
    said = "*Thank you for installing me.* I send tips to nobody who has not said yes, and I enrol nobody."
    why = context("You get this because you installed me. My Home tab shows what is left.")
    return Message("What to do on the first day.", [section(said), *first_day(FirstDay(*[False] * 4)), why])


@noun.click(END_FIRST_DAY, no_value, on_home=True)
async def end_first_day(request: Request, _: None) -> Message:
    """Answer *Done with this*, for all admins of the workspace."""
    await request.check_admin("end the first day")
    return await request.write(coach_admins.note, AdminAct.FIRST_DAY_DONE, then=lambda _: FIRST_DAY_ENDED)


FIRST_DAY_ENDED = saying("Noted. `/roleshift help` has what admins can do.", button("Help", "help"), replaces=True)

WORDS = re.compile(r"([0-9a-f]{24})?")  # the id of the act after which a page begins
ACTS = 6  # of a page
_INTRODUCTION = re.compile("introduction:([A-Z0-9]+):")  # the start of its idempotency key
# {on} is a member, {subject} what was typed or chosen, or an id; {what} is challenge or project.
SAID: Mapping[AdminAct, str] = {
    AdminAct.ADMIN_ADDED: "named {on} as coach admin",
    AdminAct.ADMIN_REMOVED: "removed {on} as coach admin",
    AdminAct.ADMIN_LOST: "{on} is no coach admin any more: they left or became a guest",
    AdminAct.CHALLENGE_POSTED: "asked me to post the {what} {subject}",
    AdminAct.CHALLENGE_POSTED_AGAIN: "asked me to post the {what} {subject} again",
    AdminAct.CHALLENGE_CLOSED: "closed the {what} {subject}",
    AdminAct.CHALLENGE_CANCELLED: "cancelled the {what} {subject}",
    AdminAct.CHALLENGE_REFUSED: "Slack refused a post of the {what} {subject}",
    AdminAct.LINES_PICKED: "chose quotes of the {what} {subject}",
    AdminAct.SETTINGS_CHANGED: "changed the setting {subject}",
    AdminAct.LINE_HIDDEN: "hid a colleague's line on the tip {subject}",
    AdminAct.LINE_ALLOWED: "let a reported line on the tip {subject} be read again",
    AdminAct.NUDGES_TRIED_AGAIN: "tried tips again that had not arrived",
    AdminAct.INTRODUCED: "asked me to introduce myself in {subject}",
    AdminAct.INTRODUCTION_REFUSED: "Slack refused the introduction in {subject}",
    AdminAct.TEAM_ADDED: "added the team {subject}",
    AdminAct.TEAM_REMOVED: "removed the team {subject}",
    AdminAct.LEAD_TOLD: "told {on} that they lead {subject}",
    AdminAct.LEAD_LOST: "{on} leads no team any more: they left or became a guest",
    AdminAct.DESK_READ: "looked at the team's desk",
    AdminAct.DESK_EXPORTED: "asked for a file with the figures of the team's desk",
    AdminAct.AUDIT_READ: "looked at this audit",
    AdminAct.FIRST_DAY_DONE: "was done with the first day",
    AdminAct.DENIED: "A member was refused, as only admins can {subject}",
}

BY_NOBODY = {  # Slack or the bot decided
    AdminAct.ADMIN_LOST, AdminAct.LEAD_LOST, AdminAct.CHALLENGE_REFUSED, AdminAct.INTRODUCTION_REFUSED, AdminAct.DENIED,
}  # fmt: skip


@noun.verb("audit", "Admins: see who did what, when and on what.")
async def audit(request: Request, words: str) -> Message:
    after = words.casefold()
    if WORDS.fullmatch(after) is None:
        raise UserError("Type `/roleshift audit`.", NextStep("The audit", "audit"))
    await request.check_admin("see the audit")
    shown = partial(act_list, days=request.services.retention.audit.days, is_first=not after)
    return await request.write(coach_admins.read_audit, after, ACTS, then=shown)


def act_list(audit_page: coach_admins.AuditPage, *, days: int, is_first: bool) -> Message:
    """Answer `/roleshift audit`. `days`: for how long an act is kept."""
    lines, titles = [], audit_page.titles
    for acted in audit_page.acts:
        by, on = (f"<@{who}>" if who else "somebody I don't know" for who in (acted.admin_id, acted.on_member))
        subject = acted.subject or "—"
        if acted.act in coach_admins.OF_CHALLENGES:
            shown = f"*{escape(titles[subject])}*" if subject in titles else "(private or deleted)"
        elif channel := _INTRODUCTION.match(subject):
            shown = f"<#{channel[1]}>"  # Slack hides a private channel from who is not in it
        else:
            shown = f"*{escape(subject)}*"
        what = "project" if subject in audit_page.projects else "challenge"
        said = SAID[acted.act].format(on=on, subject=shown, what=what)
        at = acted.at  # in each reader's zone; where Slack can't say it, in UTC
        when = f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.day} {at:%b} {at:%H:%M}>"
        lines.append(worded(f"{when} {said}" if acted.act in BY_NOBODY else f"{when} {by} {said}"))
    older = [button("Older", "audit", audit_page.older)] if audit_page.older else []
    newest = [] if is_first else [button("Newest", "audit")]
    blocks = [
        header("The audit"),
        *(lines or [section("Nothing yet.")]),
        context(f"Kept for {days} days. Each look at it is noted, too."),
        actions(*older, *newest, button("Coach admins", "admins")),
    ]
    return Message("The audit: who did what, when and on what.", blocks)
