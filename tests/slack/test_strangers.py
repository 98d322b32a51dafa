"""Outsiders, fully restricted guests and bots may look around; nothing is ever stored about them."""

import itertools
import re
from contextlib import suppress
from pathlib import Path

from bot.slack.app import NOUNS
from tests import real_content
from tests.driver.standin import StandIn
from tests.running import every_row, rows_about
from tests.slack.challenge import GUILD, Team
from tests.slack.talk import Talk, Talks, labels_of, words_of

PROJECT = real_content.load().projects["are-we-faster"]
GUEST, OUTSIDER, EMIL = "U05ISLA", "U09MALLORY", "U02EMIL"
ROOM = "ai-guild"
VALUES = (
    "cost/1/00000000",
    "cost-spikes", "all", "0123456789abcdef", "challenge:0123456789abcdef:1", "cap-on-an-account/asked/w2026-W48/",
    "cap-on-an-account/asked/w2026-W48/long-chat-price.4.0a1b 1", "long-chat-price.4.0a1b/0123456789abcdef//1",
    "cap-on-an-account/asked/w2026-W48/ other", "yes", "cap-on-an-account/asked/n/ 0123456789abcdef",
    "cap-on-an-account/asked/w2026-W48/!allowed agree", "cap-on-an-account/asked/w2026-W48/~cap-on-an-account again",
    "cap-on-an-account/asked/w2026-W48/~ weekly", "C01GENERAL",
    "yes cap-on-an-account/asked/n/", "easy cap-on-an-account/asked/n/",
)  # fmt: skip
GUESTS_MENUS = {"Look at a role", "Open a theme", "Open a skill"}
SAID = (
    "I show how AI changes your job. I can coach full members only, and you are a guest here, so nothing was stored. "
    "You can still look around, and ask me."
)


def value_for(verb: str) -> str:
    """Return a value that a button's handler accepts, so that the click goes further than the edge."""
    for value in VALUES:
        with suppress(ValueError):
            NOUNS.click(verb).parse(value)
            return value
    raise AssertionError(f"add a value that {verb} accepts")


async def test_nothing_is_stored_whatever_a_stranger_types_or_presses(
    talk: Talks, slack: StandIn, tmp_path: Path
) -> None:
    both = talk(GUEST, ROOM), talk(OUTSIDER, ROOM)
    for verb in NOUNS.verbs:
        for conversation, words in zip(itertools.cycle(both), ("cost spikes", "sre", ""), strict=False):
            await conversation.does(f"/roleshift {verb} {words}".strip())
    for conversation, verb in zip(itertools.cycle(both), filter(None, (*NOUNS.verbs, *NOUNS.clicks)), strict=False):
        await conversation.does("/roleshift help")
        drawn = {"action_id": f"roleshift:{verb}:x", "value": value_for(verb)}
        (conversation.last.blocks or [])[-1]["elements"][0] |= drawn
        seen = await slack.click(conversation.who, conversation.last, f"roleshift:{verb}:x")
        if seen.view is not None:
            await conversation.does("()")  # sends the form as it was opened
            await slack.close(conversation.who, seen.view)
        else:
            assert "That broke" not in seen.text
    assert rows_about(tmp_path, GUEST) == rows_about(tmp_path, OUTSIDER) == []
    # To ask to be forgotten leaves a tombstone for ten minutes: a keyed hash, without the id.
    assert {row[0] for row in every_row(tmp_path)} == {"tombstone", "workspace"}


async def test_commands_that_store_something_are_refused_kindly_for_strangers(talk: Talks) -> None:
    for line in ("learn cost spikes", "myrole sre", "myrole", "tip", "check cost spikes", "situation", "progress"):
        assert (await talk(GUEST, ROOM).does(f"/roleshift {line}")).startswith(SAID)


async def test_a_guest_reads_no_score_and_that_nothing_is_kept(talk: Talks) -> None:
    guest = talk(GUEST, ROOM)
    for line in ("role designer", "skills", "skills designer", "skill cost spikes"):
        said = await guest.does(f"/roleshift {line}")
        assert not re.search("learned|practised", said), line
    for line in ("privacy", "privacy more", "privacy data", "privacy export", "forget me"):
        await guest.does(f"/roleshift {line}")
        assert (guest.last.text, labels_of(guest.last)) == ("I keep nothing about you.", []), line


async def test_a_guest_finds_no_button_that_is_refused(talk: Talks) -> None:
    for line in ("help", "roles", "role sre", "skills", "skill cost spikes", "themes", "privacy", "ask test a prompt"):
        conversation = talk(GUEST, ROOM)
        said = await conversation.does(f"/roleshift {line}")
        assert ("You are a guest here" in said) is (line == "help"), f"{line}: that stands where it matters alone"
        for label in labels_of(conversation.last):
            if label not in GUESTS_MENUS:
                await conversation.does(f"/roleshift {line}")
                assert SAID not in await conversation.does(f"[{label}]"), (line, label)
    assert (await talk(GUEST, ROOM).does("/roleshift project")).startswith(SAID)
    said = await talk(GUEST, ROOM).does("/roleshift help")
    assert "tip" not in said, "what is refused is not offered"


async def test_a_guest_reads_a_step_with_its_kit_and_no_dots_of_a_progress(talk: Talks) -> None:
    guest, step = talk(GUEST, ROOM), PROJECT.steps[1]
    await guest.does("/roleshift ask " + step.title)
    (guest.last.blocks or [])[-1]["accessory"]["value"] = step.id
    assert f"*{PROJECT.name}* · step 2 of {len(PROJECT.main_steps)} · " in await guest.does("[Open]")
    assert labels_of(guest.last) == ["Copy text"]
    assert step.kit.strip().splitlines()[0] in await guest.does("[Copy text]")


async def test_a_stranger_reads_what_a_challenge_is_and_neither_counts_nor_starts_one(
    team: Team, tmp_path: Path
) -> None:
    await team.settles(who="members")
    await team.starts(channel=GUILD)
    for who in (GUEST, OUTSIDER):
        assert SAID in await Talk(team.slack, who, ROOM).does("/roleshift challenge new")
        for label in ("I'm in", "I did it"):
            stranger = await team.presses(who, label, team.live(GUILD))
            refused = "Challenges count full members only; you are welcome to do it, too."
            said = words_of(stranger.last)
            assert said.startswith(refused), f"{who} pressed {label}, and read: {said}"
            assert "Done when" in await stranger.does("[Details]")
            assert labels_of(stranger.last) == []
        assert (await team.everybody(), len(await team.kept())) == ([], 1)
        assert rows_about(tmp_path, who) == []


async def test_a_member_without_a_time_zone_is_coached(talk: Talks, slack: StandIn, tmp_path: Path) -> None:
    slack.workspace.change_person(EMIL, zone=None)
    assert "Done: " in await talk(EMIL).does("/roleshift learn cost spikes")
    assert "as learned on" in await talk(EMIL).does("/roleshift learn cost spikes")
    assert {row[0] for row in rows_about(tmp_path, EMIL)} == {"member", "skill_mark", "skill_history"}
