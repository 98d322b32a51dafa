"""Stored tokens: how long a process may use one that was revoked, and how they are refreshed before they expire."""

import asyncio
from typing import Any

import pytest

from bot.coach import installing
from bot.core.errors import NothingChanged, NotInstalled, OutcomeUnknown
from bot.core.installation import Installation, Sealed
from bot.core.outcomes import NotYet
from bot.playground.emulator.faults import drop
from bot.run.connect import offline_services
from bot.slack import installed_workspaces, message, web_client
from tests.running import settings_for_many
from tests.slack.visitor import EMIL, HOUR, NORTH, Installed


def _later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + seconds)


async def test_a_revoked_token_is_used_for_ten_seconds_at_most(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = installed.another()
    assert await another.current(NORTH)
    await installed.uninstall()
    with pytest.raises(NotInstalled):
        await installed.first.current(NORTH)  # the process that was told
    assert await another.current(NORTH), "it does not know yet"
    _later(monkeypatch, installed_workspaces.FRESH)
    with pytest.raises(NotInstalled):
        await another.current(NORTH)
    with pytest.raises(NotInstalled):
        await another.check(NORTH, None)


async def test_a_call_with_a_token_that_was_replaced_is_made_with_the_new_one(installed: Installed) -> None:
    gateway = installed.bot.services.gateway.for_workspace(NORTH)
    first = await installed.first.current(NORTH)
    another = installed.another()
    installed.slack.hub.oauth.remove(installed.slack.workspace)
    known = dict(installed.first._known)
    await installed.install()
    installed.first._known.update(known)  # as if another process had installed it, and this one was not told
    assert await another.current(NORTH)
    assert installed.first._decrypted(installed.first._known[NORTH][0])[0] == first
    assert (await gateway.profile(EMIL)).coachable
    assert await installed.first.current(NORTH) != first


async def test_a_token_is_refreshed_once_by_whichever_process(installed: Installed) -> None:
    processes = [installed.first, *(installed.another() for _ in range(3))]
    before = {await process.current(NORTH) for process in processes}
    installed.slack.clock.advance(5 * HOUR)
    await asyncio.gather(*(process.refresh_due(asyncio.Event()) for process in processes))
    assert installed.slack.hub.oauth.refreshes == 0, "seven hours are left"
    installed.slack.clock.advance(2 * HOUR)
    await asyncio.gather(*(process.refresh_due(asyncio.Event()) for process in processes))
    assert installed.slack.hub.oauth.refreshes == 1
    installed.slack.clock.advance(6 * HOUR)  # the first token has expired
    assert (await installed.bot.services.gateway.for_workspace(NORTH).profile(EMIL)).coachable
    assert {await installed.first.current(NORTH)} != before


async def test_slack_is_asked_about_the_newest_token(installed: Installed) -> None:
    installed.slack.clock.advance(13 * HOUR)  # the stored one has expired
    assert await installed.first.refusal(NORTH) is None
    assert installed.slack.hub.oauth.refreshes == 1


async def test_while_slack_does_not_refresh_an_expired_token_nothing_is_called_with_it(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed_workspaces, "REFRESH_PAUSE", 0)
    installed.slack.clock.advance(13 * HOUR)
    installed.slack.faults.add(drop("oauth.v2.access", how="status", times=None))
    with pytest.raises(NothingChanged) as refused:
        await installed.first.current(NORTH)
    assert isinstance(web_client.read_failure(refused.value, to_member=True), NotYet), "what is to be sent waits"
    assert not any(refusal.error == "token_expired" for refusal in installed.slack.refused)


async def test_a_token_that_does_not_decrypt_does_not_hold_up_the_refresh_of_others(
    installed: Installed, caplog: pytest.LogCaptureFixture
) -> None:
    now = installed.slack.clock()
    broken = Installation("T00BROKEN", now, "U0BOT", frozenset(), Sealed("k1", "AAAA", "AAAA"), now + HOUR)
    await installed.bot.services.store.write(installing.install, broken, now)
    installed.slack.clock.advance(11 * HOUR)
    await installed.first.refresh_due(asyncio.Event())
    assert installed.slack.hub.oauth.refreshes == 1, "the first one stopped the job"
    failed = [each.__dict__["workspace_id"] for each in caplog.records if each.message == "token.not_refreshed"]
    assert failed == ["T00BROKEN"]


async def test_refreshed_tokens_are_stored_again_if_the_answer_to_the_commit_was_lost(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, write = installed.bot.services.store, installed.bot.services.store.write
    lost: list[Any] = []

    async def lose_first(use_case: Any, *args: Any) -> Any:
        if use_case is installing.refreshed and not lost:
            lost.append(use_case)
            raise OutcomeUnknown
        return await write(use_case, *args)

    monkeypatch.setattr(store, "write", lose_first)
    monkeypatch.setattr(installed_workspaces, "STORE_PAUSE", 0, raising=False)
    installed.slack.clock.advance(11 * HOUR)
    await installed.first.refresh_due(asyncio.Event())
    installed.slack.clock.advance(2 * HOUR)  # the first token has expired
    assert (await installed.bot.services.gateway.for_workspace(NORTH).profile(EMIL)).coachable
    assert (lost, installed.slack.hub.oauth.refreshes) == ([installing.refreshed], 1)


async def test_what_is_said_once_does_not_raise_where_there_is_no_token(installed: Installed) -> None:
    gateway = installed.bot.services.gateway.for_workspace(NORTH)
    await installed.uninstall()
    await gateway.say("D1", message.Message("I can only coach members of this workspace."))


@pytest.mark.parametrize(("key_id", "says"), [("k2", "lacks the key `k1`"), ("k1", "The key `k1` .* does not decrypt")])
async def test_a_process_without_the_key_does_not_start(installed: Installed, key_id: str, says: str) -> None:
    other = f"{key_id}:{'B' * 43}"
    settings = settings_for_many(installed.slack, installed.folder, installed.address)
    wrong = settings.model_copy(update={"token_keys": type(settings.token_keys)(other)})  # type: ignore[misc]  # a secret
    with pytest.raises(match=says):
        async with offline_services(wrong):
            pass


async def test_a_damaged_token_of_one_workspace_keeps_no_process_from_starting(
    installed: Installed, caplog: pytest.LogCaptureFixture
) -> None:
    now = installed.slack.clock()
    broken = Installation("T00BROKEN", now, "U0BOT", frozenset(), Sealed("k1", "AAAA"))  # before all others
    await installed.bot.services.store.write(installing.install, broken, now)
    async with offline_services(settings_for_many(installed.slack, installed.folder, installed.address)) as built:
        assert isinstance(built.installations, installed_workspaces.InstalledWorkspaces)
        assert await built.installations.current(NORTH)
    named = [each.__dict__["workspace_id"] for each in caplog.records if each.message == "token.undecryptable"]
    assert named == ["T00BROKEN"]
