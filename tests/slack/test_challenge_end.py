"""The end of a challenge: its last call, its recap, and the lines that the recap quotes."""

from datetime import timedelta

from bot.core.challenges import Sharing
from bot.core.outbox import Kind
from bot.playground.emulator.faults import refuse
from bot.playground.emulator.workspace import Message
from tests.slack.challenge import ASHA, EMIL, KENJI, NORA, PLATFORM, TITLE, Team, press, said_in
from tests.slack.talk import Talk, elements_of, labels_of

MONDAY = 0


async def test_the_recap_quotes_the_lines_that_were_picked_and_allowed_and_no_others(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, "Named and picked.")
    await team.adds(ASHA, "Unnamed and picked.", Sharing.UNNAMED)
    await team.adds(KENJI, "For Nora alone.", Sharing.PRIVATE)
    await team.adds("U12MARTA", "Not picked.")
    await team.adds("U13LUKAS", "Picked and taken back.")
    await team.picks("Named and picked.", "Unnamed and picked. (no name)", "Picked and taken back.")
    await (await team.presses("U13LUKAS", "Details")).does("[Not done after all]")
    await team.jobs(days=8)
    assert quotes(team) == ["> *Emil*: Named and picked.", "> Unnamed and picked."]
    assert "4 of the 5 who joined did it" in team.recap()


def quotes(team: Team) -> list[str]:
    return [line for line in team.recap().splitlines() if line.startswith(">")]


async def test_a_long_line_without_a_name_is_told_from_one_with_a_name(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, "x" * 300)
    await team.adds(ASHA, "x" * 300, Sharing.UNNAMED)
    await team.picks(f"{'x' * 64}… (no name)", f"{'x' * 74}…")


async def test_a_line_for_the_organiser_is_not_offered_as_a_quote(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, "For Nora alone.", Sharing.PRIVATE)
    await (await team.looks()).does("[What people shared]")
    (view,) = team.slack.workspace.screens.stacks[NORA]
    assert not [block for block in view.blocks if block["type"] == "input"]


async def test_a_line_that_was_changed_or_made_private_after_it_was_picked_is_not_quoted(team: Team) -> None:
    await team.starts()
    await team.adds(EMIL, "Harmless.")
    await team.adds(ASHA, "Open.")
    await team.adds(KENJI, "As it was.")
    await team.picks("Harmless.", "Open.", "As it was.")
    await team.adds(EMIL, "Not what Nora picked.", label="Change what I shared")
    await team.adds(ASHA, "Open.", Sharing.PRIVATE, "Change what I shared")
    await team.jobs(days=8)
    assert quotes(team) == ["> *Kenji*: As it was."]


async def test_without_chosen_quotes_the_first_three_lines_shared_by_name_are_quoted(team: Team) -> None:
    await team.starts()
    await team.adds("U14LEA", "Without my name.", Sharing.UNNAMED)
    await team.adds(EMIL, "First.")
    await team.adds(ASHA, "For Nora alone.", Sharing.PRIVATE)
    for who, line in ((KENJI, "Second."), ("U12MARTA", "Third."), ("U13LUKAS", "Fourth."), ("U15YUSUF", "Fifth.")):
        await team.adds(who, line)
    await (await team.presses("U12MARTA", "Details")).does("[Not done after all]")
    await team.jobs(days=8)
    said = quotes(team)
    assert said[:2] == ["> *Emil*: First.", "> *Kenji*: Second."]
    assert [line.partition(": ")[2] for line in said] == ["First.", "Second.", "Fourth."]


async def test_picking_six_lines_is_refused_and_the_former_choice_stays(team: Team) -> None:
    await team.starts()
    people = (EMIL, ASHA, KENJI, "U12MARTA", "U13LUKAS", "U14LEA")
    for who in people:
        await team.adds(who, f"Line of {who}.", Sharing.UNNAMED)
    lines = [f"Line of {who}. (no name)" for who in people]
    await team.picks(*lines[:2])
    assert "A recap holds 5 quotes at most." in await team.picks(*lines)
    assert sum(entry.picked for entry in await team.everybody()) == 2
    await team.picks(*lines[1:])
    await team.jobs(days=8)
    assert quotes(team) == [f"> Line of {who}." for who in people[1:]]


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


# The last call, two days before the end.


async def test_a_member_who_joined_and_has_not_done_it_is_called_once_two_days_before_the_end(team: Team) -> None:
    await Talk(team.slack, EMIL).does("/roleshift tips on")  # a yes to direct messages
    await team.life.until(MONDAY)
    await team.starts(**team.ends_in(timedelta(days=4)))
    await team.presses(EMIL, "I'm in")
    await team.jobs(days=1)
    assert called(team) == []
    await team.jobs(days=1, minutes=5)
    (call,) = called(team)
    assert f"*Still open for you: {TITLE}*" in said_in(call)
    assert "You get this once, because you joined and said yes to direct messages." in said_in(call)
    assert labels_of(call) == ["I did it", "Details", "I'm out"]
    await team.jobs(hours=12)
    assert called(team) == [call]
    assert "Noted: you did it." in await press(team, EMIL, call, "I did it")


def called(team: Team) -> list[Message]:
    return [message for message in team.told(EMIL) if message.text.startswith("Still open for you")]
