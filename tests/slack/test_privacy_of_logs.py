"""No text that a person writes, no token and no secret is in the log, at any level and after any error."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot import coach
from bot.mcp.tools import TOOLS
from bot.playground.emulator.faults import lose, refuse
from bot.run import logs
from bot.slack.app import NOUNS
from jobs import start_bell
from jobs.deliver import deliver
from tests.driver.standin import StandIn
from tests.running import bot_in
from tests.slack.assistant import served_in
from tests.slack.challenge import Team
from tests.slack.posting import sender_to
from tests.slack.talk import Talk

CANARY = "canary4711"
EMIL = "U02EMIL"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    named = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    levels = {each: each.level for each in (root, *named)}
    for each in levels:
        each.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for each, level in levels.items():
        each.setLevel(level)


def assert_silent_about(log: io.StringIO, *secrets: str) -> None:
    written = log.getvalue()
    assert len(written.splitlines()) > 5, "nothing was logged, so nothing was tested"
    for secret in (CANARY, *secrets):
        assert secret not in written


def secrets_of(slack: StandIn) -> tuple[str, ...]:
    return (slack.bot_token, slack.app.app_token, slack.app.signing_secret, "/response/")


async def test_no_text_that_people_type_or_write_is_in_the_log(
    slack: StandIn, tmp_path: Path, log: io.StringIO
) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_LOG_LEVEL="debug") as bot:
        conversation = Talk(slack, EMIL)
        for verb in (*NOUNS.verbs, CANARY):
            await conversation.does(f"/roleshift {verb} {CANARY}")
        await conversation.does("/roleshift help")
        (actions,) = [block for block in conversation.last.blocks or [] if block["type"] == "actions"]
        actions["elements"][0] |= {"action_id": f"roleshift:learn:{CANARY}", "value": CANARY}
        await conversation.does("[My role]")
        await conversation.does("/roleshift tips")
        await conversation.does("[Choose day and time]")
        await conversation.does(f"(zone={CANARY})")
        for line in (CANARY, f"how do I {CANARY}?", f"<@U0{CANARY}>", *(f"{verb} {CANARY}" for verb in NOUNS.verbs)):
            for place in (slack.workspace.dm(EMIL), slack.workspace.channel("C03AIGUILD")):
                await slack.acts.say(slack.workspace.person(EMIL), place, f"@roleshift {line}")
        slack.faults.add(refuse("chat.postMessage", error="is_archived"), lose("chat.postMessage"))
        await deliver(bot.services, asyncio.Event())
        bell = start_bell(bot.services)
        await asyncio.sleep(0)
        await bell.drain(1)
    assert "deliveries.sent" in log.getvalue()
    heard = {json.loads(line)["logger"].partition(".")[0] for line in log.getvalue().splitlines()}
    assert heard >= {"apscheduler", "slack_bolt", "slack_sdk", "sqlalchemy"}, "a library logged nothing"
    assert_silent_about(log, *secrets_of(slack))


async def test_nothing_of_a_message_that_is_coached_is_in_the_log(
    slack: StandIn, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(_: object, message: str) -> None:
        raise RuntimeError(message)

    async with bot_in(slack, tmp_path, ROLESHIFT_LOG_LEVEL="debug"):
        written = slack.workspace.post("C03AIGUILD", "U01NORA", f"{CANARY}: who pays for the token spend?")
        for fault in (None, refuse("views.open", error="expired_trigger_id"), lose("views.open")):
            slack.faults.add(*([fault] if fault else []))
            await slack.shortcut(EMIL, "roleshift:coach-this", written)
        (view,) = slack.workspace.screens.stacks[EMIL]
        await slack.submit(EMIL, view, {"question": CANARY})
        monkeypatch.setattr(coach.ask, "about", boom)
        monkeypatch.setattr(coach.ask, "look_up", boom)
        await slack.shortcut(EMIL, "roleshift:coach-this", written)
        await slack.submit(EMIL, view, {"question": CANARY})
    assert "request.broke" in log.getvalue()
    assert_silent_about(log, *secrets_of(slack))


async def test_no_token_and_no_call_of_an_assistant_is_in_the_log(
    slack: StandIn, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(_: object, question: str) -> None:
        raise RuntimeError(question)

    async with served_in(slack, tmp_path, ROLESHIFT_LOG_LEVEL="debug") as served:
        token = await served.token()
        given = {"question": CANARY, "step": CANARY, "project": CANARY, "lab": CANARY, "part": CANARY}
        for calls in (served.by_token(token), served.by_slack()):
            for tool in TOOLS:
                await calls.says(tool, **given)
        await served.by_token(f"{token}{CANARY}").post(CANARY)
        monkeypatch.setattr(coach.ask, "look_up", boom)
        assert "That broke on my side" in await served.by_slack().says("ask_coach", **given)
    assert "request.rejected" in log.getvalue()
    assert "request.broke" in log.getvalue()
    assert_silent_about(log, token.rpartition(".")[2], *secrets_of(slack))


async def test_no_text_of_a_challenge_is_in_the_log(team: Team, log: io.StringIO) -> None:
    hostile = {"title": CANARY, "task": CANARY, "done_when": CANARY, "question": CANARY}
    assert (await team.fills(await team.opens(), **hostile, end="")).errors
    await team.starts(**hostile)
    team.slack.faults.add(refuse("chat.update", error="message_not_found"), lose("chat.postMessage"))
    await team.adds(EMIL, CANARY)
    await team.jobs(seconds=2)
    await team.orders(**hostile)
    team.slack.faults.add(refuse("chat.postMessage", error="is_archived"))
    await team.jobs(minutes=1)
    await team.jobs(days=8)
    await team.jobs(minutes=1)
    assert "challenge.not_updated" in log.getvalue()
    assert "delivery.failed" in log.getvalue()
    team.slack.refused.clear()
    assert_silent_about(log, *secrets_of(team.slack))


async def test_errors_and_lost_answers_quote_nobody_in_the_log(
    slack: StandIn, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*_: object) -> None:
        raise RuntimeError(CANARY) from ValueError(CANARY)

    async with bot_in(slack, tmp_path):
        conversation = Talk(slack, EMIL)
        for fault in (refuse("users.info", error=CANARY), *(lose("users.info", how=how) for how in ("html", "half"))):
            slack.faults.clear()
            fault.times = None
            slack.faults.add(fault)
            await conversation.does("/roleshift learn cost spikes")
        slack.faults.clear()
        monkeypatch.setattr(coach.learning, "progress", boom)
        monkeypatch.setattr(coach.membership, "changed", boom)
        slack.socket.timeout = 0.2
        await conversation.does("/roleshift progress")
        await slack.change_person(EMIL, name=CANARY, title=CANARY)
        slack.refused.clear()
    assert "request.broke" in log.getvalue()
    assert "request.refused" in log.getvalue()
    assert_silent_about(log, *secrets_of(slack))


async def test_no_part_of_a_forged_or_malformed_request_is_in_the_log(
    slack: StandIn, tmp_path: Path, log: io.StringIO
) -> None:
    command = {"command": "/roleshift", "text": CANARY, "team_id": CANARY, "user_id": CANARY, "response_url": CANARY}
    async with sender_to(slack, tmp_path) as sender:
        for body in (urlencode(command).encode(), f"payload={CANARY}".encode(), f'{{"{CANARY}": '.encode()):
            for content_type in ("application/json", "application/x-www-form-urlencoded"):
                await sender.signed(body, content_type)
                await sender.signed(body, content_type, at=-4_000)
                await sender.send(body, {"x-slack-signature": CANARY, "authorization": CANARY})
                await sender.send(body, {}, path=f"/{CANARY}")
    assert_silent_about(log, *secrets_of(slack))
