"""The live message of a challenge: the first changes show at once, later ones within 30 s; closed at the end."""

import pytest

from bot.core.challenges import ChallengeState
from bot.playground.emulator.faults import limit, lose, refuse
from bot.slack.gateway import WorkspaceGateway
from tests.slack.challenge import ASHA, EMIL, PLATFORM, TITLE, Team, said_in
from tests.slack.talk import labels_of, words_of

CROWD = ("U06WANJIRU", "U07TENDAI", "U08PRIYA", "U09ROHAN", "U10HARUKA", "U11MINH", "U12MARTA", "U13LUKAS")


async def test_the_first_five_changes_show_at_once_and_the_next_after_thirty_seconds(team: Team) -> None:
    await team.starts()
    for number, who in enumerate(CROWD[:5], start=1):
        await team.presses(who, "I'm in")
        await team.jobs(seconds=3)
        assert f"{number} {'is' if number == 1 else 'are'} in." in words_of(team.live())
    await team.presses(CROWD[5], "I'm in")
    await team.jobs(seconds=29)
    assert "5 are in." in words_of(team.live())
    await team.jobs(seconds=1)
    assert "6 are in." in words_of(team.live())


async def test_however_many_click_the_count_is_right_within_thirty_seconds(team: Team) -> None:
    await team.starts()
    for number, who in enumerate(CROWD):
        await team.presses(who, "I'm in")
        if number % 2:
            await team.presses(who, "I did it")
        await team.jobs(seconds=1)
    assert team.updates() == 3
    await team.jobs(seconds=30)
    assert team.updates() == 4
    assert "8 are in, 4 have done it." in words_of(team.live())
    await team.jobs(minutes=5)
    assert team.updates() == 4


async def test_clicks_without_effect_change_no_message(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I did it")
    await team.jobs(minutes=1)
    for label in ("I did it", "I'm in", "Details"):
        await team.presses(EMIL, label)
        await team.jobs(minutes=1)
    assert team.updates() == 1


async def test_an_unconfirmed_change_is_repeated_later(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I'm in")
    team.slack.faults.add(fault := lose("chat.update"))
    await team.jobs(seconds=1)
    await team.jobs(seconds=5)
    assert fault.struck == 1
    await team.jobs(seconds=30)
    assert "1 is in." in words_of(team.live())
    done = team.updates()
    await team.jobs(minutes=5)
    assert team.updates() == done


async def test_a_429_on_a_change_is_obeyed_by_all_challenges_of_the_workspace(team: Team) -> None:
    await team.starts()
    await team.starts(title="Another", channel="C03AIGUILD")
    await team.presses(EMIL, "I'm in", team.live(PLATFORM))
    await team.presses(EMIL, "I'm in", team.live("C03AIGUILD"))
    team.slack.faults.add(limit("chat.update", seconds=30))
    for _ in range(4):
        await team.jobs(seconds=31)
    assert team.slack.limits.early == []
    assert team.updates() == 0


async def test_after_a_refused_change_the_message_waits_for_a_new_count(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I'm in")
    gone = refuse("chat.update", error="message_not_found", times=None)
    team.slack.faults.add(gone)
    for _ in range(5):
        await team.jobs(minutes=1)
    assert gone.struck == 1
    await team.presses(ASHA, "I'm in")
    await team.jobs(minutes=1)
    assert gone.struck == 2


async def test_live_messages_are_updated_once_a_disconnected_workspace_connects_again(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I'm in")
    dead = refuse("chat.update", error="token_revoked", times=None)
    team.slack.faults.add(dead, refuse("auth.test", error="token_revoked", times=None))
    for _ in range(3):
        await team.jobs(minutes=1)
    assert dead.struck == 1
    team.slack.faults.clear()
    await team.jobs(minutes=10)
    assert "1 is in." in words_of(team.live())


@pytest.mark.parametrize(
    ("button", "says", "state"),
    [("Close now", "closed", ChallengeState.CLOSED), ("Cancel it", "cancelled", ChallengeState.CANCELLED)],
)
async def test_a_challenge_that_ends_during_its_post_is_shown_as_ended(
    team: Team, button: str, says: str, state: ChallengeState, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = WorkspaceGateway.post

    async def slow(*args: object, **more: object) -> object:
        outcome = await posts(*args, **more)  # type: ignore[arg-type]  # as it was called
        await (await team.looks()).does(f"[{button}]")
        return outcome

    monkeypatch.setattr(WorkspaceGateway, "post", slow)
    await team.orders()
    await team.jobs()
    monkeypatch.undo()
    await team.jobs(minutes=1)
    assert [challenge.state for challenge in await team.kept()] == [state]
    assert said_in(team.live()).startswith(f"*Team challenge: {TITLE}* · {says}")
    assert labels_of(team.live()) == []
