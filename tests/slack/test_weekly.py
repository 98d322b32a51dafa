"""The buttons of a weekly tip, which work for its member only."""

from collections.abc import Callable
from pathlib import Path

from bot.run.app import Bot
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.talk import Talk
from tests.slack.weekly import WEEK, weekly_tip

EMIL, ASHA = "U02EMIL", "U03ASHA"


async def test_another_tip_stays_the_same_for_the_rest_of_the_week(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift myrole sre")
    tip = await weekly_tip(slack, bot.services, EMIL)
    conversation.last = tip
    first = await conversation.does("[Another one]")
    conversation.last = tip
    again = await conversation.does("[Another one]")
    assert "You already got this second tip; the next one comes next week" in again
    assert first.splitlines()[0] == again.splitlines()[0]
    keys = [row[2] for row in rows_about(tmp_path, EMIL) if row[0] == "delivery"]
    assert sorted(keys) == [f"another:{EMIL}:{WEEK}", f"nudge:{EMIL}:{WEEK}"]


async def test_another_members_tip_brings_no_second_tip(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    for who in (ASHA, EMIL):
        await talk(who).does("/roleshift tips off")
    tip = await weekly_tip(slack, bot.services, EMIL)
    conversation = talk(ASHA)
    conversation.last = slack.workspace.post("C02PLATFORM", slack.workspace.bot_user, tip.text, blocks=tip.blocks)
    before = rows_about(tmp_path, "U0")
    said = await conversation.does("[Another one]")
    assert said.startswith("That button belongs to a tip that is not yours, or is gone.")
    assert rows_about(tmp_path, "U0") == before
