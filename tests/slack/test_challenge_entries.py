"""Taking part in a challenge and sharing a line; its end, and the lines that its recap quotes."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, Update, update

from bot.playground.emulator.faults import refuse
from bot.playground.emulator.workspace import Message
from bot.store.member_schema import entry
from tests.slack.challenge import ASHA, EMIL, HOSTILE, KENJI, NORA, PLATFORM, TITLE, Team, pings, said_in, words
from tests.slack.talk import Talk, elements_of, labels_of, words_of

NOT_OPEN = "That challenge is not open now."
HOUR = timedelta(hours=1)
VERBS = ("join", "did-challenge", "undo-challenge", "leave", "line")


async def press(team: Team, who: str, verb: str, challenge_id: str, on: Message | None = None) -> str:
    """Press a button of an older message. Return the answer, or the modal that opens."""
    message = on or team.live()
    before = [dict(block) for block in message.blocks or []]
    element = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "value": challenge_id}
    action_id = f"roleshift:{verb}:{challenge_id}"
    message.blocks = [{"type": "actions", "block_id": "old", "elements": [{**element, "action_id": action_id}]}]
    seen = await team.slack.click(who, message, action_id)
    message.blocks = before
    return words(seen) if seen.view else seen.text


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
        assert {verb: await press(team, EMIL, verb, its_id) for verb in VERBS} == dict.fromkeys(VERBS, NOT_OPEN)
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
    for who, sharing in ((ASHA, "unnamed"), (KENJI, "private")):
        await team.adds(who, "Hidden.")
        hidden = update(entry).where(entry.c.member_id == who).values(sharing=sharing)
        await team.services.store.write(partial(_run, hidden))
    await team.jobs(days=8)
    assert quotes(team) == [f"> *Emil*: {HOSTILE} see <https://example.org/a?b=1&c=2>"]
    (recap,) = [message for message in team.said() if message.text.startswith("Recap")]
    assert pings(f"{recap.text} {recap.blocks}") == []
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


def _run(statement: Update, tx: Connection) -> None:
    tx.execute(statement)


async def test_a_recap_names_only_members_who_shared_by_name_and_ranks_nobody(team: Team) -> None:
    await team.starts()
    for who in (EMIL, ASHA, KENJI):
        await team.presses(who, "I did it")
    await team.jobs(days=8)
    recap = team.said()[-1]
    for name in (EMIL, ASHA, KENJI, "Emil", "Asha", "Kenji", "first", "1."):
        assert name not in said_in(recap)
    assert "Thank you to everybody who gave it a try." in said_in(recap)
    assert [element["text"]["text"] for element in elements_of(recap)] == ["About this skill", "A tip for it"]


async def test_a_refused_recap_is_reported_and_can_be_posted_again(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I did it")
    await (await team.looks()).does("[Close now]")
    team.slack.faults.add(refuse("chat.postMessage", error="is_archived"))
    await team.jobs(seconds=2)
    await team.jobs(seconds=2)
    (told,) = team.told()
    assert f"*I could not post your recap: {TITLE}*" in said_in(told)
    assert labels_of(told) == ["Post again"]
    assert f"*{TITLE}* is on its way to <#{PLATFORM}>." in words_of((await team.presses(NORA, "Post again", told)).last)
    await team.jobs(seconds=2)
    assert "The one who joined did it." in team.recap()
