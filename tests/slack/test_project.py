"""A project as its member meets it: steps, half-way, the end, what is copied and shown, and the choice of the next."""

import pytest

from bot.core.content_types import Level
from bot.core.projects import Project
from tests import real_content
from tests.driver.standin import StandIn
from tests.slack.challenge import ASHA, DESIGN, EMIL, GUILD
from tests.slack.talk import Talk, Talks, elements_of, labels_of, shown, words_of

CATALOG = real_content.load()
DEVOPS = CATALOG.roles["devops-engineer"]
FIRST, SECOND, *_ = CATALOG.projects_for(DEVOPS, Level.NEW)
LINE = "wiki/<costs> & 0.02"


@pytest.fixture
async def emil(talk: Talks) -> Talk:
    """Return somebody who began the first project of their role, and answered the questions of the first hour."""
    emil = talk(EMIL)
    for step in ("/roleshift myrole sre", "/roleshift tips on", "/roleshift level new", "/roleshift project"):
        await emil.does(step)
    await emil.does("[Begin]")
    return emil


def at(project: Project, number: int) -> str:
    return f"*{project.name}* · step {number} of {len(project.main_steps)}"


async def does_steps(emil: Talk, *numbers: int) -> str:
    said = ""
    for number in numbers:
        assert at(FIRST, number) in words_of(emil.last)
        said = await emil.does("[Did it]")
        if "Go on" in labels_of(emil.last) and number != numbers[-1]:
            await emil.does("[Go on]")
    return said


async def test_did_it_names_the_practice_and_what_comes_next_and_the_next_step_has_the_members_line(emil: Talk) -> None:
    first, second, *_ = FIRST.steps
    said = await emil.does("[Did it]")
    assert f"People call this *{first.called.split(';')[0].strip()}*" in said
    assert first.do[0] not in said
    assert f"Next week: *{second.title}* · {second.minutes} minutes" in said
    await emil.does("[What came out?]")
    await emil.slack.save(emil.who, {"line": LINE, "readers": "me"})
    said = await emil.does("[Go on]")
    assert at(FIRST, 2) in said
    assert "●" in said
    assert f"_You have_ {second.uses}: “{LINE}”" in said
    assert "_Goal:_" not in said
    assert FIRST.source_lines[0] not in said, "a slogan stands at a first step and at an end"


async def test_a_whole_project_is_done_shown_and_followed_by_another(emil: Talk) -> None:
    numbers = range(1, len(FIRST.main_steps) + 1)
    said = await does_steps(emil, *numbers)
    assert f"*Finished: {FIRST.name}.* You have {FIRST.keeps.name}." in said
    assert f"_{FIRST.source_lines[0]}_" in said
    assert labels_of(emil.last)[:2] == ["What came out?", "Show it"]
    form = await emil.does("[What came out?]")
    assert FIRST.ask in form
    await emil.slack.save(emil.who, {"line": LINE, "readers": "me"})
    assert f"> {LINE}" in words_of(emil.last)
    form = await emil.does("[Show it]")
    assert FIRST.show in form
    await emil.slack.submit(EMIL, emil.slack.workspace.screens.stacks[EMIL][-1], {"channel": DESIGN})
    await emil.slack.save(EMIL)
    (post,) = emil.slack.said(DESIGN)
    assert f"<@{EMIL}> shows a project: *{FIRST.name}*" in words_of(post)
    assert f"> {LINE}" in words_of(post), "the last line stood in the form"
    (mark,) = [label for label in labels_of(emil.last) if label.startswith("Mark")]
    await emil.does(f"[{mark}]")
    assert mark not in labels_of(emil.last)
    said = await emil.does("[Next project]")
    assert SECOND.name in said
    assert FIRST.name not in said
    await emil.does("[Begin]")
    assert at(SECOND, 1) in words_of(emil.last), "it takes the place of the choice"
    await emil.does("/roleshift show")
    assert f"*{FIRST.name}* in <#" in await emil.does(f"[Choose one: {FIRST.name}]")


