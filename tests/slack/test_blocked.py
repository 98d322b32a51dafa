"""*Blocked* on a tip, and what a member has for tips, as members see it."""

from pathlib import Path

from bot.core.catalog import Catalog
from bot.slack.services import Services
from tests.running import rows_about
from tests.slack.life import EMIL, Life, situation_of
from tests.slack.talk import Talk, labels_of, words_of

QUESTION = "What is in the way?"
CHOICES = ["I don't have what it needs", "No time this week", "I don't see how", "Back"]  # and a menu
CHOICES_WITHOUT_NEEDS = ["No time this week", "I don't see how", "Something else", "Back"]
LACKS = CHOICES[0]


def catalog_of(life: Life) -> Catalog:
    services: Services = life.services
    return services.catalog


async def first_tip(life: Life) -> Talk:
    """Return the first weekly tip of a DevOps engineer, which needs nothing."""
    await life.says_yes()
    await life.until_tuesday()
    return life.came()[-1]


async def tip_with_needs(life: Life, count: int = 1) -> tuple[Talk, str]:
    catalog = catalog_of(life)
    tips = (lesson for lesson in catalog.lessons.values() if not lesson.tip.roles)
    skill = next(lesson.skill for lesson in tips if len(lesson.tip.needs) == count)
    talk = life.talk()
    for _ in skill.tips:
        await talk.does(f"/roleshift tip {skill.slug}")
        tip = next(tip for tip in skill.tips if tip.title in words_of(talk.last))
        if len(tip.needs) == count:
            return talk, tip.id
    raise LookupError(count)


def steps_of(tmp_path: Path) -> list[tuple[str, object]]:
    return [(row[5], row[6]) for row in rows_about(tmp_path, EMIL) if row[0] == "practice"]


async def test_blocked_asks_why_in_place_and_back_brings_the_tip_back(life: Life, tmp_path: Path) -> None:
    tip = await first_tip(life)
    message = tip.last
    before = words_of(message)
    assert QUESTION in await tip.does("[Blocked]")
    assert tip.last is message, "the tip's own message changes"
    assert labels_of(message) == CHOICES_WITHOUT_NEEDS
    await tip.does("[Back]")
    assert words_of(message) == before
    assert steps_of(tmp_path) == []


async def test_who_lacks_something_gets_another_tip_in_place_and_undo_restores_both(life: Life, tmp_path: Path) -> None:
    talk, tip_id = await tip_with_needs(life)
    tip = catalog_of(life).lessons[tip_id].tip
    message = talk.last
    await talk.does("[Blocked]")
    assert labels_of(message) == CHOICES
    said = await talk.does(f"[{LACKS}]")
    assert talk.last is message
    assert "so here is another one." in said
    assert tip.title not in said
    assert situation_of(tmp_path) == {tip.needs[0]: 0}
    assert steps_of(tmp_path) == [("blocked", "lacks")]
    assert tip.title in await talk.does("[Undo]")
    assert situation_of(tmp_path) == {tip.needs[0]: None}
    await talk.does("[Blocked]")


async def test_of_several_needs_the_member_names_those_that_they_lack(life: Life, tmp_path: Path) -> None:
    talk, tip_id = await tip_with_needs(life, 2)
    needs = catalog_of(life).lessons[tip_id].tip.needs
    names = [catalog_of(life).needs[need].name for need in needs]
    await talk.does("[Blocked]")
    assert "Which of these don't you have?" in await talk.does(f"[{LACKS}]")
    assert labels_of(talk.last) == [*names, "I have none of them", "Back"]
    await talk.does(f"[{names[1]}]")
    assert situation_of(tmp_path) == {needs[1]: 0}
    await talk.does("[Undo]")
    await talk.does("[Blocked]")
    await talk.does(f"[{LACKS}]")
    await talk.does("[I have none of them]")
    assert situation_of(tmp_path) == dict.fromkeys(needs, 0)


# What a member has, said in the form of `/roleshift situation`.


async def test_the_form_opens_with_what_was_saved_and_stores_only_what_it_offers(life: Life, tmp_path: Path) -> None:
    talk = life.talk()
    await talk.does("/roleshift myrole sre")
    await talk.does("[What can you use?]")
    assert "wait for the product's code" in await talk.does("(needs0=logs)")
    assert situation_of(tmp_path) == {need: int(need == "logs") for need in life.services.catalog.needs}
    await talk.does("/roleshift situation")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    (boxes,) = (block["element"] for block in view.blocks if block["type"] == "input")
    assert [option["value"] for option in boxes["initial_options"]] == ["logs"]
    needs, _, behind = view.spec["private_metadata"].partition("\n")
    assert needs
    view.spec["private_metadata"] = f"logs a-need-of-last-year\n{behind}"
    await talk.does("(needs0=test-set)")
    assert situation_of(tmp_path) == dict.fromkeys(life.services.catalog.needs, 0)
