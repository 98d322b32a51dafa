"""What people typed to the coach in one afternoon, and what it answers today: a table, then each act by itself.

The writer has a role, weekly tips, and a tip that is open.
"""

import asyncio
import re
import threading
from datetime import timedelta

import pytest

from bot.coach import ask
from bot.core.catalog import Catalog
from bot.core.hearing import Hearing
from bot.playground.emulator.workspace import Message
from tests.slack.talk import Talk, Talks, choices_of, labels_of, words_of
from tests.slack.writer import EMIL, GUILD, Writer

WITHIN = 20  # seconds, on a busy machine
TIP, SKILL = "A tip for you: ", "This may help: "
AFTERNOON = (  # what was typed → how the answer begins, and a button or a word of it
    ("I'm done", "Done: ", "What came out?"),
    ("I'm ready", TIP, "Did it"),
    ("I'm new", "I show how AI changes your job", "Who sees what"),
    ("I'm stuck", TIP, "What is in the way?"),
    ("I am back", "Good to see you.", "Go on"),
    ("I need help", "What you can type", "`tip` get a tip now"),
    ("I am not a developer", "DevOps Engineer → AI Platform Enabler", "Not my role"),
    ("I don't have time", TIP, "minutes"),
    ("how do I motivate my team?", "People try what they see a colleague do.", "Team challenges"),
    ("I'm overwhelmed by all the new models", "There is more news than anybody can read", "Judge a new model"),
    ("I feel behind", "Many people feel like that now", "One small thing"),
    ("I am afraid AI takes my job", "Nobody can promise you a job", "*DevOps Engineer* _Was_"),
    ("how do I get better at prompting?", "This answers it: ", "Write a prompt that does the job"),
    ("can I use Copilot?", "Your team has not told me what it allows.", "Who are the coach admins?"),
    ("how do I explain a model to my boss?", SKILL, "Know what a model does with your words"),
    ("how is my team doing?", "You are in no team that I know.", "Admins"),
    ("who is the admin?", "No coach admin is named.", "Workspace admins"),
    ("are you a real person?", "I'm a program, not a person", "What I can do"),
    ("difference between practised and learned?", "*Practised*: you did one of a skill's tips", "*Kept*"),
    ("yes", "Yes to what?", "My tip"),
    ("I have ten minutes", TIP, " minutes"),
    ("20 minutes is more than I've got today, anything quicker?", TIP, "minutes"),
    ("give me something short", TIP, " minutes"),
    ("I did the tip about rows", "Which tip did you do?", "rows"),
    ("I learned to build a small test set", "Done: *Build a small test set*.", "My progress"),
    ("undo", "*Build a small test set* is no longer marked as learned.", "Mark as learned"),
    ("another one", TIP, "Did it"),
    ("remind me tomorrow", "I remind you of your open ", " at 09:30."),
    ("pause for 2 weeks, I am on holiday", "Paused until ", "Resume"),
    ("how do I stop this", "Press the button, or write *stop*", "Stop weekly tips"),
    ("this is too hard for me", "Then take only the beginning of", "An example"),
    ("too easy", "Good: ", "Harder tips"),
    ("I don't understand step 2", "", "About this skill"),
    ("an example please", "", "Copy "),
    ("sorry I did nothing for weeks", "Good to see you.", "Something short"),
    ("I lead a team of six people. How do I make a team?", "An admin makes a team", "My team"),
    ("what did my team show?", "You are in no team that I know.", "Admins"),
    ("who in my team needs help?", "I never say who.", "My team"),
    ("thursdays after lunch is bad, make it friday 9 please", "Your weekly tips are on: Fridays 09:00, ", "Stop"),
    (
        "thursday or friday is better for my weekly tip",
        "Your weekly tips are on: Fridays 09:00, ",
        "Choose day and time",
    ),
    ("yes but thursday 10am, tuesday is release day", "Your weekly tips are on: Thursdays 10:00, ", "Stop"),
    ("uh, didn't ask that. who are you and what do you do?", "I show how AI changes your job", "Show me my role"),
    ("you are useless", "Fair enough.", "Coach admins"),
    ("can i take that post back?", "Open the menu with the three dots", "Take it back"),
    ("delete my post in #platform", "Open the menu with the three dots", "Take it back"),
    ("how do I post it in the channel", "What do you want to show?", "Choose one"),
    ("im devops, mostly terraform and k8s", "Your role now: DevOps Engineer", "Not my role"),
    ("how does AI change a designers job", "This answers it: Designer → AI Behaviour Designer", "Open"),
    ("what does everyone do", "I'm not sure what you mean.", "Did it"),
    ("did it: half of the prompts had no owner", "Done: ", "What came out is not saved yet."),
    ("ok did it. one answer is about 0.8 cent, thats 33 a day", "Done: ", "What came out is not saved yet."),
    ("a blue zebra on the roof", "I'm not sure what you mean.", "Did it"),
    ("hi, what is this? my boss said we have a coach now", "I show how AI changes your job", "Show me my role"),
    ("our boss says there is a coach now", "I show how AI changes your job", "Show me my role"),
    ("my boss says AI takes my job", "Nobody can promise you a job", "*DevOps Engineer* _Was_"),
    ("this one doesnt fit, we dont call the model, a vendor does", "A ", "What is in the way?"),
    ("doesnt fit", "A ", "What is in the way?"),
    ("what can I do for my people?", "Start a project with your team", "One message a month"),
    ("what does a product designer become?", "*Designer* _Was_", "No role that I know is dead"),
    ("how do I allow Copilot?", "Your team has not told me what it allows.", "Who are the coach admins?"),
    ("sign up the whole team for tips please", "I enrol nobody: each person says yes alone", "Introduce me"),
    ("wait, is that for everyone or only me?", "I enrol nobody", "My weekly tips"),
    ("ok what does that mean for me, what do i get as lead?", "Start a project with your team", "One message a month"),
    ("just installed you. what do i do first?", "First introduce me in a channel.", "Teams"),
    ("we are only ten people. so do i never see any figures?", "Figures come after", "A smaller workspace has none"),
    ("users stare at a spinner for 20 seconds", SKILL, "Handle streaming responses"),
)


