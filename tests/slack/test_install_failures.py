"""Installations that fail: each shows a page that says why, with what to do next, and stores nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.coach import installing
from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.playground.emulator.faults import Fault, drop, refuse
from bot.playground.emulator.oauth import ORGANISATION
from bot.slack import install_pages
from tests.every import try_every
from tests.running import bot_for_many
from tests.slack.visitor import NORTH, Many, Visitor

UNANSWERED = 503, "Slack does not answer", "Nothing was stored."
TRIES: dict[str, tuple[str, Fault | None, tuple[int, str, str]]] = {
    "cancelled": ("cancel", None, (200, "The installation was cancelled", "Nothing was stored.")),
    "workspaces of an organisation": ("allow", refuse("auth.teams.list", error="internal_error"), UNANSWERED),
    "no answer": ("allow", drop("oauth.v2.access", how="status"), UNANSWERED),
    "HTML": ("allow", drop("oauth.v2.access", how="html"), UNANSWERED),
}
REFUSED = "Slack refused the installation"
ERRORS = {
    "invalid_team_for_non_distributed_app": "Slack installs this app in its own workspace only",
    "invalid_scope": REFUSED,
    "<script>alert(1)</script>": REFUSED,
}


async def test_where_slack_refuses_or_does_not_answer_the_page_says_why_and_nothing_is_stored(
    many: Many, caplog: pytest.LogCaptureFixture
) -> None:
    app, many.slack.hub.oauth.app = many.slack.app, replace(many.slack.app, client_secret="0" * 32)
    shown = await many.tries(NORTH)
    assert shown.title == "Slack refused the installation (bad_client_secret)"
    assert "Tell the people who run this bot" in shown.text
    (refusal,) = [vars(each) for each in caplog.records if each.message == "install.refused"]
    assert refusal["reason"] == "bad_client_secret"
    many.slack.hub.oauth.app, many.slack.hub.oauth.has_organisation = app, True

    async def check(case: tuple[str, Fault | None, tuple[int, str, str]]) -> None:
        choice, fault, (status, title, text) = case
        many.slack.faults.add(*filter(None, [fault]))
        shown = await many.tries(ORGANISATION, choice=choice)
        assert (shown.status, shown.title) == (status, title)
        assert text in shown.text

    await try_every(TRIES, check)
    async with many.browser() as browser:
        for error, title in ERRORS.items():
            state = (await browser.ask())["state"]
            shown = await browser.get(f"{many.address}/slack/oauth_redirect?state={state}&error={error}")
            assert (shown.status, shown.title.startswith(title)) == (400, True), error
            assert "<script" not in shown.text
        form = await browser.ask()
        form["scope"] = form["scope"].replace("chat:write,", "")
        shown = await browser.get(await browser.choose(form, NORTH))
        assert (shown.status, shown.title) == (400, "Slack did not grant what roleshift needs")
        assert "<code>chat:write</code>" in shown.text
        back = await browser.choose(await browser.ask(), NORTH)
        async with browser.session.head(back, allow_redirects=False) as answer:
            assert answer.status == 404
        assert many.rows("installation") == []
        assert (await browser.get(back)).status == 200, "only a page that is shown uses up a code"


@pytest.mark.parametrize(
    ("error", "status", "title", "logged"),
    [
        (NothingChanged(), 503, "This could not be stored", "install.not_stored"),
        (OutcomeUnknown(), 503, "The database did not confirm this", "install.unconfirmed"),
        (RuntimeError("canary-4711"), 500, "That broke on our side", "install.broke"),
    ],
    ids=["nothing stored", "not confirmed", "a mistake in the code"],
)
async def test_where_it_can_not_be_stored_the_person_is_told_with_a_button(
    many: Many, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    error: Exception, status: int, title: str, logged: str,
) -> None:  # fmt: skip
    def fails(*_: object) -> None:
        raise error

    async with many.browser() as browser:
        back = await browser.choose(await browser.ask(), NORTH)
        monkeypatch.setattr(installing, "install", fails)
        shown = await browser.get(back)
    assert (shown.status, shown.title) == (status, title)
    assert "Start again" in shown.text
    (record,) = [record for record in caplog.records if record.message.startswith("install.")]
    assert record.message == logged
    assert record.__dict__.get("reference", "") in shown.text
    assert "canary-4711" not in shown.text


async def test_strangers_cost_no_transaction_and_turn_nobody_away(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise AssertionError

    async with many.browser() as stranger, many.browser() as browser:
        with monkeypatch.context() as patch:
            patch.setattr(many.bot.services.store, "write", fails)
            begun = [await stranger.get(f"{many.address}/slack/install") for _ in range(100)]
            state = (await browser.ask())["state"]
            redirect = f"{many.address}/slack/oauth_redirect?code=x&state="
            ended = [await stranger.get(redirect + each) for each in ("x", state, f"{state}0") for _ in range(40)]
        assert {answer.status for answer in begun} == {302}
        assert {answer.title for answer in ended} == {"This link does not work any more"}
        back = await stranger.choose(await stranger.ask(), NORTH)
        assert (await stranger.get(back)).status == 200
        with monkeypatch.context() as patch:
            patch.setattr(many.bot.services.store, "write", fails)
            again = [await stranger.get(back) for _ in range(2 * install_pages.ALL_AT_ONCE)]
        assert {answer.title for answer in again} == {"This link does not work any more"}
        assert (await browser.install(NORTH)).status == 200


async def attempt(browser: Visitor, **headers: str) -> int:
    """Finish an installation with a code that Slack does not know, and return the page's status."""
    browser.session.headers.update(headers)
    state = (await browser.ask())["state"]
    return (await browser.get(f"{browser.address}/slack/oauth_redirect?code=x&state={state}")).status


async def test_people_at_one_address_do_not_turn_others_away(tmp_path: Path) -> None:
    async with (
        bot_for_many(tmp_path, ROLESHIFT_ADDRESS_HEADER="X-Real-IP") as (_, _, address),
        Visitor.at(address) as flood,
        Visitor.at(address) as browser,
    ):

        async def status(at: str) -> int:
            return await attempt(flood, **{"X-Real-IP": at})

        at_once = install_pages.EACH_AT_ONCE
        assert [await status("2001:db8::1") for _ in range(at_once)] == [400] * at_once
        # What a visitor sent comes first.
        for made_up in ("2001:db8::2", "192.0.2.1, 2001:db8::1", "[2001:db8::1]:4711"):
            assert await status(made_up) == 429
        assert [await status("::ffff:192.0.2.9") for _ in range(11)] == [*[400] * 10, 429]
        assert [await status(same) for same in ("192.0.2.9", "192.0.2.9:4711")] == [429, 429]
        assert [await status(other) for other in ("::ffff:192.0.2.8", "192.0.2.7:1")] == [400, 400]
        browser.session.headers["X-Real-IP"] = "192.0.2.1"
        assert (await browser.install(NORTH)).status == 200


async def test_too_many_installations_are_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_pages, "ALL_AT_ONCE", 2)
    monkeypatch.setattr(install_pages, "ALL_PER_SECOND", 0.001)
    async with bot_for_many(tmp_path) as (_, _, address), Visitor.at(address) as browser:
        assert [await attempt(browser) for _ in range(3)] == [400, 400, 429]
