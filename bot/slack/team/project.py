"""A team's project of the month: leads and admins pick it, members show what they made, and take it back."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, Self

from bot.coach import practice, team_projects
from bot.coach.act import Act
from bot.coach.admins import MAX_WHY
from bot.core.challenges import Challenge, Entry
from bot.core.learning import MAX_EVIDENCE
from bot.core.member import MemberKey
from bot.core.team import Team
from bot.slack.blocks import actions, button, confirm, lowered, modal, preview_of, saying, section, worded
from bot.slack.challenge import form, run
from bot.slack.challenge.card import TEAM_PROJECT, WHAT_WAS_SHOWN, end_of, shown_line
from bot.slack.form import Form, Saved, field, line_in, one_in, text_box, tick_box
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, no_value, parse_id
from bot.slack.request import Request
from bot.slack.tip import clicks
from bot.slack.tip.card import card_of
from bot.slack.tip.ref import TipRef
from bot.store.challenges import Seen
from bot.store.teams import led_by

noun = Noun()

POST_TO_TEAM, TAKE_BACK, TRY = "post-to-team", "take-back-shown", "try-shown"  # the preview, and buttons
LINE, GOES_ON = "line", "goes-on"  # fields
MAX_LISTED = 10


async def _is_for_all(request: Request, team_id: str = "") -> bool:
    """Return whether this person may pick for every team, as an admin. Raise NotAdmin unless they lead this one."""
    lead = await request.store.read(led_by, request.who)
    leads = lead is not None and team_id in {"", lead.team.team_id}
    if leads and not await request.services.people.seems_admin(request.who):
        await request.check_member()
        return False
    await request.check_admin("pick a team's project")
    return True


async def project(request: Request) -> Message | Form:
    """Answer `team project`: the form, or the project that a team has now."""
    found = await request.read(partial(team_projects.to_pick, of_all=await _is_for_all(request)))
    return running(found) if any(challenge for _, challenge in found) else await pick(request, None)


def running(found: Sequence[tuple[Team, Challenge | None]]) -> Message:
    lines = []
    for team, challenge in found:
        if challenge is not None:
            where = f"{escape(challenge.title)} in <#{challenge.channel}>, until {end_of(challenge)}."
            lines.append(section(f"*{escape(team.name)}*: {where}", run.close_button(challenge)))
    more = [button("Pick a project", form.PICK)] if len(lines) < len(found) else []
    buttons = actions(*more, WHAT_WAS_SHOWN, button("Back", "team"))
    return Message("The team's project.", [*lines[:MAX_LISTED], buttons])


@noun.click(form.PICK, no_value)
async def pick(request: Request, _: None) -> Message | Form:
    found = await request.read(partial(team_projects.to_pick, of_all=await _is_for_all(request)))
    free = [team for team, challenge in found if challenge is None]
    if not free:
        return saying("There is no team without a project. Add one first.", button("Teams", "team", "teams"))
    ref = form.DraftRef(secrets.token_hex(8), free[0].team_id if len(free) == 1 else "")
    return Form(form.pick(request.catalog, ref, () if ref.of else free))


@noun.form(form.PICK, form.DraftRef.parse)
async def look(request: Request, ref: form.DraftRef, fields: dict[str, str]) -> Form:
    team_id = ref.of or fields.get(form.TEAM, "")
    await _is_for_all(request, team_id)
    projects = request.catalog.projects
    chosen = projects[one_in(fields, form.PROJECT, projects, "That project is gone. Choose another one.")]
    known = request.catalog.needs
    needs = [escape(lowered(known[need].name)) for need in chosen.needs if need in known]
    why, then = line_in(fields, form.WHY, MAX_WHY), partial(run.preview, needs=needs)
    return Form(await request.write(team_projects.pick, ref.challenge_id, team_id, chosen, why, then=then))


# What members show.


class ShowRef(NamedTuple):
    """What the form and its preview carry: a project's id, the step that asked, if one did, and what is shown."""

    challenge_id: str
    step: str = "-"  # a TipRef
    goes_on: str = "-"  # whether to say that its member wants to go on
    line: str = ""

    @classmethod
    def parse(cls, metadata: str) -> Self:
        challenge_id, *others = metadata.split(" ", 3)
        ref = cls(parse_id(challenge_id), *others)
        if ref.step != "-":
            TipRef.parse(ref.step)
        return ref

    def __str__(self) -> str:
        return " ".join(self).rstrip()


@noun.click(clicks.SHOW_TEAM, ShowRef.parse)
async def show(request: Request, ref: ShowRef) -> Form:
    await request.check_member()
    return Form(show_form(await request.read(team_projects.to_show, ref.challenge_id), ref))


def show_form(seen: Seen, ref: ShowRef) -> Block:
    challenge, entry = seen.challenge, seen.entry
    where = "One line. Everybody in the channel and in the team reads it, with your name. You see it first."
    box = text_box(MAX_EVIDENCE, entry.line if entry else None)
    goes_on = tick_box("Say that I want to go on with this project", GOES_ON, ticked=bool(entry and entry.goes_on))
    blocks = [
        section(f"*{escape(challenge.title)}* in <#{challenge.channel}>"),
        field(LINE, challenge.question or "What did you make?", box, hint=where),
        field(GOES_ON, "When the month ends", goes_on, optional=True),
    ]
    return modal("Show your team", blocks, form=clicks.SHOW_TEAM, metadata=str(ref), submit="Preview")


