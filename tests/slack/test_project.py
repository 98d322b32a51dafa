"""A project as its member meets it, in one sitting and week by week: from its first step to the choice of the next."""

import re

import pytest

from bot.core.content_types import Level
from bot.core.projects import Project
from bot.slack.blocks import lowered
from tests import real_content
from tests.slack.challenge import ASHA, DESIGN, EMIL
from tests.slack.home import HomeTab
from tests.slack.life import Life
from tests.slack.talk import Talk, Talks, choices_of, elements_of, labels_of, words_of

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


async def test_a_whole_project_is_done_shown_and_followed_by_another(emil: Talk) -> None:
    assert "once you did one of its steps" in await emil.does(f"/roleshift show {FIRST.slug}")
    await emil.does("/roleshift open")
    for number in range(1, len(FIRST.main_steps) + 1):
        assert at(FIRST, number) in words_of(emil.last)
        said = await emil.does("[Did it]")
        if "Go on" in labels_of(emil.last):
            await emil.does("[Go on]")
    assert f"*Finished: {FIRST.name}.* You have {FIRST.keeps.name}." in said
    assert f"_{FIRST.source_lines[0]}_" in said
    assert labels_of(emil.last)[:2] == ["What came out?", "Show it"]
    assert FIRST.ask in await emil.does("[What came out?]")
    assert f"> {LINE}" in await emil.does(f"(line={LINE} readers=me)")
    assert FIRST.show in await emil.does("[Show it]")
    await emil.slack.submit(EMIL, emil.slack.workspace.screens.stacks[EMIL][-1], {"channel": DESIGN})
    await emil.slack.save(EMIL)
    (post,) = emil.slack.said(DESIGN)
    assert f"<@{EMIL}> shows a project: *{FIRST.name}*" in words_of(post)
    assert f"> {LINE}" in words_of(post), "the last line stood in the form"
    assert f"_{FIRST.outcome}_" in words_of(post)
    seen, _menu = elements_of(post)
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


async def test_a_project_that_is_not_finished_is_shown_with_what_was_made_of_it_alone(emil: Talk) -> None:
    await emil.does("/roleshift open")
    await emil.does("[Did it]")
    form = await emil.slack.command(EMIL, f"/roleshift show {FIRST.slug}", "dm")
    preview = await emil.slack.submit(EMIL, form, {"channel": DESIGN, "evidence": LINE})
    shown_first = str(preview.form.blocks)
    await emil.slack.save(EMIL)
    (post,) = emil.slack.said(DESIGN)
    made = f"_1 of {len(FIRST.main_steps)} steps: {FIRST.main_steps[0].makes}_"
    seen, _menu = elements_of(post)
    await emil.slack.click(ASHA, post, seen["action_id"])
    for words in (shown_first, words_of(post)):
        assert made in words
        assert FIRST.outcome not in words


async def test_who_has_it_already_says_where_and_goes_on(emil: Talk) -> None:
    assert "Where is it, or what does it say?" in await emil.does("[I have this]")
    said = await emil.does(f"(line={LINE})")
    assert "You have this already, so it counts." in said
    assert f"> {LINE}" in said
    assert LINE in await emil.does("[Go on]")


async def test_a_project_is_left_and_taken_up_again_where_it_was(emil: Talk) -> None:
    for press in ("[Did it]", "[Go on]", "[Other projects]"):
        said = await emil.does(press)
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
    said = await emil.does("[All of it]")
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


# Week by week.


async def begins(life: Life) -> Talk:
    """Let Emil choose his role, do the first step, and say yes to one a week."""
    talk = life.talk()
    for step in ("/roleshift myrole sre", "[Start]", "[Did it]", "[Yes]", "[Just right]"):
        await talk.does(step)
    await talk.does("[What came out?]")
    await life.slack.save(talk.who, {"line": LINE, "readers": "me"})
    return talk


async def comes(life: Life, weeks: int = 1) -> Talk:
    """Return the last message after so many Tuesdays."""
    for _ in range(weeks):
        await life.until_tuesday()
    return life.came()[-1]


