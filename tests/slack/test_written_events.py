"""Events of what people write: each is handled once and answered once, and nothing that was written is stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.coach import membership
from bot.core.member import MemberKey
from bot.core.outbox import Kind
from bot.core.outcomes import Sent
from bot.outbox import deliveries, leases
from bot.playground.emulator.faults import lose
from bot.run.app import Bot
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import bot_in, every_row, rows_about
from tests.slack.talk import Talk
from tests.slack.writer import EMIL, GUILD, Writer, every_row_of

EPOCH = datetime.fromtimestamp(60, UTC)
GUEST, OUTSIDER = "U05ISLA", "U09MALLORY"


IGNORED: list[dict[str, Any]] = [
    {"bot_id": "B0OTHER"},
    {"subtype": "bot_message", "user": None},
    {"subtype": "message_changed", "user": None, "text": None},
    {"subtype": "message_deleted", "user": None},
    {"subtype": "channel_join"},
    {"subtype": "file_share", "files": [{"id": "F1"}]},
    {"files": [{"id": "F1"}]},
    {"edited": {"user": EMIL, "ts": "1.0"}},
    {"user": "USLACKBOT"},
]


async def test_what_is_no_fresh_line_of_a_person_is_ignored(writer: Writer, tmp_path: Path) -> None:
    async def check(fields: dict[str, Any]) -> None:
        event = writer.event(**{key: value for key, value in fields.items() if value is not None})
        for name in [key for key, value in fields.items() if value is None]:
            del event[name]
        (told,) = await writer.slack.event(event)
        assert told.failure is None
        await writer.sends()
        assert (writer.answers(), rows_about(tmp_path, EMIL)) == ([], [])

    await try_every(IGNORED, check)


async def test_copies_of_an_event_are_done_and_answered_once(writer: Writer, tmp_path: Path) -> None:
    told = await writer.slack.event(writer.event(), times=4)
    assert {each.failure for each in told} == {None}
    await writer.sends()
    assert [each.text for each in writer.answers()] == ["Done: *Catch cost spikes early*."]
    assert len([row for row in every_row(tmp_path) if row[0] == "skill_history"]) == 1


async def test_copies_of_an_event_send_one_file(writer: Writer) -> None:
    await writer.writes("learn cost spikes")
    await writer.slack.event(writer.event(text="privacy export"), times=4)
    await writer.sends()
    assert len(writer.slack.hub.files.by_id) == 1
    assert len([each for each in writer.answers() if each.text.startswith("Your data is in our")]) == 1


async def test_an_event_that_failed_is_done_when_slack_sends_it_again(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = iter([True, True, False])
    put = deliveries.put

    def sometimes(*args: Any) -> None:
        if next(fails):
            raise RuntimeError
        put(*args)

    monkeypatch.setattr(deliveries, "put", sometimes)
    writer.slack.socket.timeout = 0.2
    (told,) = await writer.slack.event(writer.event())
    assert told.failure is None
    await writer.sends()
    assert [each.text for each in writer.answers()] == ["Done: *Catch cost spikes early*."], (
        "not: you already marked it"
    )


async def test_an_opt_out_does_not_take_another_answer_back(writer: Writer) -> None:
    await writer.writes("tips on")
    before = len(writer.answers())
    for line in ("progress", "stop"):
        await writer.slack.event(writer.event(text=line))
    await writer.sends()
    first, second = [each.text for each in writer.answers()[before:]]
    assert first.startswith("You have learned no skill yet.")
    assert second.startswith("Weekly tips are off.")


async def test_who_is_forgotten_before_the_answer_gets_none(writer: Writer, talk: Callable[..., Talk]) -> None:
    await writer.slack.event(writer.event(text="progress"))
    asked = talk(EMIL)
    await asked.does("/roleshift forget me")
    await asked.does("[Delete my data]")
    await writer.sends()
    assert writer.answers() == []
    assert not [row for row in every_row_of(writer, "delivery") if EMIL in row]


async def test_a_question_is_not_stored_even_until_it_is_answered(writer: Writer, tmp_path: Path) -> None:
    canary = "canary4711"
    for line in (canary, f"ask {canary}"):
        await writer.slack.event(writer.event(text=line))
        mention = {"type": "app_mention", "channel": GUILD, "user": EMIL, "text": f"<@UBOT> {line}"}
        await writer.slack.event(mention | {"ts": writer.slack.workspace.post(GUILD, EMIL, line).ts})
    assert not [row for row in every_row(tmp_path) if canary in str(row)]


async def test_what_is_written_in_a_thread_is_answered_there_and_found_there_if_slacks_answer_is_lost(
    writer: Writer,
) -> None:
    (root,) = await writer.writes("progress")
    for fault in (None, lose("chat.postMessage")):
        writer.slack.faults.add(*([fault] if fault else []))
        await writer.slack.event(writer.event(text="what next", thread_ts=root.ts))
        await writer.sends()
    _, *came = writer.answers()
    assert [each.thread_ts for each in came] == [root.ts] * 2
    (doubtful,) = await writer.bot.services.store.write(leases.take_unsettled, "settler", 0.0, 5)
    found = await writer.bot.services.gateway.for_workspace(doubtful.workspace_id).find_post(doubtful, EPOCH)
    assert found == Sent(writer.dm.id, came[-1].ts)


@pytest.mark.parametrize("who", [GUEST, OUTSIDER])
async def test_a_stranger_gets_one_kind_sentence_and_nothing_is_stored(
    slack: StandIn, bot: Bot, tmp_path: Path, who: str
) -> None:
    stranger = Writer(slack, bot, who)
    await slack.event(stranger.event(), times=3)
    (came,) = stranger.answers()
    assert came.text.startswith("I can only coach members of this workspace")
    assert rows_about(tmp_path, who) == []
    assert not [row for row in every_row(tmp_path) if stranger.dm.id in str(row)]


async def test_an_answer_overtakes_the_tips_that_are_due(writer: Writer, talk: Callable[..., Talk]) -> None:
    """Many tips may wait for their turn, while a member waits for this answer."""
    await talk(EMIL).does("/roleshift tips on")  # its welcome is due before the answer
    await writer.slack.event(writer.event(text="progress"))
    now = writer.slack.clock()
    (taken,) = await writer.bot.services.store.write(leases.take, writer.slack.workspace.id, now, 1, "token", 60.0)
    assert taken.kind is Kind.ANSWER


async def test_an_answer_comes_by_itself_where_the_bot_runs_the_jobs(slack: StandIn, tmp_path: Path) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_WITH_JOBS="1"):
        async with slack.watching(EMIL) as seen:
            await slack.acts.say(slack.workspace.person(EMIL), slack.workspace.dm(EMIL), "progress")
            while not seen.messages:
                assert await seen.changed(slack.patience), "no answer came"
        assert seen.text == "You have learned no skill yet."


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
