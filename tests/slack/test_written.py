"""What people write to the bot, or where they mention it, and what they get, as tables."""

from collections.abc import Callable

import pytest

from bot.slack.app import NOUNS
from tests.slack.talk import Talk, labels_of, words_of
from tests.slack.writer import EMIL, GUILD, Writer, every_row_of

NORA = "U01NORA"
SHOW = "Press *Show me*"
LINES = (  # in one conversation: what is written → how the answer begins
    ("hi", "Which role is yours?"),
    ("Help!", "What you can type after `/roleshift`."),
    ("roleshift progress", "You have learned no skill yet."),
    ("learn cost spikes", "Done: *Catch cost spikes early*."),
    ("Learn: cost spikes", "You already marked *Catch cost spikes early*"),
    ("unlearn cost spikes", "*Catch cost spikes early* is no longer marked"),
    ("unlearn cost spikes", "*Catch cost spikes early* was not marked"),
    ("learn", "Which skill have you learned?"),
    ("skill", "Which skill do you want to see?"),
    ("skill cost spikes", "Catch cost spikes early"),
    ("myrole", "Which role is yours?"),
    ("myrole sr devops", "Your role is DevOps Engineer now."),
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
    ("would you perhaps stop these messages some day", "Weekly tips: Tuesdays"),  # not sure, so nothing is switched
    ("pause", "For how long?"),
    ("pause 2 weeks", "Paused until "),
    ("resume", "Weekly tips are on again."),
    ("wed 10:00", "Weekly tips are on: Wednesdays 10:00, Berlin."),
    ("stop", "Weekly tips are off."),
    ("plan", "You have planned nothing"),
    ("record", ""),
    ("record all", ""),
    ("record of the world", "Your record is one list"),
    ("privacy", "What I keep about you, and why."),
    ("how do I test a prompt?", "This answers it: "),
    ("ask how do I test a prompt?", "This answers it: "),
    ("ask", "Ask me in your own words"),
    ("learn how I can test a prompt", "This may help: "),  # begins like a verb, names no skill
    ("stop the model from guessing", "This may help: "),  # no wish to stop weekly tips
    ("what's the weather like?", "I don't follow weather"),
    ("I feel burned out", "That sounds hard."),
    ("qwertz asdf", "Sorry, I have no answer to that."),
    ("What next?", "*This week: "),
    ("I have ten minutes", "A tip for you: "),
    ("how do I start", "*This week: "),
    ("what did I do", "Your record is empty."),
    ("what have I planned?", "You have planned nothing"),
    ("please change my time", "Weekly tips are off."),
    ("who sees this?", "What I keep about you, and why."),
    ("ask who sees this", "What I keep about you, and why."),
    ("what can you do", "What you can type after"),
    ("stop sending me messages", "Weekly tips are off."),
    ("delete my data", "Shall I delete all"),
    ("Thanks!", "You're welcome."),
    ("forget me", "Shall I delete all"),
    ("situation", SHOW),
    ("challenge new", "Only workspace admins"),
    ("team", "Only workspace admins"),
)
HELP, WHICH, QUESTION = "What you can type after", "Which role is yours?", "This may help: "
BEGIN_LIKE_A_VERB = (  # what people write that begins like a verb, from somebody without a role
    ("help me", HELP),
    ("Help please!", HELP),
    ("help tips", HELP),
    ("help me write a prompt", QUESTION),
    ("help with prompts", QUESTION),
    ("progress?", "You have learned no skill yet."),
    ("progress report, please", "You have learned no skill yet."),
    ("my progress please", "Your record is empty."),
    ("show me my progress", "You have learned no skill yet."),
    ("Show me the roles, please", "Roles: "),
    ("show me an example of a good prompt", QUESTION),
    ("plan please", "You have planned nothing"),
    ("plan a sprint", "I know nothing about your company."),
    ("roles please", "Roles: "),
    ("roles in an AI team", QUESTION),
    ("content for a newsletter", "I only find what I can coach"),
    ("menu, please", WHICH),
    ("tip please", "A tip for you: "),
    ("tips please", "Weekly tips are off."),
    ("tips for prompts", QUESTION),
    ("learn prompt writing", "Done: *Write a prompt that does the job*."),
    ("learn about bias", QUESTION),
    ("skills for a designer", "Skills on the path to "),
    ("skills of designers", "Skills on the path to "),
    ("what are my skills", WHICH),
    ("record please", "Your record until "),
    ("pause please", "For how long?"),
    ("stop please", "Weekly tips are off."),
    ("forget it", "Shall I delete all"),
    ("start over", "Shall I delete all"),
)
MENTIONS = (  # in a channel: everybody reads the answer
    ("@roleshift", "I show how AI changes your job"),
    ("@roleshift help", "I show how AI changes your job"),
    ("hey @roleshift how do I test a prompt?", "This may help: "),
    ("@roleshift what did I do?", SHOW),
    ("@roleshift ask delete my data", SHOW),
    ("@roleshift ask how do I test a prompt?", "This answers it: "),
    ("@roleshift skill cost spikes", "This answers it: Catch cost spikes early"),
    ("@roleshift help me write a prompt", "This may help: "),
    ("@roleshift themes", "Themes: "),
    ("@roleshift roles", "Roles: "),
    ("@roleshift thank you", "You're welcome."),
)


