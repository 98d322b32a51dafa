"""The one question of a weekly message, as members see it: a check, *Still doing it?*, and how to go on."""

from bot.core.content_types import Check, Quiz
from bot.slack.tip.check import LETTERS
from tests import real_content
from tests.slack.life import EMIL, Life, weekly_tip
from tests.slack.talk import Talk, labels_of, words_of

CATALOG = real_content.load()
COSTS = CATALOG.skills["token-usage-and-costs"]


def letter_of(check: Check, *, right: bool) -> str:
    return next(letter for letter, option in zip(LETTERS, check.options, strict=True) if option.right is right)


def asked_in(message: Talk) -> Quiz:
    said = words_of(message.last)
    return next(Quiz(COSTS, check) for check in COSTS.checks if check.ask in said)


async def test_a_check_is_answered_in_place_and_stays_answered(life: Life) -> None:
    message, check = await life.says_yes(), COSTS.checks[0]
    message.last = await weekly_tip(life.slack, life.services, EMIL, Quiz(COSTS, check))
    assert labels_of(message.last)[:4] == [*LETTERS, "Did it"]
    letter, best = letter_of(check, right=False), letter_of(check, right=True)
    result = f"You chose *{letter}*. *{best}* is right."
    assert result in await message.does(f"[{letter}]")
    for step in ("[Did it]", "[Undo]", "[Not my work]", "[Undo]"):
        await message.does(step)
        message = life.came()[-1]  # as it is after a reload
        shown = words_of(message.last)
        assert result in shown, step
        explained = [each for each, option in zip(LETTERS, check.options, strict=True) if option.because in shown]
        assert explained == sorted({letter, best})
        assert not set(LETTERS) & set(labels_of(message.last))


async def test_a_question_can_be_asked_for_answered_and_followed_by_another(life: Life) -> None:
    talk = life.talk()
    assert "You have not practised a skill yet." in await talk.does("/roleshift check")
    assert labels_of(talk.last) == ["A tip now"]
    assert "Quick check on *Token usage and costs*\n" in await talk.does("/roleshift check token costs")
    first = asked_in(talk).check
    said = await talk.does(f"[{letter_of(first, right=False)}]")
    assert "You chose *" in said
    assert labels_of(talk.last) == ["Practise this skill", "Another question"]
    await talk.does("[Another question]")
    second = asked_in(talk).check
    assert second is not first
    await talk.does(f"[{letter_of(second, right=True)}]")
    assert labels_of(talk.last) == ["Mark as learned", "Another question"]
    assert "Done: *Token usage and costs*." in await talk.does("[Mark as learned]")
    assert "Learned: you marked it." in await talk.does("/roleshift skill token costs")
