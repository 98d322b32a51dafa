"""Coach admins, whom every member can read and admins name; and the audit, in which admins read who did what."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Connection

from bot.core.member import AdminAct
from bot.run.app import Bot
from bot.slack.team import admins as view
from bot.store import admins
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.challenge import DESIGN, GUILD, Team
from tests.slack.talk import Talk, Talks, labels_of

NORA, EMIL, ASHA, KENJI = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI"
OUTSIDER, GUEST = "U09MALLORY", "U05ISLA"
WHO_NOT = "I can only name members of this workspace: no guests, bots or people who left."


def acts(folder: Path) -> list[str]:
    return [act for act in every_act(folder) if act not in {"denied", "desk read", "audit read"}]


def every_act(folder: Path) -> list[str]:
    return [row[4] for row in every_row(folder) if row[0] == "audit"]


async def test_a_named_coach_admin_may_do_what_admins_do_and_all_read_who_they_are(talk: Talks, tmp_path: Path) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    assert "can see the team's desk" in await emil.does("/roleshift team skills")
    said = await nora.does("/roleshift admins add @emil")
    assert f"Coach admins: <@{EMIL}>. Workspace admins and owners always have these rights" in said
    assert f"<@{NORA}> named <@{EMIL}> as coach admin" in await nora.does("[Changes]")
    assert "Coach admins: " in await nora.does("[Coach admins]")
    assert "No team yet." in await nora.does("[Teams]")
    for who in (ASHA, GUEST, OUTSIDER):
        said = await talk(who, "ai-guild").does("/roleshift admins")
        assert f"Coach admins: <@{EMIL}>." in said
        assert "Changes" not in said
        assert rows_about(tmp_path, who) == []
    assert "Changes" in await emil.does("/roleshift admins")
    assert "The team's desk" in await emil.does("/roleshift team")
    assert f"Coach admins: <@{EMIL}> <@{ASHA}>." in await emil.does("/roleshift admins ADD @asha")
    assert f"Coach admins: <@{ASHA}>." in await nora.does("/roleshift admins remove @emil")
    assert "can see the team's desk" in await emil.does("/roleshift team skills")
    assert sorted(acts(tmp_path)) == ["admin added"] * 2 + ["admin removed"]


async def test_an_admin_reads_who_adds_a_policy_and_where_that_is_described(talk: Talks) -> None:
    nora = talk(NORA)
    assert "You can't set this in Slack. The operator of my server adds a file" in await nora.does("/roleshift allowed")
    assert labels_of(nora.last) == [], "an admin is not sent to the admins"


async def test_only_a_full_member_can_be_named(talk: Talks, slack: StandIn, tmp_path: Path) -> None:
    slack.workspace.change_person(KENJI, kind="multi_guest")
    assert "Done: " in await talk(KENJI).does("/roleshift learn cost spikes"), "they are coached"

    async def check(whom: str) -> None:
        assert (await talk(NORA).does(f"/roleshift admins add @{whom}")).startswith(WHO_NOT)
        assert acts(tmp_path) == []

    await try_every(["isla", "mallory", "roleshift", "kenji"], check)


async def test_a_coach_admin_who_became_a_guest_is_none_any_more_also_where_the_event_was_lost(
    talk: Talks, slack: StandIn, tmp_path: Path
) -> None:
    nora, emil = talk(NORA), talk(EMIL)
    await emil.does("/roleshift myrole sre")
    await nora.does("/roleshift admins add @emil")
    assert "The team's desk" in await emil.does("/roleshift team")
    slack.workspace.change_person(EMIL, kind="multi_guest")  # and no event came
    assert "can see the team's desk" in await emil.does("/roleshift team skills")
    await slack.change_person(EMIL, kind="member")
    assert "can see the team's desk" in await emil.does("/roleshift team skills")
    assert "No coach admin is named." in await nora.does("/roleshift admins")
    assert f"<@{EMIL}> is no coach admin any more" in await nora.does("/roleshift audit")
    assert sorted(acts(tmp_path)) == ["admin added", "admin lost"]


async def test_an_admins_act_tried_by_another_member_is_counted_and_audited_without_who_it_was(
    talk: Talks, tmp_path: Path
) -> None:
    emil = talk(EMIL)
    before = REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") or 0
    for line, tried in DENIED.items():
        assert f"can {tried}" in await emil.does(line)
    assert REGISTRY.get_sample_value("roleshift_admin_acts_denied_total") == before + len(DENIED)
    assert every_act(tmp_path) == ["denied"] * len(DENIED)
    assert rows_about(tmp_path, EMIL) == []
    await emil.does("/roleshift learn cost spikes")
    assert "can see the audit" in await emil.does("/roleshift audit")
    assert "audit" not in {row[0] for row in rows_about(tmp_path, EMIL)}
    said = await talk(NORA).does("/roleshift audit")
    assert "A member was refused, as only admins can *see the audit*" in said
    assert "A member was refused, as only admins can *start a challenge*" in said
    assert EMIL not in said


DENIED = {
    "/roleshift team skills": "see the team's desk",
    "/roleshift admins add @emil": "name coach admins",
    "/roleshift challenge new": "start a challenge",
}


async def test_who_reads_or_exports_figures_or_the_audit_is_named_there(
    talk: Talks, slack: StandIn, tmp_path: Path
) -> None:
    await talk(NORA).does("/roleshift admins add @emil")
    for line in ("team", "team skills", "team export", "team literacy", "audit"):
        await slack.command(EMIL, f"/roleshift {line}")
    done = [row[4] for row in every_row(tmp_path) if row[0] == "audit" and row[5] == EMIL]
    assert sorted(done) == ["audit read", *["desk exported"] * 2, *["desk read"] * 2]


# The audit: who did what, when and on what. To read it is an act in it, too.


async def test_it_names_a_challenge_by_its_title_unless_it_is_private_and_says_if_slack_refused(team: Team) -> None:
    await team.starts(title="One <log> & more")
    await team.orders(title="Refused", channel=DESIGN)
    await team.jobs(seconds=2)
    await team.orders(title="Secret", private_channel=GUILD)
    said = await Talk(team.slack, NORA).does("/roleshift audit")
    assert f"<@{NORA}> asked me to post the challenge *One <log> & more*" in said
    assert "Slack refused a post of the challenge *Refused*" in said
    assert f"<@{NORA}> asked me to post the challenge (private or deleted)" in said
    assert "Secret" not in said
    team.slack.refused.clear()


async def test_pages_follow_each_other_without_a_gap(talk: Talks, bot: Bot, slack: StandIn) -> None:
    count, now = 3 * view.ACTS - 2, bot.services.clock.now()

    def fill(tx: Connection) -> None:
        for number in range(count):
            at, subject = now - timedelta(minutes=number // 2), f"setting {number:03}"  # two acts share a moment
            admins.record(tx, slack.workspace.id, AdminAct.SETTINGS_CHANGED, at, admin_id=NORA, subject=subject)

    await bot.services.store.write(fill)
    nora = talk(NORA)
    said = [await nora.does("/roleshift audit"), await nora.does("[Older]"), await nora.does("[Older]")]
    assert sorted(map(int, re.findall(r"setting (\d{3})", "".join(said)))) == list(range(count))
    with pytest.raises(LookupError):
        await nora.does("[Older]")
    assert "looked at this audit" in await nora.does("[Newest]")
