"""What a member sees when they press nothing for weeks, and when they are back."""

import pytest

from bot.run.app import Bot
from tests.slack.life import Life
from tests.slack.talk import labels_of, words_of

QUESTION = "No click on your last tips, so I ask: *how shall we go on?*"
CHOICES = ["Every second week", "Only short tips", "Pause", "Keep it weekly"]


async def asked(life: Life) -> None:
    """Let four tips come, of which the last asks."""
    await life.says_yes()
    for _ in range(4):
        await life.until_tuesday()
    (*_, nudge) = life.came()
    assert QUESTION in words_of(nudge.last)
    assert labels_of(nudge.last)[:4] == CHOICES


@pytest.mark.parametrize(
    ("choice", "said", "comes_after"),
    [
        ("Every second week", "Every second week from now on. The next one comes on ", 2),
        ("Only short tips", "Only tips of 15 minutes at most from now on. The next one comes on ", 1),
        ("Pause", "Paused until ", 5),
        ("Keep it weekly", "One tip a week, as before. The next one comes on ", 1),
    ],
)
async def test_the_answer_takes_the_place_of_the_question(life: Life, choice: str, said: str, comes_after: int) -> None:
    await asked(life)
    (*before, nudge) = life.came()
    shown = await nudge.does(f"[{choice}]")
    assert said in shown
    assert QUESTION not in shown
    for week in range(1, comes_after + 1):
        await life.until_tuesday()
        assert len(life.came()) - len(before) - 1 == (week == comes_after)


@pytest.mark.parametrize("step", ["/roleshift help", "/roleshift learn cost spikes", "press"])
async def test_whatever_a_member_does_tips_come_weekly_again_and_begin_with_a_short_one(
    life: Life, bot: Bot, step: str
) -> None:
    await asked(life)
    for _ in range(2):
        await life.until_tuesday()
    (*_, nudge) = life.came()
    before = len(life.came())
    await nudge.does("[See one done]") if step == "press" else await life.talk().does(step)
    await bot.edge.background.drain(3)
    await life.until_tuesday()
    (*_, back) = life.came()
    assert len(life.came()) == before + 1
    assert "Good to see you. Here is a short one." in words_of(back.last)
    await life.until_tuesday()
    assert len(life.came()) == before + 2