async def test_a_newcomer_does_a_project_with_a_week_missed_one_blocked_and_one_skipped(life: Life) -> None:
    await begins(life)
    second = await comes(life)
    assert at(FIRST, 2) in words_of(second.last)
    assert f"_You have_ {FIRST.steps[1].uses}: “{LINE}”" in words_of(second.last)
    said = await second.does("[Did it]")
    assert f"*Half-way.* {FIRST.half_way.says}" in said
    assert labels_of(second.last)[:2] == ["Go on", "Stop here"]

    missed = await comes(life)
    assert at(FIRST, 3) in words_of(missed.last)
    assert FIRST.steps[2].small in words_of(missed.last), "five minutes come first"
    third = await comes(life)
    assert at(FIRST, 3) in words_of(third.last)
    assert FIRST.steps[2].small in words_of(third.last), "once more"
    assert FIRST.steps[2].do[1] not in words_of(third.last)
    await third.does("[All of it]")
    await third.does("[Blocked]")
    await third.does("[No time this week]")
    assert "Skip this step" in choices_of(third.last)
    assert "Skipped. You go on without it." in await third.does("[Skip this step]")

    fourth = await comes(life)
    assert at(FIRST, 4) in words_of(fourth.last)
    assert f"*Finished: {FIRST.name}.*" in await fourth.does("[Did it]")
    assert "Show it" in labels_of(fourth.last)

    choice = await comes(life)
    assert "Choose your next project." in choice.last.text
    assert SECOND.name in words_of(choice.last)
    await choice.does("[Begin]")
    assert words_of(choice.last).count(" · step 1 of ") == 1, "the step takes the place of the choice"


async def test_who_chooses_none_begins_the_one_without_a_need_that_the_message_and_home_name(life: Life) -> None:
    talk = await begins(life)
    for _ in range(FIRST.half_way.after - 1):
        await talk.does("/roleshift did")
    await talk.does("/roleshift next")
    await talk.does("[Other projects]")
    await talk.does("[Leave this project]")
    choice = await comes(life)
    (named,) = re.findall(r"No choice\? \*(.+)\* begins next week\.", words_of(choice.last))
    assert f"Next: {named}" in await HomeTab(life.slack, talk.who).opens()
    (project,) = (each for each in CATALOG.projects.values() if each.name == named)
    assert not project.needs, f"*{named}* would begin, though it needs {project.needs} and others need nothing"
    assert at(project, 1) in words_of((await comes(life)).last)


async def test_after_six_silent_weeks_a_click_brings_the_project_back_where_it_was(life: Life) -> None:
    talk = await begins(life)
    second = await comes(life)
    for step in ("[Did it]", "[What came out?]", "(line=OPS-412 readers=me)"):
        await second.does(step)
    await comes(life, 6)
    said = await talk.does("/roleshift back")
    assert f"*Good to see you.* You have {FIRST.steps[1].makes}: “OPS-412”." in said, "the last result"
    assert f"Next: *{FIRST.steps[2].title}* · five minutes" in said
    assert labels_of(talk.last) == ["Go on", "All of it", "Another project", "Leave it as it is"]
    assert at(FIRST, 3) in words_of(talk.last)
    back = await comes(life)
    assert "Good to see you." in back.last.text
    assert at(FIRST, 3) in words_of(back.last)
    assert f"You have {FIRST.steps[1].makes}: “OPS-412”." in words_of(back.last)
    assert FIRST.steps[2].small in await back.does("[Go on]")
    assert "Did it" in labels_of(back.last)


async def test_who_was_blocked_by_a_need_finds_its_name_on_the_button_and_after_a_gap_the_lab(life: Life) -> None:
    project, lab = CATALOG.projects["know-and-cap-cost"], CATALOG.labs["cost"].name
    talk, (need,) = await begins(life), CATALOG.needs_of(project.steps[1])
    await talk.does(f"/roleshift project {project.slug}")
    await talk.does("[Did it]")
    second, lacks = await comes(life), lowered(CATALOG.needs[need].name)
    await second.does("[Blocked]")
    assert f"*{lab}*" in await second.does(f"[I don't have {lacks}]")
    await talk.does("/roleshift tips pause 4 weeks")
    after_the_pause = await comes(life, 5)
    await talk.does("/roleshift back")
    for back in (after_the_pause, talk):
        assert "Good to see you." in words_of(back.last)
        way = f"You don't have {lacks}. A lab lends you invented data to practise on: *{lab}*."
        assert way in words_of(back.last)
        assert labels_of(back.last) == ["Go on", "Practise in the lab", "Another project", "Leave it as it is"]
