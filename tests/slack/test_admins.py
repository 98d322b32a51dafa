"""`/roleshift admins`: every member can read the list, admins change it, and changes hold at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.talk import Talk

NORA, EMIL, ASHA, KENJI = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI"
OUTSIDER, GUEST = "U09MALLORY", "U05ISLA"
WHO_NOT = "I can only name members of this workspace: no guests, bots or people who left."


def acts(folder: Path) -> list[str]:
    return [act for act in every_act(folder) if act not in {"denied", "desk read", "audit read"}]


def every_act(folder: Path) -> list[str]:
    return [row[4] for row in every_row(folder) if row[0] == "audit"]


async def test_an_admin_names_a_coach_admin_who_then_may_do_what_admins_do(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    assert "can see the team's desk" in await emil.does("/roleshift team")
    said = await nora.does("/roleshift admins add @emil")
    assert f"Coach admins: <@{EMIL}>. Workspace admins and owners always have these rights" in said
    assert f"<@{NORA}> named <@{EMIL}> as coach admin" in await nora.does("[Changes]")
    assert "The team's desk" in await nora.does("[Back]")
    assert "The team's desk" in await emil.does("/roleshift team")
    assert f"Coach admins: <@{EMIL}> <@{ASHA}>." in await emil.does("/roleshift admins ADD @asha")
    assert acts(tmp_path) == ["admin added"] * 2


async def test_every_member_can_read_who_the_admins_are_and_admins_change_it(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    await talk(NORA).does("/roleshift admins add @emil")
    for who in (ASHA, GUEST, OUTSIDER):
        said = await talk(who, "ai-guild").does("/roleshift admins")
        assert f"Coach admins: <@{EMIL}>." in said
        assert "Changes" not in said
        assert rows_about(tmp_path, who) == []
    assert "Changes" in await talk(EMIL).does("/roleshift admins")


async def test_only_a_full_member_can_be_named(talk: Callable[..., Talk], slack: StandIn, tmp_path: Path) -> None:
    slack.workspace.change_person(KENJI, kind="multi_guest")
    assert "Done: " in await talk(KENJI).does("/roleshift learn cost spikes"), "they are coached"

    async def check(whom: str) -> None:
        assert (await talk(NORA).does(f"/roleshift admins add @{whom}")).startswith(WHO_NOT)
        assert acts(tmp_path) == []

    await try_every(["isla", "mallory", "roleshift", "kenji"], check)


@pytest.mark.parametrize("change", [{"deleted": True}, {"kind": "multi_guest"}])
async def test_a_coach_admin_who_stopped_being_a_full_member_must_be_named_again(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path, change: dict[str, object]
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    await nora.does("/roleshift admins add @emil")
    await slack.change_person(EMIL, **change)
    await slack.change_person(EMIL, deleted=False, kind="member")
    assert "can see the team's desk" in await emil.does("/roleshift team")
    assert "No coach admin is named." in await nora.does("/roleshift admins")
    assert f"<@{EMIL}> is no coach admin any more" in await nora.does("/roleshift audit")
    assert sorted(acts(tmp_path)) == ["admin added", "admin lost"]
    await nora.does("/roleshift admins add @emil")
    assert "The team's desk" in await emil.does("/roleshift team")


@pytest.mark.parametrize("asked_by", ["themselves", "an admin"])
async def test_a_coach_admin_loses_the_right_when_slack_is_asked_about_them(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path, asked_by: str
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    await nora.does("/roleshift admins add @emil")
    slack.workspace.change_person(EMIL, kind="multi_guest")  # the event about it was lost
    if asked_by == "themselves":
        assert "can see the team's desk" in await emil.does("/roleshift team")
    else:
        assert (await nora.does("/roleshift admins add @emil")).startswith(WHO_NOT)
    slack.workspace.change_person(EMIL, kind="member")
    assert "can see the team's desk" in await emil.does("/roleshift team")
    assert sorted(acts(tmp_path)) == ["admin added", "admin lost"]


async def test_an_admins_act_tried_by_another_member_is_counted_and_audited(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    emil = talk(EMIL)
    before = REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") or 0
    for line, tried in DENIED.items():
        assert f"can {tried}" in await emil.does(line)
    assert REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") == before + len(DENIED)
    assert every_act(tmp_path) == ["denied"] * len(DENIED)
    assert rows_about(tmp_path, EMIL) == [], "nothing names a person whom the bot has not met"
    await emil.does("/roleshift learn cost spikes")
    assert "can see the audit" in await emil.does("/roleshift audit")
    said = await talk(NORA).does("/roleshift audit")
    assert f"<@{EMIL}> was refused, as only admins can *see the audit*" in said
    assert "somebody I don't know was refused, as only admins can *start a challenge*" in said
    await emil.does("/roleshift forget me")
    await emil.does("[Delete my data]")
    assert rows_about(tmp_path, EMIL) == []


DENIED = {
    "/roleshift team": "see the team's desk",
    "/roleshift admins add @emil": "name coach admins",
    "/roleshift challenge new": "start a challenge",
}
