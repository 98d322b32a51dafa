"""Who has ten minutes, or wants only short tips, gets nothing longer, whatever gives the tip."""

import re

from bot.core.rhythm import SHORT
from bot.slack.blocks import actions, button
from tests import real_content
from tests.slack.life import Life
from tests.slack.talk import words_of
from tests.slack.writer import EMIL, Writer

LONG_SKILL = "streaming"  # all of whose tips take longer than that
LESSONS, OF_PROJECTS = real_content.load().lessons, real_content.load().project_of
A_LONG_TIP = next(tip for tip in LESSONS if LESSONS[tip].tip.minutes > SHORT and LESSONS[tip].tip.id not in OF_PROJECTS)
PATHS = (  # what is typed, and what is pressed then
    ("tip",), ("tip", "[Another one]"), (f"tip {LONG_SKILL}",), (f"skill {LONG_SKILL}", "[A tip for it]"),
    ("another one",), ("skip",), ("give me something short",), ("I have ten minutes",), ("tip 5 minutes",), ("small",),
    ("too hard",), ("myrole",), ("myrole", "[Start]"), ("menu",), ("record",), ("back", "[Something short]"),
    ("how do I stream the answer?",), ("text comes in one block at the proxy",), ("ask first word through the proxy",),
    ("tip", "[Blocked]", "[I don't have"),
)  # fmt: skip


def too_long(words: str, most: int) -> list[str]:
    """Return what a text offers that takes longer, but for what it shows only the beginning of."""
    whole = re.sub(r"the first five of \d+ minutes", "", words)
    return [found for found in re.findall(r"· (\d+) minutes", whole) if int(found) > most]


async def test_short_holds_on_every_path(life: Life) -> None:
    emil = life.talk()
    await emil.does("/roleshift myrole sre")
    assert "Only tips of 10 minutes at most" in await emil.does("/roleshift tips short")
    assert too_long(await emil.does("/roleshift tip"), SHORT) == [], "without weekly tips, too"
    for step in ("/roleshift project off", "/roleshift tips on"):  # a yes to weekly tips keeps it
        await emil.does(step)
    wrong = []
    for first, *presses in PATHS:
        words = await emil.does(f"/roleshift {first}")
        for press in presses:
            labels = [label for label in words.splitlines() if label.startswith(press.strip("[]"))]
            words = await emil.does(f"[{labels[0]}]") if labels else words
        wrong += [f"{first} {presses}: {words[:90]}"] * bool(too_long(words, SHORT))
    assert wrong == [], "\n".join(wrong)


async def test_short_holds_in_weekly_tips_and_all_that_they_offer(life: Life) -> None:
    emil = await life.says_yes()
    await emil.does("/roleshift tips short")
    for _ in range(3):
        await life.until_tuesday()
        nudge = life.came()[-1]
        assert too_long(words_of(nudge.last), SHORT) == []
        assert too_long(await nudge.does("[Another one]"), SHORT) == []


async def test_a_long_tip_that_is_opened_begins_with_five_minutes(life: Life) -> None:
    emil = life.talk()
    await emil.does("/roleshift myrole sre")
    bot_user = life.slack.workspace.bot_user
    opens = [actions(button("Open", "found-tip", A_LONG_TIP))]
    emil.last = life.slack.workspace.post(life.slack.workspace.dm(EMIL).id, bot_user, "found", blocks=opens)
    whole = await emil.does("[Open]")
    assert "the first five of" not in whole
    await emil.does("/roleshift tips short")
    emil.last = life.slack.workspace.post(life.slack.workspace.dm(EMIL).id, bot_user, "found", blocks=opens)
    assert "the first five of" in await emil.does("[Open]")
    assert "1. " in await emil.does("[All of it]"), "all of it is one press away"


async def test_minutes_that_are_named_bind_the_answer(writer: Writer) -> None:
    for line in ("I have ten minutes", "only 5 min", "ten minutes, how do I stream the answer?"):
        (came,) = await writer.writes(line)
        assert too_long(words_of(came), 10) == []
    (came,) = await writer.writes("half an hour free")
    assert too_long(words_of(came), 30) == []
    assert "the first five of" not in words_of(came)
