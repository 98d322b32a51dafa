"""What people write to the bot, or where they mention it, and what they get: one answer for each event."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.coach.posts import answers as posts
from bot.core.outbox import Kind
from bot.playground.emulator.workspace import Channel, Message
from bot.serve import Bot
from bot.slack import written
from bot.slack.routes import VERBS
from bot.slack.screens import answer
from bot.store import outbox, sending
from jobs.deliver import deliver
from tests.driver.standin import StandIn
from tests.running import bot_in, every_row, rows_about
from tests.slack.talk import Talk, labels_of, words_of

EMIL, NORA, GUEST, OUTSIDER = "U02EMIL", "U01NORA", "U05ISLA", "U09MALLORY"
GUILD = "C03AIGUILD"  # the bot is in this channel

SHOW = "Press *Show me*"
LINES = (  # in one conversation: what is written → how the answer begins
    ("hi", "Try `/roleshift myrole`"),
    ("Help!", "Everything you can type"),
    ("roleshift progress", "You have learned no skill yet."),
    ("learn cost spikes", "Done: *Catch cost spikes early*."),
    ("Learn: cost spikes", "You already marked *Catch cost spikes early*"),
    ("unlearn cost spikes", "*Catch cost spikes early* is no longer marked"),
    ("unlearn cost spikes", "*Catch cost spikes early* was not marked"),
    ("learn", "Which skill have you learned?"),
    ("skill", "Which skill do you want to see?"),
    ("skill cost spikes", "Catch cost spikes early"),
    ("myrole", "Which role is yours?"),
    ("myrole sr devops", "DevOps Engineer → AI Platform Enabler: 0 of"),
    ("me", "DevOps Engineer → AI Platform Enabler: 0 of"),
    ("skills", "Skills on the path to AI Platform Enabler"),
    ("role qa", "QA Engineer"),
    ("roles", "Roles: "),
    ("compare", "Roles: "),
    ("themes", "Themes: "),
    ("theme speed matters", "Speed Matters"),
    ("tip", "A tip for you: "),
    ("tip cost spikes", "A tip for you: "),
    ("tips", "Weekly tips are off."),
    ("tue 9am", "Shall I send you one tip a week, on Tuesdays at 09:00?"),
    ("Berlin", "Noted: your time zone is Europe/Berlin."),
    ("tips on", "Weekly tips are on: Tuesdays 09:30, Berlin."),
    ("pause", "Paused until "),
    ("resume", "Weekly tips are on again."),
    ("wed 10:00", "Weekly tips are on: Wednesdays 10:00, Berlin."),
    ("stop", "Weekly tips are off."),
    ("plan", "You have planned nothing"),
    ("record", ""),
    ("record month", ""),
    ("record of the world", "I "),
    ("privacy", "What I keep about you, and why."),
    ("how do I test a prompt?", "This answers it: "),
    ("ask how do I test a prompt?", "This answers it: "),
    ("ask", "Ask me in your own words"),
    ("learn how I can test a prompt", "I have no sure answer."),  # begins like a verb, names no skill
    ("stop the model from guessing", "I have no sure answer."),  # no wish to stop weekly tips
    ("what's the weather like?", "I don't know that. I don't follow weather"),
    ("qwertz asdf", "I don't know that."),
    ("Thanks!", "You're welcome."),
    ("forget me", SHOW),
    ("challenge new", SHOW),
    ("team", SHOW),
)
MENTIONS = (  # in a channel: everybody reads the answer
    ("@roleshift", "I show how AI changes your job"),
    ("@roleshift help", "I show how AI changes your job"),
    ("hey @roleshift how do I test a prompt?", "This answers it: "),
    ("@roleshift ask how do I test a prompt?", "This answers it: "),
    ("@roleshift skill cost spikes", "This answers it: Catch cost spikes early"),
    ("@roleshift themes", "Themes: "),
    ("@roleshift roles", "Roles: "),
    ("@roleshift thank you", "You're welcome."),
)


class Pen:
    """A person who writes to the bot, and the worker that sends the answers when a test says so."""

    def __init__(self, slack: StandIn, bot: Bot, who: str = EMIL) -> None:
        self.slack, self.bot, self.who = slack, bot, who

    @property
    def dm(self) -> Channel:
        return self.slack.workspace.dm(self.who)

    async def writes(self, line: str, where: Channel | None = None) -> list[Message]:
        """Write a line, run the worker, and return what came."""
        place = where or self.dm
        count = len(self.slack.workspace.messages[place.id])
        told = await self.slack.acts.say(self.slack.workspace.person(self.who), place, line)
        assert told.failure is None
        await self.sends()
        return self.slack.workspace.messages[place.id][count + 1 :]

    async def mentions(self, line: str) -> list[Message]:
        return await self.writes(line, self.slack.workspace.channel(GUILD))

    async def sends(self) -> None:
        await deliver(self.bot.services, asyncio.Event())

    def event(self, **fields: Any) -> dict[str, Any]:
        """Return the event of a direct message, with other fields."""
        ts = self.slack.workspace.next_ts()
        about = {"type": "message", "channel": self.dm.id, "channel_type": "im", "user": self.who, "ts": ts}
        return about | {"text": "learn cost spikes"} | fields

    def answers(self) -> list[Message]:
        bot_user = self.slack.workspace.bot_user
        return [each for each in self.slack.workspace.messages[self.dm.id] if each.author == bot_user]


@pytest.fixture
def pen(slack: StandIn, bot: Bot) -> Pen:
    return Pen(slack, bot)


async def test_what_is_written_is_read_as_a_verb_or_else_as_a_question(pen: Pen) -> None:
    for line, beginning in LINES:
        came = await pen.writes(line)
        said = [words_of(each) for each in came if not each.text.startswith("One message a week.")]  # the welcome
        assert [each[: len(beginning)] for each in said] == [beginning], f"{line!r} was answered with {said}"
        assert {each.reader for each in came} == {None}, "it stays there after a reload"


async def test_every_verb_that_can_be_typed_can_be_written_too(pen: Pen) -> None:
    for verb in VERBS:
        for words in ("", "sre"):
            (came, *_) = await pen.writes(f"{verb} {words}".strip())
            assert "broke" not in words_of(came), f"{verb} {words}"


async def test_the_name_of_the_command_may_stand_in_front(pen: Pen) -> None:
    for line in ("/roleshift progress", "  /Roleshift   progress", "<@U0BOT> roleshift progress"):
        await pen.slack.event(pen.event(text=line))
        await pen.sends()
    await pen.slack.event(pen.event(text="<@U0BOT>"))
    await pen.sends()
    *three, last = [each.text for each in pen.answers()]
    assert three == ["You have learned no skill yet."] * 3
    assert last.startswith("Try `/roleshift myrole`")


def test_each_answer_has_a_screen_and_each_screen_an_answer() -> None:
    own = {posts.ASK, posts.PUBLIC, posts.SHOW, posts.THANKS, posts.NOT_POSTED, posts.INSTALL_ANEW, posts.GONE.verb}
    assert answer.DRAWS.keys() == written.READS.keys() | own
    assert posts.READS.keys() <= written.READS.keys()
    assert written.READS.keys() - {"ask"} <= VERBS.keys()


async def test_a_mention_is_answered_in_its_thread(pen: Pen) -> None:
    for line, beginning in MENTIONS:
        (came,) = await pen.mentions(line)
        assert came.text.startswith(beginning), line
        assert came.is_reply
        (asked,) = [each for each in pen.slack.workspace.messages[GUILD] if each.ts == came.thread_ts]
        assert asked.author == EMIL


async def test_a_mention_shows_nothing_personal_to_others(pen: Pen, talk: Callable[..., Talk]) -> None:
    await talk(EMIL).does("/roleshift myrole sre")
    await talk(EMIL).does("/roleshift learn cost spikes")
    for verb in VERBS:
        for words in ("", "sre"):
            (came,) = await pen.mentions(f"@roleshift {verb} {words}".strip())
            assert not any(sign in words_of(came) for sign in ("earned", "of 12", "▰")), f"{verb} {words}"
    assert len([row for row in every_row_of(pen, "skill_mark") if row[-1] is None]) == 1, "a mention changes nothing"


async def test_show_me_answers_who_presses_it_and_nobody_else(pen: Pen) -> None:
    (came,) = await pen.mentions("@roleshift progress")
    assert labels_of(came) == ["Show me"]
    other = Talk(pen.slack, NORA, GUILD)
    other.last = came
    assert "You have learned no skill yet." in await other.does("[Show me]")


async def test_a_mention_of_somebody_else_or_where_the_bot_is_not_is_not_heard(pen: Pen) -> None:
    assert await pen.mentions("@emil hello") == []
    (outside,) = [each for each in pen.slack.workspace.channels.values() if each.id == "C01GENERAL"]
    outside.members.discard(pen.slack.workspace.bot_user)
    assert await pen.writes("@roleshift hello", outside) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B0OTHER"},
        {"subtype": "bot_message", "user": None},
        {"subtype": "message_changed", "user": None, "text": None},
        {"subtype": "message_deleted", "user": None},
        {"subtype": "channel_join"},
        {"subtype": "file_share", "files": [{"id": "F1"}]},
        {"files": [{"id": "F1"}]},
        {"edited": {"user": EMIL, "ts": "1.0"}},
        {"user": "USLACKBOT"},
        {"thread_ts": "1700000000.000100"},
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
    ],
    ids=str,
)
async def test_what_is_no_fresh_line_of_a_person_is_ignored(pen: Pen, tmp_path: Path, fields: dict[str, Any]) -> None:
    event = pen.event(**{key: value for key, value in fields.items() if value is not None})
    for name in [key for key, value in fields.items() if value is None]:
        del event[name]
    (told,) = await pen.slack.event(event)
    assert told.failure is None
    await pen.sends()
    assert (pen.answers(), rows_about(tmp_path, EMIL)) == ([], [])


async def test_copies_of_an_event_are_done_and_answered_once(pen: Pen, tmp_path: Path) -> None:
    told = await pen.slack.event(pen.event(), times=4)
    assert {each.failure for each in told} == {None}
    await pen.sends()
    assert [each.text for each in pen.answers()] == ["Done: *Catch cost spikes early*."]
    assert len([row for row in every_row(tmp_path) if row[0] == "skill_history"]) == 1


async def test_an_event_that_failed_is_done_when_slack_sends_it_again(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = iter([True, True, False])
    put = outbox.put

    def sometimes(*args: Any) -> None:
        if next(fails):
            raise RuntimeError
        put(*args)

    monkeypatch.setattr(outbox, "put", sometimes)
    pen.slack.socket.timeout = 0.2
    (told,) = await pen.slack.event(pen.event())
    assert told.failure is None
    await pen.sends()
    assert [each.text for each in pen.answers()] == ["Done: *Catch cost spikes early*."], "not: you already marked it"


async def test_an_opt_out_does_not_take_another_answer_back(pen: Pen) -> None:
    await pen.writes("tips on")
    before = len(pen.answers())
    for line in ("progress", "stop"):
        await pen.slack.event(pen.event(text=line))
    await pen.sends()
    first, second = [each.text for each in pen.answers()[before:]]
    assert first.startswith("You have learned no skill yet.")
    assert second.startswith("Weekly tips are off.")


async def test_who_is_forgotten_before_the_answer_gets_none(pen: Pen, talk: Callable[..., Talk]) -> None:
    await pen.slack.event(pen.event(text="progress"))
    asked = talk(EMIL)
    await asked.does("/roleshift forget me")
    await asked.does("[Delete me]")
    await pen.sends()
    assert pen.answers() == []


async def test_what_was_taught_when_it_was_written_may_be_gone_when_it_is_answered(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pen.slack.event(pen.event(text="skill cost spikes"))
    catalog = pen.bot.services.catalog
    left = {slug: skill for slug, skill in catalog.skills.items() if slug != "cost-spikes"}
    monkeypatch.setattr(type(pen.bot.services), "catalog", replace(catalog, skills=left))
    await pen.sends()
    assert [each.text for each in pen.answers()] == ["I don't teach that any more."]


async def test_nothing_that_is_written_is_stored(pen: Pen, tmp_path: Path) -> None:
    canary = "canary4711"
    for line in (canary, f"learn {canary}", f"ask {canary}", *(f"{verb} {canary}" for verb in VERBS)):
        await pen.slack.event(pen.event(text=line))
        mention = {"type": "app_mention", "channel": GUILD, "user": EMIL, "text": f"<@UBOT> {line}"}
        await pen.slack.event(mention | {"ts": pen.slack.workspace.post(GUILD, EMIL, line).ts})
    assert not [row for row in every_row(tmp_path) if canary in str(row)]
    assert len([row for row in every_row(tmp_path) if row[0] == "delivery"]) > 40, "nothing was stored at all"


async def test_what_an_answer_is_about_is_deleted_once_it_is_sent(pen: Pen) -> None:
    await pen.slack.event(pen.event(text="how do I test a prompt?"))
    assert [row for row in every_row_of(pen, "delivery") if "SKILL/" in str(row)]
    await pen.sends()
    assert not [row for row in every_row_of(pen, "delivery") if "SKILL/" in str(row)]


@pytest.mark.parametrize("who", [GUEST, OUTSIDER])
async def test_a_stranger_gets_one_kind_sentence_and_nothing_is_stored(
    slack: StandIn, bot: Bot, tmp_path: Path, who: str
) -> None:
    stranger = Pen(slack, bot, who)
    await slack.event(stranger.event(), times=3)
    (came,) = stranger.answers()
    assert came.text.startswith("I can only coach members of this workspace")
    assert rows_about(tmp_path, who) == []
    assert not [row for row in every_row(tmp_path) if stranger.dm.id in str(row)]


async def test_an_answer_overtakes_the_tips_that_are_due(pen: Pen, talk: Callable[..., Talk]) -> None:
    """Many of them may wait for their turn; whoever asked waits for the answer."""
    await talk(EMIL).does("/roleshift tips on")  # its welcome is due before the answer
    await pen.slack.event(pen.event(text="progress"))
    now = pen.slack.clock()
    (taken,) = await pen.bot.services.store.write(sending.take, pen.slack.workspace.id, now, 1, "token", 60.0)
    assert taken.kind is Kind.ANSWER


async def test_an_answer_comes_by_itself_where_the_bot_runs_the_jobs(slack: StandIn, tmp_path: Path) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_WITH_JOBS="1"):
        async with slack.watching(EMIL) as seen:
            await slack.acts.say(slack.workspace.person(EMIL), slack.workspace.dm(EMIL), "progress")
            while not seen.messages:
                assert await seen.changed(3), "no answer within three seconds"
        assert seen.text == "You have learned no skill yet."


async def test_the_worker_is_woken_for_an_answer(pen: Pen) -> None:
    assert not pen.bot.services.planned.is_set()
    await pen.slack.event(pen.event(text="hi"))
    assert pen.bot.services.planned.is_set()


def every_row_of(pen: Pen, table: str) -> list[tuple[Any, ...]]:
    path = str(pen.bot.services.store.engine.url.database)  # type: ignore[attr-defined]  # SQLite's store alone
    return [row for row in every_row(Path(path).parent) if row[0] == table]
