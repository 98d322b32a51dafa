"""The last call, two days before the end of a challenge."""

from datetime import timedelta

from bot.core.outbox import Kind
from bot.playground.emulator.workspace import Message
from tests.slack.challenge import ASHA, EMIL, HOSTILE, KENJI, NORA, TITLE, Team, pings, press, said_in, words
from tests.slack.talk import Talk, labels_of

MONDAY, DAY = 0, timedelta(days=1)
CALL = f"*Still open for you: {TITLE}*"


def called(team: Team, who: str) -> list[Message]:
    return [message for message in team.told(who) if message.text.startswith("Still open for you")]


async def says_yes(team: Team, *people: str) -> None:
    """Opt a member in to weekly tips, and so to direct messages."""
    for who in people:
        await Talk(team.slack, who).does("/roleshift tips on")
    await team.jobs()


async def from_monday_to_friday(team: Team, *joins: str, **fields: object) -> None:
    """Start a challenge that lasts from a Monday to a Friday, with these members."""
    await team.life.until(MONDAY)
    await team.starts(**fields, **team.local("end", 4 * DAY))
    for who in joins:
        await team.presses(who, "I'm in")


async def until_wednesday(team: Team) -> None:
    await team.jobs(days=2)
    await team.jobs(minutes=5)


async def test_a_member_who_joined_and_has_not_done_it_is_called_once_two_days_before_the_end(team: Team) -> None:
    await says_yes(team, EMIL)
    await from_monday_to_friday(team, EMIL)
    await team.jobs(days=1)
    assert called(team, EMIL) == []
    await team.jobs(days=1, minutes=5)
    (call,) = called(team, EMIL)
    assert CALL in said_in(call)
    assert "You get this once, because you joined and said yes to direct messages." in said_in(call)
    assert labels_of(call) == ["I did it", "Details", "I'm out"]
    await team.jobs(hours=12)
    assert len(called(team, EMIL)) == 1
    assert "Noted: you did it." in await press(team, EMIL, call, "I did it")


async def test_no_other_member_is_called(team: Team) -> None:
    await says_yes(team, ASHA, KENJI, "U12MARTA", "U13LUKAS")
    await from_monday_to_friday(team, EMIL, ASHA, "U12MARTA", "U13LUKAS")
    await team.presses(ASHA, "I did it")
    await (await team.presses("U12MARTA", "Details")).does("[I'm out]")
    await Talk(team.slack, "U13LUKAS").does("/roleshift pause 2 weeks")
    await until_wednesday(team)
    await team.jobs(days=1)
    assert [len(called(team, who)) for who in (EMIL, ASHA, KENJI, "U12MARTA", "U13LUKAS", NORA)] == [0] * 6


async def test_nobody_is_called_if_the_admin_switched_last_calls_off(team: Team) -> None:
    await says_yes(team, EMIL)
    await from_monday_to_friday(team, EMIL, options=[])
    await until_wednesday(team)
    assert called(team, EMIL) == []


async def test_a_challenge_of_two_days_has_no_last_call_and_its_preview_promises_none(team: Team) -> None:
    await says_yes(team, EMIL)
    await team.life.until(MONDAY)
    two_days = team.local("end", 2 * DAY)
    assert "reminded once" not in words(await team.previews(**two_days))
    await team.starts(**two_days)
    await team.presses(EMIL, "I'm in")
    for _ in range(4):
        await team.jobs(hours=6)
    assert called(team, EMIL) == []
    assert await team.deliveries(Kind.LAST_CALL) == []


async def test_hostile_words_ping_nobody_in_recap_and_last_call(team: Team) -> None:
    await says_yes(team, EMIL)
    await from_monday_to_friday(team, EMIL, title=HOSTILE, task=HOSTILE, done_when=HOSTILE)
    await team.adds(ASHA, HOSTILE)
    await team.picks(HOSTILE)
    await until_wednesday(team)
    await team.jobs(days=7)
    (call,), recap = called(team, EMIL), team.said()[-1]
    for message in (call, recap):
        assert HOSTILE in said_in(message)
        assert pings(f"{message.text} {message.blocks}") == []
        assert all(block["text"].get("verbatim") for block in message.blocks or [] if "@here" in str(block))
    assert f"> *Asha*: {HOSTILE}" in said_in(recap)
