"""Members' own assistants: the official client, with a token and as Slackbot, calls every tool in every mode."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.labs import data_for
from bot.core.member import MemberKey
from bot.labs import LABS
from bot.mcp.tools import TOOLS
from bot.playground.demo.sample import sample
from bot.slack.privacy import export_of
from bot.store.member_schema import practice
from tests.labs.test_labs import right_answer
from tests.running import bot_for_many
from tests.slack.assistant import EMIL, NORTH, Calls, Served
from tests.slack.talk import labels_of
from tests.slack.visitor import SOUTH, Many

READS = {"my_project", "ask_coach", "rubric", "my_record"}
QUESTION = "how do I know if my prompt got better"
COST = "Price one answer from a day's calls"


async def next_title(calls: Calls) -> str:
    return (await calls.says("next_step")).splitlines()[0].split(": ")[-1]


@pytest.mark.parametrize(("mode", "way"), [("legacy", "token"), ("auto", "slack"), ("2026-07-28", "token")])
async def test_the_official_client_lists_and_calls_every_tool(served: Served, mode: str, way: str) -> None:
    calls = served.by_token(await served.token()) if way == "token" else served.by_slack()
    async with calls.client(mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert listed.keys() == TOOLS.keys() == READS | {"next_step", "did_step", "practise"}
        hints = {name: tool.annotations and tool.annotations.read_only_hint for name, tool in listed.items()}
        assert {name for name, hint in hints.items() if hint} == READS

        async def says(tool: str, **arguments: str) -> str:
            result = await client.call_tool(tool, arguments, meta=calls.meta)
            assert not result.is_error, result.content
            (content,) = result.content
            shown = (result.meta or {}).get("slack", {}).get("blocks", [])
            assert bool(shown) == (way == "slack" and tool != "rubric"), "our blocks are for Slackbot alone"
            return str(getattr(content, "text", ""))

        assert "Choose your next project" in await says("my_project")
        title = (await says("next_step")).splitlines()[0].split(": ")[-1]
        assert title in await says("next_step"), "a second call gives no other step"
        assert "You are a reviewer" in await says("rubric")
        assert "answers it" in await says("ask_coach", question=QUESTION)
        assert "Done:" in await says("did_step", step=title)
        assert title in await says("my_record")
        assert COST in await says("practise")
        refused = await client.call_tool("did_step", {"step": "no such step"}, meta=calls.meta)
        assert refused.is_error


async def test_a_tool_that_only_reads_changes_no_row(served: Served) -> None:
    await next_title(served.by_slack())
    both = [served.by_token(await served.token()), served.by_slack(), served.by_slack("U03ASHA")]
    before = served.rows()
    for calls in both:
        for tool in sorted(READS):
            await calls.says(tool, question=QUESTION)
        for question in ("I did it", "forget me", "stop my tips", "learn cost spikes"):
            await calls.says("ask_coach", question=question)
    await served.bot.edge.background.drain(5)
    assert served.rows() == before


async def test_ten_calls_at_once_count_a_step_once_and_give_one_step(served: Served) -> None:
    calls = served.by_token(await served.token())
    titles = await asyncio.gather(*(next_title(calls) for _ in range(10)))
    assert len(set(titles)) == 1
    await asyncio.gather(*(calls.says("did_step", step=titles[0]) for _ in range(10)))
    assert len([row for row in served.rows() if row[0] == practice.name]) == 1


async def test_a_project_is_begun_by_its_name_and_gone_on_with_step_by_step(served: Served) -> None:
    calls = served.by_token(await served.token())
    first = await next_title(calls)
    project = next(iter(served.bot.services.catalog.projects.values()))
    assert project.steps[0].title in await calls.says("next_step", project=project.name)
    assert "I know no step" not in await calls.says("did_step", step=project.steps[0].title)
    assert project.steps[1].title in await calls.says("next_step") != first
    assert project.steps[1].done_when in await calls.says("rubric")
    assert project.steps[0].done_when in await calls.says("rubric", step=project.steps[0].id)
    assert "Pick one" in await calls.says("next_step", project="off"), "that is no command"


async def test_a_lab_gives_its_data_as_text_and_checks_the_answer(served: Served) -> None:
    calls, services = served.by_token(await served.token()), served.bot.services
    assert COST in await calls.says("practise", lab=COST)
    wanted = services.catalog.named("lab", services.catalog.labs, COST)
    data = data_for(LABS[wanted.slug], wanted, services.lab_secret, MemberKey(NORTH, EMIL), 2)
    said = await calls.says("practise", lab=COST, number="2")
    assert data.table.splitlines()[-1] in said
    assert "Solved" not in await calls.says("practise", lab=COST, number="2", answer="0.001")
    assert "Solved" in await calls.says("practise", lab=COST, number=2, answer=right_answer(data))
    assert "from 1 to 999" in await calls.says("practise", lab=COST, number="0")


async def test_a_member_sees_their_tokens_and_revokes_one_and_has_five_at_most(served: Served) -> None:
    tokens = [await served.token() for _ in range(5)]
    talk = served.talk()
    await talk.does("/roleshift privacy")
    said = await talk.does("[My assistants]")
    assert all(f"Token `{token.split('.')[2][:4]}…`" in said for token in tokens)
    assert "You have 5 tokens, which is the most." in await talk.does("[Make a token]")
    await talk.does("/roleshift connect")
    await talk.does("[Revoke]")
    assert labels_of(talk.last).count("Revoke") == 4
    answers = [(await (by := served.by_token(each)).post(by.call("my_record"))).status_code for each in tokens]
    assert sorted(answers) == [200, 200, 200, 200, 401]


async def test_the_export_has_a_token_without_its_secret_and_forget_me_deletes_it(served: Served) -> None:
    token = await served.token()
    found = await export_of(served.bot.services.store, MemberKey(NORTH, EMIL))
    assert found is not None
    (row,) = found.about["assistant_token"]
    assert row.keys() == {"workspace_id", "member_id", "label", "made_at", "until"}
    secret = token.rpartition(".")[2]
    assert secret not in str([*served.rows(), served.slack.workspace.messages]), "it was shown in a window alone"
    talk = served.talk()
    await talk.does("/roleshift forget me")
    await talk.does("[Delete my data]")
    calls = served.by_token(token)
    assert (await calls.post(calls.call("next_step"))).status_code == 401
    assert not [row for row in served.rows() if EMIL in row]


async def test_what_is_done_is_on_the_open_home_like_a_click(served: Served) -> None:
    await served.slack.open_home(EMIL)
    await served.bot.edge.background.drain(5)
    calls, homes = served.by_slack(), served.slack.workspace.screens.homes
    before = homes[EMIL].blocks
    assert "Done:" in await calls.says("did_step", step=next(iter(served.bot.services.catalog.lessons)))
    await served.bot.edge.background.drain(5)
    assert homes[EMIL].blocks != before


async def test_nothing_of_one_workspace_is_seen_in_another(tmp_path: Path) -> None:
    """The same member id in two workspaces: an assistant sees the record of its own workspace alone."""
    own = {NORTH: "Catch cost spikes early", SOUTH: "Token usage and costs"}
    rosters = (sample(), replace(sample(), id=SOUTH, name="Southwind"))
    more = {"clock_file": tmp_path / "clock", "ROLESHIFT_MCP_URL": "https://coach.example.org"}
    async with bot_for_many(tmp_path, *rosters, **more) as (slack, bot, address):  # type: ignore[arg-type]  # of several types
        many, tokens = Many(slack, bot, address, tmp_path), dict[str, str]()
        for workspace, skill in own.items():
            await many.install(workspace)
            served = Served(slack, bot, address, tmp_path, slack.drivers[workspace])
            await served.talk().does(f"/roleshift learn {skill}")
            tokens[workspace] = await served.token()
        for workspace, other in ((NORTH, SOUTH), (SOUTH, NORTH)):
            for calls in (served.by_token(tokens[workspace]), served.by_slack(workspace=workspace)):
                said = "".join([await calls.says(tool, question=QUESTION) for tool in sorted(READS)])
                assert own[workspace] in said
                assert own[other] not in said
            forged = served.by_token(tokens[workspace].replace(workspace, other))
            assert (await forged.post(forged.call("my_record"))).status_code == 401
