"""`/roleshift admins`: every member can read the list, admins change it, and changes hold at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot.playground.emulator.faults import refuse
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.talk import Talk

NORA, EMIL, ASHA, KENJI = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI"
OUTSIDER, GUEST = "U09MALLORY", "U05ISLA"
MAY_NOT = "Only workspace admins and coach admins can name coach admins."
WHO_NOT = "I can only name members of this workspace: no guests, bots or people who left."


def acts(folder: Path) -> list[str]:
    """Return the acts that changed something."""
    return [act for act in every_act(folder) if act not in {"denied", "desk read"}]


def every_act(folder: Path) -> list[str]:
    return [row[4] for row in every_row(folder) if row[0] == "audit"]


async def test_an_admin_names_a_coach_admin_who_then_may_do_what_admins_do(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    assert "can see the team's desk" in await emil.does("/roleshift team")
    said = await nora.does("/roleshift admins add @emil")
    assert f"Coach admins: <@{EMIL}>. Workspace admins and owners always have these rights." in said
    assert f"Last change: <@{NORA}> added <@{EMIL}> on " in said
    assert "The team's desk" in await nora.does("[The team's desk]")
    assert "The team's desk" in await emil.does("/roleshift team")
    assert f"Coach admins: <@{EMIL}> <@{ASHA}>." in await emil.does("/roleshift admins ADD @asha")
    assert acts(tmp_path) == ["admin added"] * 2


async def test_every_member_can_read_who_the_admins_are_and_admins_see_the_last_change(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    await talk(NORA).does("/roleshift admins add @emil")
    for who in (ASHA, GUEST, OUTSIDER):
        said = await talk(who, "ai-guild").does("/roleshift admins")
        assert f"Coach admins: <@{EMIL}>." in said
        assert "Last change" not in said
        assert "The team's desk" not in said
        assert rows_about(tmp_path, who) == []
    assert f"<@{NORA}> added <@{EMIL}>" in await talk(EMIL).does("/roleshift admins")


async def test_naming_and_removing_twice_is_harmless(talk: Callable[..., Talk], tmp_path: Path) -> None:
    nora = talk(NORA)
    for _ in range(2):
        assert f"Coach admins: <@{EMIL}>." in await nora.does("/roleshift admins add @emil")
    assert "No coach admin is named." in await nora.does("/roleshift admins remove @emil")
    assert (await nora.does("/roleshift admins remove @emil")).startswith(
        "They are not a coach admin, so nothing changed. Workspace admins and owners always have this right."
    )
    assert sorted(acts(tmp_path)) == ["admin added", "admin removed"]


async def test_only_a_member_can_be_named(talk: Callable[..., Talk], tmp_path: Path) -> None:
    async def check(whom: str) -> None:
        assert (await talk(NORA).does(f"/roleshift admins add @{whom}")).startswith(WHO_NOT)
        assert {row[0] for row in every_row(tmp_path)} == {"workspace"}

    await try_every(["isla", "mallory", "roleshift"], check)


async def test_a_member_who_became_a_guest_can_not_be_named(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    await talk(KENJI).does("/roleshift learn cost spikes")
    slack.workspace.change_person(KENJI, kind="guest")
    assert (await talk(NORA).does("/roleshift admins add @kenji")).startswith(WHO_NOT)
    assert acts(tmp_path) == []


async def test_a_multi_channel_guest_is_coached_but_can_not_be_named(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    slack.workspace.change_person(KENJI, kind="multi_guest")
    assert "Done: " in await talk(KENJI).does("/roleshift learn cost spikes")
    assert (await talk(NORA).does("/roleshift admins add @kenji")).startswith(WHO_NOT)
    assert acts(tmp_path) == []


@pytest.mark.parametrize("change", [{"deleted": True}, {"kind": "guest"}, {"kind": "multi_guest"}])
async def test_a_coach_admin_who_stopped_being_a_full_member_must_be_named_again(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path, change: dict[str, object]
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    await nora.does("/roleshift admins add @emil")
    await slack.change_person(EMIL, **change)
    await slack.change_person(EMIL, deleted=False, kind="member")
    assert "can see the team's desk" in await emil.does("/roleshift team")
    said = await nora.does("/roleshift admins")
    assert "No coach admin is named." in said
    assert f"<@{EMIL}> is no coach admin since " in said
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


async def test_a_coach_admin_who_left_can_be_removed_before_slack_reports_it(
    talk: Callable[..., Talk], slack: StandIn
) -> None:
    nora = talk(NORA)
    await nora.does("/roleshift admins add @kenji")
    slack.workspace.change_person(KENJI, deleted=True)
    assert "No coach admin is named." in await nora.does("/roleshift admins remove @kenji")


async def test_a_member_can_name_neither_others_nor_themselves(talk: Callable[..., Talk], tmp_path: Path) -> None:
    for line in ("add @emil", "add @asha", "remove @nora"):
        assert (await talk(EMIL).does(f"/roleshift admins {line}")).startswith(MAY_NOT)
    assert len(MAY_NOT) < 200
    assert rows_about(tmp_path, EMIL) == []


async def test_slack_is_asked_each_time_whether_somebody_is_an_admin(talk: Callable[..., Talk], slack: StandIn) -> None:
    nora = talk(NORA)
    await nora.does("/roleshift admins add @emil")
    slack.workspace.change_person(NORA, kind="member")
    assert (await nora.does("/roleshift admins remove @emil")).startswith(MAY_NOT)
    slack.workspace.change_person(NORA, kind="admin")
    slack.faults.add(refuse("users.info", error="internal_error"))
    assert (await nora.does("/roleshift admins remove @emil")).startswith("Nothing was changed. Try again in a minute.")
    assert f"<@{EMIL}>" in await nora.does("/roleshift admins")


async def test_a_forgotten_coach_admin_loses_the_right(talk: Callable[..., Talk], tmp_path: Path) -> None:
    await talk(NORA).does("/roleshift admins add @emil")
    emil = talk(EMIL)
    await emil.does("/roleshift forget me")
    await emil.does("[Delete me]")
    assert rows_about(tmp_path, EMIL) == []
    assert "can see the team's desk" in await emil.does("/roleshift team")
    assert f"<@{NORA}> added a person who was deleted later" in await talk(NORA).does("/roleshift admins")
    await talk(NORA).does("/roleshift admins add @emil")
    assert "The team's desk" in await emil.does("/roleshift team")


DENIED = {
    "/roleshift team": "see the team's desk",
    "/roleshift admins add @asha": "name coach admins",
    "/roleshift challenge new": "start a challenge",
}


@pytest.mark.parametrize(("line", "tried"), DENIED.items())
async def test_an_admins_act_tried_by_another_member_is_counted_and_audited(
    talk: Callable[..., Talk], tmp_path: Path, line: str, tried: str
) -> None:
    emil = talk(EMIL)
    await emil.does("/roleshift learn cost spikes")
    before = REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") or 0
    assert f"can {tried}" in await emil.does(line)
    assert REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") == before + 1
    (row,) = [row for row in every_row(tmp_path) if row[0] == "audit"]
    assert list(row[4:]) == ["denied", EMIL, None, tried]
    await emil.does("/roleshift forget me")
    await emil.does("[Delete me]")
    assert rows_about(tmp_path, EMIL) == []


async def test_a_denied_act_of_an_unmet_person_is_audited_without_their_id(
    talk: Callable[..., Talk], tmp_path: Path
) -> None:
    await talk(EMIL).does("/roleshift team")
    assert every_act(tmp_path) == ["denied"]
    assert rows_about(tmp_path, EMIL) == []
