"""`show <skill>` posts once in the channel where it was typed; a colleague confirms it, and the post is redrawn."""

from pathlib import Path

import pytest

from bot.playground.emulator.workspace import Message
from bot.slack.show import SEEN
from tests import real_content
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.challenge import ASHA, EMIL, GUILD, ISLA, KENJI, MALLORY, PLATFORM
from tests.slack.talk import Talks, elements_of, labels_of, shown, words_of

COSTS = real_content.load().skills["cost-spikes"]
SHOW = f"/roleshift show {COSTS.slug}"
EVIDENCE = "Found the <costliest> call & halved it."


@pytest.fixture
async def post(talk: Talks, slack: StandIn) -> Message:
    emil = talk(EMIL)
    await emil.does("/roleshift myrole sre")
    await emil.does(f"/roleshift did {COSTS.tips[0].title}")
    return (await posts(slack, await slack.command(EMIL, SHOW, GUILD))).message


async def posts(slack: StandIn, form: Outcome) -> Outcome:
    preview = await slack.submit(EMIL, form, {"evidence": EVIDENCE})
    assert f"> {EVIDENCE}" in shown("", preview.form.blocks)
    return await slack.save(EMIL)


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
    assert rows_about(tmp_path, ASHA) == []


async def test_presses_at_once_and_later_confirm_once(slack: StandIn, post: Message, tmp_path: Path) -> None:
    (button,) = elements_of(post)
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
    async def check(case: tuple[str, str]) -> None:
        who, said = case
        before, stored = words_of(post), showings(tmp_path)
        seen = await press(slack, who, post)
        assert seen.message.reader == who
        assert seen.text.startswith(said)
        assert (words_of(post), showings(tmp_path)) == (before, stored)

    await try_every(
        [
            (EMIL, "A colleague has to confirm it: your own press does not count."),
            (ISLA, "I can coach full members only"),
            (MALLORY, "I can coach full members only"),
        ],
        check,
    )


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


async def test_typed_twice_it_stands_there_already_and_elsewhere_it_is_new(slack: StandIn, post: Message) -> None:
    again = await posts(slack, await slack.command(EMIL, SHOW, GUILD))
    assert again.message.reader == EMIL
    assert again.text.startswith(f"You showed *{COSTS.name}* in this channel already, on ")
    assert slack.said(GUILD) == [post]
    await posts(slack, await slack.command(EMIL, SHOW, PLATFORM))
    assert len(slack.said(PLATFORM)) == 1


async def test_in_a_direct_message_it_says_where_to_type_it(talk: Talks, tmp_path: Path) -> None:
    emil = talk(EMIL, "dm")
    said = await emil.does(SHOW)
    assert said.startswith(f"Type `/roleshift show {COSTS.name}` in a channel: here no colleague would read it.")
    assert showings(tmp_path) == []
    beside = talk(EMIL, "dm")
    assert (await beside.does("/roleshift show")).startswith("Type `/roleshift show` in a channel")
    assert "Your progress" in await beside.does("[My progress]"), "here the same line would be refused again"
    assert "*Start here*" in await emil.does("[About this skill]")


async def test_only_a_practised_skill_can_be_shown_and_is_in_the_menu(talk: Talks, slack: StandIn) -> None:
    emil = talk(EMIL, GUILD)
    assert "once you did one of its tips" in await emil.does("/roleshift show")
    assert f"You can show *{COSTS.name}* once you did one of its tips." in await emil.does(SHOW)
    assert "A tip for you: " in await emil.does("[A tip for it]")
    await emil.does(f"/roleshift did {COSTS.tips[0].title}")
    await emil.does("/roleshift show")
    menu = emil.last
    assert menu is not None
    (options,) = [element["options"] for element in elements_of(menu) if element["type"] == "static_select"]
    assert [option["value"] for option in options] == [COSTS.slug]
    post = await posts(slack, await slack.click(EMIL, menu, "roleshift:show:menu", COSTS.slug))
    assert slack.said(GUILD) == [post.message]


def showings(folder: Path) -> list[tuple[str, ...]]:
    return [row for row in every_row(folder) if row[0] == "showing"]
