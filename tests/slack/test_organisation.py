"""One installation for an Enterprise organisation: its workspaces come and go, and share nothing but the token."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.playground.emulator.oauth import ORGANISATION, TOKEN_LIFE
from jobs import once
from tests.slack.many import EMIL, NORTH, SOUTH, Many

LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
NOT_INSTALLED = "I am not installed in this workspace any more."


@pytest.fixture
async def whole(many: Many) -> AsyncIterator[Many]:
    """Yield an organisation of two workspaces that has installed the bot and given it to none of them yet."""
    many.slack.hub.oauth.has_organisation = True
    for workspace in many.slack.workspaces.values():
        workspace.installed = False
    async with many.browser() as browser:
        shown = await browser.install(ORGANISATION)
    assert (shown.status, shown.title) == (200, "roleshift is installed for Organisation")
    assert "It is not yet in any workspace." in shown.text
    assert f"/manage/{ORGANISATION}/integrations/profile/" in shown.text
    yield many
    assert many.slack.refused == []


async def test_a_workspace_works_once_it_is_granted_and_no_more_once_that_is_taken_back(whole: Many) -> None:
    north, south = whole.slack.drivers[NORTH], whole.slack.drivers[SOUTH]
    assert (await north.grant()).failure is None
    assert LEARNED in await whole.talk(NORTH).does(LEARN)
    assert {row[1] for row in whole.rows("workspace")} == {NORTH}
    await south.grant()
    assert "You have learned no skill yet." in await whole.talk(SOUTH).does("/roleshift progress")
    await south.withdraw()
    assert NOT_INSTALLED in await whole.talk(SOUTH).does(LEARN)
    assert LEARNED not in await whole.talk(SOUTH).does("/roleshift progress")
    assert "already" in await whole.talk(NORTH).does(LEARN)


async def test_an_event_that_got_lost_is_made_up_for_by_the_first_request(whole: Many) -> None:
    whole.slack.hub.oauth.granted.add(NORTH)
    assert LEARNED in await whole.talk(NORTH).does(LEARN)
    assert [row[1] for row in whole.rows("workspace")] == [NORTH]


async def test_an_installation_finds_the_workspaces_that_were_granted_before(many: Many) -> None:
    many.slack.hub.oauth.has_organisation = True
    many.slack.hub.oauth.granted |= {NORTH, SOUTH}
    async with many.browser() as browser:
        assert "It is in 2 workspaces." in (await browser.install(ORGANISATION)).text
    assert LEARNED in await many.talk(SOUTH).does(LEARN)


async def test_one_person_in_two_workspaces_says_yes_in_each_and_a_click_stays_in_its_own(whole: Many) -> None:
    for driver in (whole.slack.drivers[NORTH], whole.slack.drivers[SOUTH]):
        await driver.grant()
    await whole.talk(NORTH).does("/roleshift myrole devops engineer")
    await whole.talk(NORTH).does("/roleshift tips on")
    await once(whole.bot.services)
    sent = {(post.workspace, post.person) for post in whole.slack.posts if post.method == "chat.postMessage"}
    assert sent == {(NORTH, EMIL)}
    assert (await whole.slack.drivers[NORTH].open_home(EMIL)).toast is None
    assert [row[1] for row in whole.rows("schedule")] == [NORTH]


async def test_a_form_of_an_organisation_belongs_to_the_workspace_where_it_was_opened(whole: Many) -> None:
    await whole.slack.drivers[SOUTH].grant()
    talk = whole.talk(SOUTH)
    await talk.does("/roleshift myrole devops engineer")
    await talk.does("/roleshift situation")
    (view,) = whole.slack.drivers[SOUTH].workspace.screens.stacks[EMIL]
    assert whole.slack.hub.payloads(whole.slack.workspaces[SOUTH]).view(view)["app_installed_team_id"] == ORGANISATION
    await whole.slack.drivers[SOUTH].submit(EMIL, view, {})
    assert {row[1] for row in whole.rows("situation")} == {SOUTH}


async def test_a_token_of_an_organisation_is_refreshed_for_all_its_workspaces(whole: Many) -> None:
    oauth = whole.slack.hub.oauth
    oauth.rotates = True
    async with whole.browser() as browser:
        await browser.install(ORGANISATION)
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
