"""Starting a challenge: the channel that the form offers, its few fields, *More options*, and the way back."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.playground.emulator.faults import refuse
from bot.slack.challenge import form, start
from tests import real_content
from tests.driver.outcome import Outcome
from tests.running import every_row
from tests.slack.challenge import EMIL, GUILD, NORA, NORAS, PLATFORM, TEMPLATE, TITLE, Team, in_field, words
from tests.slack.talk import Talk, labels_of


@pytest.mark.parametrize(
    ("where", "offered"), [(PLATFORM, PLATFORM), ("D01NORA", GUILD)], ids=["in a channel", "in the DM"]
)
async def test_the_form_offers_the_channel_where_it_was_asked_for_or_that_of_the_settings(
    team: Team, where: str | None, offered: str
) -> None:
    await team.settles(channel=GUILD)
    opened = await team.opens_short(where=where)
    assert in_field(opened.form, form.CHANNEL) == offered


async def test_a_member_suggests_a_challenge_and_an_admin_starts_it(team: Team, tmp_path: Path) -> None:
    emil, nora = Talk(team.slack, EMIL), Talk(team.slack, NORA)
    assert "can start a challenge" in await emil.does("/roleshift challenge new")
    await emil.does("[Suggest one to the admins]")
    assert await emil.does("(template=free)") == "Write one line of at most 200 letters."
    assert TITLE in await emil.does(f"(template={TEMPLATE} words=<Ours>&slow)")
    await emil.does("[Back]")
    assert "You suggested" in await emil.does("[What you suggested]")
    before = len(team.told())
    await nora.does("/roleshift challenge")
    said = await nora.does(f"[Suggested by colleagues: {TITLE}]")
    assert f"<@{EMIL}> suggests *{TITLE}*:\n> <Ours>&slow" in said
    await nora.does("[Start it]")
    (opened,) = team.slack.workspace.screens.stacks[NORA]
    assert in_field(opened, form.TITLE) == TITLE
    await team.slack.submit(NORA, opened, {form.CHANNEL: PLATFORM})
    assert f"You started *{TITLE}*" in await team.sends(NORA)
    assert "uggested" not in await nora.does("/roleshift challenge")
    assert len(team.told()) == before, "nobody was written to"
    assert [row for row in every_row(tmp_path) if row[0] == "suggestion"] == []


async def test_a_suggestion_is_taken_back_dismissed_or_forgotten(team: Team, tmp_path: Path) -> None:
    emil, nora = Talk(team.slack, EMIL), Talk(team.slack, NORA)

    async def suggests() -> None:
        await emil.does("/roleshift challenge")
        await emil.does("[Suggest one to the admins]")
        await emil.does("(template=free words=Compare)")
        assert len([row for row in every_row(tmp_path) if row[0] == "suggestion"]) == 1

    for who, steps in (
        (emil, ["[Take it back]"]),
        (nora, ["/roleshift challenge", "[Suggested by colleagues: Compare]", "[Dismiss]"]),
        (emil, ["/roleshift forget me", "[Delete my data]"]),
    ):
        await suggests()
        for step in steps:
            await who.does(step)
        assert [row for row in every_row(tmp_path) if row[0] == "suggestion"] == []
    await nora.does("/roleshift challenge")
    assert labels_of(nora.last) == ["Start a challenge"]


async def test_the_form_asks_for_six_things_and_a_template_answers_the_rest(team: Team) -> None:
    opened = await team.opens_short(where=PLATFORM)
    assert fields_of(opened) == [
        form.TITLE, form.TASK, form.DONE_WHEN, form.CHANNEL, form.END, form.GOAL,
    ]  # fmt: skip
    preview = await team.slack.submit(NORA, opened, {form.TITLE: "Mine"})
    assert "*Team challenge: Mine*" in words(preview)
    (draft,) = await team.kept()
    assert (draft.skill, draft.minutes, draft.question, draft.calls_last) == (
        "ship-in-days", 45, "Which answer got better, and which got worse?", True,
    )  # fmt: skip
    assert draft.ends_at.astimezone(NORAS).hour == 17


async def test_more_options_shows_all_fields_and_keeps_what_was_typed(team: Team) -> None:
    opened = await team.opens_short(where=PLATFORM)
    typed: dict[str, object] = {form.TITLE: "Mine", form.TASK: "Read a log.", form.GOAL: "7", form.CHANNEL: GUILD}
    typed[form.END] = int((team.now + timedelta(days=9)).timestamp())
    more = await team.slack.click(NORA, opened, "roleshift:more-options", typed=typed)
    assert {name: in_field(more.form, name) for name in typed} == typed
    assert len(fields_of(more)) == 11
    assert in_field(more.form, form.SKILL)["value"] == "ship-in-days"


@pytest.mark.parametrize("error", ["hash_conflict", "internal_error"])
async def test_a_form_that_slack_does_not_redraw_is_answered_above_it(team: Team, error: str) -> None:
    opened = await team.opens_short(where=PLATFORM)
    team.slack.faults.add(refuse("views.update", error=error))
    clicked = await team.slack.click(NORA, opened, "roleshift:more-options")
    assert clicked.form.spec["title"]["text"] == "Sorry"
    assert "Nothing was changed" in words(clicked)


def fields_of(outcome: Outcome) -> list[str]:
    return [block["block_id"] for block in outcome.form.blocks if block["type"] == "input"]


def test_challenges_that_need_what_many_members_lack_are_offered_last() -> None:
    catalog = real_content.load()
    *groups, last = start.pick_template(catalog, {"coding-agent"})["blocks"][1]["element"]["option_groups"]
    need_it = [each.slug for each in catalog.challenges.values() if "coding-agent" in each.needs]
    assert [each["value"] for each in last["options"]] == need_it != []
    assert not {each["value"] for group in groups for each in group["options"]} & set(need_it)
