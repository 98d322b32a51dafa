"""*Blocked* on a tip, and what a member has for tips, as members see it."""

from pathlib import Path

from bot.core.content_types import Tip
from tests.real_content import load
from tests.running import rows_about
from tests.slack.life import EMIL, situation_of
from tests.slack.talk import Talk, Talks, labels_of, words_of

CATALOG = load()
LACKS = "[I don't have what it needs]"


async def blocks_tip_with_needs(talk: Talk, count: int) -> Tip:
    tips = (lesson for lesson in CATALOG.lessons.values() if not lesson.tip.roles)
    skill = next(lesson.skill for lesson in tips if len(lesson.tip.needs) == count)
    for _ in skill.tips:
        await talk.does(f"/roleshift tip {skill.slug}")
        tip = next(tip for tip in skill.tips if tip.title in words_of(talk.last))
        if len(tip.needs) == count:
            assert "What is in the way?" in await talk.does("[Blocked]")
            return tip
    raise LookupError(count)


async def test_who_lacks_something_gets_another_tip_in_place_and_undo_restores_both(
    talk: Talks, tmp_path: Path
) -> None:
    emil = talk()
    tip, message = await blocks_tip_with_needs(emil, 1), emil.last
    said = await emil.does(LACKS)
    assert emil.last is message
    assert "so here is another one." in said
    assert tip.title not in said
    assert situation_of(tmp_path) == {tip.needs[0]: 0}
    assert [row[5:7] for row in rows_about(tmp_path, EMIL) if row[0] == "practice"] == [("blocked", "lacks")]
    assert tip.title in await emil.does("[Undo]")
    assert situation_of(tmp_path) == {tip.needs[0]: None}


async def test_of_several_needs_the_member_names_those_that_they_lack(talk: Talks, tmp_path: Path) -> None:
    emil = talk()
    needs = (await blocks_tip_with_needs(emil, 2)).needs
    names = [CATALOG.needs[need].name for need in needs]
    assert "Which of these don't you have?" in await emil.does(LACKS)
    assert labels_of(emil.last) == [*names, "I have none of them", "Back"]
    await emil.does(f"[{names[1]}]")
    assert situation_of(tmp_path) == {needs[1]: 0}
    for press in ("[Undo]", "[Blocked]", LACKS, "[I have none of them]"):
        await emil.does(press)
    assert situation_of(tmp_path) == dict.fromkeys(needs, 0)


async def test_the_form_opens_with_what_was_saved_and_stores_only_what_it_offers(talk: Talks, tmp_path: Path) -> None:
    emil = talk()
    await emil.does("/roleshift myrole sre")
    await emil.does("[What can you use?]")
    assert "wait for the product's code" in await emil.does("(needs0=logs)")
    assert situation_of(tmp_path) == {need: int(need == "logs") for need in CATALOG.needs}
    await emil.does("/roleshift situation")
    (view,) = emil.slack.workspace.screens.stacks[EMIL]
    (boxes,) = (block["element"] for block in view.blocks if block["type"] == "input")
    assert [option["value"] for option in boxes["initial_options"]] == ["logs"]
    _, _, behind = view.spec["private_metadata"].partition("\n")
    view.spec["private_metadata"] = f"logs a-need-of-last-year\n{behind}"
    await emil.does("(needs0=test-set)")
    assert situation_of(tmp_path) == dict.fromkeys(CATALOG.needs, 0)
