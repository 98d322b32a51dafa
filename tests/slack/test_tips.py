"""Weekly tips as members see them: the question, the opt-in, the direct messages, and their buttons."""

from pathlib import Path

import pytest

from bot.core.errors import NotCoached
from bot.slack.blocks import short_day
from tests.running import rows_about
from tests.slack.conftest import OUTSIDER
from tests.slack.life import EMIL, Life, title_of
from tests.slack.talk import choices_of, labels_of, words_of

GUEST = "U05ISLA"
QUESTION = "Shall I send you one tip a week?"
NOT_COACHED = str(NotCoached())


# The question.


async def test_the_question_stays_on_every_own_screen_until_it_is_answered(life: Life) -> None:
    talk = life.talk()
    assert QUESTION not in await talk.does("/roleshift progress")  # first comes the role
    for line in ("myrole sre", "myrole", "tip", "progress", "skills", "learn cost spikes", "unlearn cost spikes"):
        assert QUESTION in await talk.does(f"/roleshift {line}"), line
        assert talk.last is not None
        assert labels_of(talk.last)[-2:] == ["Start weekly tips", "Not now"], line
    await talk.does("/roleshift tips zone Kolkata")  # which is no answer, though it is stored
    assert QUESTION in await talk.does("/roleshift myrole")
    await talk.does("[Start weekly tips]")
    for line in ("myrole", "tip", "progress", "skills", "learn cost spikes"):
        assert QUESTION not in await talk.does(f"/roleshift {line}"), line


