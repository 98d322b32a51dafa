"""What people write to the bot, or where they mention it, and what they get, as tables."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import DEFAULT, Mock

import pytest

from bot.coach import membership
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.outbox import deliveries, leases
from bot.playground.emulator.faults import lose
from bot.run.app import Bot
from bot.slack.app import NOUNS
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import bot_in, every_row, rows_about
from tests.slack.life import first_choice
from tests.slack.talk import Talks, labels_of, words_of
from tests.slack.writer import EMIL, GUILD, Writer, every_row_of

NORA, KENJI = "U01NORA", "U04KENJI"
SHOW = "Press *Show me*"
LINES = (  # in one conversation: what is written → how the answer begins
    ("hi", "Which role is yours?"),
    ("Help!", "What you can type after `/roleshift`."),
    ("roleshift progress", "You have learned no skill yet."),
    ("learn cost spikes", "Done: *Catch cost spikes early*."),
    ("Learn: cost spikes", "You already marked *Catch cost spikes early*"),
    ("unlearn cost spikes", "*Catch cost spikes early* is no longer marked"),
    ("learn", "Which skill have you learned?"),
    ("skill cost spikes", "Catch cost spikes early"),
    ("myrole sr devops", "Your role now: DevOps Engineer"),
    ("me", "DevOps Engineer → AI Platform Enabler"),
    ("tip", "A tip for you: "),
    ("tue 9am", "Shall I send you one tip a week, on Tuesdays at 09:00?"),
    ("yes but thursdays after lunch please", "Shall I send you one tip a week, on Thursdays at 13:00?"),
    ("Berlin", "Noted: your time zone is Europe/Berlin."),
    ("tips on", "Your weekly tips are on: Tuesdays 09:30, Berlin."),
    ("wed 10:00", "Your weekly tips are on: Wednesdays 10:00, Berlin."),
    ("stop", "Weekly tips are off."),
    ("record of the world", "Your record is one list"),
    ("audti", "I don't know `audti`. Did you mean *audit*?"),
    ("ask how do I test a prompt?", "This answers it: "),
    ("learn how I can test a prompt", "This may help: "),  # begins like a verb, names no skill
    ("stop the model from guessing", "This may help: "),  # no wish to stop weekly tips
    ("what's the weather like?", "I don't follow weather"),
    ("I feel burned out", "I am sorry that it is so hard"),
    ("qwertz yuiop", "I'm not sure what you mean."),
    ("What next?", "Choose your next project."),
    ("how do I start", "I show how AI changes your job"),
    ("please change my time", "Weekly tips are off."),
    ("who sees this?", "In Slack only you see it, not even your boss"),
    ("what can you do", "I show how AI changes your job"),
    ("stop sending me messages", "Weekly tips are off."),
    ("delete my data", "Shall I delete all"),
    ("situation", SHOW),
    ("team", "You are in no team"),
)
HELP, WHICH, QUESTION = "What you can type after", "Which role is yours?", "This may help: "
BEGIN_LIKE_A_VERB = (  # what people write that begins like a verb, from somebody without a role
    ("help me", HELP),
    ("help me write a prompt", QUESTION),
    ("progress?", "You have learned no skill yet."),
    ("Show me the roles, please", "Roles: "),
    ("show me an example of a good prompt", QUESTION),
    ("show it to my team", "You can show a project once you did one of its steps"),
    ("show my team", "You can show a project once"),
    ("plan a sprint", QUESTION),
    ("content for a birthday card", "I'm not sure what you mean."),
    ("menu, please", WHICH),
    ("tip please", "A tip for you: "),
    ("tips for prompts", QUESTION),
    ("learn prompt writing", "Done: *Write a prompt that does the job*."),
    ("learn about bias", QUESTION),
    ("skills for a designer", "Skills on the path to "),
    ("what are my skills", "Skills in all: "),
    ("forget it", "Shall I delete all"),
)
FIRST_DOUBTS = (  # what people ask before they begin, from somebody without a role
    ("Hi, what is this?", "I show how AI changes your job"),
    ("ok maybe I look at my job, I make product things", WHICH),
    ("Thank you, you are kind. I think about it and come back later", "Gladly, and take your time."),
    ("Is it a test? What happens if I am bad in it?", "This is no test, and there are no marks."),
    ("what happens when I make mistakes?", "This is no test, and there are no marks."),
    ("Can my boss see what I write here?", "In Slack only you see it, not even your boss"),
    ("what do you store about me?", "What I keep about you, and why."),
    ("How much time do I need for it every week?", "Mostly 10 to 20 minutes a week"),
    ("how many minutes per week is it", "Mostly 10 to 20 minutes a week"),
    ("Do I have to do this? Who told you to write me?", "No. You need not do any of it"),
    ("How do I uninstall roleshift and delete everything it stored?", "An admin removes me in Slack"),
    ("I am an admin. How do I remove this app from our whole workspace?", "An admin removes me in Slack"),
    ("who gets messages from you, and does our data leave our company?", "• Members get answers"),
    ("what do you send to whom?", "• Members get answers"),
    ("how do I join a team?", "A team here is a channel or a user group"),
    ("what is a kit?", "*Copy prompt* or *Copy text* under a step shows what it works with"),
    ("thank you but please stop", "Weekly tips are off."),
    ("How is a role line proved?", "The lines of your role say what it does now."),
)
MENTIONS = (  # in a channel: everybody reads the answer
    ("@roleshift", "I show how AI changes your job"),
    ("hey @roleshift how do I test a prompt?", "This may help: "),
    ("@roleshift what did I do?", SHOW),
    ("@roleshift ask delete my data", SHOW),
    ("@roleshift skill cost spikes", "This answers it: Catch cost spikes early"),
    ("@roleshift help me write a prompt", "This may help: "),
    ("@roleshift themes", "Themes: "),
    ("@roleshift roles", "Roles: "),
    ("@roleshift thank you", "You're welcome."),
)
EPOCH = datetime.fromtimestamp(60, UTC)
GUESTS: tuple[tuple[str, str, list[str]], ...] = (  # what a guest writes → how the answer begins, and what it may offer
    ("hi", "I show how AI changes your job. I can coach full members only", ["Compare roles", "All skills", "Help"]),
    ("what did I do?", "I show how AI changes your job.", ["Compare roles", "All skills", "Help"]),
    ("what is this?", "I show how AI changes your job, and give you", ["Who sees what"]),
    ("help", "What you can type after", ["Compare roles", "All skills", "What you keep"]),
    ("role designer", "Designer → AI Behaviour Designer", ["Its skills", "Compare roles"]),
    ("How do I test a prompt?", "This answers it: ", ["Open"] * 3),
    ("how does AI change a designers job", "This answers it: Designer → AI Behaviour Designer", ["Open"]),
    ("how do i get coached, who do i ask?", "I coach every full member", ["Who are the admins", "All skills"]),
    (
        "can i try one exercise?",
        "I show how AI changes your job. I can coach full members only",
        ["Compare roles", "All skills", "Help"],
    ),
    ("thanks", "You're welcome.", []),
)
GUESTS_MENTIONS: tuple[tuple[str, str, list[str]], ...] = (
    ("@roleshift", "I show how AI changes your job.", ["Compare roles", "All skills", "Help"]),
    ("@roleshift what did I do?", "I show how AI changes your job.", ["Compare roles", "All skills", "Help"]),
    ("@roleshift skills", SHOW, ["Show me"]),
    ("@roleshift thank you", "You're welcome.", []),
)
GUEST, OUTSIDER = "U05ISLA", "U09MALLORY"
CANARY = "canary4711"

IGNORED: list[dict[str, Any]] = [
    {"bot_id": "B0OTHER"},
    {"subtype": "message_changed", "user": None, "text": None},
    {"subtype": "channel_join"},
    {"files": [{"id": "F1"}]},
    {"edited": {"user": EMIL, "ts": "1.0"}},
    {"user": "USLACKBOT"},
]


@pytest.mark.parametrize(
    "lines", [LINES, BEGIN_LIKE_A_VERB, FIRST_DOUBTS], ids=["a conversation", "begin like a verb", "first doubts"]
)
async def test_what_is_written_is_read_as_a_verb_or_else_as_a_question(
    writer: Writer, lines: tuple[tuple[str, str], ...]
) -> None:
    wrong: list[str] = []
    for line, beginning in lines:
        came = await writer.writes(line)
        said = [words_of(each) for each in came if not each.text.startswith("One tip a week. Stop with")]  # the welcome
        if [each[: len(beginning)] for each in said] != [beginning]:
            wrong.append(f"{line!r} was answered with {said}")
        assert {each.reader for each in came} == {None}, "it stays there after a reload"
    assert wrong == []


async def test_every_verb_that_can_be_typed_can_be_written_too(writer: Writer) -> None:
    for verb in NOUNS.verbs:
        (came, *_) = await writer.writes(verb)
        assert "broke" not in words_of(came), verb


async def test_a_mention_is_answered_in_its_thread(writer: Writer) -> None:
    for line, beginning in MENTIONS:
        (came,) = await writer.mentions(line)
        assert came.text.startswith(beginning), line
        assert came.is_reply
        (asked,) = [each for each in writer.slack.workspace.messages[GUILD] if each.ts == came.thread_ts]
        assert asked.author == EMIL


async def test_a_mention_shows_nothing_personal_to_others(writer: Writer, talk: Talks) -> None:
    await talk(EMIL).does("/roleshift myrole sre")
    await talk(EMIL).does("/roleshift learn cost spikes")
    for line in (*NOUNS.verbs, *(f"{name} sre" for name, verb in NOUNS.verbs.items() if verb.for_all)):
        (came,) = await writer.mentions(f"@roleshift {line}")
        assert not any(sign in words_of(came) for sign in ("earned", "of 12", "▰")), line
    assert len([row for row in every_row_of(writer, "skill_mark") if row[-1] is None]) == 1, "a mention changes nothing"


async def test_a_mention_of_somebody_else_or_where_the_bot_is_not_is_not_heard(writer: Writer) -> None:
    assert await writer.mentions("@emil hello") == []
    (outside,) = [each for each in writer.slack.workspace.channels.values() if each.id == "C01GENERAL"]
    outside.members.discard(writer.slack.workspace.bot_user)
    (offered,) = await writer.writes("@roleshift hello", outside)
    assert offered.author == "USLACKBOT", "Slack itself offers to invite the bot"


# Events of what people write: each is handled once, answered once, and nothing that was written is stored.


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


async def test_copies_of_an_event_are_done_and_answered_once_and_send_one_file(writer: Writer, tmp_path: Path) -> None:
    told = await writer.slack.event(writer.event(), times=4)
    assert {each.failure for each in told} == {None}
    await writer.sends()
    assert [each.text for each in writer.answers()] == ["Done: *Catch cost spikes early*."]
    assert len([row for row in every_row(tmp_path) if row[0] == "skill_history"]) == 1
    await writer.slack.event(writer.event(text="privacy export"), times=4)
    await writer.sends()
    assert len(writer.slack.hub.files) == 1
    assert len([each for each in writer.answers() if each.text.startswith("Your data is in our")]) == 1


async def test_an_event_that_failed_is_done_when_slack_sends_it_again(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Mock(wraps=deliveries.put, side_effect=[RuntimeError, RuntimeError, DEFAULT])
    monkeypatch.setattr(deliveries, "put", put)
    writer.slack.socket.timeout = 0.2
    (told,) = await writer.slack.event(writer.event())
    assert told.failure is None
    await writer.sends()
    assert [each.text for each in writer.answers()] == ["Done: *Catch cost spikes early*."], "not: already marked"


async def test_an_opt_out_does_not_take_another_answer_back(writer: Writer) -> None:
    await writer.writes("tips on")
    before = len(writer.answers())
    for line in ("progress", "stop"):
        await writer.slack.event(writer.event(text=line))
    await writer.sends()
    first, second = [each.text for each in writer.answers()[before:]]
    assert first.startswith("You have learned no skill yet.")
    assert second.startswith("Weekly tips are off.")


async def test_an_answer_that_waits_names_nobody_who_was_forgotten_meanwhile(writer: Writer, talk: Talks) -> None:
    kenji, emil = Writer(writer.slack, writer.bot, KENJI), talk(EMIL)
    await emil.does("/roleshift tip")
    await talk(NORA).does("/roleshift admins add @emil")
    await kenji.slack.event(kenji.event(text="admins"))
    await kenji.slack.event(kenji.event(text="progress"))
    assert [row for row in every_row_of(writer, "delivery") if EMIL in str(row)]
    await emil.does("/roleshift forget me")
    await emil.does("[Delete my data]")
    assert not [row for row in every_row_of(writer, "delivery") if EMIL in str(row)]
    await writer.sends()
    named, own = kenji.answers()
    assert named.text == "Something changed before my answer could be sent. Please ask once more."
    assert own.text.startswith("You have learned no skill yet.")


async def test_words_of_others_wait_in_no_answer(writer: Writer, talk: Talks) -> None:
    emil, kenji = talk(EMIL), talk(KENJI)
    tip = first_choice().lesson.tip.id
    await emil.does(f"/roleshift did {tip}")
    await emil.does("[What came out?]")
    await writer.slack.save(EMIL, {"line": CANARY, "readers": "named"})
    await emil.does("/roleshift challenge")
    await emil.does("[Suggest one to the admins]")
    await emil.does(f"(template=free words={CANARY})")
    await kenji.does(f"/roleshift did {tip}")
    await kenji.does("[Undo]")
    for who, line in ((KENJI, "example"), (NORA, "reported"), (NORA, "challenge")):
        (answer,) = await Writer(writer.slack, writer.bot, who).writes(line)
        assert answer.text.startswith(SHOW)
        shown = talk(who)
        shown.last = answer
        assert CANARY in await shown.does("[Show me]")
        if line == "example":
            await shown.does("[Report]")


async def hears(writer: Writer, *lines: str) -> None:
    """Tell the bot of lines that are written to it and in a channel, and send no answer yet."""
    for line in lines:
        await writer.slack.event(writer.event(text=line))
        mention = {"type": "app_mention", "channel": GUILD, "user": EMIL, "text": f"<@UBOT> {line}"}
        await writer.slack.event(mention | {"ts": writer.slack.workspace.post(GUILD, EMIL, line).ts})


async def test_what_is_written_is_stored_until_it_is_answered_and_a_question_not_even_then(
    writer: Writer, tmp_path: Path
) -> None:
    def stored() -> set[str]:
        return {row[0] for row in every_row(tmp_path) if CANARY in str(row)}

    await hears(writer, CANARY, f"ask {CANARY}")
    assert stored() == set()
    await hears(writer, *(f"{verb} {CANARY}" for verb in NOUNS.verbs))
    assert stored() == {"delivery"}
    await writer.sends()
    assert stored() == set()


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


async def test_a_guest_is_answered_once_what_they_may_read_and_nothing_is_stored(
    slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    guest, outsider = Writer(slack, bot, GUEST), Writer(slack, bot, OUTSIDER)
    for stranger in (guest, outsider):
        await slack.event(stranger.event(), times=3)
        (came,) = stranger.answers()
        assert came.text.startswith("I show how AI changes your job. I can coach full members only")
    for write, lines in ((guest.writes, GUESTS), (guest.mentions, GUESTS_MENTIONS)):
        for line, beginning, labels in lines:
            (came,) = await write(line)
            assert came.text.startswith(beginning), line
            assert labels_of(came) == labels, line
    for stranger in (guest, outsider):
        assert not [row for row in every_row(tmp_path) if stranger.who in str(row) or stranger.dm.id in str(row)]


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
