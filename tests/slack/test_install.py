"""Workspaces install the bot through OAuth: what the two pages do, what they say, and what is stored."""

import logging
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from bot.slack import edge, install_pages
from jobs import once
from tests.slack.challenge import NORA
from tests.slack.talk import words_of
from tests.slack.visitor import NORTH, SOUTH, Many

LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
NOT_INSTALLED = "I am not installed in this workspace, so"
GONE = "This link does not work any more"


async def test_two_workspaces_install_the_bot_and_share_nothing(many: Many) -> None:
    assert [fault async for fault in many.bot.faults()] == [], "it is ready before its first installation"
    async with many.browser() as browser:
        begun = await browser.get(f"{many.address}/slack/install")
        first, second = await browser.ask(), await browser.ask()  # a second tab does not end what the first began
        north = await browser.get(await browser.choose(first, NORTH))
        south = await browser.get(await browser.choose(second, SOUTH))
    assert north.title == "roleshift is installed in Northwind Labs"
    assert south.title == "roleshift is installed in South & <Wind>", "a name is escaped, and shown as it is"
    for said in ("What happens next", "<code>/roleshift</code>", "Nobody gets a tip by direct message", "Open roles"):
        assert said in north.text
    assert "Switched off" not in north.text
    assert "<script" not in north.text
    policy = north.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert (north.headers["referrer-policy"], north.headers["cache-control"]) == ("no-referrer", "no-store")
    cookie = SimpleCookie(begun.headers["Set-Cookie"])[install_pages.COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"].lower()) == (True, True, "lax")
    assert (cookie["path"], cookie["max-age"]) == ("/slack", "600")
    assert LEARNED in await many.talk(NORTH).does(LEARN)
    assert "You have learned no skill yet." in await many.talk(SOUTH).does("/roleshift progress")
    assert many.slack.refused == []


async def test_tokens_and_states_are_in_the_database_only_encrypted_or_hashed_and_in_no_log(
    many: Many, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with many.browser() as browser:
        await browser.ask()
        back = await browser.choose(await browser.ask(), NORTH)
        for _ in range(2):
            await browser.get(back)
    stored = (many.folder / "bot.db").read_bytes() + (many.folder / "bot.db-wal").read_bytes()
    assert many.slack.hub.oauth.tokens
    assert "workspace.installed" in caplog.messages
    own = [str(record.__dict__) for record in caplog.records if record.name.startswith(("bot", "jobs"))]
    for secret in (*many.slack.hub.oauth.secrets(), *many.slack.hub.oauth.tokens, back.partition("?")[2]):
        assert secret.encode() not in stored
        assert not any(secret in line for line in own)


async def test_a_link_works_once_for_ten_minutes_and_in_its_own_browser_alone(many: Many) -> None:
    async with many.browser() as browser, many.browser() as another, many.browser() as third:
        for made_up in ("", "?state=x", "?code=x&state=y", "?error=access_denied", "?state=%00&code=%ff"):
            shown = await browser.get(f"{many.address}/slack/oauth_redirect{made_up}")
            assert (shown.status, shown.title) == (400, GONE), made_up
        back = await browser.choose(await browser.ask(), NORTH)
        assert (await another.get(back)).title == GONE, "it has no cookie"
        await third.ask()
        assert (await third.get(back)).title == GONE, "it has another cookie"
        late = await browser.choose(await browser.ask(), NORTH)
        many.slack.clock.advance(timedelta(minutes=10, seconds=1))
        assert (await browser.get(late)).title == GONE
        assert many.rows("installation") == []
        back = await browser.choose(await browser.ask(), NORTH)
        assert (await browser.get(back)).status == 200
        again = await browser.get(back)
    assert (again.status, again.title) == (400, GONE)
    assert f'href="{many.address}/slack/install"' in again.text
    many.slack.clock.advance(timedelta(minutes=11))
    await once(many.bot.services)
    assert many.rows("used_state") == [], "the sweep deletes what nobody can use"


async def test_without_an_optional_scope_only_its_feature_is_off(many: Many) -> None:
    shown = await many.tries(NORTH, without={"im:history"})
    assert shown.status == 200
    assert "Switched off" in shown.text
    assert "<code>im:history</code> was not granted. The bot does not read direct messages" in shown.text
    assert "im:write" not in shown.text
    assert LEARNED in await many.talk(NORTH).does(LEARN)


async def test_a_removed_bot_is_silent_and_keeps_its_data_while_members_ask(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the event was wrong, or the token got lost: Slack passes requests on only where the app is installed."""
    monkeypatch.setattr(edge, "LOOKED_EVERY", 0)
    for workspace_id in (NORTH, SOUTH):
        await many.install(workspace_id)
        await many.talk(workspace_id).does("/roleshift myrole sre")
        await many.talk(workspace_id).does("/roleshift tips on")
        await many.talk(workspace_id).does(LEARN)
    many.slack.clock.advance(timedelta(seconds=1))
    await many.slack.drivers[NORTH].uninstall()
    await once(many.bot.services)
    assert {post.workspace for post in many.slack.posts if post.metadata} == {SOUTH}, "nothing is sent where it is gone"
    assert "You have learned 1 skill" in await many.talk(SOUTH).does("/roleshift progress")
    for _ in range(3):
        many.slack.clock.advance(timedelta(days=20))
        assert NOT_INSTALLED in await many.talk(NORTH).does(LEARN)
        await once(many.bot.services)
    await many.install(NORTH)
    assert "You have learned 1 skill" in await many.talk(NORTH).does("/roleshift progress")


@pytest.mark.parametrize("kind", ["admin", "member"])
async def test_an_admin_who_installs_the_bot_is_told_once_what_to_do_first(many: Many, kind: str) -> None:
    slack = many.slack.drivers[NORTH]
    slack.workspace.change_person(NORA, kind=kind)
    for _ in range(2):
        await many.install(NORTH)
        await once(many.bot.services)
    told = [words_of(message) for message in slack.said(slack.workspace.dm(NORA).id)]
    assert [said.partition("\n")[0] for said in told] == ["What to do on the first day."] * (kind == "admin")
    assert len(many.rows("member")) == len(told), "nobody else is stored"
