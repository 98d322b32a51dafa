"""Who may read what about a challenge: private channels, drafts, lines for the organiser, strangers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.run.app import Bot
from bot.slack.challenge import form
from bot.store.schema import challenge
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.challenge import ASHA, EMIL, GUILD, ISLA, KENJI, MALLORY, NORA, PLATFORM, TITLE, Team, words
from tests.slack.talk import Talk, labels_of, words_of
from tests.slack.test_strangers import SAID

LEADS = "C06LEADTEAM"  # Nora, Emil and Asha are in it; Kenji is not
PRIVATE = {"private_channel": LEADS, "channel": None}
GONE = "That challenge is gone."
LIST, DETAILS = "/roleshift challenge", "details"


async def posted(team: Team) -> None:
    await team.orders(NORA, **PRIVATE)
    await team.jobs()


async def its_id(bot: Bot) -> str:
    def find(tx: Connection) -> str:
        return str(tx.execute(select(challenge.c.challenge_id)).scalar_one())

    return await bot.services.store.read(find)


async def presses_id(talk: Talk, verb: str, challenge_id: str) -> str:
    """Press a button with this id, also a made-up one, on an own message, and return the answer."""
    await talk.does("/roleshift help")
    action_id = f"roleshift:{verb}:{challenge_id}"
    (talk.last.blocks or [])[-1]["elements"][0] |= {"action_id": action_id, "value": challenge_id}
    seen = await talk.slack.click(talk.who, talk.last, action_id)
    return words_of(seen.message) if seen.view is None else words(seen)


async def test_the_form_offers_public_and_private_channels_apart_and_says_what_private_means(team: Team) -> None:
    opened = await team.opens()
    elements = {block["block_id"]: block["element"] for block in opened.form.blocks if "element" in block}
    assert elements[form.CHANNEL]["filter"] == {"include": ["public"], "exclude_bot_users": True}
    assert elements[form.PRIVATE_CHANNEL]["filter"] == {"include": ["private"], "exclude_bot_users": True}
    assert "Only its members and those who take part see it." in words(opened)
    preview = await team.fills(opened, NORA, **PRIVATE)
    assert "It is private: outside that channel, only you and those who take part see it." in words(preview)


async def test_a_private_challenge_is_listed_and_detailed_only_to_its_starter_and_to_who_takes_part(
    team: Team, talk: Callable[..., Talk], bot: Bot
) -> None:
    await posted(team)
    challenge_id = await its_id(bot)
    assert f"*{TITLE}* in <#{LEADS}> (private)" in await talk(NORA).does(LIST)
    for who in (EMIL, KENJI):
        assert TITLE not in await talk(who).does(LIST)
        for verb in (DETAILS, "join", "did", "line"):
            said = await presses_id(talk(who), verb, challenge_id)
            assert GONE in said, (who, verb)
            assert TITLE not in said
    await team.presses(EMIL, "I'm in", team.live(LEADS))
    assert TITLE in await talk(EMIL).does(LIST)
    assert TITLE in await presses_id(talk(EMIL), DETAILS, challenge_id)
    assert TITLE not in await talk(KENJI).does(LIST)


async def test_another_admin_neither_sees_nor_runs_a_private_challenge(
    team: Team, talk: Callable[..., Talk], slack: StandIn, bot: Bot
) -> None:
    await posted(team)
    slack.workspace.change_person(KENJI, kind="admin")
    kenji, challenge_id = talk(KENJI), await its_id(bot)
    for line in (LIST, "/roleshift team"):
        assert TITLE not in await kenji.does(line)
    for verb in ("close-challenge", "cancel-challenge", "pick-lines", "edit-challenge"):
        said = await presses_id(kenji, verb, challenge_id)
        assert TITLE not in said
        assert GONE in said
    (challenge,) = await team.kept()
    assert challenge.state == "open"


async def test_a_member_of_the_private_channel_can_read_the_details_there_and_join(
    team: Team, talk: Callable[..., Talk]
) -> None:
    await posted(team)
    asha = await team.presses(ASHA, "Details", team.live(LEADS))
    assert TITLE in asha.last.text
    assert "You're in" in await asha.does("[I'm in]")
    said = await asha.does("[I'm out]")
    assert "To take part again, use the message in its channel." in said
    assert labels_of(asha.last) == []
    assert TITLE not in await talk(ASHA).does(LIST)


async def test_a_draft_that_was_in_a_private_channel_opens_with_it_and_can_go_to_a_public_one(team: Team) -> None:
    await team.previews(**PRIVATE)
    await (await team.looks()).does("[Look and post]")
    view = team.slack.workspace.screens.stacks[NORA][-1]
    assert view.state[form.PRIVATE_CHANNEL][form.PRIVATE_CHANNEL]["selected_conversation"] == LEADS
    assert view.state[form.CHANNEL][form.CHANNEL]["selected_conversation"] is None
    await team.fills(view, NORA, channel=PLATFORM, private_channel=None)
    (draft,) = await team.kept()
    assert (draft.channel, draft.private) == (PLATFORM, False)


# Strangers and drafts.


@pytest.mark.parametrize("who", [ISLA, MALLORY])
async def test_a_stranger_reads_no_challenge_and_takes_part_in_none(
    team: Team, talk: Callable[..., Talk], bot: Bot, tmp_path: Path, who: str
) -> None:
    await team.starts(channel=GUILD)
    stranger, challenge_id = talk(who, "ai-guild"), await its_id(bot)
    for line in (LIST, "/roleshift challenge new"):
        assert SAID in await stranger.does(line)
    for verb in (DETAILS, "join", "did", "undo", "leave", "line", "pick-lines", "edit-challenge"):
        assert SAID in await presses_id(stranger, verb, challenge_id)
    assert rows_about(tmp_path, who) == []


async def test_a_changed_membership_decides_at_once_what_a_person_can_read(
    team: Team, talk: Callable[..., Talk], slack: StandIn
) -> None:
    await team.starts(channel=GUILD)
    for kind, may in (("guest", False), ("member", True), ("guest", False)):
        await slack.change_person(ISLA, kind=kind)
        assert (TITLE in await talk(ISLA, "ai-guild").does(LIST)) == may


async def test_a_draft_is_detailed_only_to_its_writer_and_only_while_they_may_start_one(
    team: Team, talk: Callable[..., Talk], slack: StandIn, bot: Bot
) -> None:
    await team.previews(channel=GUILD)
    challenge_id = await its_id(bot)
    assert TITLE in await presses_id(talk(NORA), DETAILS, challenge_id)
    slack.workspace.change_person(KENJI, kind="admin")
    for who in (EMIL, KENJI):
        for verb in (DETAILS, "join", "did", "line", "edit-challenge"):
            assert TITLE not in await presses_id(talk(who, "ai-guild"), verb, challenge_id), (who, verb)
    slack.workspace.change_person(NORA, kind="member")
    assert "can run a challenge" in await presses_id(talk(NORA), DETAILS, challenge_id)


# Lines for the organiser.


async def test_a_line_for_the_organiser_is_read_by_the_organiser_and_by_no_other_admin(
    team: Team, talk: Callable[..., Talk], slack: StandIn, bot: Bot
) -> None:
    await team.starts()
    await team.adds(EMIL, "My secret & <!channel>", sharing="private")
    await team.adds(ASHA, "For all to see")
    read = await (await team.looks()).does("[What people shared]")
    assert f"<@{EMIL}>: My secret & <!channel>" in read  # read as Slack shows it; it was escaped
    slack.workspace.change_person(KENJI, kind="admin")
    assert "What people shared" in await presses_id(talk(KENJI), DETAILS, await its_id(bot))
    assert "My secret" not in await presses_id(talk(KENJI), "pick-lines", await its_id(bot))
    for who in (EMIL, ASHA):
        assert "can run a challenge" in await presses_id(talk(who), "pick-lines", await its_id(bot))
        assert "What people shared" not in await presses_id(talk(who), DETAILS, await its_id(bot))


async def test_the_organiser_reads_their_lines_after_the_end_and_until_then_is_told_that_there_are_none(
    team: Team,
) -> None:
    await team.starts()
    assert "Nobody has shared anything yet." in await (await team.looks()).does("[What people shared]")
    await team.adds(EMIL, "Mine", sharing="private")
    await (await team.looks()).does("[Close now]")
    assert f"<@{EMIL}>: Mine" in await (await team.looks()).does("[What people shared]")
