"""The buttons of a weekly tip, which work for its member only."""

from collections.abc import Callable
from pathlib import Path

from bot.serve import Bot
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.talk import Talk, labels_of, words_of
from tests.slack.weekly import WEEK, first_choice, weekly_tip

EMIL, ASHA = "U02EMIL", "U03ASHA"


async def test_every_button_of_the_weekly_tip_is_answered_beside_it(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot
) -> None:
    conversation = talk(EMIL)
    await conversation.does("/roleshift tips on")
    tip = await weekly_tip(slack, bot.services, EMIL)
    skill, given = first_choice().lesson
    said = {
        "Mark skill as learned": f"Done: *{skill.name}*.",
        "Another one": "One more",
        "Useful": f"Noted: *{given.title}* was useful.",
        "Not useful": f"Noted: fewer tips like *{given.title}*.",
        "Pause": "Paused until",
    }
    assert set(labels_of(tip)) == {*said, "Remind me tomorrow"}
    for label, words in said.items():
        conversation.last = tip
        assert words in await conversation.does(f"[{label}]")
        assert not tip.edited, "the week's tip stays as it is"


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
    assert first.splitlines()[2:] == again.splitlines()[2:]
    keys = [row[2] for row in rows_about(tmp_path, EMIL) if row[0] == "delivery"]
    assert sorted(keys) == [f"another:{EMIL}:{WEEK}", f"nudge:{EMIL}:{WEEK}"]


async def test_a_reminder_comes_once_however_often_it_is_asked_for(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    await talk(EMIL).does("/roleshift tips on")
    tip = await weekly_tip(slack, bot.services, EMIL)
    answers = []
    for _ in range(2):
        conversation = talk(EMIL)
        conversation.last = tip
        answers.append(await conversation.does("[Remind me tomorrow]"))
    assert answers[0] == answers[1]
    assert answers[0].startswith(("I'll remind you of it on", "This week is over by then."))
    reminders = [row for row in rows_about(tmp_path, EMIL) if row[2] == f"reminder:{EMIL}:{WEEK}"]
    assert len(reminders) == answers[0].startswith("I'll remind you of it on")


async def test_nobody_can_press_the_buttons_of_another_members_tip(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot, tmp_path: Path
) -> None:
    for who in (ASHA, EMIL):
        await talk(who).does("/roleshift tips off")
    tip = await weekly_tip(slack, bot.services, EMIL)
    copy = slack.workspace.post("C02PLATFORM", slack.workspace.bot_user, tip.text, blocks=tip.blocks)
    before = rows_about(tmp_path, "U0")
    for action_id in (f"roleshift:another:nudge:{EMIL}:{WEEK}", f"roleshift:remind:nudge:{EMIL}:{WEEK}"):
        seen = await slack.click(ASHA, copy, action_id)
        assert words_of(seen.message).startswith("That button belongs to a tip that is not yours, or is gone.")
    assert rows_about(tmp_path, "U0") == before
