"""One installation for an Enterprise organisation: its workspaces share nothing but the token."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.coach import installing
from bot.core.errors import NothingChanged
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.faults import refuse
from bot.playground.emulator.oauth import ORGANISATION, TOKEN_LIFE
from bot.slack import gateway
from jobs import once
from tests.slack.visitor import EMIL, NORTH, SOUTH, Many

LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
NOT_INSTALLED = "I am not installed in this workspace, so"


@pytest.fixture
async def whole(many: Many) -> AsyncIterator[Many]:
    """Yield an organisation of two workspaces that has installed the bot and given it to none of them yet."""
    many.slack.hub.oauth.has_organisation = True
    for workspace in many.slack.workspaces.values():
        workspace.installed = False
    shown = await many.tries(ORGANISATION)
    assert (shown.status, shown.title) == (200, "roleshift is installed for Organisation")
    assert "It is not yet in any workspace." in shown.text
    assert f"/manage/{ORGANISATION}/integrations/profile/" in shown.text
    yield many
    assert many.slack.refused == []


async def test_a_workspace_works_once_it_is_granted_and_no_more_once_that_is_taken_back(whole: Many) -> None:
    south = whole.slack.drivers[SOUTH]
    whole.slack.hub.oauth.granted.add(NORTH)  # the event got lost; the first request makes up for that
    assert LEARNED in await whole.talk(NORTH).does(LEARN)
    assert {row[1] for row in whole.rows("workspace")} == {NORTH}
    await south.grant()
    assert "You have learned no skill yet." in await whole.talk(SOUTH).does("/roleshift progress")
    await south.withdraw()
    assert NOT_INSTALLED in await whole.talk(SOUTH).does(LEARN)
    assert LEARNED not in await whole.talk(SOUTH).does("/roleshift progress")
    assert "already" in await whole.talk(NORTH).does(LEARN)


async def test_one_person_in_two_workspaces_says_yes_in_each_and_what_they_do_stays_in_its_own(whole: Many) -> None:
    south = whole.slack.drivers[SOUTH]
    for driver in (whole.slack.drivers[NORTH], south):
        await driver.grant()
    await whole.talk(NORTH).does("/roleshift myrole devops engineer")
    await whole.talk(NORTH).does("/roleshift tips on")
    await once(whole.bot.services)
    sent = {(post.workspace, post.person) for post in whole.slack.posts if post.method == "chat.postMessage"}
    assert sent == {(NORTH, EMIL)}
    assert (await whole.slack.drivers[NORTH].open_home(EMIL)).toast is None
    assert [row[1] for row in whole.rows("schedule")] == [NORTH]
    await whole.talk(SOUTH).does("/roleshift myrole devops engineer")
    await whole.talk(SOUTH).does("/roleshift situation")
    (view,) = south.workspace.screens.stacks[EMIL]
    assert whole.slack.hub.payloads(south.workspace).view(view)["app_installed_team_id"] == ORGANISATION
    await south.submit(EMIL, view, {})
    assert {row[1] for row in whole.rows("situation")} == {SOUTH}


async def test_a_token_of_an_organisation_is_refreshed_for_all_its_workspaces(whole: Many) -> None:
    oauth = whole.slack.hub.oauth
    oauth.rotates = True
    await whole.tries(ORGANISATION)
    for driver in (whole.slack.drivers[NORTH], whole.slack.drivers[SOUTH]):
        await driver.grant()
    whole.slack.clock.advance(TOKEN_LIFE - timedelta(hours=1))
    await once(whole.bot.services)
    assert oauth.refreshes == 1
    whole.slack.clock.advance(timedelta(hours=2))
    for workspace_id in (NORTH, SOUTH):
        assert LEARNED in await whole.talk(workspace_id).does(LEARN)


async def test_an_organisation_that_removes_the_bot_ends_it_in_all_its_workspaces_but_where_it_is_their_own(
    whole: Many,
) -> None:
    for driver in (whole.slack.drivers[NORTH], whole.slack.drivers[SOUTH]):
        await driver.grant()
    await whole.install(NORTH)
    whole.slack.clock.advance(timedelta(seconds=2))
    await whole.slack.drivers[NORTH].uninstall_everywhere()
    assert LEARNED in await whole.talk(NORTH).does(LEARN)
    assert NOT_INSTALLED in await whole.talk(SOUTH).does(LEARN)
    assert [row[1] for row in whole.rows("workspace") if row[3] is not None] == [SOUTH]


async def test_an_event_that_does_not_say_which_installation_ended_ends_none_and_has_slack_asked(whole: Many) -> None:
    """Slack says nowhere what the organisation's event holds, so one that names a workspace may be about either."""
    north = whole.slack.drivers[NORTH]
    for driver in (north, whole.slack.drivers[SOUTH]):
        await driver.grant()
    await whole.talk(NORTH).does(LEARN)
    whole.slack.clock.advance(timedelta(seconds=2))
    assert north.acts.hub.payloads(north.workspace).event({"type": "x"})["authorizations"][0]["is_enterprise_install"]
    await north.event({"type": "app_uninstalled"})
    assert [row[8] is not None for row in whole.rows("workspace")] == [True, True], "Slack is asked about both"
    await once(whole.bot.services)
    assert [(row[3], row[8]) for row in whole.rows("workspace")] == [(None, None), (None, None)]
    assert "already" in await whole.talk(NORTH).does(LEARN)
    assert LEARNED in await whole.talk(SOUTH).does(LEARN)


