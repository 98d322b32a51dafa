"""The file for counsel and council: what the coach does for AI literacy here, with counts of five and more."""

from datetime import datetime

from bot.coach.team import ByTeam, Desk
from bot.core.catalog import Catalog
from bot.core.errors import NextStep
from bot.core.team import WHOLE, Report
from bot.slack.team.figures import about
from bot.slack.uploads import File

LITERACY = "literacy"
FILE_NAME = "roleshift-literacy.md"
COMMENT = "What I do for AI literacy here, as a draft for counsel and works council. Ask your counsel."
_FILE = """\
# AI literacy: what roleshift does here

Made on {made} from the desk. A draft: ask your counsel.

## Audience and aim

Everybody in the Slack workspace who wants it; nobody is enrolled. Paths for these roles: {roles}.
Each member takes a part of their own work, learns to do it with AI, to check what comes back, and to know the limits.

## Measures and cadence

- {skills} skills, {tips} exercises on own work, {checks} questions, {challenges} challenges for teams
- Version of the content: {version}
- The workspace's own rules on tools and data: {policy}
- One exercise a week by direct message after a yes; a question after one, four and twelve weeks; after three weeks
  whether it is still in use
- Leads who said yes: one message a month. Twice a quarter a question about the team

## Counts

{counts}

## The rules, as we read them

Sources differ, and this is no legal advice. Read the texts in force, and ask your counsel.

- Regulation (EU) 2024/1689 (AI Act), Article 4, AI literacy of staff: applies since 2 February 2025. An amending act
  of 2026 (the "digital omnibus") softens it to taking measures.
- Article 50, to say that somebody talks to an AI system: applies since 2 August 2026. This coach has no language model;
  people wrote its answers.
- Article 5 forbids the recognition of emotions at work. The coach has none, and no score of a person.

## What this file does not show

- Whether somebody works well with AI: it shows measures and numbers of people, no results.
- Anything about fewer than five people. Numbers are rounded to fives and never say that all did something.
- Who took part. Each member alone sees their record, and may export it.
"""


def literacy(catalog: Catalog, desk: Desk, every: ByTeam, now: datetime) -> File:
    """Return the file. Figures are those of the last snapshot, and none where an admin wants none."""
    reviewed = max((item.reviewed_on for item in catalog.reviewed if item.reviewed_on), default=None)
    text = _FILE.format(
        made=f"{now:%Y-%m-%d}",
        roles=", ".join(role.name for role in catalog.roles.values()),
        skills=len(catalog.skills),
        tips=sum(len(skill.tips) for skill in catalog.skills.values()),
        checks=sum(len(skill.checks) for skill in catalog.skills.values()),
        challenges=len(catalog.challenges),
        version=f"last reviewed on {reviewed}" if reviewed else "no date of a review",
        policy="the coach names them" if catalog.policy else "not given to the coach",
        counts=_counts(desk, every),
    )
    return File(FILE_NAME, text, COMMENT, NextStep("Literacy file", "team", LITERACY))


def _counts(desk: Desk, every: ByTeam) -> str:
    if desk.off:
        return "None: an admin chose *No figures at all*."
    if desk.report is None or desk.taken_at is None:
        return "None yet: they begin with five members."
    names = {each.team_id: each.name for each in every.teams.teams}
    teams = [_line(names[group], each) for group, each in every.reports.items() if group != WHOLE and group in names]
    known = [f"- {each.skill.name}: {about(each.by)} marked it as learned" for each in desk.report.known]
    head = f"As of {desk.taken_at:%Y-%m-%d}, of {about(desk.report.members)} members:\n"
    return "\n".join([head, _line("All", desk.report), *teams, *known])


def _line(name: str, report: Report) -> str:
    return (
        f"- {name}: said yes to weekly exercises {about(report.said_yes)}; did one in the week before "
        f"{about(report.did)}; say that one is still in use after three weeks {about(report.still)}"
    )
