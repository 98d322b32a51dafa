"""The team's figures are taken once a week even if nobody opens the desk, so that the desk can show growth."""

import asyncio

import pytest

from bot.coach import membership, team
from bot.core.member import MemberKey, Profile
from jobs.take_figures import take_figures
from tests.jobs.conftest import Office


async def meets(office: Office, count: int) -> None:
    for number in range(count):
        who = MemberKey(office.slack.workspace.id, f"U9{number}")
        await office.services.store.write(membership.meet, who, Profile("UTC", coachable=True), office.clock.at)


async def takes(office: Office, caplog: pytest.LogCaptureFixture) -> list[int]:
    """Run the job, and return the number of workspaces whose figures it took, or nothing."""
    caplog.clear()
    with caplog.at_level("INFO", "jobs"):
        await take_figures(office.services, asyncio.Event())
    return [record.__dict__["workspaces"] for record in caplog.records if record.message == "figures.taken"]


async def test_figures_are_taken_once_a_week_and_the_desk_shows_growth_since(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await meets(office, 5)
    taken_at = office.clock.at
    assert await takes(office, caplog) == [1]
    assert await takes(office, caplog) == []
    office.clock.passes(days=6)
    assert await takes(office, caplog) == []
    office.clock.passes(days=1)
    assert await takes(office, caplog) == [1]
    desk = await office.services.store.write(team.desk, office.services.catalog, office.key(), office.clock.at)
    assert desk.report is not None
    assert (desk.report.taken_at, desk.report.since) == (office.clock.at, taken_at)


async def test_no_figures_are_taken_of_fewer_than_five_members_or_a_disconnected_workspace(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await meets(office, 4)
    assert await takes(office, caplog) == []
    await meets(office, 5)
    await office.services.store.write(membership.disconnected, office.slack.workspace.id, "Ev1", office.clock.at)
    assert await takes(office, caplog) == []
