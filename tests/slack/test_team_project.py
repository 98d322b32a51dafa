"""A team's project of the month: picked, posted, first among the choices, shown, taken back; and who leads is told."""

import asyncio

import pytest

from bot.core.content_types import Level
from bot.playground.emulator.blocks import elements
from bot.playground.emulator.faults import delay, refuse
from bot.playground.emulator.people import UserGroup
from bot.playground.emulator.workspace import Message
from tests import real_content
from tests.slack.challenge import ASHA, EMIL, KENJI, NORA, PLATFORM, Team
from tests.slack.home import HomeTab
from tests.slack.talk import Talk, labels_of, words_of

CATALOG = real_content.load()
PROJECT = CATALOG.projects_for(CATALOG.roles["ml-engineer"], Level.NEW)[0]
HALF = PROJECT.half_way.after
LINE, CHANGED = "wiki/<costs>: 0.02", "wiki/costs: 0.01"
WHY = "Our bill doubled."
MONTH = 28


@pytest.fixture
async def board(team: Team) -> Message:
    """Return the message about a project that Emil, the lead of three, picked for them."""
    for who in (EMIL, ASHA, KENJI):
        await Talk(team.slack, who).does("/roleshift myrole sre")
    await adds_team(team, EMIL, ASHA, KENJI)
    await picks(team)
    (board,) = [message for message in team.said() if message.text.startswith("This month")]
    return board


async def adds_team(team: Team, *people: str) -> None:
    team.slack.workspace.groups = {"S0ML": UserGroup("S0ML", "ml", "ML", people)}
    await Talk(team.slack, NORA).does("/roleshift team add @ml in #platform lead @emil")
    await team.jobs()


async def picks(team: Team, **more: str) -> str:
    """Let Emil pick a project, and return the words of its preview."""
    await Talk(team.slack, EMIL).does("/roleshift team project")
    (form,) = team.slack.workspace.screens.stacks[EMIL]
    preview = str((await team.slack.submit(EMIL, form, {"project": PROJECT.slug, "why": WHY, **more})).form.blocks)
    assert "You started" in await team.sends(EMIL)
    await team.jobs()
    return preview


async def does_half(team: Team, who: str) -> Talk:
    talk = Talk(team.slack, who)
    for step in ("/roleshift tips on", "/roleshift level new", f"/roleshift project {PROJECT.slug}"):
        await talk.does(step)
    for number in range(HALF):
        await talk.does("[Did it]")
        if number < HALF - 1:
            await talk.does("[Go on]")
    return talk


async def shows(team: Team, who: str, line: str = LINE, **more: object) -> str:
    """Do half of the project, and show it from the message that asks."""
    await (await does_half(team, who)).does("[Show it to the team]")
    view = team.slack.workspace.screens.stacks[who][-1]
    preview = str((await team.slack.submit(who, view, {"line": line, **more}, unchecked=True)).form.blocks)
    assert f"> <@{who}>: {line}" in preview.replace("&lt;", "<").replace("&gt;", ">")
    assert ("The message at the month's end repeats it, and says that you want to go on." in preview) is bool(more)
    return await team.sends(who)


async def test_a_lead_picks_a_project_after_a_preview_and_the_team_finds_it_first(team: Team, board: Message) -> None:
    assert f"> {WHY}" in words_of(board)
    for who, is_in in ((ASHA, True), (NORA, False)):
        other = Talk(team.slack, who)
        await other.does("/roleshift myrole sre")
        offered = await other.does("/roleshift project others")
        assert (offered.find(f"*{PROJECT.name}*") == offered.find("*", offered.find("project*") + 8)) is is_in
        assert ("your team's this month" in offered) is is_in
    asha = Talk(team.slack, ASHA)
    own = next(project for project in CATALOG.projects.values() if project != PROJECT)
    await asha.does(f"/roleshift project {own.slug}")
    for waits in (True, False):
        asha.last = board
        said = await asha.does("[Begin it]")
        assert f"*{PROJECT.name}* · step 1 of" in said
        assert (f"Your project *{own.name}* waits meanwhile.\nGo on with it" in said) is waits
    assert f"Your project *{PROJECT.name}* waits" in await asha.does(f"/roleshift project {own.slug}")
    assert f"*{PROJECT.name}* · step 1 of" in await asha.does("[Go on with it]")
    emil = Talk(team.slack, EMIL)
    assert f"{PROJECT.name} in <#{PLATFORM}>" in await emil.does("/roleshift team project")
    assert f"This month: *{PROJECT.name}*, until" in await emil.does("/roleshift team")
    await emil.does("/roleshift team project")
    assert "is closed. If anybody showed something" in await emil.does("[Close now]")
    assert labels_of(emil.last) == ["The team's project"]
    assert f"closed the project *{PROJECT.name}*" in await Talk(team.slack, NORA).does("/roleshift audit")


