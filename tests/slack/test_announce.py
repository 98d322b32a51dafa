"""`/roleshift announce`: an admin sees the introduction, then it is posted in a channel, once."""

from datetime import timedelta
from pathlib import Path

from bot.playground.emulator.faults import lose, refuse
from bot.playground.emulator.workspace import Message
from tests.driver.outcome import Outcome
from tests.running import every_row
from tests.slack.challenge import DESIGN, PLATFORM, Team, in_field, words
from tests.slack.home import HomeTab
from tests.slack.talk import Talk, labels_of, shown, words_of

NORA, EMIL, ASHA = "U01NORA", "U02EMIL", "U03ASHA"
INTRODUCTION = "How does AI change your job?"


async def opens(team: Team, who: str = NORA) -> Outcome:
    return await team.slack.command(who, "/roleshift announce")


async def posts(team: Team, channel: str = PLATFORM, why: str = "") -> str:
    """Introduce the coach, run the worker, and return what the preview said."""
    seen = await team.slack.submit(NORA, await opens(team), {"channel": channel, "why": why})
    said = words(seen)
    assert f"I introduce myself in <#{channel}>" in await team.sends(NORA)
    await team.jobs()
    return said


def introductions(team: Team, channel: str = PLATFORM) -> list[Message]:
    return [each for each in team.said(channel) if each.text.startswith(INTRODUCTION)]


async def test_an_admin_sees_the_introduction_and_then_it_is_posted_and_audited(team: Team, tmp_path: Path) -> None:
    seen = await team.slack.submit(NORA, await opens(team), {"channel": PLATFORM, "why": "We  pay for <AI> & more."})
    for said in (INTRODUCTION, "Without your yes", "*Why we do this*\nWe pay for <AI> & more."):
        assert said in words(seen)
    await team.jobs()
    assert introductions(team) == [], "nothing is posted before it was seen"
    await team.slack.submit(NORA, seen, times=3)
    assert team.slack.workspace.screens.stacks[NORA] == [], "all forms are closed"
    await team.jobs()
    (message,) = introductions(team)
    assert "*Why we do this*\nWe pay for <AI> & more." in words_of(message)
    assert labels_of(message) == ["Show my role", "What it keeps"]
    acts = [row for row in every_row(tmp_path) if row[0] == "audit"]
    assert [(row[4], row[5]) for row in acts] == [("introduced", NORA)]
    assert not [row for row in every_row(tmp_path) if "We pay for" in str(row)], "the line is kept until it is sent"
    audit = await team.slack.command(NORA, "/roleshift audit")
    assert f"<@{NORA}> asked me to introduce myself in <#C02PLATFORM>" in shown("", audit.blocks)


async def test_the_preview_of_a_second_introduction_within_thirty_days_says_when_the_first_was(team: Team) -> None:
    lately = "It had an introduction on <!date^"
    assert lately not in await posts(team)
    assert lately in await posts(team)
    assert len(introductions(team)) == 2
    assert lately not in await posts(team, "C03AIGUILD"), "another channel is another matter"
    team.slack.clock.advance(timedelta(days=31))
    assert lately not in await posts(team)


async def test_an_admin_is_told_why_it_was_not_posted_and_may_try_again(team: Team) -> None:
    team.slack.faults.add(refuse("chat.postMessage", error="not_in_channel"))
    await posts(team, DESIGN, "We ship it.")
    await team.jobs(seconds=2)
    told = team.slack.workspace.messages[team.slack.workspace.dm(NORA).id][-1]
    assert told.text.startswith("I could not introduce myself in <#C05DESIGN>.")
    assert "Type `/invite @roleshift`" in told.text
    talk = Talk(team.slack, NORA, "dm")
    talk.last = told
    await talk.does("[Try again]")
    (view,) = team.slack.workspace.screens.stacks[NORA]
    assert in_field(view, "channel") == DESIGN, "a retry remembers the channel"
    assert in_field(view, "why") == "We ship it.", "and the text"
    team.slack.refused.clear()


async def test_an_introduction_that_slack_did_not_confirm_is_not_posted_again(team: Team) -> None:
    team.slack.faults.add(lose("chat.postMessage"))
    await posts(team)
    for _ in range(3):
        await team.jobs(minutes=2)
    assert len(introductions(team)) == 1
    told = team.slack.workspace.messages[team.slack.workspace.dm(NORA).id][-1]
    assert "Slack did not confirm it." in told.text
    team.slack.refused.clear()


async def test_the_form_offers_the_channel_where_it_was_typed_or_else_that_of_the_settings(team: Team) -> None:
    await team.settles(channel=PLATFORM)
    for where, offered in ((DESIGN, DESIGN), ("D01NORA", PLATFORM)):
        opened = await team.slack.command(NORA, "/roleshift announce", where)
        assert in_field(opened.form, "channel") == offered


async def test_an_introduction_from_home_says_in_the_window_that_it_is_posted(team: Team) -> None:
    home = HomeTab(team.slack, NORA)
    await home.opens()
    form = await home.presses("Introduce me in a channel")
    await team.slack.submit(NORA, form, {"channel": PLATFORM})
    await team.slack.save(NORA)
    assert f"I introduce myself in <#{PLATFORM}>" in home.modal
    await team.slack.close(NORA, team.slack.workspace.screens.stacks[NORA][-1])
    assert team.slack.workspace.screens.stacks[NORA] == [], "nothing is left to close"
