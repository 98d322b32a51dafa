"""Taking part in a challenge and sharing a line; its end, and the lines that its recap quotes."""

import re
from datetime import timedelta

from sqlalchemy import Connection, update

from bot.store.member_schema import entry
from tests.slack.challenge import ASHA, EMIL, HOSTILE, KENJI, Team, presses_id
from tests.slack.talk import Talk, words_of

NOT_OPEN = "That challenge is not open now."
HOUR = timedelta(hours=1)
VERBS = ("join", "did-challenge", "undo-challenge", "leave", "line")


async def test_i_did_it_joins_counts_once_can_be_undone_and_marks_no_skill(team: Team) -> None:
    await team.starts()
    assert "Noted: you did it." in words_of((await team.presses(EMIL, "I did it")).last)
    first = await team.entry(EMIL)
    assert "You did it already; it counts once." in words_of((await team.presses(EMIL, "I did it")).last)
    assert "You did it already." in words_of((await team.presses(EMIL, "I'm in")).last)
    assert await team.entry(EMIL) == first
    await team.jobs(minutes=1)
    assert "1 is in, and has done it." in words_of(team.live())
    emil = await team.presses(EMIL, "Details")
    await team.jobs(minutes=1)
    assert team.updates() == 1, "clicks without effect change no message"
    assert "Taken back: you're in, and have not done it." in await emil.does("[Not done after all]")
    said = await emil.does("[I did it]")
    assert "It practises *Ship features in days, not months*. Have you learned that skill?" in said
    assert "You have learned no skill yet." in await Talk(team.slack, EMIL).does("/roleshift progress")
    assert "Done: *Ship features in days, not months*." in await emil.does("[Mark it as learned]")
    emil = await team.presses(EMIL, "I did it")
    assert "Have you learned" not in words_of(emil.last)
    assert "You're out. What you did and wrote here is deleted." in await emil.does("[I'm out]")
    assert await team.entry(EMIL) is None
    await team.jobs(minutes=1)
    assert "Nobody yet." in words_of(team.live())
    assert "You're in: " in await emil.does("[I'm in]")


async def test_a_press_after_the_end_stores_nothing_and_is_told(team: Team) -> None:
    await team.starts(**team.ends_in(HOUR))
    its_id = await team.its_id()
    await team.presses(EMIL, "I did it")
    before = await team.everybody()
    team.slack.clock.advance(HOUR + HOUR)
    for _ in range(2):  # before a job closes it, and then
        talk = Talk(team.slack, EMIL)
        assert [verb for verb in VERBS if NOT_OPEN not in await presses_id(talk, verb, its_id)] == []
        assert await team.everybody() == before
        await team.jobs()


# A line about it.


async def test_a_line_has_300_letters_at_most_and_can_be_changed_and_taken_back(team: Team) -> None:
    await team.starts()
    blank = "words: Write one line, or close this."
    assert await team.adds(EMIL, "  \t ") == blank
    assert await team.sends(EMIL, words="") == blank
    assert await team.sends(EMIL, words="&" * 301) == "words: 300 letters at most."
    assert "Shared" in await team.sends(EMIL, words="&" * 300)
    assert [entry.line for entry in await team.everybody()] == ["&" * 300]
    await team.adds(EMIL, "Second\n  thoughts.", "Change what I shared")
    assert [entry.line for entry in await team.everybody()] == ["Second thoughts."]
    assert "Taken back: nothing of yours is shared." in await team.adds(EMIL, "", label="Change what I shared")
    assert [entry.line for entry in await team.everybody()] == [None]


async def test_hostile_lines_ping_nobody_and_those_that_1_0_0_kept_from_the_recap_are_not_quoted(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, f"{HOSTILE} see https://example.org/a?b=1&c=2")
    emil = await team.presses(EMIL, "Details")
    await emil.does("[Change what I shared]")
    assert HOSTILE in str(team.slack.workspace.screens.stacks[EMIL][-1].state)
    for who in (ASHA, KENJI):
        await team.adds(who, "Hidden.")

    def hide(tx: Connection) -> None:
        for who, sharing in ((ASHA, "unnamed"), (KENJI, "private")):
            tx.execute(update(entry).where(entry.c.member_id == who).values(sharing=sharing))

    await team.services.store.write(hide)
    await team.jobs(days=8)
    assert quotes(team) == [f"> *Emil*: {HOSTILE} see <https://example.org/a?b=1&c=2>"]
    (recap,) = [message for message in team.said() if message.text.startswith("Recap")]
    pings = r"<(?!!date\^|#C|https?://)[^>]*>"  # dates and channels ping nobody
    assert re.findall(pings, f"{recap.text} {recap.blocks}") == []
    assert all(block["text"]["verbatim"] for block in recap.blocks or [] if HOSTILE in str(block))


PEOPLE = (EMIL, ASHA, KENJI, "U12MARTA", "U13LUKAS", "U14LEA")


def quotes(team: Team) -> list[str]:
    return [line for line in team.recap().splitlines() if line.startswith(">")]


async def test_a_recap_quotes_the_first_five_lines_of_those_who_have_done_it(team: Team) -> None:
    await team.starts()
    for who, line in zip(PEOPLE, ("Before.", "Taken back.", "Second.", "Third.", "Fourth.", "Fifth."), strict=True):
        await team.adds(who, line)
    await team.adds(EMIL, "First.", "Change what I shared")
    await (await team.presses(ASHA, "Details")).does("[Not done after all]")
    await team.adds("U15YUSUF", "Sixth.")
    await team.jobs(days=8)
    assert quotes(team)[:2] == ["> *Emil*: First.", "> *Kenji*: Second."]
    assert [line.partition(": ")[2] for line in quotes(team)] == ["First.", "Second.", "Third.", "Fourth.", "Fifth."]
    assert "6 of the 7 who joined did it" in team.recap()
