"""The end of a challenge: its recap, and the lines that the recap quotes."""

from functools import partial

from sqlalchemy import Connection, Update, update

from bot.core.outbox import Kind
from bot.playground.emulator.faults import refuse
from bot.store.member_schema import entry
from tests.slack.challenge import ASHA, EMIL, KENJI, NORA, PLATFORM, TITLE, Team, press, said_in
from tests.slack.talk import elements_of, labels_of

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


async def test_a_line_that_1_0_0_kept_from_the_recap_or_from_a_name_is_not_quoted(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, "Open.")
    for who, sharing in ((ASHA, "unnamed"), (KENJI, "private")):
        await team.adds(who, "Hidden.")
        hidden = update(entry).where(entry.c.member_id == who).values(sharing=sharing)
        await team.services.store.write(partial(_run, hidden))
    await team.jobs(days=8)
    assert quotes(team) == ["> *Emil*: Open."]


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


async def test_a_cancelled_challenge_has_no_recap_and_its_message_says_what_still_counts(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I did it")
    await (await team.looks()).does("[Cancel it]")
    await team.jobs(minutes=1)
    await team.jobs(days=8)
    assert await team.deliveries(Kind.RECAP) == []
    assert "It was cancelled. What you did still counts for you" in said_in(team.live())


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
    assert f"*{TITLE}* is on its way to <#{PLATFORM}>." in await press(team, NORA, told, "Post again")
    await team.jobs(seconds=2)
    assert "The one who joined did it." in team.recap()
