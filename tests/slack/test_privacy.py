"""A member sees what is kept about them, and takes it along as a file; what they write is kept where they share it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot.coach import membership
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.playground.emulator.faults import lose, refuse
from bot.run.app import Bot
from bot.slack import app, privacy
from bot.store.member_schema import entry, plan, practice, showing, suggestion
from bot.store.schema import challenge, metadata
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.challenge import EMIL, KENJI, NORA, PLATFORM, Team
from tests.slack.talk import Talk, labels_of, pressed, words_of
from tests.slack.test_plans import day, weekly_tip as their_tip
from tests.store.rows import files_with

LINE = "saved ```20 %``` & <!channel>"
LONG = "`<&>\n" * 400  # a text of which every letter needs several characters
IN_FULL = {  # how `privacy more` names what each table holds
    "member": "role, level, time zone, when I met you", "skill_mark": "that you marked", "skill_history": "took back",
    "tip_given": "those that you got", "practice": "did or refused, what came out",
    "situation": "what you have at work", "installation": "whether you installed me",
    "quiz": "*Questions* about skills", "still": "skills and tips, with your answers",
    "plan": "your plans", "project": "*Tips, projects and labs*", "lab_solved": "*Tips, projects and labs*",
    "showing": "or showed, when and where",
    "suggestion": "suggested", "entry": "*Challenges* that you joined", "challenge": "started",
    "schedule": "*Weekly tips*: your yes or no, how often", "delivery": "whether they arrived",
    "lead": "whether you lead one and want messages", "team_member": "*Your team*, as Slack has it",
    "assistant_token": "*Your assistants*: each token, scrambled",
    "coach_admin": "whether you are one, whom you named", "audit": "what you did as one",
}  # fmt: skip
TYPED, SHARED = "canary4711", "shared4711"


async def keeps_something(slack: StandIn) -> Talk:
    talk = Talk(slack, EMIL)
    await talk.does("/roleshift myrole sre")
    await talk.does("/roleshift learn cost spikes")
    return talk


def rows_of_practice(slack: StandIn, count: int) -> Any:
    who = MemberKey(slack.workspace.id, EMIL)._asdict()
    now = slack.clock()
    rows = [{**who, "tip": f"t{n:05}", "at": now, "step": "done", "line": LINE} for n in range(count)]
    rows[0]["tip"] = "days-until-we-know"  # which is retired
    return lambda tx: tx.execute(insert(practice), rows)


def test_privacy_in_full_names_every_table_that_holds_something_about_a_member() -> None:
    said = str(privacy.IN_FULL.blocks)
    assert {name for name, words in IN_FULL.items() if words not in said} == set()
    assert IN_FULL.keys() == {*privacy.COUNTED, *privacy.NAMED}


@pytest.mark.usefixtures("bot")
async def test_if_slack_refuses_the_file_or_does_not_confirm_it_the_member_is_told_what_to_do(slack: StandIn) -> None:
    talk = await keeps_something(slack)
    for method in ("files.getUploadURLExternal", "conversations.open", "files.completeUploadExternal"):
        slack.faults.add(refuse(method, error="restricted_action"))
        said = await talk.does("/roleshift privacy export")
        assert "Slack did not take the file, so nothing was sent." in said
        assert "`files:write`" in said
        assert labels_of(talk.last) == ["Export"]
    slack.faults.add(lose("files.completeUploadExternal"))
    seen = await slack.command(EMIL, "/roleshift privacy export")
    assert "Slack did not confirm the file." in words_of(seen.messages[-1])


async def test_an_export_is_one_file_for_the_member_complete_and_with_one_row_a_line(slack: StandIn, bot: Bot) -> None:
    await keeps_something(slack)
    await bot.services.store.write(rows_of_practice(slack, 450))
    texts = {"title": "T", "task": LONG, "done_when": "D", "channel": "C1", "started_by": EMIL, "state": "draft"}
    row = {"workspace_id": slack.workspace.id, "challenge_id": "c1", "ends_at": slack.clock(), **texts}
    started = insert(challenge).values(**row, private=False, postings=0)
    await bot.services.store.write(lambda tx: tx.execute(started))
    seen = await slack.command(EMIL, "/roleshift privacy export")
    assert "in our direct messages, as a file" in seen.messages[-1].text
    (file,) = slack.hub.files.values()
    (shared,) = [each for each in slack.workspace.messages[slack.workspace.dm(EMIL).id] if each.files]
    assert shared.reader is None
    text = (file.content or b"").decode()
    data, found = json.loads(text), await privacy.export_of(bot.services.store, MemberKey(slack.workspace.id, EMIL))
    assert found is not None
    assert data["member_id"] == EMIL
    assert (data["about_you"], data["naming_you"]) == (found.about, found.naming)
    assert data["titles"] == {"days-until-we-know": "Work out what your last test could see"}
    assert [mark["skill"] for mark in data["about_you"]["skill_mark"]] == ["cost-spikes"]
    assert data["naming_you"]["challenge"][0]["task"] == LONG
    rows = [json.loads(line.rstrip(",]")) for line in text.splitlines() if '"done"' in line]
    assert [row["line"] for row in rows] == [LINE] * 450


async def test_a_member_who_is_forgotten_meanwhile_gets_no_export(slack: StandIn, bot: Bot) -> None:
    await keeps_something(slack)
    who, store = MemberKey(slack.workspace.id, EMIL), bot.services.store
    await store.write(rows_of_practice(slack, 1_000))
    exporting = asyncio.create_task(privacy.export_of(store, who))
    await asyncio.sleep(0)
    await store.write(membership.forget, who, slack.clock())
    with pytest.raises(UserError, match="You were forgotten meanwhile"):
        await exporting


# What is stored of what people write: only what they chose to share, or wrote for themselves, in these columns.
SHARING = {
    challenge.c.title, challenge.c.task, challenge.c.done_when, challenge.c.question, entry.c.line, practice.c.line,
    plan.c.cue, showing.c.evidence, suggestion.c.words,
}  # fmt: skip


def places_of(tx: Connection, *words: str) -> dict[str, set[str]]:
    """Return for each word the columns, as `table.column`, in which some row holds it."""
    found: dict[str, set[str]] = {word: set() for word in words}
    for table in metadata.sorted_tables:
        for row in tx.execute(select(table)).mappings():
            for column, value in row.items():
                for word in words:
                    if word.casefold() in str(value).casefold():
                        found[word].add(f"{table.name}.{column}")
    return found


async def types_everything(team: Team, who: str) -> None:
    """Type and write every verb with a canary, in a direct message and in a channel."""
    slack, talk = team.slack, Talk(team.slack, who)
    for verb in (*app.NOUNS.verbs, TYPED):
        await slack.command(who, f"/roleshift {verb} {TYPED}")
        for stacked in tuple(slack.workspace.screens.stacks.get(who, ())):
            await slack.close(who, stacked)
        for place in (slack.workspace.dm(who), slack.workspace.channel("C03AIGUILD")):
            await slack.acts.say(slack.workspace.person(who), place, f"@roleshift {verb} {TYPED}")
    await talk.does("/roleshift tips on")
    await slack.change_person(who, title=f"{TYPED} {TYPED}@example.org")


async def shares_everything(team: Team) -> None:
    """Write into every field that is there to be shared or kept."""
    nudge = await their_tip(team.life)
    await nudge.does("[Did it]")
    await nudge.does("[What came out?]")
    await team.slack.save(EMIL, {"line": SHARED})
    texts = {"title": SHARED, "task": SHARED, "done_when": SHARED, "question": SHARED}
    await team.starts(**texts)
    await team.adds(EMIL, SHARED)
    talk = Talk(team.slack, EMIL, PLATFORM)
    await talk.does("/roleshift challenge")
    await talk.does("[Suggest one to the admins]")
    await team.sends(EMIL, template="free", words=SHARED)
    await talk.does("/roleshift learn cost spikes")
    await talk.does("/roleshift show cost spikes")
    (view,) = team.slack.workspace.screens.stacks[EMIL]
    await team.slack.submit(EMIL, view, {"evidence": SHARED})
    await team.slack.save(EMIL)
    await talk.does(f"/roleshift ask track token spend {SHARED}")
    await talk.does("/roleshift tip")
    seen = await team.slack.click(EMIL, talk.last, *pressed(talk.last, "Remind me"))
    done = await team.slack.submit(EMIL, seen.form, {"day": day(team.life), "time": "10:00", "cue": SHARED})
    assert done.errors == {}


async def test_what_people_write_is_stored_only_where_they_share_it_and_forget_me_leaves_no_row_and_no_byte(
    team: Team, tmp_path: Path
) -> None:
    await shares_everything(team)
    nora, emil = Talk(team.slack, NORA), Talk(team.slack, EMIL)
    await nora.does("/roleshift admins add @emil")
    await nora.does("/roleshift team add #ai-guild lead @emil")
    for line in ("lead on", "team", "audit"):
        await emil.does(f"/roleshift {line}")
    for who in (EMIL, NORA):
        await types_everything(team, who)
    await team.jobs(days=8)
    people = team.slack.workspace.people.values()
    names = [name for person in people for name in (person.name, person.name.split()[-1])]  # ids hold first names
    places = await team.services.store.read(places_of, TYPED, SHARED, "@example", *names)
    assert places.pop(SHARED) == {f"{column.table.name}.{column.name}" for column in SHARING}, "where people share"
    assert {word: found for word, found in places.items() if found} == {}, "what nobody chose to share is stored"
    await team.jobs(days=22)
    held = set("audit coach_admin delivery entry lead member plan practice showing still".split())
    assert {row[0] for row in rows_about(tmp_path, EMIL)} >= held
    await emil.does("/roleshift forget me")
    await emil.does("[Delete my data]")
    assert files_with(EMIL.encode(), f"sqlite:///{tmp_path}/bot.db") == [], "it is overwritten at once"
    await team.jobs(days=1)
    assert rows_about(tmp_path, EMIL) == []
    assert files_with(EMIL.encode(), f"sqlite:///{tmp_path}/bot.db") == []


async def test_who_only_looks_around_is_not_stored(team: Team, tmp_path: Path) -> None:
    workspace = team.slack.workspace
    await team.slack.open_home(KENJI)
    await team.slack.acts.say(workspace.person(KENJI), workspace.channel("C03AIGUILD"), f"@roleshift test a {TYPED}")
    for line in ("", "help", "roles", "role sre", "skills", "skill cost spikes", "themes", "ask test a prompt",
                 "privacy", "privacy data", "admins", "progress", "allowed", "challenge", "team"):  # fmt: skip
        await team.slack.command(KENJI, f"/roleshift {line}")
        assert rows_about(tmp_path, KENJI) == [], line
    await team.jobs()
    assert rows_about(tmp_path, KENJI) == rows_about(tmp_path, TYPED) == []