WHOLE: Json = {"enterprise_id": ORGANISATION, "is_enterprise_install": True}


async def test_a_removal_that_names_no_workspace_is_the_organisations(whole: Many) -> None:
    named: list[Json] = [
        {"team_id": None, "enterprise_id": ORGANISATION},
        {"team_id": ORGANISATION},
        {"team_id": ORGANISATION, "authorizations": [WHOLE | {"team_id": ORGANISATION}]},
    ]
    north = whole.slack.drivers[NORTH]
    for about in named:
        await whole.install(ORGANISATION)
        await north.grant()
        whole.slack.clock.advance(timedelta(seconds=2))
        payload = whole.slack.hub.payloads(north.workspace).event({"type": "app_uninstalled"})
        await whole.slack.hub.send("events_api", payload | {"authorizations": []} | about)
        assert NOT_INSTALLED in await whole.talk(NORTH).does("/roleshift roles"), about


async def test_what_an_organisation_gave_changes_nothing_where_the_event_names_none(whole: Many) -> None:
    north = whole.slack.drivers[NORTH]
    await whole.install(NORTH)
    payload = whole.slack.hub.payloads(north.workspace).event({"type": "team_access_granted", "team_ids": [SOUTH]})
    of_none = {"enterprise_id": None, "authorizations": [{"team_id": NORTH, "is_enterprise_install": False}]}
    assert (await whole.slack.hub.send("events_api", payload | of_none)).failure is None
    assert [row[1] for row in whole.rows("workspace")] == [NORTH]


async def through_the_organisation(whole: Many, text: str) -> str:
    """Type a command in the first workspace that Slack signs for the organisation's installation."""
    north = whole.slack.drivers[NORTH]
    payload = whole.slack.hub.payloads(north.workspace).command(
        north.workspace.person(EMIL), north.workspace.channels["C03AIGUILD"], "/roleshift", text
    )
    answer = await whole.slack.hub.send("slash_commands", payload | {"is_enterprise_install": "true"})
    return str(answer.body)


async def test_a_request_through_an_organisation_binds_no_workspace_that_was_not_given_its_installation(
    whole: Many,
) -> None:
    assert NOT_INSTALLED in await through_the_organisation(whole, "learn cost spikes")
    assert whole.rows("workspace") == whole.rows("member") == []
    whole.slack.hub.oauth.granted.add(NORTH)  # the event got lost
    installed, now = whole.bot.services.installations, whole.slack.clock()
    # The withdrawal comes while Slack's answer is under way.
    await installed.change(installing.withdraw, ORGANISATION, [NORTH], at=now + timedelta(seconds=1))
    assert NOT_INSTALLED in await through_the_organisation(whole, "learn cost spikes")
    assert whole.rows("member") == []
    whole.slack.clock.advance(timedelta(seconds=2))
    whole.slack.faults.add(refuse("auth.teams.list", error="internal_error"))
    assert NOT_INSTALLED not in await through_the_organisation(whole, "learn cost spikes")
    assert whole.rows("member") == [], "Slack did not answer"
    assert "Done" in await through_the_organisation(whole, "learn cost spikes")
    whole.slack.refused.clear()
    # The organisation's installation is gone, as after a restored backup.
    await installed.change(installing.remove, ORGANISATION, at=whole.slack.clock() + timedelta(seconds=1))
    assert NOT_INSTALLED in await through_the_organisation(whole, "learn streaming")
    assert len(whole.rows("skill_mark")) == 1


async def test_no_installation_is_given_up_while_slack_may_accept_another(whole: Many) -> None:
    installed, oauth = whole.bot.services.installations, whole.slack.hub.oauth
    await whole.slack.drivers[NORTH].grant()
    await whole.install(NORTH)
    assert await installed.refusal(NORTH) is None
    oauth.granted.discard(NORTH)
    whole.slack.faults.add(refuse("auth.test", error="team_added_to_org", times=2))
    said = [await installed.refusal(NORTH) for _ in range(2)]
    assert said == ["team_added_to_org"] * 2, "of the two, the one that may end"
    oauth.granted.add(NORTH)
    oauth.remove(whole.slack.workspaces[NORTH])
    assert await installed.refusal(NORTH) is None, "the organisation's serves it"
    whole.slack.faults.add(refuse("auth.teams.list", error="internal_error"))
    with pytest.raises(NothingChanged):
        await installed.refusal(NORTH)
    whole.slack.faults.add(refuse("auth.teams.list", error="org_login_required"))
    assert await installed.refusal(NORTH) == "org_login_required"
    oauth.granted.discard(NORTH)
    assert await installed.refusal(NORTH) == "account_inactive"
    whole.slack.refused.clear()


async def test_a_part_of_the_workspaces_that_were_given_the_app_is_no_answer(
    whole: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    for driver in (whole.slack.drivers[NORTH], whole.slack.drivers[SOUTH]):
        await driver.grant()
    monkeypatch.setattr(gateway, "TEAMS_PER_PAGE", 1)
    assert await whole.bot.services.installations.refusal(SOUTH) is None
    monkeypatch.setattr(gateway, "MAX_PAGES_OF_TEAMS", 1)
    with pytest.raises(NothingChanged):
        await whole.bot.services.installations.refusal(SOUTH)
