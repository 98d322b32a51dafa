"""The first hour: two presses to the first step, a yes to one a week that is confirmed once, and a question."""

from pathlib import Path

import pytest

from bot.playground.emulator.faults import refuse
from jobs import once
from tests.driver.standin import StandIn
from tests.running import every_row, rows_about
from tests.slack.life import EMIL, Life
from tests.slack.talk import Talks, choices_of, labels_of, words_of

JOB = "canary4711_make_accessible_screens_and_forms"
QUESTION = "*One like this every Tuesday at 09:30?*"
HOW_WAS_IT = "*How was it?*"


async def test_a_title_is_offered_only_if_one_role_fits_and_slack_tells_it(
    talk: Talks, slack: StandIn, tmp_path: Path
) -> None:
    async def check(title: str, *, is_offered: bool) -> None:
        await slack.change_person(EMIL, title=title)
        conversation = talk()
        assert "Which role is yours?" in await conversation.does("/roleshift myrole")
        assert ("Yes" in labels_of(conversation.last)) is is_offered, title
        assert not [row for row in rows_about(tmp_path, EMIL) if row[0] == "member"], "a look stores nothing"

    for title in ("", "Chief Happiness Officer", "Project Manager", "Dragon Tamer & DevOps"):  # "Everyone" is no offer
        await check(title, is_offered=False)
    await check("Senior DevOps Engineer", is_offered=True)
    slack.faults.add(refuse("users.info", error="internal_error", times=None))
    await check("Senior DevOps Engineer", is_offered=False)


async def test_two_presses_lead_to_step_1_in_place_and_who_lacks_what_it_needs_finds_a_way_round(life: Life) -> None:
    talk = life.talk()
    assert "*Is DevOps Engineer your role?*" in await talk.does("/roleshift")
    message = talk.last
    await talk.does("[Yes]")
    step = await talk.does("[Start]")
    assert talk.last is message
    assert " · step 1 of " in step
    for typed in ("/roleshift forget me", "[Delete my data]", "/roleshift myrole sre"):
        await talk.does(typed)
    assert "You don't have the feature's logs?" in await talk.does("/roleshift project Pin a list of costs to stop")
    assert "You don't have the feature's logs. A lab lends you invented data" in await talk.does("[Another way]")
    assert "You don't have the feature's logs?" not in await talk.does("[Undo]"), "it asks what is in the way"


async def test_the_first_did_it_asks_for_the_weekly_yes_and_the_tip_stays(life: Life) -> None:
    for label, then in {
        "Yes": "Your weekly tips are on: Tuesdays 09:30, Berlin.",
        "Another time": "Your weekly tips are on: Wednesdays 08:00, Berlin.",
        "No, thanks": "Weekly tips are off.",
    }.items():
        talk = life.talk()
        await talk.does("/roleshift tip")
        assert QUESTION in await talk.does("[Did it]")
        assert labels_of(talk.last) == ["Yes", "Another time", "No, thanks"]
        assert choices_of(talk.last)[:2] == ["What came out?", "Undo"]
        said = await talk.does(f"[{label}]")
        if label == "Another time":
            said = await talk.does("(day=2 time=08:00)")
        assert "\nDone" in said
        assert QUESTION not in said
        assert then in await talk.does("/roleshift tips")
        await talk.does("/roleshift forget me")
        await talk.does("[Delete my data]")
    await once(life.services)
    assert life.came() == [], "the tip says it, so no welcome comes"


async def test_the_yes_is_answered_once_and_the_next_step_comes_as_its_first_five_minutes(life: Life) -> None:
    talk = life.talk()
    for step in ("/roleshift myrole sre", "[Start]", "[Did it]"):
        await talk.does(step)
    said = await talk.does("[Yes]")
    assert said.count("Your weekly tips are on: Tuesdays 09:30, Berlin. The first one comes on Tuesday") == 1
    assert "by direct message. One click stops them." in said
    await life.until_tuesday()
    (came,) = life.came()
    assert "· five minutes" in words_of(came.last), "and no welcome, as the tip said it"


async def test_how_hard_the_first_one_was_is_asked_once_with_one_press(life: Life, tmp_path: Path) -> None:
    for label, said, stored in (
        ("Too easy", "for people who use AI every day", "daily"),
        ("Just right", "it goes on like this", "new"),
        ("Too hard", "the first five minutes of a step are enough", "new"),
        ("", "who does not say it is not asked again", None),
    ):
        talk = life.talk()
        for step in ("/roleshift myrole sre", "[Start]"):
            await talk.does(step)
        assert HOW_WAS_IT not in await talk.does("[Did it]"), "one question at a time"
        assert HOW_WAS_IT in await talk.does("[Yes]")
        if label:
            after = await talk.does(f"[{label}]")
            assert said in after
            assert HOW_WAS_IT not in after
            assert "What came out?" in labels_of(talk.last)
        assert [row[4] for row in every_row(tmp_path) if row[0] == "member" and row[2] == EMIL] == [stored], label
        await talk.does("/roleshift tip")
        assert HOW_WAS_IT not in await talk.does("[Did it]")
        await talk.does("/roleshift forget me")
        await talk.does("[Delete my data]")


async def test_a_job_that_is_named_chooses_among_projects_and_is_kept_nowhere(
    life: Life, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    talk = life.talk()
    for step in ("/roleshift myrole tester", "[Start]", "[Other projects]"):
        offered = await talk.does(step)
    assert "*Check whether everybody can use your screens*" not in first_of(offered)
    assert "What do you write or do each week?" in await talk.does("[By my work]")
    said = await talk.does(f"(job={JOB})")
    assert "*Check whether everybody can use your screens* fits your work." in said
    assert "*Check whether everybody can use your screens*" in first_of(said)
    await talk.does("[By my work]")
    assert "I found none that fits it better" in await talk.does("(job=qwertz)")
    await once(life.services)
    kept = [*map(str, every_row(tmp_path)), caplog.text]
    assert [text for text in kept if "canary4711" in text] == []


def first_of(offered: str) -> str:
    return offered.partition("*Choose your next project*")[2].partition("Begin")[0]
