"""`show <skill>` posts once where it was typed or in a chosen channel; a colleague confirms it on the redrawn post."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.playground.emulator.blocks import elements
from bot.playground.emulator.faults import lose
from bot.playground.emulator.payloads import Payloads
from bot.playground.emulator.workspace import Message
from bot.run.app import Bot
from bot.slack.show import SEEN
from tests import every, real_content, running
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn
from tests.slack.challenge import ASHA, DESIGN, EMIL, GUILD, ISLA, KENJI, MALLORY, PLATFORM
from tests.slack.talk import Talks, choices_of, elements_of, labels_of, shown, words_of

COSTS = real_content.load().skills["cost-spikes"]
SHOW = f"/roleshift show {COSTS.slug}"
EVIDENCE = "Found the <costliest> call & halved it."


@pytest.fixture
async def post(talk: Talks, slack: StandIn) -> Message:
    emil = talk(EMIL)
    await emil.does("/roleshift myrole sre")
    await emil.does(f"/roleshift did {COSTS.tips[0].title}")
    return (await posts(slack, await slack.command(EMIL, SHOW, GUILD))).message


async def posts(slack: StandIn, form: Outcome, channel: str | None = None) -> Outcome:
    await previews(slack, form, channel)
    return await slack.save(EMIL)


async def previews(slack: StandIn, form: Outcome, channel: str | None = None) -> None:
    preview = await slack.submit(EMIL, form, {"evidence": EVIDENCE, **({"channel": channel} if channel else {})})
    assert f"> {EVIDENCE}" in top(slack)
    assert channel is None or f"posts this in <#{channel}>" in str(preview.form.blocks)


def top(slack: StandIn) -> str:
    """Return the title and the words of the window on top."""
    view = slack.workspace.screens.stacks[EMIL][-1]
    return shown(view.spec["title"]["text"], view.blocks)


async def press(slack: StandIn, who: str, post: Message) -> Outcome:
    (button,) = [each for each in elements_of(post) if each["action_id"].startswith(f"roleshift:{SEEN}")]
    return await slack.click(who, post, button["action_id"])


async def test_a_skill_is_shown_to_all_and_a_colleagues_press_changes_the_post_and_names_nobody(
    slack: StandIn, post: Message, tmp_path: Path
) -> None:
    assert words_of(post).count(f"<@{EMIL}> shows a skill: ") == 2
    assert f"> {EVIDENCE}" in words_of(post)
    assert labels_of(post) == ["I've seen it"]
    assert slack.said(GUILD) == [post]
    assert {each.reader for each in slack.workspace.messages[GUILD]} == {None}
    assert [each.method for each in slack.posts] == ["command_answer"] * 2 + ["response_url"], "no other message"
    ask = next(elements_of(post))["confirm"]
    assert "I neither show nor keep who you are" in ask["text"]["text"]
    await press(slack, ASHA, post)
    assert "Confirmed by a colleague on <!date^" in words_of(post)
    assert ASHA not in words_of(post)
    assert labels_of(post) == []
    assert slack.said(GUILD) == [post]
    assert running.rows_about(tmp_path, ASHA) == []


async def test_presses_at_once_and_later_confirm_once(slack: StandIn, post: Message, tmp_path: Path) -> None:
    button, _menu = elements_of(post)
    before = dict(button), [dict(each) for each in post.blocks or []], post.text
    await slack.click(ASHA, post, button["action_id"], times=3)
    said, stored = words_of(post), showings(tmp_path)
    slack.workspace.edit(post, before[2], before[1])  # as somebody sees it who did not load the change
    await press(slack, KENJI, post)
    assert words_of(post) == said
    assert showings(tmp_path) == stored


async def test_the_member_a_guest_and_an_outsider_confirm_nothing(
    slack: StandIn, post: Message, tmp_path: Path
) -> None:
    before, stored = words_of(post), showings(tmp_path)
    no_member = "Only full members can confirm this. Nothing changed."
    own = "A colleague has to confirm it: your own press does not count."
    for who, said in {EMIL: own, ISLA: no_member, MALLORY: no_member}.items():
        seen = await press(slack, who, post)
        assert seen.message.reader == who
        assert seen.text.startswith(said)
        assert (words_of(post), showings(tmp_path)) == (before, stored)


async def test_the_post_of_a_forgotten_member_is_redrawn_without_them(
    talk: Talks, slack: StandIn, post: Message
) -> None:
    emil = talk(EMIL)
    await emil.does("/roleshift forget me")
    await emil.does("[Delete my data]")
    await press(slack, ASHA, post)
    assert EMIL not in words_of(post)
    assert words_of(post).startswith("A colleague showed something here. What I knew about it is deleted")
    assert labels_of(post) == []


async def test_only_who_posted_it_takes_it_back_also_once_it_is_confirmed(
    slack: StandIn, post: Message, tmp_path: Path
) -> None:
    (menu,) = [each for each in elements_of(post) if each["type"] == "overflow"]
    take_back = menu["action_id"], menu["options"][0]["value"]
    before = words_of(post)
    refused = await slack.click(ASHA, post, *take_back)
    assert (refused.text, words_of(post)) == ("Only who showed it can take it back.", before)
    await press(slack, ASHA, post)
    assert choices_of(post) == ["Take it back"]
    await slack.click(EMIL, post, *take_back)
    assert words_of(post).startswith("A colleague showed something here, and took it back.")
    assert EVIDENCE not in words_of(post)
    assert (choices_of(post), showings(tmp_path)) == ([], [])


async def test_typed_twice_it_stands_there_already_and_elsewhere_it_is_new(slack: StandIn, post: Message) -> None:
    again = await posts(slack, await slack.command(EMIL, SHOW, GUILD))
    assert again.message.reader == EMIL
    assert again.text.startswith(f"You showed *{COSTS.name}* in <#{GUILD}> already, on ")
    assert slack.said(GUILD) == [post]
    await posts(slack, await slack.command(EMIL, SHOW, PLATFORM))
    assert len(slack.said(PLATFORM)) == 1


# Outside of a channel, the form asks for one.


@pytest.fixture
async def form(talk: Talks, slack: StandIn) -> Outcome:
    """Return the form that `show` opens in direct messages."""
    await talk(EMIL).does("/roleshift myrole sre")
    await talk(EMIL).does(f"/roleshift did {COSTS.tips[0].title}")
    return await slack.command(EMIL, SHOW, "dm")


async def test_in_a_direct_message_the_channel_is_chosen_and_the_post_stands_there_once(
    slack: StandIn, form: Outcome, tmp_path: Path
) -> None:
    (menu,) = [element for _, element in elements(form.form.blocks) if element["type"] == "conversations_select"]
    assert menu["filter"] == {
        "include": ["public", "private"], "exclude_bot_users": True, "exclude_external_shared_channels": True,
    }  # fmt: skip
    assert slack.workspace.bot_user not in slack.workspace.channel(DESIGN).members
    await previews(slack, form, DESIGN)
    view = slack.workspace.screens.stacks[EMIL][-1]
    await slack.submit(EMIL, view, times=3)
    assert slack.workspace.screens.stacks[EMIL] == []
    (post,) = slack.said(DESIGN)
    assert f"> {EVIDENCE}" in words_of(post)
    assert len(showings(tmp_path)) == 1
    told = slack.reads(EMIL, "dm")[-1]
    assert (told.reader, told.text) == (EMIL, f"Posted in <#{DESIGN}>. The menu of the post has *Take it back*.")
    await press(slack, ASHA, post)
    assert "Confirmed by a colleague on <!date^" in words_of(post)


async def test_without_an_address_from_slack_the_form_says_what_to_type_and_keeps_the_line(
    slack: StandIn, form: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = Payloads.submission
    monkeypatch.setattr(Payloads, "submission", lambda *args: submission(*args) | {"response_urls": []})
    filled_in = await slack.submit(EMIL, form, {"evidence": EVIDENCE, "channel": DESIGN})
    assert filled_in.errors["channel"].endswith(f"Type this in that channel: {SHOW}")
    assert filled_in.form.state["evidence"]["evidence"]["value"] == EVIDENCE


def expires(slack: StandIn) -> None:
    slack.clock.advance(timedelta(minutes=31))


def is_used_up(slack: StandIn) -> None:
    for url in slack.workspace.one_time_tokens.urls.values():
        url.uses = 5


async def test_what_slack_does_not_take_is_not_posted_and_the_form_below_has_the_line_for_another_try(
    slack: StandIn, bot: Bot, form: Outcome, tmp_path: Path
) -> None:
    async def check(fails: Callable[[StandIn], None]) -> None:
        await previews(slack, form, DESIGN)
        fails(slack)
        await slack.save(EMIL)
        said, (below, refusal) = top(slack), slack.workspace.screens.stacks[EMIL]
        await slack.close(EMIL, refusal)  # before anything can fail: the next case begins at the form
        assert "Slack did not take the post" in said
        assert f"or type `{SHOW}` in the channel" in said
        assert showings(tmp_path) == [], "a post that Slack refused is still stored: it can't be shown again today"
        assert below.state["evidence"]["evidence"]["value"] == EVIDENCE

    await every.try_every([expires, is_used_up], check)
    assert slack.said(DESIGN) == []
    await slack.submit(EMIL, form)
    await slack.save(EMIL)
    assert len(slack.said(DESIGN)) == len(showings(tmp_path)) == 1
    await bot.edge.background.drain(slack.patience)
    errors = [refused.error for refused in slack.refused]
    assert errors == ["expired_url", "used_url", "expired_url"], "the last one is for the address of the command"
    slack.refused.clear()


async def test_a_post_that_slack_does_not_confirm_is_never_sent_twice(
    slack: StandIn, form: Outcome, tmp_path: Path
) -> None:
    slack.faults.add(lose("response_url"))
    await previews(slack, form, DESIGN)
    await slack.save(EMIL)
    assert f"Look in <#{DESIGN}>" in top(slack)
    assert len(slack.said(DESIGN)) == len(showings(tmp_path)) == 1
    await slack.close(EMIL, slack.workspace.screens.stacks[EMIL][-1])
    await posts(slack, form, DESIGN)
    assert "You showed" in top(slack)
    assert len(slack.said(DESIGN)) == 1


def showings(folder: Path) -> list[tuple[str, ...]]:
    return [row for row in running.every_row(folder) if row[0] == "showing"]
