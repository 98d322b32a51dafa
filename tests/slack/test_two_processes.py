"""Two processes on one database never contradict each other, whatever they have cached."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.posting import Sender, sender_to

EMIL, WORKSPACE = "U02EMIL", "T01NORTHWIND"


async def types(sender: Sender, text: str) -> str:
    command = {"command": "/roleshift", "text": text, "team_id": WORKSPACE, "user_id": EMIL}
    said: str = json.loads((await sender.payload("slash_commands", command)).body)["text"]
    return said


async def presses(sender: Sender, action_id: str) -> None:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.2"}
    click: dict[str, Any] = {
        "type": "block_actions",
        "actions": [action],
        "team": {"id": WORKSPACE},
        "user": {"id": EMIL},
    }
    assert (await sender.payload("interactive", click)).status == 200


async def test_a_process_sees_what_another_one_stored(slack: StandIn, tmp_path: Path) -> None:
    async with sender_to(slack, tmp_path) as (first, _), sender_to(slack, tmp_path) as (other, _):
        await types(first, "learn cost spikes")
        assert await types(other, "progress") == "You have learned 1 skill."
        assert "Count unchanged" in await types(other, "learn cost spikes")
        await types(other, "unlearn cost spikes")
        assert await types(first, "progress") == "You have learned no skill yet."


@pytest.mark.parametrize("line", ["learn streaming", "tips on"])
async def test_a_member_forgotten_by_another_process_starts_afresh(slack: StandIn, tmp_path: Path, line: str) -> None:
    async with sender_to(slack, tmp_path) as (first, _), sender_to(slack, tmp_path) as (other, _):
        await types(first, "learn cost spikes")
        await presses(other, "roleshift:forget-now")
        assert rows_about(tmp_path, EMIL) == []
        said = await types(first, line)
        assert "broke" not in said
        tables = {row[0] for row in rows_about(tmp_path, EMIL)}
        assert "member" in tables, f"{said!r} was said, and the member was not remembered"
        assert len(tables) > 1
