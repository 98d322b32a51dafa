"""What the bot posts to an address that it was given goes to Slack's own hosts alone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from yarl import URL

from bot.playground.emulator import web_api
from bot.playground.emulator.server import Server
from bot.run.app import Bot
from bot.slack.web_client import is_slacks
from tests import real_content
from tests.driver.standin import StandIn
from tests.slack.challenge import DESIGN, EMIL
from tests.slack.talk import Talk, words_of

LEADS = {
    "https://hooks.slack.com/actions/T1/1/x": True,
    "https://slack.com/x": True,
    "http://hooks.slack.com/x": False,
    "https://hooks.slack.com.evil.example/x": False,
    "https://notslack.com/x": False,
    "https://slack.com@evil.example/x": False,
    "https://slack.com:443@evil.example/x": False,
    "https://evil.example#.slack.com/x": False,
    "https://evil.example?.slack.com/x": False,
    "//hooks.slack.com/x": False,
    "": False,
}


def test_an_address_is_slacks_if_its_host_is_that_of_the_web_api_or_below_it() -> None:
    assert {url: is_slacks("https://slack.com/api/", url) for url in LEADS} == LEADS


@dataclass
class Elsewhere:
    """A server that is not Slack's, and what reached it."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append(await Request(scope, receive).body())
        await Response("ok")(scope, receive, send)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    found, server = Elsewhere(), Server()
    await server.start(found)
    found.url = server.url
    async with aiohttp.ClientSession() as session, session.post(f"{found.url}/x", data=b"it listens"):
        assert found.bodies.pop() == b"it listens"
    yield found
    await server.stop()


async def test_a_saved_form_is_answered_at_slacks_hosts_alone(slack: StandIn, bot: Bot, elsewhere: Elsewhere) -> None:
    talk = Talk(slack, EMIL)
    for host in ("", elsewhere.url):
        await talk.does("/roleshift situation")
        (view,) = slack.workspace.screens.stacks[EMIL]
        needs, _, behind = view.spec["private_metadata"].partition("\n")
        address = URL(behind.split(" ")[0])
        given = str(URL(host).join(address.relative())) if host else str(address)
        view.spec["private_metadata"] = f"{needs}\n{behind.replace(str(address), given)}"
        seen = await slack.submit(EMIL, view, {"needs0": ["logs"]})
        await bot.edge.background.drain(slack.patience)
        assert (seen.errors, elsewhere.bodies) == ({}, [])
    answers = [words_of(each) for channel in slack.workspace.messages.values() for each in channel]
    assert [said for said in answers if said.startswith("Saved: ")] == answers[:1], "at Slack it is answered"


@pytest.mark.usefixtures("bot")
async def test_what_a_member_shows_is_posted_at_slacks_hosts_alone(slack: StandIn, elsewhere: Elsewhere) -> None:
    costs = real_content.load().skills["cost-spikes"]
    await slack.command(EMIL, f"/roleshift did {costs.tips[0].title}", "dm")
    form = await slack.command(EMIL, f"/roleshift show {costs.slug}", "dm")
    await slack.submit(EMIL, form, {"channel": DESIGN, "evidence": "A line"})
    view = slack.workspace.screens.stacks[EMIL][-1]
    slug, channel, url, line = view.spec["private_metadata"].partition("\n")[0].split(" ", 3)
    view.spec["private_metadata"] = f"{slug} {channel} {URL(elsewhere.url).join(URL(url).relative())} {line}"
    await slack.save(EMIL)
    assert "Slack did not take the post" in str(slack.workspace.screens.stacks[EMIL][-1].blocks)
    assert (elsewhere.bodies, slack.said(DESIGN)) == ([], [])


@pytest.mark.usefixtures("bot")
async def test_a_file_is_sent_to_slacks_hosts_alone(
    slack: StandIn, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = web_api.METHODS["files.getUploadURLExternal"]
    elsewhere_up = replace(method, run=lambda call: method.run(call) | {"upload_url": f"{elsewhere.url}/upload"})
    monkeypatch.setitem(web_api.METHODS, "files.getUploadURLExternal", elsewhere_up)
    talk = Talk(slack, EMIL)
    await talk.does("/roleshift learn cost spikes")
    assert "Slack did not take the file, so nothing was sent." in await talk.does("/roleshift privacy export")
    assert elsewhere.bodies == []