async def test_tips_brings_the_question_back_after_a_no(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift myrole sre")
    await talk.does("[Not now]")
    for line in ("myrole", "tip", "progress", "skills", "learn cost spikes"):
        assert QUESTION not in await talk.does(f"/roleshift {line}"), line
    assert QUESTION in await talk.does("/roleshift tips")


async def test_a_paused_member_reads_until_when_and_can_resume_everywhere(life: Life) -> None:
    talk = await life.says_yes()
    await talk.does("/roleshift pause 2 weeks")
    for line in ("myrole", "progress", "tips", "tips thu 8:15"):
        said = await talk.does(f"/roleshift {line}")
        assert "aused until" in said, line
        assert "ext one" not in said, line
        assert talk.last is not None
        assert "Resume" in labels_of(talk.last), line
    assert "The next one comes on Thursday" in await talk.does("[Resume]")


async def test_a_bare_time_asks_and_does_not_opt_in(life: Life) -> None:
    talk = life.talk()
    said = await talk.does("/roleshift monday 9am")
    assert said.startswith("Shall I send you one tip a week, on Mondays at 09:00?")
    await life.until_tuesday()
    assert life.came() == []
    await talk.does("/roleshift 9am")
    assert "Weekly tips are on: Tuesdays 09:00, Berlin." in await talk.does("[Start weekly tips]")
    assert "Weekly tips are on: Fridays 09:00, Berlin." in await talk.does("/roleshift fri")


async def test_after_not_now_no_tip_comes_and_the_question_is_gone(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift myrole sre")
    assert "Weekly tips are off. You can start them at any time" in await talk.does("[Not now]")
    assert QUESTION not in await talk.does("/roleshift myrole ml engineer")
    await life.until_tuesday()
    assert life.came() == []


async def test_without_an_answer_no_tip_comes(life: Life) -> None:
    await life.talk().does("/roleshift myrole sre")
    await life.until_tuesday()
    assert life.came() == []


async def test_a_forgotten_member_is_asked_again(life: Life) -> None:
    talk = await life.says_yes()
    await talk.does("/roleshift forget me")
    await talk.does("[Delete me]")
    await life.until_tuesday()
    assert len(life.came()) == 1  # the first welcome
    assert QUESTION in await talk.does("/roleshift myrole sre")


async def test_setting_a_zone_is_no_opt_in(life: Life) -> None:
    talk = life.talk()
    said = await talk.does("/roleshift tips zone America/Port of Spain")
    assert "Noted: your time zone is America/Port_of_Spain. Weekly tips are off." in said
    await life.until_tuesday()
    assert life.came() == []
    assert "Tuesdays 09:30, Port of Spain" in await talk.does("/roleshift tips on")


@pytest.mark.parametrize("who", [GUEST, OUTSIDER.id])
async def test_a_guest_and_an_outsider_get_no_tips_and_nothing_is_stored(life: Life, who: str, tmp_path: Path) -> None:
    talk = life.talk(who)
    assert (await talk.does("/roleshift tips on")).startswith(NOT_COACHED)
    await talk.does("/roleshift tips")
    await talk.does("[Start weekly tips]")
    assert rows_about(tmp_path, who) == []


async def test_a_member_who_became_a_fully_restricted_guest_can_not_start_tips(life: Life, tmp_path: Path) -> None:
    talk = await life.says_yes()
    await life.slack.change_person(EMIL, kind="guest")
    assert (await talk.does("/roleshift tips on")).startswith(NOT_COACHED)
    await life.until_tuesday()
    assert len(life.came()) == 1
    assert [row for row in rows_about(tmp_path, EMIL) if row[0] == "schedule"] == []
    await life.slack.change_person(EMIL, kind="member")
    assert "Weekly tips are on" in await talk.does("/roleshift tips on")


# The opt-in, and its welcome.


async def test_a_yes_is_welcomed_with_the_first_day_and_the_way_out(life: Life) -> None:
    await life.says_yes()
    (welcome,) = life.came()
    assert welcome.last is not None
    said = words_of(welcome.last)
    assert "The first one comes on Tuesday" in said
    assert "One message a week. Stop with one click." in said


async def test_every_button_of_the_welcome_does_what_it_says(life: Life) -> None:
    await life.says_yes()
    (welcome,) = life.came()
    assert "A tip for you" in await life.press(welcome, "A tip now")
    assert "Weekly tips are off. You can start them at any time" in await life.press(welcome, "Stop")
    seen = await life.slack.click(EMIL, welcome.last, "roleshift:choose-time")  # type: ignore[arg-type]  # it came
    assert seen.view is not None
    await life.slack.close(EMIL, seen.view)


# The nudge, and its reminder.


async def test_a_tip_comes_each_week_says_why_and_never_the_same_twice(life: Life) -> None:
    await life.says_yes()
    for _ in range(3):
        await life.until_tuesday()
    _, *nudges = life.came()
    assert len({title_of(nudge) for nudge in nudges}) == len(nudges) == 3
    assert nudges[0].last is not None
    said = words_of(nudges[0].last)
    assert "_Next on your path to AI Platform Enabler. Skill: " in said
    assert "*Done when*" in said


async def test_another_one_comes_beside_the_tip(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    _, nudge = life.came()
    another = await life.press(nudge, "Another one")
    assert another.startswith("One more: ")
    assert title_of(nudge) not in another.partition("\n")[0]
    assert "You already got this second tip" in await life.press(nudge, "Another one")


async def test_a_done_tip_says_so_in_place_counts_once_and_can_be_taken_back(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    _, nudge = life.came()
    assert nudge.last is not None
    assert labels_of(nudge.last)[0] == "Did it"
    for _ in range(2):
        today = short_day(life.slack.clock(), "Europe/Berlin")
        assert f"✓ Done on {today}. 1 this month, 1 in all." in await nudge.does("[Did it]")
        (_, nudge) = life.came()  # as it is after a reload
        assert nudge.last is not None
        assert labels_of(nudge.last) == ["Add a line", "Undo"]
        assert "Taken back. Nothing is counted." in await nudge.does("[Undo]")
        assert labels_of(nudge.last)[0] == "Did it"


async def test_what_is_not_my_work_is_noted_in_place_and_can_be_taken_back(life: Life) -> None:
    await life.says_yes()
    await life.until_tuesday()
    _, nudge = life.came()
    assert "Noted: fewer tips on" in await nudge.does("[Not my work]")
    assert nudge.last is not None
    assert labels_of(nudge.last) == ["Undo"]
    assert "Not my work" not in choices_of(nudge.last)
    assert "Taken back." in await nudge.does("[Undo]")


# Pause and opt-out.


async def test_no_tip_comes_in_a_pause_and_one_after_it(life: Life) -> None:
    talk = await life.says_yes()
    await life.until_tuesday()
    assert "Paused until" in await talk.does("/roleshift pause 2 weeks")
    await life.until_tuesday()
    await life.until_tuesday()
    before = len(life.came())
    await life.until_tuesday()
    assert (before, len(life.came())) == (2, 3)
    assert "Paused until" not in await talk.does("/roleshift tips")


async def test_resume_brings_the_next_tip_at_its_usual_time(life: Life) -> None:
    talk = await life.says_yes()
    await talk.does("/roleshift pause 3 weeks")
    assert "Weekly tips are on again. The next one comes on Tuesday" in await talk.does("/roleshift resume")
    await life.until_tuesday()
    assert len(life.came()) == 2


async def test_no_tip_comes_after_tips_off(life: Life) -> None:
    talk = await life.says_yes()
    await life.until_tuesday()
    await talk.does("/roleshift tips off")
    await life.until_tuesday()
    assert len(life.came()) == 2
