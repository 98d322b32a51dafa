"""A tip that was done, or is not the member's work: said by a button or by `did`, and taken back."""

from collections.abc import Callable

from tests import real_content
from tests.slack.life import Life
from tests.slack.talk import Talk, choices_of, labels_of, words_of
from tests.slack.weekly import first_choice

TIP = first_choice().lesson.tip
COUNTED = " learned · 1 practised."


async def test_a_tip_is_done_by_its_title_by_its_id_and_by_a_button(talk: Callable[..., Talk]) -> None:
    emil = talk()
    await emil.does("/roleshift myrole sre")
    assert (await emil.does(f"/roleshift did {TIP.title}")).startswith(f"Done: {TIP.title}")
    assert COUNTED in words_of(emil.last)
    assert "That is your first tip done." in words_of(emil.last)
    assert COUNTED in await emil.does(f"/roleshift did {TIP.id}"), "a second time counts once"
    assert "That is your first tip done." not in words_of(emil.last)
    assert "Taken back" in await emil.does("[Undo]")
    await emil.does("/roleshift tip")
    assert "Which of these did you do?" in await emil.does("/roleshift did")
    (label, *_) = labels_of(emil.last)
    offered = emil.last
    assert f"*{label}*" in await emil.does(f"[{label}]")
    assert emil.last is offered, "the tip takes the question's place"
    assert COUNTED in words_of(emil.last)


async def test_words_that_fit_several_tips_offer_three_of_them(talk: Callable[..., Talk]) -> None:
    emil = talk()
    assert "Which tip did you do?" in await emil.does("/roleshift did price")
    tips = labels_of(emil.last)
    assert 2 <= len(tips) <= 3
    taught = [each.tip for each in real_content.load().lessons.values()]
    names = {tip.title: f"{tip.title} {tip.id} {tip.aliases}".casefold() for tip in taught}
    assert [tip for tip in tips if "price" not in names[tip]] == []
    assert choices_of(emil.last) == ["A tip now", "My record"]


async def test_a_done_tip_says_so_in_place_counts_once_and_can_be_taken_back(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    _, nudge = life.came()
    assert labels_of(nudge.last)[0] == "Did it"
    for _ in range(2):
        said = await nudge.does("[Did it]")
        assert f"Done. {TIP.proves}\n" in said
        assert COUNTED in said
        (_, nudge) = life.came()  # as it is after a reload
        assert labels_of(nudge.last) == ["Mark as learned", "What came out?"]
        assert "Taken back. Nothing is counted." in await nudge.does("[Undo]")
        assert labels_of(nudge.last)[0] == "Did it"


async def test_what_is_not_my_work_is_noted_in_place_and_can_be_taken_back(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    _, nudge = life.came()
    assert "Noted: fewer tips on" in await nudge.does("[Not my work]")
    assert labels_of(nudge.last) == ["Undo"]
    assert "Not my work" not in choices_of(nudge.last)
    assert "Taken back." in await nudge.does("[Undo]")