async def test_only_leads_and_admins_pick_also_where_every_member_may_start_challenges(team: Team) -> None:
    await team.settles(who="members")
    refused = await Talk(team.slack, ASHA).does("/roleshift team project")
    assert "Only workspace admins and coach admins can pick a team's project" in refused
    assert "There is no team without a project" in await Talk(team.slack, NORA).does("/roleshift team project")


async def test_what_was_shown_stands_in_the_channel_and_for_the_team_until_it_is_taken_back(
    team: Team, board: Message
) -> None:
    assert f"Shown. It stands in the message in <#{PLATFORM}>" in await shows(team, ASHA, **{"goes-on": "goes-on"})
    asha, kenji = Talk(team.slack, ASHA), Talk(team.slack, KENJI)
    await team.jobs(seconds=5)
    assert f"> <@{ASHA}>: {LINE}" in words_of(board)
    assert f"> <@{ASHA}>: {LINE}" in await kenji.does("/roleshift team shown")
    said = await kenji.does("/roleshift team")
    assert "Your team: *ml*, led by <@U02EMIL>.\nShown in the last month:" in said, "the desk is for admins"
    assert f"> <@{ASHA}>: {LINE}" in said
    assert labels_of(kenji.last) == ["I'll try it like this", "My project", "Back"]
    emil, workspace = Talk(team.slack, EMIL), team.slack.workspace
    await team.slack.acts.say(workspace.person(EMIL), workspace.dm(EMIL), "what did my team show this month?")
    await team.jobs()
    emil.last = workspace.messages[workspace.dm(EMIL).id][-1]
    assert LINE in await emil.does("[Show me]")
    await asha.does(f"/roleshift show {PROJECT.slug}")
    assert "`team shown` does not list it." in await asha.does("(evidence=wiki)")
    assert "You are in no team" in await Talk(team.slack, NORA).does("/roleshift team shown")
    await asha.does(f"/roleshift project {PROJECT.slug}")
    await team.jobs(days=MONTH)
    assert "· over" not in words_of(board), "the last day is not over"
    await team.jobs(hours=6)
    recap = team.said()[-1]
    assert words_of(recap).startswith(f"Shown this month: {PROJECT.name}")
    assert f"> <@{ASHA}>: {LINE}" in words_of(recap)
    assert f"*Want to go on:* <@{ASHA}>" in words_of(recap)
    for who in (EMIL, KENJI):
        assert who not in words_of(recap), "nothing is told about who did not"
    assert "· over" in words_of(board)
    assert LINE not in words_of(board), "once it is over, the recap alone has it"
    await team.jobs(days=5)
    assert LINE in await kenji.does("/roleshift team shown"), "for a month after its end"
    again = Talk(team.slack, ASHA)
    for talk in (asha, again):
        await talk.does("/roleshift team shown")
    assert "Taken back." in await asha.does("[Take it back]")
    assert "It is not shown." in await again.does("[Take it back]")
    assert "The project is over. Nothing is shown through my question" in await asha.does("/roleshift team shown")
    assert "that says nothing about who did it." in await Talk(team.slack, EMIL).does("/roleshift team shown")
    await team.jobs(seconds=5)
    assert "What was shown here was taken back." in words_of(recap)
    assert ASHA not in words_of(recap)


@pytest.mark.usefixtures("board")
async def test_a_line_that_is_taken_back_between_two_changes_is_not_in_the_second(team: Team) -> None:
    for who in (ASHA, KENJI):
        await shows(team, who)
    await team.jobs(days=MONTH, hours=6)
    recap, first = team.said()[-1], delay("chat.update", seconds=0.3, when="after")
    asha, kenji = Talk(team.slack, ASHA), Talk(team.slack, KENJI)
    for talk in (asha, kenji):
        await talk.does("/roleshift team shown")
    assert "Taken back." in await kenji.does("[Take it back]")
    team.slack.faults.add(first)
    changing = asyncio.create_task(team.jobs(seconds=5))
    async with asyncio.timeout(5):
        while not first.struck:  # noqa: ASYNC110 - a fault tells nobody that it struck
            await asyncio.sleep(0.01)
    assert f"> <@{ASHA}>: {LINE}" in words_of(recap), "only the message about the project is changed by now"
    assert "Taken back." in await asha.does("[Take it back]")
    await changing
    assert LINE not in words_of(recap)


