"""The last call, two days before the end of a challenge."""

from datetime import timedelta

from bot.playground.emulator.workspace import Message
from tests.slack.challenge import EMIL, TITLE, Team, press, said_in
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
