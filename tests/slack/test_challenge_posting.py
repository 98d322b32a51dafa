"""A challenge is posted at most once, or its organiser reads what to do; its live message shows how many take part."""

import asyncio

from bot.core.challenges import ChallengeState
from bot.core.outbox import DeliveryState
from bot.playground.emulator.faults import limit, lose, refuse
from jobs.challenges import update_challenges
from tests.slack.challenge import ASHA, DESIGN, EMIL, KENJI, NORA, PLATFORM, TITLE, Team, in_field, said_in
from tests.slack.talk import labels_of, words_of

NOTHING = "There is nothing to post again: it is on its way, or its time is over."
CROWD = ("U06WANJIRU", "U07TENDAI", "U08PRIYA", "U09ROHAN", "U10HARUKA", "U11MINH", "U12MARTA", "U13LUKAS")


async def test_after_a_refusal_the_organiser_reads_the_fix_once_changes_their_text_and_posts_it(team: Team) -> None:
    own = {"title": "Mine", "task": "Do it.", "done_when": "done.", "question": "How?"}
    team.slack.faults.add(refuse("chat.postMessage", error="is_archived"))
    await team.orders(**own)
    await team.jobs()
    await team.jobs(seconds=2)
    (told,) = team.told()
    assert f"*I could not post your challenge: Mine*\n<#{PLATFORM}> is archived." in said_in(told)
    assert "What you wrote is kept." in said_in(told)
    assert labels_of(told) == ["Post again", "Change it"]
    await team.jobs(minutes=5)
    assert len(team.told()) == 1
    assert team.said() == []
    assert [challenge.state for challenge in await team.kept()] == [ChallengeState.DRAFT]
    await team.presses(NORA, "Change it", told)
    view = team.slack.workspace.screens.stacks[NORA][-1]
    for name, value in own.items():
        assert in_field(view, name.replace("_", "-")) == value
    assert in_field(view, "channel") == PLATFORM
    preview = await team.slack.submit(NORA, view, {"channel": "C03AIGUILD"})
    assert preview.errors == {}
    await team.slack.submit(NORA, preview)
    await team.jobs()
    assert said_in(team.live("C03AIGUILD")).startswith("*Team challenge: Mine*")
    assert [challenge.state for challenge in await team.kept()] == [ChallengeState.OPEN]


async def test_a_challenge_is_posted_once_after_the_bot_is_invited(team: Team) -> None:
    await team.orders(channel=DESIGN)
    await team.jobs()
    await team.jobs(seconds=2)
    (told,) = team.told()
    assert "Type `/invite @roleshift` there" in said_in(told)
    assert [refusal.error for refusal in team.slack.refused] == ["not_in_channel"]
    team.slack.refused.clear()
    team.slack.workspace.channels[DESIGN].members.add(team.slack.workspace.bot_user)  # `/invite @roleshift`
    nora = await team.presses(NORA, "Post again", told)
    assert f"*{TITLE}* is on its way to <#{DESIGN}>." in words_of(nora.last)
    assert words_of((await team.presses(NORA, "Post again", told)).last).startswith(NOTHING)
    await team.jobs()
    assert len(team.said(DESIGN)) == 1
    assert words_of((await team.presses(NORA, "Post again", told)).last).startswith("It is posted.")
    await team.jobs(seconds=5)
    assert len(team.said(DESIGN)) == 1
    await team.presses(EMIL, "I'm in", team.live(DESIGN))
    await team.jobs(minutes=1)
    assert "1 is in." in words_of(team.live(DESIGN))


async def test_a_challenge_cancelled_before_its_post_is_never_posted(team: Team) -> None:
    await team.orders()
    assert f"*{TITLE}* is cancelled. It was not posted." in await (await team.looks()).does("[Cancel it]")
    await team.jobs(days=2)
    assert team.said() == []
    assert await team.deliveries() == [DeliveryState.CANCELLED]


# Its live message: the first changes show at once, later ones within 30 s; closed at the end.


async def test_however_many_click_the_count_is_right_within_five_seconds(team: Team) -> None:
    await team.starts()
    for number, who in enumerate(CROWD):
        await team.presses(who, "I'm in")
        if number % 2:
            await team.presses(who, "I did it")
        await team.jobs(seconds=1)
    assert team.updates() == 2
    await team.jobs(seconds=5)
    assert team.updates() == 3
    assert "8 are in, 4 have done it." in words_of(team.live())
    await team.jobs(minutes=5)
    assert team.updates() == 3
    await team.presses(NORA, "I'm in")
    stopping = asyncio.Event()
    stopping.set()
    await update_challenges(team.services, stopping)
    assert team.updates() == 3, "a worker that is told to stop changes nothing more"


async def test_an_unconfirmed_change_is_repeated_and_a_refused_one_waits_for_a_new_count_or_a_token(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I'm in")
    team.slack.faults.add(lost := lose("chat.update"))
    await team.jobs(seconds=1)
    await team.jobs(seconds=5)
    assert lost.struck == 1
    await team.jobs(seconds=30)
    assert "1 is in." in words_of(team.live())
    done = team.updates()
    await team.jobs(minutes=5)
    assert team.updates() == done
    team.slack.faults.add(gone := refuse("chat.update", error="message_not_found", times=None))
    for number, who in enumerate((ASHA, KENJI), 1):
        await team.presses(who, "I'm in")
        for _ in range(3):
            await team.jobs(minutes=1)
        assert gone.struck == number
    team.slack.faults.clear()
    dead = refuse("chat.update", error="token_revoked", times=None)
    team.slack.faults.add(dead, refuse("auth.test", error="token_revoked", times=None))
    await team.presses(NORA, "I'm in")
    for _ in range(3):
        await team.jobs(minutes=1)
    assert dead.struck == 1
    team.slack.faults.clear()
    await team.jobs(minutes=10)
    assert "4 are in." in words_of(team.live())


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
