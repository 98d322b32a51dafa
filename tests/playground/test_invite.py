"""Slack's own `/invite`, and what Slack counts in a badge."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.emulator.refusal import CannotDo
from bot.playground.page.page_state import PageState
from tests.driver.standin import StandIn

EMIL, ISLA = "U02EMIL", "U05ISLA"


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn() as stand_in:
        yield stand_in


def room_without_the_app(slack: StandIn) -> str:
    """Return a channel that Emil is in and the app is not."""
    rooms = slack.workspace.conversations_of(EMIL)
    return next(c.id for c in rooms if slack.workspace.bot_user not in c.members and not c.archived)


async def say(slack: StandIn, room: str, text: str) -> None:
    await slack.acts.say(slack.workspace.people[EMIL], slack.workspace.channel(room), text)


async def test_the_app_is_invited_and_everybody_reads_it(slack: StandIn) -> None:
    room = room_without_the_app(slack)
    await say(slack, room, "/invite @roleshift")
    assert slack.workspace.bot_user in slack.workspace.channel(room).members
    assert slack.workspace.messages[room][-1].text.endswith("by Emil Brandt.")
    with pytest.raises(CannotDo, match=r"roleshift is in #.* already"):
        await say(slack, room, "/invite @roleshift")


@pytest.mark.parametrize(
    ("text", "words"),
    [("/invite", "Type a name behind it"), ("/invite @nobody.at.all", "Nobody here is called @nobody.at.all.")],
)
async def test_an_invitation_that_cannot_be_sent_says_why_and_adds_nobody(
    slack: StandIn, text: str, words: str
) -> None:
    room = room_without_the_app(slack)
    before = set(slack.workspace.channel(room).members)
    with pytest.raises(CannotDo, match=words):
        await say(slack, room, text)
    assert slack.workspace.channel(room).members == before


async def test_nobody_is_invited_into_direct_messages(slack: StandIn) -> None:
    with pytest.raises(CannotDo, match="in channels only"):
        await say(slack, slack.workspace.dm(EMIL).id, "/invite @roleshift")


@pytest.mark.parametrize(
    ("text", "blocks", "badge"),
    [
        ("Hello", None, 0),
        (f"Hello <@{EMIL}>", None, 1),
        (f"Hello <@{ISLA}>", None, 0),
        ("<!channel> hello", None, 1),
        ("", [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{EMIL}> did it"}}], 1),
    ],
)
async def test_a_channel_counts_only_what_mentions_its_reader(
    slack: StandIn, text: str, blocks: list[dict[str, object]] | None, badge: int
) -> None:
    slack.workspace.post("C05DESIGN", ISLA, text, blocks=blocks)
    slack.workspace.channel("C05DESIGN").members.add(EMIL)
    seen = PageState(slack.hub, slack.workspace, slack.workspace.people[EMIL])
    assert seen.unread("C05DESIGN") == {"unread": 1, "badge": badge}
