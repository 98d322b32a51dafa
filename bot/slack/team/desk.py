"""The admin's desk: what was done last week and what blocked most, to the nearest five; and what stands behind it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.coach import desk as coach_desk
from bot.coach.desk import Desk
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.member import AdminAct
from bot.slack.blocks import actions, button, context, header, saying, section
from bot.slack.form import Form
from bot.slack.message import Block, File, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.team import content as team_content
from bot.slack.team import figures, project, settings, teams
from bot.slack.team.figures import CHART, EXPORT, LITERACY, TOO_FEW, about, day_of, literacy, start_on, what_blocks
from bot.slack.team.teams import TEAMS
from bot.store.teams import led_by

noun = Noun()

SKILLS = "skills"
MAX_SKILLS = 8
_DESK = button("Back", "team")


@noun.verb(
    "team [teams|new|project|shown|export|literacy]",
    "See what was done last week and what blocks; teams, their project and what they showed; the figures or a text "
    "for counsel as a file; for admins.",
)
async def team(request: Request, words: str) -> Message | Form:
    first, _, rest = words.partition(" ")
    match first.casefold(), rest.strip():
        case "project", "":
            return await project.project(request)
        case "shown", "":
            return await project.shown(request)
        case (("new" | "add"), given):
            return await teams.add(request, given)
        case "remove", given:
            return await teams.remove(request, given)
        case "teams", page if not page or page.isdecimal():
            return await teams.show(request, int(page[:3] or 0))
        case ("" | "skills" | "export" | "literacy") as what, "":
            return await _show_desk(request, what)
    said = "Type `/roleshift team`, `team shown`, `team project`, `team new`, `team export` or `team literacy`."
    raise UserError(said, NextStep("The team's desk", "team"))


async def _show_desk(request: Request, what: str) -> Message:
    lead = None if what else await request.store.read(led_by, request.who)
    if lead is not None and not await request.services.people.seems_admin(request.who):
        return await teams.show_own(request, lead)
    await request.check_admin("see the team's desk", NextStep("What my team showed", "team", "shown"))
    if what == EXPORT:
        return await _send(request, figures.file_of, "The figures")
    if what == LITERACY:
        return await _send(request, literacy, "A draft for your counsel")
    hint = team_content.in_short(request.catalog, request.services.content_library.packs, request.now.date())
    drawn = partial(by_skill, request.catalog) if what else partial(desk, request.catalog, hint=hint)
    return await request.write(coach_desk.read_desk, AdminAct.DESK_READ, then=drawn)


async def _send(request: Request, file: Callable[[Catalog, Desk, datetime], File], what: str) -> Message:
    await request.take()
    act = AdminAct.DESK_EXPORTED
    found = await request.write(coach_desk.read_desk, act, then=lambda found: found)
    if not found.weeks and file is figures.file_of:
        return desk(request.catalog, found)
    await request.slack.send_file(request.who.member_id, file(request.catalog, found, request.now))
    return sent(what)


def sent(what: str) -> Message:
    return saying(f"{what} came to our direct messages, as a file.", _DESK, replaces=False)


def desk(catalog: Catalog, found: Desk, hint: str = "") -> Message:
    """Answer `/roleshift team`. `hint`: what is wrong with the team's own content."""
    plain, drawn = (Message("The team's desk.", _desk(catalog, found, hint, charts=charts)) for charts in (False, True))
    has_chart = any(block["type"] == CHART for block in drawn.blocks)
    return replace(drawn, without_charts=plain) if has_chart else plain


def _desk(catalog: Catalog, found: Desk, hint: str, *, charts: bool) -> list[Block]:
    notes, lines = [context(hint)] if hint else [], found.reported
    if lines:  # it waits for an admin, as what was suggested does
        one = "A member reported a colleague's line on a tip."
        what = f"Members reported {lines} lines on tips." if lines > 1 else one
        notes.append(section(what, button("Look", "reported")))
    if found.suggested:
        notes.append(section(figures.suggested(found), button("Look", "challenge")))
    week = found.last
    if week is None:
        buttons = actions(_SETTINGS, _TEAMS)
        return [header("The team's desk"), _OFF if found.off else _NO_FIGURES, *notes, buttons]
    blocking = week.blocking(catalog)
    said = (
        f"*Week before {day_of(week.ended_at, found.zone)}*: 15 people or more used me. Did a tip, or said that one is "
        f"still in use: {about(week.did)}."
    )
    return [
        header("The team's desk"),
        section(f"{said}\n{what_blocks(blocking)}"),
        *([_LATE] if found.is_late else []),
        *figures.by_week(found.weeks, found.zone, charts=charts),
        *notes,
        actions(*start_on(blocking), _SETTINGS, *_DETAILS),
        context("Rounded to fives. Nothing about how well a tip was done, or about fewer than five people."),
    ]


def by_skill(catalog: Catalog, found: Desk) -> Message:
    """Answer *By skill*: how many answered a question of each skill right, and how many wrong."""
    week, title = found.last, "*Questions by skill*"
    checked = week.checked(catalog) if week else ()
    title += f", week before {day_of(week.ended_at, found.zone)}" if week else ""
    more, shown = len(checked) - MAX_SKILLS, checked[:MAX_SKILLS]
    lines = [f"• {escape(of.name)}: right {about(right)}, wrong {about(wrong)}" for of, right, wrong in shown]
    blocks = [
        section("\n".join([title, *(lines or [f"{TOO_FEW.capitalize()}."])])),
        context("Who answered several times may count in both. A right answer is not work done."),
        *([context(f"{more} more are in the export.")] if more > 0 else []),
        actions(_DESK),
    ]
    return Message("The team's figures by skill.", blocks)


_SETTINGS = button("Settings", settings.OPEN)
_TEAMS = button("Teams", "team", TEAMS)
_DETAILS = (button("By skill", "team", SKILLS), _TEAMS, button("Export", "team", EXPORT))
_NO_FIGURES = section("Figures come after a week in which 15 people or more used me, and five more know me.")
_LATE = context("No week since then has figures: weeks with few people have none.")
_OFF = section("No figures at all: an admin switched them off in *Settings*.")
