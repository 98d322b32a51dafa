"""Projects as they come week by week: a newcomer's first one, a choice left open, and the return after a gap."""

import re

from bot.core.content_types import Level
from bot.core.projects import Project
from tests import real_content
from tests.slack.home import HomeTab
from tests.slack.life import Life
from tests.slack.talk import Talk, choices_of, labels_of, words_of

CATALOG = real_content.load()
DEVOPS = CATALOG.roles["devops-engineer"]
FIRST, SECOND, *_ = CATALOG.projects_for(DEVOPS, Level.NEW)
LINE = "wiki/costs"


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


def is_at(came: Talk, project: Project, number: int) -> bool:
    return f"*{project.name}* · step {number} of {len(project.main_steps)}" in words_of(came.last)


async def test_a_newcomer_does_a_project_with_a_week_missed_one_blocked_and_one_skipped(life: Life) -> None:
    await begins(life)
    second = await comes(life)
    assert is_at(second, FIRST, 2)
    assert f"_You have_ {FIRST.steps[1].uses}: “{LINE}”" in words_of(second.last)
    await second.does("[Did it]")

    missed = await comes(life)
    assert is_at(missed, FIRST, 3)
    assert FIRST.steps[2].do[0] in words_of(missed.last)
    third = await comes(life)
    assert is_at(third, FIRST, 3)
    assert FIRST.steps[2].small in words_of(third.last), "once more, as what five minutes can do"
    assert FIRST.steps[2].do[0] not in words_of(third.last)
    await third.does("[All steps]")
    await third.does("[Blocked]")
    await third.does("[No time this week]")
    said = await third.does("[Did it]")
    assert f"*Half-way.* {FIRST.half_way.says}" in said
    assert labels_of(third.last)[:2] == ["Go on", "Stop here"]

    fourth = await comes(life)
    assert is_at(fourth, FIRST, 4)
    assert "Skip this step" in choices_of(fourth.last)
    assert "Skipped. You go on without it." in await fourth.does("[Skip this step]")

    fifth = await comes(life)
    assert is_at(fifth, FIRST, 5)
    assert f"*Finished: {FIRST.name}.*" in await fifth.does("[Did it]")
    assert "Show it" in labels_of(fifth.last)

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
    assert is_at(await comes(life), project, 1)


async def test_after_six_silent_weeks_a_click_brings_the_project_back_where_it_was(life: Life) -> None:
    talk = await begins(life)
    await (await comes(life)).does("[Did it]")
    await comes(life, 6)
    said = await talk.does("/roleshift back")
    assert f"*Good to see you.* You have {FIRST.steps[2].uses}: “{LINE}”." in said
    assert f"Next: *{FIRST.steps[2].title}*" in said
    assert labels_of(talk.last) == ["Go on", "Something small", "Another project", "Leave it as it is"]
    assert is_at(talk, FIRST, 3)
    back = await comes(life)
    assert "Good to see you." in back.last.text
    assert is_at(back, FIRST, 3)
    assert FIRST.steps[2].do[0] in await back.does("[Go on]")
    assert "Did it" in labels_of(back.last)