async def test_who_uses_the_coach_for_the_first_time_is_soon_in_their_team_and_finds_its_project_first(
    team: Team,
) -> None:
    """Who is in the teams is read once a day, and once more after the bot met somebody."""
    await adds_team(team, EMIL, ASHA)
    await picks(team)
    await team.jobs(minutes=1)
    asha = Talk(team.slack, ASHA)
    await asha.does("/roleshift myrole sre")
    await team.jobs(minutes=1)
    offered = await asha.does("/roleshift project others")
    await asha.does("[By my work]")
    for said in (offered, await asha.does("(job=I look after what our AI calls cost)")):
        assert said.split("*Choose your next project*")[1].split("*")[1] == PROJECT.name
    assert "* fits your work." in words_of(asha.last)
    asha = await does_half(team, ASHA)
    assert f"*Show it in <#{PLATFORM}>?*" in words_of(asha.last)
    said = await asha.does("/roleshift team")
    assert "nothing. Half-way through the steps of the team's project, I ask each" in said


async def test_who_has_no_role_yet_begins_the_teams_project_from_the_question_for_it(team: Team) -> None:
    kenji = Talk(team.slack, KENJI)
    await kenji.does("/roleshift level new")
    await adds_team(team, KENJI)
    assert "Which role is yours?" in await kenji.does("/roleshift project")
    assert labels_of(kenji.last) == ["Choose my role"]
    await picks(team)
    assert "Which role is yours?" in await kenji.does("/roleshift project")
    assert f"*{PROJECT.name}* · step 1 of" in await kenji.does("[The team's project]")
    assert f"*This week: {PROJECT.steps[0].title}*" in await kenji.does("/roleshift")
    assert "*Done when*" in await HomeTab(team.slack, KENJI).opens()
    await kenji.does("/roleshift tips off")
    for _ in PROJECT.main_steps:
        await kenji.does(f"/roleshift project {PROJECT.slug}")
        await kenji.does("[Did it]")
    assert "Which role is yours?" in await kenji.does("[Next project]")
    assert labels_of(kenji.last) == ["Choose my role", "Back"], "they have finished the team's"


@pytest.mark.usefixtures("board")
async def test_who_showed_something_hears_once_that_a_colleague_wants_to_try_it(team: Team) -> None:
    await shows(team, ASHA)
    for who in (KENJI, EMIL):
        reader = Talk(team.slack, who)
        await reader.does("/roleshift team shown")
        shown = reader.last
        assert "They hear it" in await reader.does("[I'll try it like this]")
        reader.last = shown
    for _ in range(4):
        await team.jobs(hours=6)
    told = [each.text for each in team.told(ASHA) if "like you" in each.text]
    assert told == [f"<@{KENJI}> wants to try it like you: *{PROJECT.name}*. They read the line that you shared."]
    asha = Talk(team.slack, ASHA)
    await asha.does("/roleshift team shown")
    await asha.does("[Take it back]")
    assert "That was taken back." in await reader.does("[I'll try it like this]")


async def test_forget_me_takes_what_was_shown_out_of_the_channel(team: Team, board: Message) -> None:
    await shows(team, ASHA)
    kenji = await does_half(team, KENJI)
    for step in ("[Stop here]", "[Show it]"):
        await kenji.does(step)
    (form,) = team.slack.workspace.screens.stacks[KENJI]
    above = (await HomeTab(team.slack, KENJI).presses("Show it to the team", form)).form
    await team.slack.submit(KENJI, above, {"line": CHANGED}, unchecked=True)
    assert "Shown. It stands" in await team.sends(KENJI), "also where another form led there"
    await team.jobs(seconds=5)
    assert LINE in words_of(board)
    asha = Talk(team.slack, ASHA)
    await asha.does("/roleshift forget me")
    await asha.does("[Delete my data]")
    await team.jobs(seconds=5)
    assert ASHA not in words_of(board)
    assert CHANGED in words_of(board)
    await team.jobs(days=MONTH, hours=6)
    assert CHANGED in words_of(team.said()[-1])
    assert ASHA not in words_of(team.said()[-1])


