"""A team's project of the month: pick it, show what you made of it, take that back, and read what a team showed.

It is a challenge in which each works for themselves: its entries are what members show, always with their names.
"""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

from bot.coach import learning
from bot.coach.act import Act
from bot.coach.challenges import find_team, keep, running_project
from bot.coach.posts import answers
from bot.coach.posts.answers import LIKED
from bot.core.challenges import A_MONTH, MONTH, Challenge, Entry
from bot.core.errors import NextStep, UserError
from bot.core.projects import Project
from bot.core.team import Lead, Team
from bot.store import challenges, entries, teams
from bot.store.challenges import Seen

SHOWN = NextStep("What was shown", "team", "shown")


class TeamShown(NamedTuple):
    """What somebody may read of what was shown, the latest first. `teams`: theirs, and the one that they lead."""

    teams: tuple[Team, ...]
    items: tuple[Seen, ...]
    leads: Mapping[str, Lead] = {}  # of all teams, by the team's id
    is_over: bool = False  # a project of theirs ended in the last month, and no other is on


def to_pick(act: Act, *, of_all: bool) -> list[tuple[Team, Challenge | None]]:
    """Return a lead's team, or `of_all` those of the workspace, for an admin; each with its project of now."""
    lead = teams.led_by(act.tx, act.who)
    own = [lead.team] if lead else []
    found = teams.of_workspace(act.tx, act.who.workspace_id) if of_all else own
    return [(team, running_project(act, team.team_id)) for team in found]


def pick(act: Act, challenge_id: str, team_id: str, project: Project, why: str) -> Challenge:
    """Keep the draft of a team's project. It keeps what its message says, even if content changes. Raise UserError."""
    team = find_team(act, team_id)
    draft = Challenge(
        act.who.workspace_id, challenge_id, act.who.member_id, project.name, why, project.outcome, team.channel,
        act.now + MONTH, template=project.slug, minutes=sum(step.minutes for step in project.main_steps),
        question=project.ask, team_id=team_id,
    )  # fmt: skip
    return keep(act, draft)


def to_show(act: Act, challenge_id: str) -> Seen:
    """Return a team's project with what a member shows, or may show. Raise UserError for who is not in the team now."""
    challenge, project = _theirs(act, challenges.find(act.tx, act.who.workspace_id, challenge_id))
    entry = entries.find(act.tx, act.who, challenge_id)
    if entry is None:
        entry = Entry(act.who, "", act.now, line=learning.line_to_show(act, project))
    return Seen(challenge, entry)


def show(act: Act, challenge_id: str, line: str, *, goes_on: bool) -> Seen:
    """Show a team what a member made, in place of what they showed before. Raise as `to_show`, and NotMet."""
    act.lock()
    challenge, project = _theirs(act, challenges.change(act.tx, act.who.workspace_id, challenge_id))
    learning.line_to_show(act, project)
    entries.join(act.tx, act.who, challenge, secrets.token_hex(8), act.now, done_at=act.now)
    return Seen(challenge, entries.write_line(act.tx, act.who, challenge, line, goes_on=goes_on))


def _theirs(act: Act, challenge: Challenge | None) -> tuple[Challenge, Project]:
    """Return the project of the month of the member's team. Raise UserError for any other."""
    of_team = act.read().team_project
    project = act.catalog.projects.get(challenge.template or "") if challenge else None
    if challenge is None or project is None or of_team is None or of_team.challenge_id != challenge.challenge_id:
        raise UserError("That is not your team's project now.", SHOWN)
    challenge.check_on(act.now)
    return challenge, project


def take_back(act: Act, challenge_id: str) -> bool:
    """Delete what a member showed, at any time. Return False if there was nothing. Raise NotMet."""
    act.lock()
    challenge = challenges.change(act.tx, act.who.workspace_id, challenge_id)
    return challenge is not None and entries.leave(act.tx, act.who, challenge)


def shown(act: Act) -> TeamShown:
    """Return what the member's team showed in the last month, and the one that they lead; and all of their own."""
    own, leads = teams.team_of(act.tx, act.who), teams.leads_of(act.tx, act.who.workspace_id)
    led = (lead.team for lead in leads.values() if lead.who == act.who)
    of = tuple(dict.fromkeys(team for team in (own, *led) if team))
    ids, since = [team.team_id for team in of], act.now - A_MONTH
    lately = [project for its in ids for project in challenges.projects_of(act.tx, act.who.workspace_id, its, since)]
    items = challenges.shown_to(act.tx, act.who, ids, since)
    is_over = bool(lately) and not any(project.is_on(act.now) for project in lately)
    return TeamShown(of, tuple(items), leads, is_over)


def try_it(act: Act, entry_id: str) -> None:
    """Tell who showed this, once, that a colleague wants to try it. Raise UserError if it is gone, and NotMet."""
    act.lock()
    seen = next((seen for seen in shown(act).items if seen.entry and seen.entry.entry_id == entry_id), None)
    if seen is None or seen.entry is None:
        raise UserError("That was taken back.", SHOWN)
    words = act.who.member_id, *seen.challenge.title.split()
    answers.inform(act.tx, seen.entry.who, entry_id, LIKED, words, act.now)
