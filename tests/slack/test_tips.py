"""Tips as members see them: the question about weekly ones, the form for day, time and zone, and the record."""

import json
from pathlib import Path

from sqlalchemy import update

from bot.core.content_types import Lesson
from bot.core.errors import NotCoached
from bot.core.member import MemberKey
from bot.playground.emulator.faults import lose
from bot.slack.app import NOUNS
from bot.slack.message import escape
from bot.slack.progress import record_card
from bot.slack.tip import card, given
from bot.slack.tip.ref import TipRef
from bot.store import record as record_rows
from bot.store.member_schema import delivery
from jobs import once
from tests import real_content
from tests.running import rows_about
from tests.slack.life import EMIL, Life
from tests.slack.screens.progress import LONG, a_record
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import labels_of

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
    assert [row for row in rows_about(tmp_path, EMIL) if row[0] == "schedule"] == []
    await life.slack.change_person(EMIL, kind="member")
    assert "Weekly tips are on" in await talk.does("/roleshift tips on")


async def test_a_zone_left_as_it_was_in_the_form_goes_on_following_slack(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tips")
    await talk.does("[Choose day and time]")
    await talk.does("(day=3)")
    await life.slack.change_person(EMIL, zone="Asia/Tokyo")
    assert "Thursdays 09:30, Tokyo" in await talk.does("/roleshift tips")


def test_a_tip_that_is_done_with_a_colleague_says_of_which_role() -> None:
    catalog = real_content.load()
    skill, tip = catalog.tips[0]
    lesson = Lesson(skill, tip.model_copy(update={"needs": ("partner",), "pair": "designer"}))
    shown = card.Card(catalog, lesson, TipRef.asked(tip.id)).message()
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
    assert not await life.services.store.read(record_rows.is_silent, MemberKey(life.slack.workspace.id, EMIL))


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