async def test_who_has_it_already_says_where_and_goes_on(emil: Talk) -> None:
    assert "Where is it, or what does it say?" in await emil.does("[I have this]")
    await emil.slack.save(emil.who, {"line": LINE})
    assert "You have this already, so it counts." in words_of(emil.last)
    assert f"> {LINE}" in words_of(emil.last)
    await emil.does("[Go on]")
    assert LINE in words_of(emil.last)


async def test_blocked_shows_a_way_without_what_is_missing_in_the_same_message(emil: Talk) -> None:
    step = emil.last
    await emil.does("[Blocked]")
    said = await emil.does("[I don't have what it needs]")
    assert emil.last is step
    need = CATALOG.needs[CATALOG.needs_of(FIRST.steps[0])[0]].name
    assert f"You don't have {need[:1].lower()}{need[1:]}." in said
    assert "Other projects" in labels_of(emil.last)
    if "Copy a request" in labels_of(emil.last):
        before = emil.last
        assert "Send this to a colleague who can give you" in await emil.does("[Copy a request]")
        emil.last = before
    assert "Taken back." in await emil.does("[Undo]")
    assert labels_of(emil.last)[0] == "Did it"


async def test_a_project_is_left_and_taken_up_again_where_it_was(emil: Talk) -> None:
    await does_steps(emil, 1)
    await emil.does("[Go on]")
    said = await emil.does("[Other projects]")
    assert SECOND.name in said
    assert at(FIRST, 2) in await emil.does("[Back]")
    await emil.does("[Other projects]")
    assert "You left this project." in await emil.does("[Leave this project]")
    left = emil.last
    assert "Choose your next project." in await emil.does("/roleshift next")
    emil.last = left
    assert at(FIRST, 2) in await emil.does("[Take it up again]")


async def test_an_old_message_of_a_step_says_what_is_true_now(emil: Talk) -> None:
    old = emil.last
    await emil.does("/roleshift did")
    await emil.does("/roleshift next")
    assert at(FIRST, 2) in words_of(emil.last)
    emil.last = old
    said = await emil.does("[Only five minutes?]")
    assert "People call this" in said
    assert labels_of(emil.last) == ["What came out?", "Go on", "Have it reviewed"]


async def test_typed_words_are_about_the_open_step(emil: Talk) -> None:
    step = FIRST.steps[0]
    assert step.title in await emil.does("/roleshift open")
    assert step.before in await emil.does("/roleshift example")
    assert step.small in await emil.does("/roleshift small")
    assert "What is in the way?" in await emil.does("/roleshift stuck")
    assert "Choose your next project." in await emil.does("/roleshift skip work")
    assert "People call this" in await emil.does("/roleshift did")
    assert f"*{FIRST.steps[1].title}*" in await emil.does("/roleshift project")
    assert f"Next: *{FIRST.steps[1].title}*" in await emil.does("/roleshift back")


async def test_a_project_is_shown_in_a_channel_with_the_members_line_and_a_colleague_confirms_it(
    emil: Talk, slack: StandIn
) -> None:
    show = f"/roleshift show {FIRST.slug}"
    assert "once you did one of its steps" in words_of((await slack.command(EMIL, show, GUILD)).message)
    await emil.does("[Did it]")
    await emil.does("[What came out?]")
    await emil.slack.save(emil.who, {"line": LINE, "readers": "me"})
    form = await slack.command(EMIL, show, GUILD)
    assert LINE in str(form.form.blocks)
    preview = await slack.submit(EMIL, form, {"evidence": LINE})
    assert f"shows a project: *{FIRST.name}*" in shown("", preview.form.blocks)
    post = (await slack.save(EMIL)).message
    assert f"_{FIRST.outcome}_" in words_of(post)
    (seen,) = [each for each in elements_of(post) if each["action_id"].startswith("roleshift:seen-it")]
    await slack.click(ASHA, post, seen["action_id"])
    assert "Confirmed by a colleague" in words_of(post)