@noun.form(clicks.SHOW_TEAM, ShowRef.parse)
async def look_first(request: Request, ref: ShowRef, fields: dict[str, str]) -> Form:
    line = line_in(fields, LINE, MAX_EVIDENCE, needed=True)
    ref = ref._replace(goes_on=fields.get(GOES_ON) or "-", line=line)
    return Form(show_preview(await request.read(team_projects.to_show, ref.challenge_id), request.who, ref))


def show_preview(seen: Seen, who: MemberKey, ref: ShowRef) -> Block:
    shown = Entry(who, "", seen.challenge.ends_at, line=ref.line)
    on = ", and says that you want to go on" if ref.goes_on == GOES_ON else ""
    told = (
        f"It stands in the message about the project in <#{seen.challenge.channel}> within a minute. The message at "
        f"the month's end repeats it{on}. You can take it back at any time."
    )
    return preview_of([worded(shown_line(shown))], told, form=POST_TO_TEAM, metadata=str(ref), submit="Show it")


@noun.form(POST_TO_TEAM, ShowRef.parse)
async def post(request: Request, ref: ShowRef, _fields: dict[str, str]) -> Saved:
    """Show it to the team, and draw the step that asked anew, as it no longer asks."""
    asked = TipRef.parse(ref.step) if ref.step != "-" else None
    key = asked.key(request.who) if asked else None

    def change(act: Act) -> tuple[Seen, practice.TipSeen | None]:
        seen = team_projects.show(act, ref.challenge_id, ref.line, goes_on=ref.goes_on == GOES_ON)
        return seen, practice.see(act, asked.tip, key) if asked else None

    def shown(found: tuple[Seen, practice.TipSeen | None]) -> Saved:
        seen, step = found
        back = button("Take it back", TAKE_BACK, ref.challenge_id)
        said = f"Shown. It stands in the message in <#{seen.challenge.channel}> within a minute."
        if asked is None or step is None:
            return Saved(saying(said, back, WHAT_WAS_SHOWN), closes_all=True)
        return Saved(card_of(request.catalog, asked, step, section(said, back)).redrawn(), key, closes_all=True)

    return await request.write(change, then=shown)


@noun.click(TAKE_BACK, parse_id)
async def take_back(request: Request, challenge_id: str) -> Message:
    back = "Taken back. The message in the channel is changed within a minute."
    return await request.write(
        team_projects.take_back,
        challenge_id,
        then=lambda was_shown: saying(back if was_shown else "It is not shown.", WHAT_WAS_SHOWN),
    )


@noun.click(TRY, parse_id)
async def try_it(request: Request, entry_id: str) -> Message:
    told = saying("They hear it, if they said yes to messages.", button("My project", "project"), replaces=False)
    return await request.write(team_projects.try_it, entry_id, then=lambda _: told)


_SURE = confirm(
    "Try it like this?", "Who showed it is told so, with your name, once.", "Tell them", "Cancel", style="primary"
)


NO_TEAM = (
    "You are in no team that I know. I look a minute after you first use me, then once a day. A team is a Slack user "
    "group or channel that an admin added. To have yours added, ask an admin."
)
NOT_LISTED = "Other posts in the channel are not listed here."
NOTHING = f"The project is over. Nothing is shown through my question; that says nothing about who did it. {NOT_LISTED}"
NOTHING_YET = (
    "Shown through my question in the last month: nothing. Half-way through the steps of the team's project, I ask "
    f"each one whether to show what they did. {NOT_LISTED}"
)


async def shown(request: Request) -> Message:
    """Answer `team shown`. What was shown is read once more right before it is sent: it may be taken back."""
    await request.check_member()
    found = await request.read(team_projects.shown)
    return replace(shown_list(found, request.who), again=partial(shown, request) if found.items else None)


def shown_list(found: team_projects.TeamShown, who: MemberKey) -> Message:
    """Return the reader's team, and what it showed, the latest first; what is their own can be taken back."""
    leads = {team_id: lead.who for team_id, lead in found.leads.items()}
    led = {each: f", led by {'you' if lead == who else f'<@{lead.member_id}>'}" for each, lead in leads.items()}
    names = [f"*{escape(team.name)}*{led.get(team.team_id, '')}" for team in found.teams]
    title = f"Your team: {'; '.join(names)}.\n" if names else NO_TEAM
    lines = []
    for challenge, entry in ((seen.challenge, seen.entry) for seen in found.items[:MAX_LISTED] if seen.entry):
        press = button("I'll try it like this", TRY, entry.entry_id, confirm=_SURE)
        if entry.who == who:
            press = button("Take it back", TAKE_BACK, challenge.challenge_id)
        lines.append(worded(f"{escape(challenge.title)}\n{shown_line(entry)}", press))
    if lines:
        title += "Shown in the last month:" if names else "\nShown by you in the last month:"
    elif names:
        title += NOTHING if found.is_over else NOTHING_YET
    is_lead = who in leads.values()
    go_on, back = (TEAM_PROJECT, "team") if is_lead else (button("My project", "project"), "menu")
    admins = [] if names else [button("Admins", "admins")]
    return Message(title.partition("\n")[0], [section(title), *lines, actions(*admins, go_on, button("Back", back))])
