"""Writing a challenge: each mistake is shown at its field, no input is lost, nothing is posted twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.challenges import Challenge
from bot.core.member import MemberKey
from bot.slack.challenge import form
from bot.slack.form import FieldError
from tests.every import check_every, try_every
from tests.running import every_row
from tests.slack.challenge import EMIL, GUILD, NORA, PLATFORM, TEMPLATE, TITLE, Team, in_field, words
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import Talk, labels_of, words_of

BLANK, TOO_LONG = "A few words are needed here.", "{} letters at most; &, < and > count for several."
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GOOD = {
    form.TITLE: "One log", form.TASK: "Read it.", form.DONE_WHEN: "it is read.", form.CHANNEL: PLATFORM,
    form.END: str(int(NOW.timestamp()) + 86_400),
}  # fmt: skip
WRONG = [
    *((name, blank, BLANK) for name in (form.TITLE, form.TASK, form.DONE_WHEN) for blank in ("", " \t \n")),
    (form.TITLE, "x" * 81, TOO_LONG.format(80)),
    (form.TITLE, "&" * 17, TOO_LONG.format(80)),  # as Slack counts
    (form.TASK, "x" * 2001, TOO_LONG.format(2000)),
    (form.TASK, "<" * 501, TOO_LONG.format(2000)),
    (form.DONE_WHEN, "x" * 201, TOO_LONG.format(200)),
    (form.QUESTION, "x" * 201, TOO_LONG.format(200)),
    *((form.CHANNEL, none, "Choose a channel.") for none in ("", "D01NORA")),
    (form.END, "", "Choose when it ends."),
    (form.END, "1577836800", "That is over already."),
    (form.END, str(int(NOW.timestamp()) + 1200), "It must last half an hour at least."),
    *((form.END, end, "A challenge lasts 92 days at most.") for end in ("1803600000", "253370764800")),
    (form.END, f"{10**15}", "There is no such day."),
]


def test_each_mistake_is_named_at_its_field() -> None:
    def read(given: dict[str, str]) -> Challenge:
        return form.read(GOOD | given, MemberKey("T1", EMIL), form.DraftRef("0" * 16), SMALL, NOW)

    def check(case: tuple[str, str, str]) -> None:
        name, wrong, said = case
        with pytest.raises(FieldError) as refused:
            read({name: wrong})
        assert (refused.value.field, str(refused.value)) == (name, said)

    check_every(WRONG, check)
    assert read({}).question is None
    with pytest.raises(FieldError, match=r"That template is gone\. Choose another one\."):
        form.template_in({"template": "gone"}, "template", SMALL)


async def test_a_mistake_is_shown_in_the_form_and_the_input_is_kept(team: Team) -> None:
    filled = await team.fills(await team.opens(), title="", task="All that I thought of.")
    assert filled.errors == {form.TITLE: BLANK}
    assert filled.form.spec["callback_id"] == "roleshift:write-challenge"
    assert in_field(filled.form, form.TASK) == "All that I thought of."
    assert await team.kept() == []


async def test_back_from_the_preview_all_fields_are_as_they_were(team: Team) -> None:
    own = {"title": "Mine", "task": "Read a log aloud.", "done_when": "somebody laughed."}
    preview = await team.previews(NORA, form.FREE, question="How?", **own)
    assert "Read a log aloud.\n*Done when* somebody laughed." in words(preview)
    assert "_How?_" in words(preview)
    back = await team.slack.close(NORA, preview)
    assert in_field(back.form, form.TITLE) == "Mine"
    again = await team.fills(back, title="Mine and better", question=None)
    assert "*Team challenge: Mine and better*" in words(again)
    assert "No line is asked for." in words(again)
    assert [challenge.title for challenge in await team.kept()] == ["Mine and better"]


async def test_another_template_can_be_chosen_where_the_form_is_open_and_the_channel_stays(team: Team) -> None:
    opened = await team.opens(where=GUILD)
    assert in_field(opened.form, form.TITLE) == TITLE
    first = await team.slack.click(NORA, opened, f"roleshift:choose-template:{GUILD}")
    assert "What should they try?" in words(first)
    again = await team.slack.submit(NORA, first, {"template": form.FREE})
    assert (in_field(again.form, form.TITLE), in_field(again.form, form.CHANNEL)) == (None, GUILD)
    assert "*Team challenge: Mine*" in words(await team.fills(again, title="Mine", task="x", done_when="y"))
    assert len(team.slack.workspace.screens.stacks[NORA]) == 2, "the form, and its preview"


async def test_a_form_that_is_closed_posts_nothing_and_the_draft_can_be_looked_at_posted_or_discarded(
    team: Team,
) -> None:
    await team.slack.close(NORA, await team.previews(title="Half a thought", question="How?"), whole_stack=True)
    await team.jobs()
    assert team.said() == []
    assert "Half a thought" not in await Talk(team.slack, EMIL).does("/roleshift challenge")
    nora = await team.looks()
    assert "*Half a thought*\nNot posted. Only you see this." in words_of(nora.last)
    await nora.does("[Look and post]")
    assert "_How?_" in await team.sends(NORA, title="A whole thought")
    assert "*A whole thought* is discarded. Nobody has seen it." in await (await team.looks()).does("[Discard]")
    assert await team.kept() == []


async def test_nothing_is_posted_if_the_end_comes_while_the_preview_is_open(team: Team) -> None:
    preview = await team.previews(**team.ends_in(timedelta(hours=1)))
    team.slack.clock.advance(timedelta(hours=2))
    refused = await team.slack.submit(NORA, preview)
    assert "Its last day passed before it was posted. Press *Change it* and choose a later one." in words(refused)
    assert await team.deliveries() == []


async def test_only_its_writer_can_change_take_over_or_post_a_draft(team: Team) -> None:
    preview = await team.previews(title="Noras")
    await team.slack.change_person(EMIL, kind="admin")
    (draft,) = await team.kept()
    opened = await team.opens(EMIL)
    opened.form.spec["private_metadata"] = f"{draft.challenge_id} free"
    assert "That challenge is already posted." in words(await team.fills(opened, EMIL, title="Emils"))
    emils = team.slack.workspace.screens.open(EMIL, preview.form.spec)
    assert "That challenge is gone." in words(await team.slack.submit(EMIL, emils))
    kept = [(challenge.title, challenge.started_by, challenge.state.value) for challenge in await team.kept()]
    assert kept == [("Noras", NORA, "draft")]


async def test_a_form_with_unknown_metadata_is_answered_as_outdated(team: Team) -> None:
    async def check(metadata: str) -> None:
        opened = await team.opens()
        opened.form.spec["private_metadata"] = metadata
        assert "That form is out of date." in words(await team.fills(opened))
        assert await team.kept() == []

    await try_every(["", "free", "0123456789abcdeX free", "'; drop table challenge; --", "0" * 64], check)


# Starting one: the channel that the form offers, its few fields, and suggestions.


async def test_the_form_offers_the_channel_of_the_settings_or_else_the_one_where_it_was_asked_for(team: Team) -> None:
    opened = await team.opens(where=PLATFORM)
    assert in_field(opened.form, form.CHANNEL) == PLATFORM
    assert "From Settings." not in str(opened.form.blocks)
    await team.settles(channel=GUILD)
    for where in (PLATFORM, "D01NORA"):
        opened = await team.opens(where=where)
        assert in_field(opened.form, form.CHANNEL) == GUILD
        assert "From Settings." in str(opened.form.blocks)
    await Talk(team.slack, NORA).does("/roleshift team add #platform lead @emil")
    opened = await team.opens(EMIL, where=PLATFORM)
    assert in_field(opened.form, form.CHANNEL) == PLATFORM, "a lead may start one there alone"
    refused = await team.fills(opened, EMIL, channel=GUILD)
    assert "Only workspace admins and coach admins can start a challenge." in words(refused)


async def test_a_member_suggests_a_challenge_and_hears_once_that_an_admin_started_it(team: Team) -> None:
    emil, nora = Talk(team.slack, EMIL), Talk(team.slack, NORA)
    await team.life.until_tuesday()  # by day, when messages may come
    await emil.does("/roleshift tips on")
    assert "can start a challenge" in await emil.does("/roleshift challenge new")
    await emil.does("[Suggest one to the admins]")
    assert await emil.does("(template=free)") == "Write one line of at most 200 letters."
    assert TITLE in await emil.does(f"(template={TEMPLATE} words=<Ours>&slow)")
    await emil.does("[Back]")
    assert "You suggested" in await emil.does("[What you suggested]")
    assert "Members suggest 1 challenge." in await nora.does("/roleshift team")
    await nora.does("[Look]")
    said = await nora.does(f"[Suggested by colleagues: {TITLE}]")
    assert f"<@{EMIL}> suggests *{TITLE}*:\n> <Ours>&slow" in said
    await nora.does("[Start it]")
    (opened,) = team.slack.workspace.screens.stacks[NORA]
    assert in_field(opened, form.TITLE) == TITLE
    await team.slack.submit(NORA, opened, {form.CHANNEL: PLATFORM})
    assert f"You started *{TITLE}*" in await team.sends(NORA)
    assert "uggest" not in await nora.does("/roleshift team")
    for _ in range(2):
        await team.jobs()
    heard = ["The admins started the challenge" in words_of(each) for each in team.told(EMIL)]
    assert heard.count(True) == 1
    await emil.does("/roleshift challenge")
    assert "They started it." in await emil.does("[What you suggested]")
    assert TITLE in await emil.does("[Open it]")


@pytest.mark.parametrize("gets_messages", [True, False])
async def test_a_suggestion_is_taken_back_dismissed_or_forgotten(
    team: Team, tmp_path: Path, *, gets_messages: bool
) -> None:
    emil, nora = Talk(team.slack, EMIL), Talk(team.slack, NORA)
    await team.life.until_tuesday()
    await emil.does(f"/roleshift tips {'on' if gets_messages else 'off'}")
    for who, steps in (
        (emil, ["[Take it back]"]),
        (nora, ["/roleshift challenge", "[Suggested by colleagues: Compare]", "[Dismiss]"]),
        (emil, ["/roleshift forget me", "[Delete my data]"]),
    ):
        await emil.does("/roleshift challenge suggest")
        await emil.does("(template=free words=Compare)")
        assert len([row for row in every_row(tmp_path) if row[0] == "suggestion"]) == 1
        for step in steps:
            await who.does(step)
        assert len([row for row in every_row(tmp_path) if row[0] == "suggestion"]) == (who is nora)
        await team.jobs()
    assert ["don't start it now" in words_of(each) for each in team.told(EMIL)].count(True) == gets_messages
    await nora.does("/roleshift challenge")
    assert labels_of(nora.last) == ["Start a challenge"]
