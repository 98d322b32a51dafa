"""The first hour: three presses to the first tip, and eight at most to a yes; what is kept of it, and what is not."""

from pathlib import Path

import pytest

from jobs import once
from tests.every import try_every
from tests.running import every_row
from tests.slack.life import EMIL, Life, situation_of, title_of
from tests.slack.talk import choices_of, labels_of

JOB = "canary4711_answering_tickets_about_the_bill_of_tokens_per_request"
QUESTION = "*One like this every Tuesday at 09:30?*"


async def begun(life: Life, fields: str = "(level=daily needs0=logs)") -> str:
    """Press *Yes* to the role and *Start*, and save the form. Return the tip."""
    talk = life.talk()
    assert "*Is DevOps Engineer your role?*" in await talk.does("/roleshift")
    assert "*This week: " in await talk.does("[Yes]")
    assert "How far are you with AI?" in await talk.does("[Start]")
    return await talk.does(fields)


async def test_three_presses_lead_to_the_first_tip_which_takes_the_place_of_the_card(
    life: Life, tmp_path: Path
) -> None:
    talk = life.talk()
    await talk.does("/roleshift")
    messages = len(shown(life))
    for step in ("[Yes]", "[Start]", "(level=daily needs0=logs)"):
        said = await talk.does(step)
    assert "*Done when*" in said
    assert len(shown(life)) == messages
    assert [row[4] for row in every_row(tmp_path) if row[0] == "member" and row[2] == EMIL] == ["daily"]
    assert situation_of(tmp_path)["logs"] == 1
    for step in ("[Did it]", "[Yes]"):  # five presses to the weekly yes; eight are allowed
        await talk.does(step)
    assert "Next weekly tip: Tuesday" in await talk.does("/roleshift myrole")
    assert "*Done when*" in await talk.does("[Start]"), "it is asked once"


async def test_who_got_the_tip_of_this_week_begins_with_it(life: Life) -> None:
    talk = await life.says_yes()
    await life.until_tuesday()
    title = title_of(life.came()[-1])
    assert f"*This week: {title}*" in await talk.does("/roleshift myrole")
    await talk.does("[Start]")
    assert f"*{title}*" in await talk.does("(level=daily needs0=logs)")


async def test_the_form_shows_four_needs_and_keeps_what_was_filled_in_when_all_are_shown(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift myrole sre")
    await talk.does("[Start]")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    (boxes,) = [block["element"] for block in view.blocks if block.get("element", {}).get("type") == "checkboxes"]
    assert len(boxes["options"]) == 4
    usual = {"logs", "code", "live-feature"}
    assert {option["value"] for option in boxes["initial_options"]} == usual, "what is usual in the role"
    view.state["job"]["job"]["value"] = "deploys"
    await life.slack.click(EMIL, view, "roleshift:begin-more")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    assert view.state["job"]["job"]["value"] == "deploys"
    assert (
        sum(len(block["element"]["options"]) for block in view.blocks if block.get("block_id", "")[:5] == "needs") > 4
    )


async def test_the_words_of_the_job_find_the_first_tip_and_are_kept_nowhere(
    life: Life, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    said = await begun(life, f"(level=daily job={JOB})")
    assert "_It fits the job that you named" in said
    await once(life.services)
    kept = [*map(str, every_row(tmp_path)), caplog.text]
    assert [text for text in kept if "canary4711" in text] == []


async def test_without_a_match_the_first_tip_is_that_of_the_role(life: Life) -> None:
    assert "_Chosen for your role" in await begun(life, "(level=new job=qwertz)")


async def test_the_first_did_it_asks_for_the_weekly_yes_and_the_tip_stays(life: Life) -> None:
    async def check(case: tuple[str, str]) -> None:
        label, then = case
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

    cases = (
        ("Yes", "Weekly tips: Tuesdays 09:30, Berlin."),
        ("Another time", "Weekly tips: Wednesdays 08:00, Berlin."),
        ("No, thanks", "Weekly tips are off."),
    )
    await try_every(cases, check)
    await once(life.services)
    assert life.came() == [], "the tip says it, so no welcome comes"


async def test_the_first_when_asks_too_and_then_plans(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tip")
    assert f"A reminder comes only with weekly tips. {QUESTION}" in await talk.does("[When?]")
    await talk.does("[Yes]")
    assert "I will do this" in await talk.does("[When?]")


def shown(life: Life) -> list[object]:
    return [each for there in life.slack.workspace.messages.values() for each in there]
