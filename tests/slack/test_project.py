"""A project as its member meets it: steps, half-way, the end, what is copied and shown, and the choice of the next."""

import pytest

from bot.core.content_types import Level
from bot.core.projects import Project
from tests import real_content
from tests.slack.challenge import ASHA, DESIGN, EMIL
from tests.slack.talk import Talk, Talks, elements_of, labels_of, words_of

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


async def test_a_whole_project_is_done_shown_and_followed_by_another(emil: Talk) -> None:
    assert "once you did one of its steps" in await emil.does(f"/roleshift show {FIRST.slug}")
    await emil.does("/roleshift open")
    said = await does_steps(emil, *range(1, len(FIRST.main_steps) + 1))
    assert f"*Finished: {FIRST.name}.* You have {FIRST.keeps.name}." in said
    assert f"_{FIRST.source_lines[0]}_" in said
    assert labels_of(emil.last)[:2] == ["What came out?", "Show it"]
    assert FIRST.ask in await emil.does("[What came out?]")
    await emil.slack.save(emil.who, {"line": LINE, "readers": "me"})
    assert f"> {LINE}" in words_of(emil.last)
    assert FIRST.show in await emil.does("[Show it]")
    await emil.slack.submit(EMIL, emil.slack.workspace.screens.stacks[EMIL][-1], {"channel": DESIGN})
    await emil.slack.save(EMIL)
    (post,) = emil.slack.said(DESIGN)
    assert f"<@{EMIL}> shows a project: *{FIRST.name}*" in words_of(post)
    assert f"> {LINE}" in words_of(post), "the last line stood in the form"
    (seen,) = elements_of(post)
    await emil.slack.click(ASHA, post, seen["action_id"])
    assert "Confirmed by a colleague" in words_of(post)
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