@pytest.mark.usefixtures("board")
async def test_the_half_way_message_no_longer_asks_once_it_is_shown_and_has_the_way_back(team: Team) -> None:
    asha = await does_half(team, ASHA)
    asked = asha.last
    await asha.does("[Show it to the team]")
    await asha.does(f"(line={LINE})")
    (_, preview) = team.slack.workspace.screens.stacks[ASHA]
    async with team.slack.watching(ASHA) as outcome:
        await team.slack.submit(ASHA, preview)
        while "Shown. It stands in the message" not in words_of(asked):
            assert await outcome.changed(team.slack.patience), words_of(asked)
    assert "Show it in" not in words_of(asked)
    assert {"Take it back", "Go on", "Stop here"} <= set(labels_of(asked))


@pytest.mark.usefixtures("board")
async def test_a_member_is_asked_once_and_who_left_the_team_shows_nothing(team: Team) -> None:
    asha = await does_half(team, ASHA)
    assert f"*Show it in <#{PLATFORM}>?*" in words_of(asha.last)
    await asha.does("[Stop here]")
    assert "Show it in" not in words_of(asha.last), "half-way is when they were asked"
    await asha.does("[Show it]")
    (form,) = team.slack.workspace.screens.stacks[ASHA]
    (to_team,) = [each["action_id"] for _, each in elements(form.blocks) if each["type"] == "button"]
    team.slack.workspace.change_group("S0ML", people=(EMIL, KENJI))
    await team.jobs(days=1, minutes=1)
    refused = await team.slack.click(ASHA, form, to_team)
    assert "That is not your team's project now." in str(refused.form.blocks)
    await team.jobs(days=MONTH, hours=6)
    assert [message for message in team.said() if "Shown this month" in message.text] == [], "nothing was shown"


async def test_a_refused_post_is_told_with_the_fix_and_the_words_are_kept(team: Team) -> None:
    project = next(project for project in CATALOG.projects.values() if project.needs)
    name = CATALOG.needs[project.needs[0]].name
    team.slack.faults.add(refuse("chat.postMessage", error="is_archived"))
    await Talk(team.slack, NORA).does("/roleshift team add #platform lead @emil")
    said = await picks(team, project=project.slug)
    assert f"It needs {name[0].lower()}{name[1:]}" in said
    assert "who lacks that is shown another way." in said
    await team.jobs(seconds=2)
    emil = Talk(team.slack, EMIL)
    emil.last = team.slack.said(team.slack.workspace.dm(EMIL).id)[-1]
    assert f"I could not post your team's project: {project.name}" in words_of(emil.last)
    fix = "An admin gives the team another channel with `/roleshift team add`. Then press *Post again*."
    assert fix in words_of(emil.last)
    notice = emil.last
    await emil.does("[Change it]")
    (form,) = team.slack.workspace.screens.stacks.pop(EMIL)
    assert WHY in str(form.blocks)
    await Talk(team.slack, NORA).does("/roleshift team add #platform in #ai-guild lead @emil")
    emil.last = notice
    await emil.does("[Post again]")
    assert labels_of(emil.last) == ["The team's project"]
    await team.jobs()
    assert f"> {WHY}" in words_of(team.said("C03AIGUILD")[-1])
    emil.last = notice
    assert "It is posted." in await emil.does("[Post again]")
    assert labels_of(emil.last) == ["The team's project"]


async def test_who_is_named_lead_is_told_once_after_the_admins_preview_and_in_their_own_hours(team: Team) -> None:
    nora, dm = Talk(team.slack, NORA), team.slack.workspace.dm(ASHA).id
    assert f"Shall I tell <@{ASHA}> that they lead it?" in await nora.does("/roleshift team add #platform lead @asha")
    await team.jobs()
    assert team.slack.said(dm) == []
    assert "An admin named you lead of *platform*" in await nora.does("[Tell them]")
    assert "in their own hours" in await team.sends(NORA)
    for _ in range(16):  # one of four times of a day is decent, at whatever hour the test runs
        await team.jobs(hours=6)
    await nora.does("/roleshift team add #platform lead @asha")
    await nora.does("[Tell them]")
    await team.sends(NORA)
    await team.jobs(days=3)
    (told,) = team.slack.said(dm)
    assert labels_of(told) == ["One message a month", "No, thanks", "My team"]
    asha = Talk(team.slack, ASHA)
    asha.last = told
    assert "One message a month about leading *platform*" in await asha.does("[One message a month]")
    await nora.does("/roleshift team add #platform lead @kenji")
    await nora.does("[Tell them]")
    await team.sends(NORA)
    await nora.does("/roleshift team add #platform lead @emil")
    await team.jobs(days=4)
    for who in (KENJI, EMIL):
        assert team.slack.said(team.slack.workspace.dm(who).id) == [], "who leads no more, and who was not told"
