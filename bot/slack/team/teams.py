"""The verb `team`; teams and their leads: list, add and remove them; what leads see, and their message a month."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from bot.coach import desk as coach_desk, team_projects, teams
from bot.coach.admins import IntroductionWish
from bot.coach.posts.leads import LeadPost
from bot.core.challenges import Challenge
from bot.core.errors import NextStep, UserError, quoted
from bot.core.member import MemberKey
from bot.core.team import Blocking, Lead, Team
from bot.slack import blocks
from bot.slack.blocks import actions, button, context, listed, modal, option, plain, saying, section
from bot.slack.challenge.card import THIS_MONTH, WHAT_WAS_SHOWN, end_of
from bot.slack.form import FieldError, Form, Saved, channel_in, channel_menu, choice, field
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, matching, no_value, parse_id
from bot.slack.request import Request
from bot.slack.team import admins, announce, desk, project
from bot.store.teams import leads_of, led_by

noun = Noun()

CHANGE = "add and remove teams"
TEAMS = "teams"  # what is typed after `team`
REMOVE = "remove-team"  # a button
ADD_TEAM, TELL = "add-team", "tell-lead"  # buttons, and the forms that they open
GROUP, PLACE, CHANNEL, LEAD = "group", "place", "channel", "lead"  # the fields of the first form
_SOURCE = r"(<!subteam\^(?P<group>S\w{1,30})(\|[^<>]*)?>|<#(?P<place>C\w{1,30})(\|[^<>]*)?>)"
_TYPED = re.compile(
    rf"{_SOURCE}(\s+in\s+<#(?P<channel>C\w{{1,30}})(\|[^<>]*)?>)?(\s+lead\s+<@(?P<lead>[UW]\w{{1,30}})(\|[^<>]*)?>)?"
)
EACH_PAGE, MAX_NAMED = 6, 3
MAX_COMPARED = 10  # teams of which Slack is asked who is in them when another is added
PROJECT = button("The team's project", "team", "project")
PICK = button("Pick a project", "team", "project")
USAGE = "Type `/roleshift team add @group in #channel lead @person`, or name a public channel instead of the group."
BACK = NextStep("Teams", "team", TEAMS)
TROUBLES: Mapping[str, str] = {
    "missing_scope": "I may not read it: install me anew with `usergroups:read` or `channels:read`",
    "plan_upgrade_required": "this Slack plan has no user groups: use a channel",
    "no_such_subteam": "that user group is gone from Slack",
    "channel_not_found": "Slack does not show me that channel: invite me there",
}


@noun.verb(
    "team [word]",
    "See your team; for admins: what was done last week.\n"
    "`team teams` See teams and leads.\n"
    "`team new` Add a team.\n"
    "`team project` Pick its project; for leads, too.\n"
    "`team shown` See what it showed.\n"
    "`team export` Get the figures as CSV.\n"
    "`team literacy` Get a text for counsel.",
)
async def team(request: Request, words: str) -> Message | Form:
    first, _, rest = words.partition(" ")
    match first.casefold(), rest.strip():
        case ("project" | "shown") as what, "":
            return await (project.project if what == "project" else project.shown)(request)
        case ("new" | "add" | "remove") as what, given:
            return await (remove if what == "remove" else add)(request, given)
        case "teams", page if not page or page.isdecimal():
            await request.check_admin("see the teams")
            found = await request.store.read(teams.listed, request.who.workspace_id)
            return team_list(found, int(page[:3] or 0))
        case ("" | "skills" | "export" | "literacy") as what, "":
            if what or await request.services.people.seems_admin(request.who):
                return await desk.show(request, what)
            lead = await request.store.read(led_by, request.who)
            if lead is None:
                return await project.shown(request)
            week = await request.store.read(coach_desk.recent_week, request.who.workspace_id, request.now)
            running = dict(await request.read(partial(team_projects.to_pick, of_all=False))).get(lead.team)
            return own(lead, week.blocking(request.catalog) if week else (), running)
    said = "Type `/roleshift team`, `team shown`, `team project`, `team new`, `team export` or `team literacy`."
    raise UserError(said, NextStep("The team's desk", "team"))


async def add(request: Request, words: str) -> Message | Form:
    """Answer `team add`; without more words, open the form. Raise UserError."""
    if not words:
        return await open_form(request, None)
    await request.check_admin(CHANGE)
    typed = _TYPED.match(words)
    if typed is None:
        raise UserError(f"I find no user group and no public channel at its beginning. {USAGE}", BACK)
    if unknown := words[typed.end() :].strip():
        raise UserError(f"I don't understand {quoted(unknown)}. {USAGE}", BACK)
    source, channel = typed[GROUP] or typed[PLACE], typed[CHANNEL] or typed[PLACE]
    if channel is None:
        raise UserError("In which channel are its challenges posted? Add `in #channel`.", BACK)
    return await _add(request, source, channel, typed[LEAD] or "")


async def _add(request: Request, source: str, channel: str, lead: str) -> Message:
    """Store a team by its name in Slack, if the bot is in its channels. Raise UserError."""
    slack, workspace_id = request.slack, request.who.workspace_id
    for place, where in {source: PLACE, channel: CHANNEL}.items():
        missing = None if place.startswith("S") else await slack.not_in(place)
        if missing is not None:
            said = f"I am not in {missing}. Type /invite @roleshift there, then add the team."
            raise FieldError(where, said, BACK)
    if isinstance(people := await slack.people_in(source), str):
        raise UserError(f"I can't read who is in it: {TROUBLES.get(people, people)}.", BACK)
    whom = MemberKey(workspace_id, lead) if lead else None
    if whom is not None:
        await admins.check_colleague(request, whom)
    name = await slack.name_of(source) or source
    new = teams.NewTeam(source, name[: teams.MAX_NAME], channel, whom, request.asked_at)

    left, elsewhere = set(people), dict[str, int]()  # how many are in each team that was added before
    for team in (await request.store.read(teams.listed, workspace_id)).teams[:MAX_COMPARED]:
        if team.source == source:
            break
        others = await slack.people_in(team.source)
        if not isinstance(others, str) and (both := left.intersection(others)):
            elsewhere[team.name] = len(both)
            left -= both
    return await request.write(teams.add, new, then=partial(added, people=len(people), elsewhere=elsewhere))


async def remove(request: Request, words: str) -> Message:
    await request.check_admin(CHANGE)
    typed = re.fullmatch(_SOURCE, words)
    if typed is None:
        raise UserError("Type `/roleshift team remove @group` or `team remove #channel`.", BACK)
    source, every = typed[GROUP] or typed[PLACE], await request.store.read(teams.listed, request.who.workspace_id)
    team = next((team for team in every.teams if team.source == source), None)
    if team is None:
        raise UserError("There is no such team.", BACK)
    return shall_i_remove(team, every.leads.get(team.team_id))


def shall_i_remove(team: Team, lead: Lead | None) -> Message:
    led = f" <@{lead.who.member_id}>, who leads it, is not told." if lead else ""
    said = f"Shall I delete the team *{escape(team.name)}*? A project of it ends, too.{led} Nothing is deleted yet."
    return saying(said, button("Delete it", REMOVE, team.source, style="danger"), button("Keep it", "team", TEAMS))


@noun.click(REMOVE, matching(r"[SC]\w{1,30}"))
async def remove_now(request: Request, source: str) -> Message:
    await request.check_admin(CHANGE)
    back, done = button("Teams", "team", TEAMS), "is deleted. Its members keep all that is theirs."
    return await request.write(teams.remove, source, then=lambda team: saying(f"*{escape(team.name)}* {done}", back))


@noun.click(ADD_TEAM, no_value)
async def open_form(request: Request, _: None) -> Form:
    await request.check_admin(CHANGE)
    groups = await request.slack.user_groups()
    handles = {} if isinstance(groups, str) else {each: group.handle for each, group in groups.items()}
    return Form(form(handles, request.public_channel))


def form(groups: Mapping[str, str], here: str | None = None) -> Block:
    """`groups`: the handles of user groups by their ids. `here`: the channel where it was typed, and is offered."""
    options = [option(f"@{handle}"[: teams.MAX_NAME], each) for each, handle in groups.items()]
    of_group = [field(GROUP, "User group", choice("static_select", options), optional=True)] if options else []
    place, invite = channel_menu("public"), "I must be in both channels: type /invite @roleshift there."
    blocks = [
        *of_group,
        field(PLACE, "Or all of a public channel", place, optional=True),
        field(CHANNEL, "Channel for its challenges and project", channel_menu("public", chosen=here), hint=invite),
        field(LEAD, "Who leads it?", {"type": "users_select", "placeholder": plain("Choose one")}, optional=True),
    ]
    return modal("Add a team", blocks, form=ADD_TEAM, submit="Add", close="Cancel")


@noun.form(ADD_TEAM, no_value)
async def save(request: Request, _: None, fields: dict[str, str]) -> Saved:
    await request.check_admin(CHANGE)
    group, place = fields.get(GROUP, ""), fields.get(PLACE, "")
    if bool(group) == bool(place):
        raise FieldError(PLACE, "Choose a user group or a channel, one of the two.")
    channel = channel_in(fields, CHANNEL, public=True)
    return Saved(await _add(request, group or place, channel, fields.get(LEAD, "")))


def team_list(found: teams.Teams, page: int) -> Message:
    first = page * EACH_PAGE
    lines = []
    for team in found.teams[first : first + EACH_PAGE]:
        lead = found.leads.get(team.team_id)
        led = f", lead <@{lead.who.member_id}>" if lead else ", no lead"
        trouble = f": {TROUBLES.get(team.trouble, team.trouble)}" if team.trouble is not None else ""
        lines.append(f"• *{escape(team.name)}* in <#{team.channel}>{led}{trouble}")
    more = [button("Next", "team", f"{TEAMS} {page + 1}")] if len(found.teams) > first + EACH_PAGE else []
    told = "\n".join(lines) if lines else "No team yet. A team is a user group or a channel, with a lead."
    buttons = button("Add a team", ADD_TEAM), *more, button("Coach admins", "admins"), button("Back", "team")
    in_one = (
        "No team has figures of its own: the desk, where admins read figures, counts the whole workspace. Somebody in "
        "two teams belongs to the one that was added first."
    )
    gone = " To remove one: `/roleshift team remove @group` or `#channel`." if lines else ""
    return Message("The teams.", [section(f"*Teams*\n{told}"), context(f"{in_one}{gone}"), actions(*buttons)])


def added(found: teams.Teams, people: int, elsewhere: Mapping[str, int]) -> Message:
    """Answer `team add`. `people`: how many are in it, by Slack; `elsewhere`: how many of these are in older teams."""
    team = found.added
    assert team is not None  # noqa: S101 - it was just added
    lead = found.leads.get(team.team_id)
    ask = f" Shall I tell <@{lead.who.member_id}> that they lead it? You see the message first." if lead else ""
    size = f"{blocks.counted(people, 'person', 'people')} in Slack"
    if elsewhere:
        there = listed([f"{number} in *{escape(name)}*" for name, number in elsewhere.items()])
        size += f", of whom {there} already, so {people - sum(elsewhere.values())} in this team"
    how = "I read at least once a day who is in it, and enrol nobody."
    said = f"*{escape(team.name)}* is a team now: {size}. {how}{ask}"
    introduce = introduce_in(team, style=None if lead else "primary")
    tell = [button("Tell them", TELL, team.team_id, style="primary")] if lead else []
    return saying(said, *tell, introduce, button("Teams", "team", TEAMS))


def introduce_in(team: Team, style: str | None) -> Block:
    wish = IntroductionWish(team.team_id, team.channel)
    return button("Introduce me there", announce.RETRY, str(wish), style=style)


@noun.click(TELL, parse_id)
async def preview_telling(request: Request, team_id: str) -> Form:
    return Form(preview(await _lead_of(request, team_id)))


def preview(lead: Lead) -> Block:
    told = f"<@{lead.who.member_id}> gets this by direct message, once, in their own hours."
    shown, ref = named(lead.team).blocks[:1], lead.team.team_id
    return blocks.preview_of(shown, told, form=TELL, metadata=ref, submit="Tell them", close="Cancel")


@noun.form(TELL, parse_id)
async def tell(request: Request, team_id: str, _fields: dict[str, str]) -> Saved:
    lead = await _lead_of(request, team_id)
    dm_channel = await request.slack.open_dm(lead.who.member_id)
    if not isinstance(dm_channel, str):
        raise UserError("Slack opens no direct messages with them. Tell them yourself: `/roleshift lead on`.", BACK)
    zone = (await request.slack.profile(lead.who.member_id)).zone
    said = f"<@{lead.who.member_id}> gets that message in their own hours."
    told = saying(said, introduce_in(lead.team, "primary"), button("Teams", "team", TEAMS))
    return await request.write(teams.tell, team_id, dm_channel, zone, then=lambda _: Saved(told))


async def _lead_of(request: Request, team_id: str) -> Lead:
    await request.check_admin(CHANGE)
    lead = (await request.store.read(leads_of, request.who.workspace_id)).get(team_id)
    if lead is None:
        raise UserError("That team has no lead now.", BACK)
    return lead


def named(team: Team) -> Message:
    said = (
        f"I coach colleagues on AI at work. An admin named you lead of *{escape(team.name)}*. Do you want one message "
        "a month: something to do with the team in 15 minutes, a question for one-to-ones? You never see what one "
        "person did, unless they show it."
    )
    yes = button("One message a month", "lead", "on", style="primary")
    return saying(said, yes, button("No, thanks", "lead", "off"), button("My team", "team"))


# For leads.


def own(lead: Lead, blocking: Sequence[Blocking], running: Challenge | None) -> Message:
    """Answer `team` for a lead who is no admin. `running`: their team's project of this month."""
    messages = button("Stop messages", "lead", "off") if lead.yes else button("One message a month", "lead", "on")
    name, month = escape(lead.team.name), ""
    if running is not None:
        month = f"\n{THIS_MONTH}*{escape(running.title)}*, until {end_of(running)}."
    blocks = [
        section(f"*{name}* in <#{lead.team.channel}>{month}"),
        section(f"*In the whole workspace*\n{desk.what_blocks(blocking)}"),
        context("Totals of five people or more, none of your team alone, and none where fewer than 20 use me."),
        actions(PROJECT if running else PICK, WHAT_WAS_SHOWN, *desk.start_on(blocking, lead.team.channel), messages),
    ]
    return Message(f"Your team: {name}.", blocks)


