"""Admins read and export who did what, when and on what; to read it is an act in it too."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.core.member import Act, MemberKey
from bot.run.app import Bot
from bot.slack.team import admins as view
from bot.store import admins
from tests.driver.standin import StandIn
from tests.running import every_row
from tests.slack.challenge import DESIGN, GUILD, Team
from tests.slack.talk import Talk

NORA, EMIL = "U01NORA", "U02EMIL"
Begin = Callable[..., Talk]


def acts_in(folder: Path) -> list[str]:
    return sorted(row[4] for row in every_row(folder) if row[0] == "audit")


def fill(tx: Connection, bot: Bot, slack: StandIn, count: int) -> None:
    who, now = MemberKey(slack.workspace.id, NORA), bot.services.clock.now()
    for number in range(count):
        at = now - timedelta(minutes=number // 2)  # two acts share a moment
        admins.record_act(tx, who, Act.SETTINGS_CHANGED, at, subject=f"setting {number:03}")


def settings_in(*texts: str) -> list[str]:
    return [word for text in texts for word in text.replace("*", " ").replace(",", " ").split() if word.isdecimal()]


async def test_an_admin_reads_who_did_what_and_to_read_is_recorded(talk: Begin, tmp_path: Path) -> None:
    nora = talk(NORA)
    await nora.does("/roleshift myrole sre")
    await nora.does("/roleshift admins add @emil")
    await nora.does("/roleshift team")
    said = await nora.does("/roleshift audit")
    assert f"<@{NORA}> named <@{EMIL}> as coach admin" in said
    assert f"<@{NORA}> looked at the team's desk" in said
    assert "looked at this audit" not in said
    assert f"<@{NORA}> looked at this audit" in await nora.does("/roleshift audit")
    assert acts_in(tmp_path) == ["admin added", "audit read", "audit read", "desk read"]


async def test_it_names_a_challenge_by_its_title_unless_it_is_private_and_says_if_slack_refused(team: Team) -> None:
    await team.starts(title="One <log> & more")
    await team.orders(title="Refused", channel=DESIGN)
    await team.jobs(seconds=2)
    await team.orders(title="Secret", private_channel=GUILD)
    said = await Talk(team.slack, NORA).does("/roleshift audit")
    assert f"<@{NORA}> posted the challenge *One <log> & more*" in said
    assert "Slack refused a post of the challenge *Refused*" in said
    assert f"<@{NORA}> posted the challenge (private or deleted)" in said
    assert "Secret" not in said
    team.slack.refused.clear()


async def test_pages_follow_each_other_without_a_gap(talk: Begin, bot: Bot, slack: StandIn) -> None:
    await bot.services.store.write(fill, bot, slack, 3 * view.ACTS - 2)
    nora = talk(NORA)
    said = [await nora.does("/roleshift audit"), await nora.does("[Older]"), await nora.does("[Older]")]
    found = [int(number) for text in said for number in settings_in(text) if len(number) == 3 and number != "400"]
    assert sorted(found) == list(range(3 * view.ACTS - 2))
    with pytest.raises(LookupError):
        await nora.does("[Older]")
    assert "looked at this audit" in await nora.does("[Newest]")


def test_every_act_has_words() -> None:
    assert view.SAID.keys() == set(Act)
