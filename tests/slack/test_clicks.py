"""A click gets an empty acknowledgement and is answered at its response_url."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

from bot.coach import membership
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.playground.emulator.faults import refuse
from bot.run.app import Bot
from bot.slack import payloads, replies
from bot.slack.gateway import MAX_REPLIES, Gateway
from bot.slack.message import Message
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.life import first_choice
from tests.slack.talk import Talks, pressed, words_of
from tests.slack.writer import Writer

EMIL, ASHA = "U02EMIL", "U03ASHA"


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


async def test_a_click_is_acknowledged_empty_answered_at_its_response_url_and_stored_even_if_that_fails(
    talk: Talks, slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift skill cost spikes")
    action = {"type": "button", "action_id": "roleshift:skills"}
    async with slack.watching(EMIL) as seen:
        answer = await slack.acts.click(slack.workspace.person(EMIL), conversation.last, action)
        assert (answer.failure, answer.body) == (None, {})
        assert await seen.changed(slack.patience)
    assert [post.method for post in slack.posts] == ["command_answer", "response_url"]
    await conversation.does("/roleshift skill cost spikes")
    action["action_id"] = "roleshift:tip:cost-spikes"
    slack.workspace.one_time_tokens.url = lambda *_: "spent"  # type: ignore[method-assign]  # as if it had expired after 30 minutes
    answer = await slack.acts.click(slack.workspace.person(EMIL), conversation.last, action)
    assert answer.failure is None
    await bot.edge.background.drain(3)
    del slack.workspace.one_time_tokens.url
    assert [refused.error for refused in slack.refused] == ["expired_url"]
    slack.refused.clear()
    assert {row[0] for row in rows_about(tmp_path, EMIL)} >= {"tip_given"}


@asynccontextmanager
async def replies_hang(gateway: Gateway, count: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Begin so many replies, and wait until all that may be sent at once hang. They end with the block."""
    hanging, full = asyncio.Event(), asyncio.Event()
    accepted: list[asyncio.StreamWriter] = []

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)
        if len(accepted) == MAX_REPLIES:
            full.set()
        await hanging.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/response"
        replies = [asyncio.create_task(gateway.respond(url, Message("Done."), replace=False)) for _ in range(count)]
        await full.wait()
        yield accepted
        assert not any(reply.done() for reply in replies), "the replies were to hang meanwhile"
        for reply in replies:
            reply.cancel()
        await asyncio.gather(*replies, return_exceptions=True)
        hanging.set()


async def test_hanging_response_urls_hold_up_no_other_call(bot: Bot) -> None:
    northwind = bot.services.gateway.for_workspace("T01NORTHWIND")
    async with replies_hang(bot.services.gateway, 150) as accepted:
        profiles = await asyncio.gather(*(northwind.profile(EMIL) for _ in range(10)))  # more than are open already
        assert len(accepted) == MAX_REPLIES, "the replies must not be sent without a bound"
    assert all(profile.coachable for profile in profiles)


async def test_a_colleagues_line_that_waits_for_its_turn_is_read_again_before_it_is_sent(
    talk: Talks, slack: StandIn, bot: Bot
) -> None:
    emil, asha, tip = talk(EMIL), talk(ASHA), first_choice().lesson.tip
    await emil.does(f"/roleshift did {tip.id}")
    await emil.does("[What came out?]")
    await slack.save(EMIL, {"line": "Words of Emil", "readers": "named"})
    await asha.does(f"/roleshift did {tip.id}")
    await asha.does("[Undo]")
    action = {"type": "button", "action_id": pressed(asha.last, "See one done")[0]}
    author, now = MemberKey(slack.workspace.id, EMIL), bot.services.clock.now()
    async with slack.watching(ASHA) as outcome:
        async with replies_hang(bot.services.gateway, MAX_REPLIES):
            await slack.acts.click(slack.workspace.person(ASHA), asha.last, action)
            await bot.services.store.write(membership.forget, author, now)
            assert outcome.messages == []
        while not outcome.messages:
            assert await outcome.changed(slack.patience)
    said = words_of(outcome.message)
    assert tip.title in said
    assert "Words of Emil" not in said


async def test_an_answer_that_can_not_be_read_again_says_why() -> None:
    said: list[str] = []

    async def respond(_url: str, message: Message, **_: object) -> None:
        said.append((await message.again() if message.again else message).text)

    async def is_gone() -> Message:
        raise UserError("That tip is no longer there.")

    services = SimpleNamespace(gateway=SimpleNamespace(respond=respond), clock=None)
    address = payloads.Address("https://hooks.slack.com/actions/x", is_ephemeral=True)
    await replies.to_click(services, MemberKey("T1", EMIL), address, Message("A line.", again=is_gone))  # type: ignore[arg-type]  # it needs no more here
    assert said == ["That tip is no longer there."]