@noun.verb("lead [on|off]", "Leads: get one message a month on what to do with your team, or stop it.")
async def lead(request: Request, words: str) -> Message:
    asked = words.casefold()
    if asked not in {"on", "off"}:
        said = "Leads can get one message a month on what to do with their team: `/roleshift lead on` or `lead off`."
        raise UserError(said, NextStep("Turn it on", "lead", "on"))
    return await request.write(partial(teams.decide, yes=asked == "on"), then=decided)


def decided(found: Lead) -> Message:
    name = escape(found.team.name)
    if not found.yes:
        return saying(f"No more messages about leading *{name}*.", button("Turn them on", "lead", "on"))
    first = f" The next one comes on {blocks.day_for_all(found.next_at)}." if found.next_at else ""
    said = f"One message a month about leading *{name}*, in your own hours.{first} It names only who showed something."
    return saying(said, button("Stop", "lead", "off"), button("My team", "team"))


def lead_message(post: LeadPost) -> Message:
    said = f"For *{escape(post.team.name)}* this month"
    more = len(post.shown) - MAX_NAMED
    names = [f"<@{member_id}>" for member_id in post.shown[:MAX_NAMED]] + ([f"{more} more"] if more > 0 else [])
    shown = [f"*Shown* by {listed(names)}."] * bool(names) + ["Its project is over."] * bool(post.ended)
    ask = " or ".join(f"<@{member_id}>" for member_id in post.admins)
    blocks = [
        section(f"{said}\n*15 minutes with the team:* {escape(post.text.do)}"),
        section(f"*One-to-ones:* {escape(post.text.ask)}"),
        *([section(desk.blocks_in_short(post.blocking[0]))] if post.blocking else []),
        *([section(" ".join(shown))] if shown else []),
        context(f"Questions? {f'Ask {ask}.' if ask else '`/roleshift admins`'}"),
        actions(WHAT_WAS_SHOWN if names else PICK if post.ended else PROJECT, button("Stop", "lead", "off")),
    ]
    return Message(said, blocks)
