"""The tip of the week, and the second one beside it, which its member alone can ask for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bot.core.member import MemberKey
from bot.playground.emulator.faults import lose
from bot.run.app import Bot
from bot.store import schedules
from bot.store.member_schema import delivery
from jobs import once
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.life import Life
from tests.slack.talk import Talk, labels_of
from tests.slack.weekly import WEEK, first_choice, weekly_tip

EMIL = "U02EMIL"


async def test_a_tip_whose_button_was_pressed_arrived_even_if_slacks_answer_was_lost(life: Life) -> None:
    """The answer to the click takes the place of the message, after which it can't be found in the history."""
    await life.says_yes()
    life.slack.faults.add(lose("chat.postMessage"))
    await life.until_tuesday()
    _, tip = life.came()
    await tip.does("[Did it]")
    await life.services.store.write(_end_all_leases)
    for _ in range(2):
        await once(life.services)
    assert len(life.came()) == 2
    assert not await life.services.store.read(schedules.is_silent, MemberKey(life.slack.workspace.id, EMIL))


def _end_all_leases(tx: Connection) -> None:
    tx.execute(update(delivery).values(lease_until=0.0))


async def test_another_tip_stays_the_same_for_the_rest_of_the_week(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift myrole sre")
    tip = await weekly_tip(slack, bot.services, EMIL)
    conversation.last = tip
    first = await conversation.does("[Another one]")
    assert first.startswith("One more: ")
    assert conversation.last is not tip, "it stands beside the tip"
    assert first_choice().lesson.tip.title not in first.partition("\n")[0]
    conversation.last = tip
    again = await conversation.does("[Another one]")
    assert "You already got this second tip; the next one comes next week" in again
    assert first.splitlines()[0] == again.splitlines()[0]
    keys = [row[2] for row in rows_about(tmp_path, EMIL) if row[0] == "delivery"]
    assert sorted(keys) == [f"another:{EMIL}:{WEEK}", f"nudge:{EMIL}:{WEEK}"]


async def test_see_one_done_shows_before_and_after_of_the_tip_beside_it(life: Life) -> None:
    talk = life.talk()
    await _asks(talk, "token costs", "Put a price on one answer")
    tip = talk.last
    assert "The day: 82.00 for 4,100 answers seen, so 0.02 each." in await talk.does("[See one done]")
    assert talk.last is not tip, "it stands beside the tip"
    assert "SELECT SUM(" in await talk.does("[Template]")


async def _asks(talk: Talk, about: str, title: str) -> None:
    """Ask for tips of a skill until the one with this title comes; a skill has twelve at most."""
    for _ in range(12):
        if f"*{title}*" in await talk.does(f"/roleshift tip {about}"):
            return
    pytest.fail(f"no tip on {about} is called {title!r}")


async def test_roleshift_alone_names_the_week_and_opens_its_tip(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    talk = life.talk()
    said = await talk.does("/roleshift")
    assert "*This week: " in said
    assert "Next weekly tip: Tuesday" in said
    assert labels_of(talk.last) == ["Open it", "My role", "My progress", "Help"]
    await talk.does("[Open it]")
    assert "\nDone" in await talk.does("[Did it]")
    assert "Done this week: " in await talk.does("/roleshift hi")
