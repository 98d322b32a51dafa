"""Read once a day who is in the teams, take the weekly figures, and plan the messages of the month to leads."""

import asyncio
import logging
from collections.abc import Collection
from datetime import timedelta

from bot.coach import desk, teams
from bot.coach.teams import Reading
from bot.core.errors import NothingChanged, NotInstalled
from bot.slack.gateway import TooMany, UserGroup
from bot.slack.services import Services
from bot.store import teams as team_rows
from bot.store.members import met

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)  # after Slack did not answer
CALL_PAUSE = 0.7  # seconds between two calls for one workspace: Slack allows a hundred a minute
PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def read_teams(services: Services, stopping: asyncio.Event) -> None:
    """Ask Slack who is in the teams of each workspace that is due. One worker at a time does so in a workspace."""
    for reading in await services.store.write(teams.claim, services.clock.now()):
        if stopping.is_set():
            break  # the lease ends by itself
        try:
            await _read(services, reading)
        except Exception:  # the lease ends by itself; one workspace must not stop the others
            log.exception("teams.broke", extra={"workspace_id": reading.workspace_id})


async def _read(services: Services, reading: Reading) -> None:
    """Read who is in each team, or why Slack does not say so: one call for all user groups, some for each channel.

    A team that has its id as a name gets its name, as earlier versions did not read it.
    """
    store, workspace_id, now = services.store, reading.workspace_id, services.clock.now()
    people: dict[str, Collection[str] | str] = {}
    names: dict[str, str] = {}
    try:
        slack = services.gateway.for_workspace(workspace_id)
        groups = await slack.user_groups() if any(team.source.startswith("S") for team in reading.teams) else {}
        for team in reading.teams:
            if team.source.startswith("S"):
                group = groups if isinstance(groups, str) else groups.get(team.source)
                people[team.team_id] = group.people if isinstance(group, UserGroup) else group or "no_such_subteam"
            else:
                await asyncio.sleep(CALL_PAUSE)
                people[team.team_id] = await slack.people_in(team.source)
            if team.name == team.source:
                await asyncio.sleep(CALL_PAUSE)
                if name := await slack.name_of(team.source):
                    names[team.team_id] = name
    except (NothingChanged, NotInstalled) as error:
        pause = error.pause if isinstance(error, TooMany) else AGAIN
        await store.write(team_rows.read_at, workspace_id, now + pause, reading.lease_until)
        log.warning("teams.unread", extra={"workspace_id": workspace_id})
        return
    was = await store.read_aside(team_rows.members_of, workspace_id)
    known = await store.read_aside(met, workspace_id)
    for to, members in teams.moves(reading, people, was, known):
        await store.write(team_rows.move, workspace_id, to, members)
    await store.write(teams.end, reading, people, names, now)


async def plan_leads(services: Services, _stopping: asyncio.Event) -> None:
    """Plan the message of the month to each lead who said yes and is due."""
    if planned := await services.store.write(teams.plan_messages, services.clock.now()):
        log.info("leads.planned", extra={"leads": planned})


async def take_figures(services: Services, stopping: asyncio.Event) -> None:
    """Count the week that ended last where it is not counted yet, and keep what may be shown.

    Each workspace has a transaction of its own: thousands of workspaces begin their week at the same time. It is
    counted aside, as counting a large one would keep people's requests waiting.
    """
    taken = 0
    for ending in await services.store.read(desk.uncounted, services.clock.now()):
        if stopping.is_set():
            break
        try:
            shown = await services.store.read_aside(desk.count, ending)
            taken += await services.store.write(desk.keep_figures, ending, shown)
        except Exception:  # the next run tries again; one workspace must not stop the others
            log.exception("figures.broke", extra={"workspace_id": ending.workspace_id})
        await asyncio.sleep(PAUSE)
    if taken:
        log.info("figures.taken", extra={"workspaces": taken})
