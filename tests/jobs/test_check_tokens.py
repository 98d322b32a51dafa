"""Slack refuses a token: it is asked again, and only what it then says has consequences."""

import pytest
from sqlalchemy import Connection, select

from bot.coach import installing
from bot.playground.emulator.faults import drop, limit, refuse
from bot.slack.gateway import WorkspaceGateway
from bot.store.schema import workspace
from jobs import once
from jobs.tokens import check_tokens
from tests.jobs.conftest import Office

POST, ASK = "chat.postMessage", "auth.test"


async def why(office: Office) -> str | None:
    """Return why nothing is sent to the workspace; None if it is connected."""
    return await office.services.store.read(Connection.scalar, select(workspace.c.disconnected_why))


async def asks(office: Office, **span: int) -> None:
    office.clock.passes(**span)
    await office.runs(check_tokens)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the name of each workspace about whose token Slack is asked."""
    asks, seen = WorkspaceGateway.refuses_token, list[str]()

    async def counted(slack: WorkspaceGateway) -> str | None:
        seen.append(slack.workspace_id)
        return await asks(slack)

    monkeypatch.setattr(WorkspaceGateway, "refuses_token", counted)
    return seen


async def is_doubted(office: Office) -> None:
    await office.services.store.write(installing.doubt, office.slack.workspace.id, "token_revoked", office.clock.at)


@pytest.mark.parametrize("error", ["account_inactive", "team_added_to_org"])
async def test_a_workspace_that_is_shut_for_days_gets_its_tip_once_it_is_open_again(office: Office, error: str) -> None:
    await office.joins()
    office.clock.passes(days=1)
    before = len(office.received())
    office.slack.faults.add(refuse(POST, error=error, times=None), refuse(ASK, error=error, times=None))
    for _ in range(3):
        await once(office.services)
        office.clock.passes(minutes=2)
    assert await why(office) == error
    office.slack.faults.clear()
    office.clock.passes(hours=1)
    await once(office.services)
    assert await why(office) is None
    assert len(office.received()) == before + 1


async def test_slack_is_not_asked_before_its_rate_limit_allows_it(office: Office, asked: list[str]) -> None:
    office.slack.faults.add(limit(ASK, seconds=600, times=1))
    await is_doubted(office)
    await asks(office)
    await asks(office, minutes=9)
    assert len(asked) == 1
    await asks(office, minutes=1)
    assert len(asked) == 2


async def test_no_answer_is_no_refusal(office: Office) -> None:
    office.slack.faults.add(drop(ASK))
    await is_doubted(office)
    await asks(office)
    assert await why(office) is None
