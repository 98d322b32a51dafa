"""Teams: an admin adds them, a job reads who is in them, leads get a message a month."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.member import MemberKey
from bot.outbox.sending import Pace
from bot.playground.emulator.people import Person, UserGroup
from bot.slack.blocks import day_for_all
from bot.slack.privacy import COUNTED
from bot.slack.team.teams import TROUBLES
from bot.store import teams as rows
from jobs import once, teams
from tests.coach.teams import Somebody, settle_in
from tests.running import rows_about
from tests.slack.home import HomeTab
from tests.slack.life import Life
from tests.slack.talk import labels_of, words_of

NORA, EMIL, ASHA = "U01NORA", "U02EMIL", "U03ASHA"
HERE, PLATFORM = "T01NORTHWIND", "C02PLATFORM"
LAST_WEEK = timedelta(days=7)
BLOCKED = Somebody(done=["a"], lacks=["test-set"])
NOT_IN = "I am not in #platform. Type /invite @roleshift there, then add the team."
IDS = tuple(f"U{number}" for number in range(100, 140))


@pytest.fixture
def life(life: Life) -> Life:
    """Return a workspace with user groups; one person is in all of them."""
    workspace = life.slack.workspace
    workspace.people |= {each: Person(each, f"Nn {each}", switchable=False) for each in IDS}
    workspace.groups = {
        "S0PLATFORM": UserGroup("S0PLATFORM", "ml-platform", "ML Platform", (*IDS[:20], EMIL)),
        "S0DATA": UserGroup("S0DATA", "data", "Data", IDS[19:35]),
        "S0EVALS": UserGroup("S0EVALS", "evals", "Evals", IDS[18:22]),
    }
    return life


async def members(life: Life, first: int = 100) -> None:
    """Let forty people be known who did a tip last week and lack a test set."""
    await life.services.store.write(settle_in, [BLOCKED] * 40, HERE, first, life.services.clock.now() - LAST_WEEK)


async def test_an_admin_adds_teams_and_a_job_reads_them(life: Life) -> None:
    await members(life)
    nora = life.talk(NORA)
    said = await nora.does("/roleshift team add @ml-platform in #platform lead @emil")
    assert (
        "*ml-platform* is a team now: 21 people in Slack. I read at least once a day who is in it, and enrol nobody. "
        f"Shall I tell <@{EMIL}>"
    ) in said
    await nora.does("[Introduce me there]")
    (form,) = life.slack.workspace.screens.stacks.pop(NORA)
    assert PLATFORM in json.dumps(form.blocks)
    said = await nora.does("/roleshift team add @data in #ai-guild")
    assert "16 people in Slack, of whom 1 in *ml-platform* already, so 15 in this team." in said
    said = await nora.does("/roleshift team add @evals in #ai-guild")
    assert "4 people in Slack, of whom 2 in *ml-platform* and 2 in *data* already, so 0 in this team." in said
    await nora.does("/roleshift team remove @evals")
    assert "*evals* is deleted." in await nora.does("[Delete it]")
    await once(life.services)
    of_team = await life.services.store.read(rows.members_of, HERE)
    platform, data = await life.services.store.read(rows.of_workspace, HERE)
    sizes = {team.name: sum(each == team.team_id for each in of_team.values()) for team in (platform, data)}
    assert sizes == {"ml-platform": 20, "data": 15}, "who is in two teams counts in the one added first"
    said = await nora.does("/roleshift team teams")
    assert f"• *ml-platform* in <#{PLATFORM}>, lead <@{EMIL}>\n" in said, "nobody is told whether a lead gets messages"
    assert "• *data* in <#C03AIGUILD>, no lead\n" in said
    life.slack.workspace.change_group("S0PLATFORM", people=IDS[:4])
    life.slack.workspace.change_group("S0DATA", disabled=True)
    life.slack.clock.advance(timedelta(days=1, minutes=1))
    await once(life.services)
    after = list((await life.services.store.read(rows.members_of, HERE)).values())
    assert (after.count(platform.team_id), after.count(data.team_id)) == (4, 15), "a team that can't be read stays"
    assert TROUBLES["no_such_subteam"] in await nora.does("/roleshift team teams")
    said = await nora.does("/roleshift team remove @ml-platform")
    assert "Shall I delete the team *ml-platform*? A project of it ends, too." in said
    assert f"<@{EMIL}>, who leads it, is not told." in said
    assert len(await life.services.store.read(rows.of_workspace, HERE)) == 2, "nothing is deleted yet"
    assert "*ml-platform* is deleted." in await nora.does("[Delete it]")
    assert "There is no such team." in await nora.does("/roleshift team remove @ml-platform")
    assert "Type `/roleshift team remove @group`" in await nora.does("/roleshift team remove ml-platform")
    assert [each.name for each in await life.services.store.read(rows.of_workspace, HERE)] == ["data"]


async def test_a_lead_sees_their_own_team_and_starts_a_challenge_on_what_blocks(life: Life) -> None:
    await members(life)
    nora = life.talk(NORA)
    await nora.does("/roleshift team add @ml-platform in #platform lead @emil")
    emil = life.talk(EMIL)
    said = await emil.does("/roleshift lead on")
    assert "One message a month about leading *ml-platform*" in said
    lead = await life.services.store.read(rows.led_by, MemberKey(HERE, EMIL))
    assert lead is not None
    assert lead.next_at is not None
    assert f"The next one comes on {day_for_all(lead.next_at)}." in said
    assert said == await emil.does("/roleshift lead on"), "a second yes plans nothing anew"
    await once(life.services)
    said = await emil.does("/roleshift team")
    assert "What blocks most: about 30 said that they don't have a test set." in said
    assert "Teams" not in labels_of(emil.last)
    for page in ("", " 0", " 1"):
        assert "Only workspace admins" in await emil.does(f"/roleshift team teams{page}")
    assert "`lead on` one message a month" in await emil.does("/roleshift help")
    await emil.does("/roleshift myrole sre")
    assert "*You lead ml-platform*" in await HomeTab(life.slack, EMIL).opens()
    life.slack.clock.advance(timedelta(days=15))
    assert "What blocks: too few to say." in await emil.does("/roleshift team"), "that was two weeks ago"
    life.slack.clock.advance(timedelta(days=19))
    await members(life, 200)
    await teams.take_figures(life.services, asyncio.Event())
    for whom in ("@emil", "@asha"):
        await nora.does(f"/roleshift admins add {whom}")
    await life.until_tuesday()
    await nora.does("/roleshift admins remove @emil")
    message = life.slack.workspace.messages[life.slack.workspace.dm(EMIL).id][-1]
    words = words_of(message)
    assert words.startswith("For *ml-platform* this month")
    assert life.services.catalog.leads[0].do in words
    assert "What is missing most in the workspace: a test set (about 35)." in words
    assert f"Questions? Ask <@{ASHA}>." in words, "a coach admin, but not the lead"
    assert labels_of(message) == ["The team's project", "Stop"]
    await emil.does("/roleshift team")
    await emil.does("[Start a challenge on it]")
    (form,) = life.slack.workspace.screens.stacks[EMIL]
    assert PLATFORM in json.dumps(form.blocks)
    assert "Give an untested prompt its first ten tests" in await emil.does("()")
    await life.slack.submit(EMIL, life.slack.workspace.screens.stacks[EMIL][-1], {})
    await once(life.services)
    assert life.slack.posts[-1].channel == PLATFORM
    assert "No more messages" in await emil.does("/roleshift lead off")
    life.slack.clock.advance(timedelta(days=34))
    posts = len(life.slack.posts)
    await life.until_tuesday()
    assert not [each for each in life.slack.posts[posts:] if each.text.startswith("For *ml-platform*")]


async def test_a_lead_who_writes_stop_stops_what_comes_and_is_asked_where_two_things_come(life: Life) -> None:
    await life.talk(NORA).does("/roleshift team add @ml-platform in #platform lead @emil")
    emil = life.talk(EMIL)
    stopped, on = "No more messages about leading *ml-platform*", "/roleshift lead on"
    for line in ("stop sending me this", "no i mean the monthly one for leads. off please"):
        await emil.does(on)
        assert stopped in await emil.does(f"/roleshift ask {line}")
    await emil.does(on)
    await emil.does("/roleshift tips on")
    assert "Stop what?" in await emil.does("/roleshift ask stop")
    assert stopped in await emil.does("[The monthly message]")
    assert "Weekly tips are off" in await emil.does("/roleshift ask stop")


async def test_what_slack_does_not_show_is_said_with_the_fix(life: Life) -> None:
    nora, workspace = life.talk(NORA), life.slack.workspace
    workspace.paid = False
    assert TROUBLES["plan_upgrade_required"] in await nora.does("/roleshift team add @data in #platform")
    workspace.paid, workspace.scopes = True, life.slack.hub.app.scopes - {"usergroups:read", "channels:read"}
    for what in ("@data in #platform", "#platform"):
        assert TROUBLES["missing_scope"] in await nora.does(f"/roleshift team add {what}")
    workspace.scopes = None
    room = workspace.channels[PLATFORM] = replace(workspace.channels[PLATFORM], archived=False)
    room.members.discard(workspace.bot_user)
    for what in ("@data in #platform", "#platform in #ai-guild"):
        said = await nora.does(f"/roleshift team add {what}")
        assert NOT_IN in said, f"{what} was added without the bot in #platform"
    room.members.add(workspace.bot_user)
    assert "is a team now: " in await nora.does("/roleshift team add #platform")
    assert "is a team now: " in await nora.does("/roleshift team add #platform in #ai-guild lead @asha")
    (team,) = await life.services.store.read(rows.of_workspace, HERE)
    assert (team.channel, team.name) == ("C03AIGUILD", "platform"), "it is changed, not added again"
    for words, wrong in (
        ("the platform people", "I find no user group and no public channel at its beginning."),
        ("@data to #platform", "I don't understand `to <#C02PLATFORM"),
        ("@data in #platform lead nobody", "I don't understand `lead nobody`."),
    ):
        said = await nora.does(f"/roleshift team add {words}")
        assert wrong in said
        assert "Type `/roleshift team add @group in #channel lead @person`" in said
    assert "Add `in #channel`" in await nora.does("/roleshift team add @data")
    life.slack.refused.clear()
    assert "no guests, bots or people who left" in await nora.does("/roleshift team add @data in #platform lead @isla")


async def test_a_team_is_added_by_the_form(life: Life) -> None:
    nora = life.talk(NORA)
    for opens in (["/roleshift team new"], ["/roleshift team add"], ["/roleshift team teams", "[Add a team]"]):
        for step in opens:
            await nora.does(step)
        (view,) = life.slack.workspace.screens.stacks[NORA]
        assert view.state["channel"]["channel"]["selected_conversation"] == "C01GENERAL", "where it was typed"
        assert "one of the two" in await nora.does(f"(channel={PLATFORM})")
        await life.slack.close(NORA, life.slack.workspace.screens.stacks[NORA][-1])
    await nora.does("[Add a team]")
    room, bot = life.slack.workspace.channels[PLATFORM], life.slack.workspace.bot_user
    room.members.discard(bot)
    said = await nora.does(f"(group=S0DATA channel={PLATFORM})")
    assert NOT_IN in said, "the form added a team without the bot in its channel"
    room.members.add(bot)
    life.slack.refused.clear()
    said = await nora.does(f"(group=S0DATA channel={PLATFORM} lead={ASHA})")
    assert "*data* is a team now: 16 people in Slack." in said
    assert f"Shall I tell <@{ASHA}>" in said
    lead = await life.services.store.read(rows.led_by, MemberKey(HERE, ASHA))
    assert lead is not None
    assert lead.team.name == "data"


async def test_a_team_of_a_channel_has_the_channels_name_also_one_that_was_added_by_its_id(life: Life) -> None:
    nora, store = life.talk(NORA), life.services.store
    await nora.does("/roleshift team teams")
    await nora.does("[Add a team]")
    assert "*ai-guild* is a team now: " in await nora.does("(place=C03AIGUILD channel=C03AIGUILD)")
    (team,) = await store.read(rows.of_workspace, HERE)
    await store.write(lambda tx: rows.change(tx, HERE, team.team_id, name=team.source))
    for source in ("S0DATA", "S0GONE"):
        older = replace(team, team_id=source, source=source, name=source)
        await store.write(rows.save, older, life.services.clock.now())
    life.slack.clock.advance(timedelta(days=1, minutes=1))
    await once(life.services)
    names = {each.name for each in await store.read(rows.of_workspace, HERE)}
    assert names == {"ai-guild", "data", "S0GONE"}, "a group that is gone keeps what it has"
    rooms = life.slack.workspace.channels
    platform, guild = (rooms[each].members - {life.slack.workspace.bot_user} for each in (PLATFORM, "C03AIGUILD"))
    said = await nora.does("/roleshift team add #platform")
    assert f": {len(platform)} people in Slack, of whom {len(platform & guild)} in *ai-guild* already" in said
    life.slack.refused.clear()


@pytest.mark.parametrize(
    ("naming", "line", "named"),
    [
        ("lead", "/roleshift team add @data in #platform lead @asha", f"Shall I tell <@{ASHA}>"),
        ("coach_admin", "/roleshift admins add @asha", f"Coach admins: <@{ASHA}>"),
    ],
)
async def test_who_is_named_by_an_admin_is_stored_as_that_alone_until_it_ends(
    life: Life, tmp_path: Path, naming: str, line: str, named: str
) -> None:
    def places() -> list[str]:
        return [row[0] for row in rows_about(tmp_path, ASHA)]

    nora, asha = life.talk(NORA), life.talk(ASHA)
    services = replace(life.services, pace=Pace(asks_per_minute=600_000))  # no pause between two rounds of questions
    await nora.does("/roleshift team add #ai-guild")  # everybody of a channel is in a team, whom the bot never met
    assert named in await nora.does(line)
    await life.slack.change_person(ASHA, title="Lead of all", zone="Asia/Kolkata")
    life.slack.clock.advance(timedelta(days=2))
    await once(services)
    assert places() == ["audit", naming]
    said = await asha.does("/roleshift privacy data")
    assert COUNTED[naming].removesuffix("|") in said
    assert "act in the audit" in said
    await life.slack.command(ASHA, "/roleshift privacy export")
    (file,) = life.slack.hub.files.values()
    assert len(json.loads(file.content or b"")["about_you"][naming]) == 1
    assert places() == ["audit", naming], "who reads what is kept about them is not stored for that"
    await asha.does("/roleshift forget me")
    assert "I know nothing about you any more" in await asha.does("[Delete my data]")
    assert places() == []
    assert named in await nora.does(line)
    life.slack.workspace.change_person(ASHA, deleted=True)  # the event about it was lost
    life.slack.clock.advance(timedelta(days=2))
    await once(services)
    assert places() == []


async def test_the_file_for_counsel_counts_and_no_figures_at_all_empties_the_desk_and_the_export(life: Life) -> None:
    await members(life)
    await once(life.services)
    nora = life.talk(NORA)
    await life.slack.command(NORA, "/roleshift team literacy")
    (file,) = life.slack.hub.files.values()
    told = (file.content or b"").decode()
    for words in ("A draft: ask your counsel.", "Did an exercise, or said that one is still in use:", ": about 30\n",
                  "Article 4", f"- {len(life.services.catalog.skills)} skills", "no results"):  # fmt: skip
        assert words in told
    assert "about 30" in await nora.does("/roleshift team")
    await nora.does("[Settings]")
    assert "There are no figures any more" in await nora.does("(figures=none)")
    await once(life.services)
    for line in ("/roleshift team", "/roleshift team export"):
        assert "No figures at all: an admin switched them off" in await nora.does(line)
    await life.slack.command(NORA, "/roleshift team literacy")
    assert len(life.slack.hub.files) == 2, "the file for counsel comes without figures, too"