@pytest.fixture
async def member(writer: Writer, talk: Talks) -> Writer:
    emil = talk(EMIL)
    await emil.does("/roleshift myrole sre")
    await emil.does("/roleshift tips on")
    await writer.sends()
    return writer


async def answer_to(writer: Writer, line: str) -> Message:
    """Return the answer to a line of somebody whose open tip is a fresh one."""
    (came,) = await writer.writes(line)
    return came


async def test_an_afternoon_of_a_member(member: Writer) -> None:
    wrong = []
    for line, beginning, part in AFTERNOON:
        await answer_to(member, "tip")
        said = await answer_to(member, line)
        words = words_of(said)
        if not words.startswith(beginning) or part not in words or "None of these" in words:
            wrong.append(f"{line}: {words[:200]}")
    assert wrong == [], "\n".join(wrong)


async def test_a_tip_that_is_skipped_or_not_ones_work_gives_way(member: Writer) -> None:
    first = words_of(await answer_to(member, "tip"))
    title = first.partition(TIP)[2].partition("\n")[0]
    skipped = await answer_to(member, "skip")
    assert f"Skipped: {title}." in words_of(skipped)
    assert f"{TIP}{title}" not in words_of(skipped)
    not_mine = await answer_to(member, "doesn't apply to my job")
    assert "Noted: fewer tips on" in words_of(not_mine)
    assert "Undo" in labels_of(not_mine)
    assert title in words_of(await answer_to(member, "where is it")), "the one before it is open again"


