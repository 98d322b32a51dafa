"""A click gets an empty acknowledgement and is answered at its response_url."""

import asyncio
from pathlib import Path

from bot.playground.emulator.faults import refuse
from bot.run.app import Bot
from bot.slack.gateway import MAX_REPLIES
from bot.slack.message import Message
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.talk import Talks
from tests.slack.writer import Writer

EMIL = "U02EMIL"


async def test_the_acknowledgement_is_empty_and_the_answer_goes_to_the_response_url(
    talk: Talks, slack: StandIn
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift help")
    action = {"type": "button", "action_id": "roleshift:tip"}
    async with slack.watching(EMIL) as seen:
        answer = await slack.acts.click(slack.workspace.person(EMIL), conversation.last, action)
        assert answer.failure is None
        assert answer.body == {}
        assert await seen.changed(slack.patience)
    assert [post.method for post in slack.posts] == ["command_answer", "response_url"]


async def test_a_click_in_a_thread_is_answered_in_that_thread(writer: Writer, talk: Talks) -> None:
    (reply,) = await writer.mentions("@roleshift hi")
    asha = talk("U03ASHA", reply.channel)
    asha.last = reply
    await asha.does("[Show me my role]")
    shown = asha.last
    assert (shown.reader, shown.thread_ts) == ("U03ASHA", reply.thread_ts), "read where it was clicked, by her alone"
    await asha.does("[Compare roles]")
    assert asha.last is shown, "and what she clicks in the answer changes it in place"
    asha.last = reply
    writer.slack.faults.add(refuse("chat.postEphemeral", error="user_not_in_channel"))
    await asha.does("[Show me my role]")
    assert asha.last.thread_ts is None, "where Slack refuses that, the answer comes in the channel"
    writer.slack.refused.clear()


async def test_a_refusal_leaves_the_screen_that_was_clicked(talk: Talks, slack: StandIn) -> None:
    slack.faults.add(refuse("users.info", error="internal_error"))
    conversation = talk(EMIL)
    await conversation.does("/roleshift help")
    screen = conversation.last
    assert (await conversation.does("[A tip now]")).startswith("Nothing was changed. Try again in a minute.")
    assert screen is not None
    assert not screen.edited
    conversation.last = screen
    assert "A tip for you" in await conversation.does("[A tip now]")


async def test_a_click_whose_answer_can_not_be_delivered_is_stored(
    talk: Talks, slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift skill cost spikes")
    action = {"type": "button", "action_id": "roleshift:tip:cost-spikes"}
    slack.workspace.one_time_tokens.url = lambda *_: "spent"  # type: ignore[method-assign]  # as if it had expired after 30 minutes
    answer = await slack.acts.click(slack.workspace.person(EMIL), conversation.last, action)
    assert answer.failure is None
    assert bot.edge is not None
    await bot.edge.background.drain(3)
    del slack.workspace.one_time_tokens.url
    assert [refused.error for refused in slack.refused] == ["expired_url"]
    slack.refused.clear()
    assert {row[0] for row in rows_about(tmp_path, EMIL)} >= {"tip_given"}


async def test_hanging_response_urls_hold_up_no_other_call(bot: Bot) -> None:
    gateway, hanging, full = bot.services.gateway, asyncio.Event(), asyncio.Event()
    northwind = gateway.for_workspace("T01NORTHWIND")
    accepted: list[asyncio.StreamWriter] = []

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)
        if len(accepted) == MAX_REPLIES:
            full.set()
        await hanging.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/response"
        replies = [asyncio.create_task(gateway.respond(url, Message("Done."), replace=False)) for _ in range(150)]
        await full.wait()
        profiles = await asyncio.gather(*(northwind.profile(EMIL) for _ in range(10)))  # more than are open already
        assert len(accepted) == MAX_REPLIES, "the replies must not be sent without a bound"
        assert not any(reply.done() for reply in replies), "the replies were to hang meanwhile"
        for reply in replies:
            reply.cancel()
        await asyncio.gather(*replies, return_exceptions=True)
        hanging.set()
    assert all(profile.coachable for profile in profiles)