@pytest.mark.parametrize("lines", [LINES, BEGIN_LIKE_A_VERB], ids=["a conversation", "begin like a verb"])
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
        for words in ("", "sre"):
            (came, *_) = await writer.writes(f"{verb} {words}".strip())
            assert "broke" not in words_of(came), f"{verb} {words}"


async def test_the_name_of_the_command_may_stand_in_front(writer: Writer) -> None:
    for line in ("/roleshift progress", "  /Roleshift   progress", "<@U0BOT> roleshift progress"):
        await writer.slack.event(writer.event(text=line))
        await writer.sends()
    await writer.slack.event(writer.event(text="<@U0BOT>"))
    await writer.sends()
    *three, last = [each.text for each in writer.answers()]
    assert three == ["You have learned no skill yet."] * 3
    assert last.startswith("Which role is yours?")


async def test_a_mention_is_answered_in_its_thread(writer: Writer) -> None:
    for line, beginning in MENTIONS:
        (came,) = await writer.mentions(line)
        assert came.text.startswith(beginning), line
        assert came.is_reply
        (asked,) = [each for each in writer.slack.workspace.messages[GUILD] if each.ts == came.thread_ts]
        assert asked.author == EMIL


async def test_a_mention_shows_nothing_personal_to_others(writer: Writer, talk: Callable[..., Talk]) -> None:
    await talk(EMIL).does("/roleshift myrole sre")
    await talk(EMIL).does("/roleshift learn cost spikes")
    for verb in NOUNS.verbs:
        for words in ("", "sre"):
            (came,) = await writer.mentions(f"@roleshift {verb} {words}".strip())
            assert not any(sign in words_of(came) for sign in ("earned", "of 12", "▰")), f"{verb} {words}"
    assert len([row for row in every_row_of(writer, "skill_mark") if row[-1] is None]) == 1, "a mention changes nothing"


async def test_show_me_answers_who_presses_it_and_nobody_else(writer: Writer) -> None:
    (came,) = await writer.mentions("@roleshift progress")
    assert labels_of(came) == ["Show me"]
    other = Talk(writer.slack, NORA, GUILD)
    other.last = came
    assert "You have learned no skill yet." in await other.does("[Show me]")


async def test_a_mention_of_somebody_else_or_where_the_bot_is_not_is_not_heard(writer: Writer) -> None:
    assert await writer.mentions("@emil hello") == []
    (outside,) = [each for each in writer.slack.workspace.channels.values() if each.id == "C01GENERAL"]
    outside.members.discard(writer.slack.workspace.bot_user)
    (offered,) = await writer.writes("@roleshift hello", outside)
    assert offered.author == "USLACKBOT", "Slack itself offers to invite the bot"