async def test_who_says_vaguely_that_a_tip_is_done_is_asked_which_where_several_are_open(member: Writer) -> None:
    vague = "I did the thing with the ticket, it was ok"
    for line in ("tip", "another one"):
        await answer_to(member, line)
    asked = await answer_to(member, vague)
    assert "Which of these did you do?" in words_of(asked)
    first, second, *_ = labels_of(asked)
    done = await answer_to(member, "done")
    title = done.text.removeprefix("Done: ")
    assert title in {first, second}, "the last one, as nothing else is said"
    assert labels_of(done)[0] == "Undo"
    (other,) = {first, second} - {title}
    assert (await answer_to(member, vague)).text == f"Done: {other}", "only that one is open"


async def test_a_reminder_comes_when_it_was_asked_for_and_says_where_it_can_not(member: Writer) -> None:
    await answer_to(member, "tip")
    for line, day, time in (("on friday at 10", "Friday", "10:00"), ("on thursday at 4pm", "Thursday", "16:00")):
        answer = words_of(await answer_to(member, f"remind me {line}"))
        assert re.search(rf"Reminder: {day} \d+ \w+ at {time}\.", answer)
    ahead = await answer_to(member, "remind me in 6 weeks")
    assert ahead.text.startswith("I can remind you at most four weeks ahead.")
    assert labels_of(ahead) == ["Another time"]
    await answer_to(member, "stop")
    assert (await answer_to(member, "remind me tomorrow")).text.startswith("Reminders come only with weekly tips")


async def test_what_came_last_is_taken_back_and_a_line_that_this_would_delete_is_asked_about(
    member: Writer, talk: Talks
) -> None:
    await answer_to(member, "tip")
    await answer_to(member, "learn token costs")
    member.slack.clock.advance(timedelta(minutes=1))
    await answer_to(member, "done")
    assert "Taken back." in words_of(await answer_to(member, "that was a mistake"))
    assert "no longer marked as learned" in words_of(await answer_to(member, "undo"))
    emil = talk(EMIL)
    emil.last = await answer_to(member, "done")
    await emil.does("[What came out?]")
    await emil.does("(line=Twenty readers=me)")
    said = await answer_to(member, "oops, undo")
    assert "Twenty" in words_of(said)
    assert "Undo" in choices_of(said)
    assert "Done" in words_of(said), "nothing was taken back yet"


async def test_a_time_that_is_chosen_in_a_direct_message_is_confirmed_there_once(writer: Writer) -> None:
    (asked,) = await writer.writes("tips")
    form = (await writer.slack.click(EMIL, asked, "roleshift:choose-time")).form
    await writer.slack.submit(EMIL, form, {"day": "3", "time": "10:00"})
    await writer.bot.edge.background.drain(WITHIN)
    await writer.sends()
    (said,) = writer.answers()[1:]
    assert "are on: Thursdays 10:00" in words_of(said)


async def test_in_a_channel_an_act_is_done_by_who_presses_it(writer: Writer) -> None:
    for line in ("I'm stuck", "done", "remind me tomorrow", "stop", "undo"):
        (came,) = await writer.mentions(f"@roleshift {line}")
        assert labels_of(came) == ["Show me"], line
    (came,) = await writer.mentions("@roleshift will AI take my job?")
    assert came.text.startswith("Nobody can promise you a job")
    other = Talk(writer.slack, "U01NORA", GUILD)
    (other.last,) = await writer.mentions("@roleshift stop")
    assert "Weekly tips are off." in await other.does("[Show me]")


async def test_only_who_writes_waits_until_the_coach_can_hear(
    writer: Writer, talk: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, others_are_answered, hearing_of = asyncio.Event(), threading.Event(), ask.hearing_of
    loop = asyncio.get_running_loop()

    def built(catalog: Catalog) -> Hearing:
        loop.call_soon_threadsafe(began.set)
        assert others_are_answered.wait(WITHIN), "others wait, too"
        return hearing_of(catalog)

    monkeypatch.setattr(ask, "hearing_of", built)
    written = asyncio.create_task(writer.writes("I feel behind"))
    await began.wait()
    nora = talk("U01NORA")
    assert "What you can type" in await nora.does("/roleshift help")
    await nora.does("[My role]")
    others_are_answered.set()
    (came,) = await written
    assert came.text.startswith("Many people feel like that now")
