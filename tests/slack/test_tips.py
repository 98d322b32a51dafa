"""Tips as members see them: the question about weekly ones, the record, *Blocked*, and what a member has for tips."""

import json
from pathlib import Path

from sqlalchemy import update

from bot.core.content_types import Lesson, Tip
from bot.core.errors import NotCoached
from bot.core.member import MemberKey
from bot.playground.emulator.faults import lose
from bot.slack.app import NOUNS
from bot.slack.blocks import lowered
from bot.slack.message import escape
from bot.slack.progress import record_card
from bot.slack.tip import card, given
from bot.slack.tip.ref import TipRef
from bot.store import record as record_rows
from bot.store.member_schema import delivery
from jobs import once
from tests import real_content, running
from tests.slack.life import EMIL, Life, situation_of
from tests.slack.screens.progress import LONG, a_record
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import Talk, Talks, labels_of, words_of

CATALOG = real_content.load()
LACKS = "[I don't have what it needs]"  # several things, of which it asks
QUESTION = "*One tip a week*, by direct message?"
NOT_COACHED = str(NotCoached())


async def test_the_question_stays_on_every_own_screen_until_it_is_answered(life: Life) -> None:
    talk = life.talk()
    assert QUESTION not in await talk.does("/roleshift progress")  # first comes the role
    assert QUESTION not in await talk.does("/roleshift myrole sre")  # and the first step
    for line in ("progress", "skills", "learn cost spikes", "unlearn cost spikes"):
        assert QUESTION in await talk.does(f"/roleshift {line}"), line
        assert labels_of(talk.last)[-1] == "Yes", line
    await talk.does("/roleshift tips zone Kolkata")  # which is no answer, though it is stored
    assert QUESTION in await talk.does("/roleshift progress")
    await talk.does("[Yes]")
    for line in ("progress", "skills", "learn cost spikes"):
        assert QUESTION not in await talk.does(f"/roleshift {line}"), line


async def test_a_member_who_became_a_fully_restricted_guest_can_not_start_tips(life: Life, tmp_path: Path) -> None:
    talk = await life.says_yes()
    await life.slack.change_person(EMIL, kind="guest")
    assert (await talk.does("/roleshift tips on")).startswith(NOT_COACHED)
    await life.until_tuesday()
    assert len(life.came()) == 1
    assert [row for row in running.rows_about(tmp_path, EMIL) if row[0] == "schedule"] == []
    await life.slack.change_person(EMIL, kind="member")
    assert "eekly tips are on" in await talk.does("/roleshift tips on")


async def test_a_zone_left_as_it_was_in_the_form_goes_on_following_slack(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tips")
    await talk.does("[Choose day and time]")
    await talk.does("(day=3)")
    await life.slack.change_person(EMIL, zone="Asia/Tokyo")
    assert "Thursdays 09:30, Tokyo" in await talk.does("/roleshift tips")


def test_a_tip_that_is_done_with_a_colleague_says_of_which_role() -> None:
    skill, tip = CATALOG.tips[0]
    lesson = Lesson(skill, tip.model_copy(update={"needs": ("partner",), "pair": "designer"}))
    shown = card.Card(CATALOG, lesson, TipRef.asked(tip.id)).message()
    assert "a colleague's time (Designer)" in json.dumps(shown.blocks)


async def test_a_tip_whose_button_was_pressed_arrived_even_if_slacks_answer_was_lost(life: Life) -> None:
    """The answer to the click takes the place of the message, after which it can't be found in the history."""
    await life.says_yes()
    life.slack.faults.add(lose("chat.postMessage"))
    await life.until_tuesday()
    _, tip = life.came()
    await tip.does("[Did it]")
    await life.services.store.write(lambda tx: tx.execute(update(delivery).values(lease_until=0.0)))
    for _ in range(2):
        await once(life.services)
    assert len(life.came()) == 2
    emil = await life.services.store.read(record_rows.read, MemberKey(life.slack.workspace.id, EMIL))
    assert emil.rhythm.unanswered == 0


async def test_another_tip_stands_beside_the_weekly_one(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    came = life.came()[-1]
    weekly, title = came.last, came.last.text.partition(": ")[2]
    assert title not in await came.does("[Another one]")
    assert came.last is not weekly
    other = came.last
    await came.does("[About this skill]")
    assert came.last is not other


def test_a_long_record_comes_in_parts_that_lose_no_entry() -> None:
    found = a_record(SMALL, lines=60)
    parts = dict.fromkeys(str(record_card(found, number).blocks) for number in range(1, 9))  # the last comes again
    assert len(parts) > 2
    assert "".join(parts).count(escape(LONG)) == 60


def test_the_buttons_of_messages_of_1_0_0_still_work() -> None:
    assert TipRef.parse("token-costs-1/path/w2026-W48/!allowed") == TipRef.parse("token-costs-1/path/w2026-W48/")
    assert TipRef.parse("token-costs-1/path/a2026-W48/") == TipRef.parse("token-costs-1/path/n/")
    assert NOUNS.click("another", "token-costs-1/path/w2026-W48/").handler is given.tip


# *Blocked* on a tip, and what a member has for tips.


async def blocks_tip_with_a_need(talk: Talk) -> Tip:
    tips = (lesson for lesson in CATALOG.lessons.values() if not lesson.tip.roles)
    skill = next(lesson.skill for lesson in tips if lesson.tip.needs)
    for _ in skill.tips:
        await talk.does(f"/roleshift tip {skill.slug}")
        tip = next(tip for tip in skill.tips if tip.title in words_of(talk.last))
        if tip.needs:
            assert "What is in the way?" in await talk.does("[Blocked]")
            return tip
    raise LookupError(skill.slug)


async def test_who_lacks_something_gets_another_tip_in_place_and_undo_restores_both(
    talk: Talks, tmp_path: Path
) -> None:
    emil = talk()
    tip, message = await blocks_tip_with_a_need(emil), emil.last
    said = await emil.does(f"[I don't have {lowered(CATALOG.needs[tip.needs[0]].name)}]")
    assert emil.last is message
    assert "so here is another one." in said
    assert tip.title not in said
    assert situation_of(tmp_path) == {tip.needs[0]: 0}
    assert [row[5:7] for row in running.rows_about(tmp_path, EMIL) if row[0] == "practice"] == [("blocked", "lacks")]
    assert tip.title in await emil.does("[Undo]")
    assert situation_of(tmp_path) == {tip.needs[0]: None}


async def test_of_several_needs_the_member_names_those_that_they_lack(talk: Talks, tmp_path: Path) -> None:
    emil = talk()
    await emil.does("/roleshift myrole software engineer")
    await emil.does("[Start]")
    project = next(each for each in CATALOG.projects.values() if each.steps[0].title in words_of(emil.last))
    names = [CATALOG.needs[need].name for need in project.needs]
    assert len(names) > 1
    assert "What is in the way?" in await emil.does("[Blocked]")
    assert "Which of these don't you have?" in await emil.does(LACKS)
    assert labels_of(emil.last) == [*names, "I have none of them", "Back"]
    await emil.does(f"[{names[1]}]")
    assert situation_of(tmp_path) == {project.needs[1]: 0}
    for press in ("[Undo]", "[Blocked]", LACKS, "[I have none of them]"):
        await emil.does(press)
    assert situation_of(tmp_path) == dict.fromkeys(project.needs, 0)


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
