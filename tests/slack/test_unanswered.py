"""Where Slack takes no answer, it is logged under a stable name, and nothing is raised or lost."""

import logging
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot.coach import membership
from bot.core.errors import NothingChanged, NotInstalled
from bot.core.member import MemberKey
from bot.run.clock import Clock
from bot.slack import in_views
from bot.slack.gateway import WorkspaceGateway
from bot.slack.message import Message
from bot.slack.replies import Replies
from tests.running import rows_about
from tests.slack.writer import EMIL, Writer

LOST = [aiohttp.ServerDisconnectedError(), TimeoutError()]
ADDRESS = "https://hooks.slack.example/1"
SAID = Message("Done.")


class Silent:
    """Calls that Slack does not answer, and no token for others."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def has_interim(self, *_: object) -> bool:
        return False

    def leads_to_slack(self, _url: str) -> bool:
        return True

    async def respond(self, *_: object, **__: object) -> None:
        raise self.error

    send_reply = respond

    def for_workspace(self, _workspace_id: str) -> None:
        raise NotInstalled


def silent(error: Exception) -> Any:
    return Silent(error)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the bot logged as a warning or worse."""
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("error", LOST, ids=repr)
@pytest.mark.parametrize("url", [ADDRESS, ""], ids=["on a message", "anywhere"])
async def test_an_apology_for_a_shortcut(error: Exception, url: str, caplog: pytest.LogCaptureFixture) -> None:
    shortcut: Any = SimpleNamespace(
        claimed_workspace="T1", response_url=url, trigger_id="1.2", user=SimpleNamespace(id="U1")
    )
    await in_views.apologise(silent(error), shortcut, NothingChanged())
    assert logged(caplog) == ["shortcut.unanswered"]


@pytest.mark.parametrize("error", LOST, ids=repr)
async def test_the_late_answer_to_a_command(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    await Replies(silent(error), Clock()).follow(ADDRESS, SAID.body())
    assert logged(caplog) == ["late.unanswered"]


@pytest.mark.parametrize("error", [NothingChanged, NotInstalled])
async def test_a_name_that_is_not_known_now_is_left_out(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def profile(_: WorkspaceGateway, member_id: str) -> Any:
        if member_id == "U1":
            raise error
        return SimpleNamespace(name="Emil")

    monkeypatch.setattr(WorkspaceGateway, "profile", profile)
    async with aiohttp.ClientSession() as session:
        slack = WorkspaceGateway("T1", session, "http://127.0.0.1/api/", "xoxb-1")
        assert await slack.names(["U1", "U2"]) == {"U2": "Emil"}


async def test_what_was_written_before_a_forget_me_and_arrives_after_it_stores_nothing(
    writer: Writer, tmp_path: Path
) -> None:
    written_before = writer.event(text="learn cost spikes")
    await writer.writes("progress")
    said, services = writer.answers(), writer.bot.services
    now, who = services.clock.now(), MemberKey(writer.slack.workspace.id, EMIL)
    await services.store.write(membership.forget, who, now, now + timedelta(seconds=30))
    (told,) = await writer.slack.event(written_before)
    assert told.failure is None
    await writer.sends()
    assert writer.answers() == said
    assert rows_about(tmp_path, EMIL) == []
