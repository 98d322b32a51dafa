"""A team challenge from its preview to its recap, as people see it, and who may start and end one."""

import pytest

from bot.core.challenges import ChallengeState
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.workspace import Message
from bot.slack.challenge import form
from tests.slack.challenge import ASHA, EMIL, KENJI, NORA, PLATFORM, TITLE, Team, said_in, words
from tests.slack.talk import elements_of, labels_of, words_of

NOT_ADMIN = "Only workspace admins and coach admins can start a challenge."


async def test_a_whole_challenge_from_its_preview_to_its_recap(team: Team) -> None:
    preview = await team.previews(goal=3, options=["shows", "calls"])
    assert f"*Team challenge: {TITLE}*" in words(preview)
    assert "Be the first. Goal: 3 people." in words(preview)
    assert team.said() == []
    posted = await team.sends(NORA)
    assert f"You started *{TITLE}*. It is posted in <#{PLATFORM}> in a moment. If Slack refuses" in posted
    assert team.slack.workspace.screens.stacks[NORA] == [], "all forms are closed"
    await team.jobs()
    assert "Be the first. Goal: 3 people." in words_of(team.live())
    assert labels_of(team.live()) == ["I'm in", "I did it", "Details"]
    for who in (EMIL, ASHA, KENJI):
        joined = await team.presses(who, "I'm in")
        assert "You're in: 6 days left. Press *I did it* once you have." in words_of(joined.last)
    await team.presses(EMIL, "I did it")
    assert "Shared. Thank you." in await team.adds(ASHA, "Twenty answers, two got worse.")
    await team.jobs(minutes=1)
    assert "2 of 3 · 3 are in." in words_of(team.live())
    assert team.thread() == ["*Asha*: Twenty answers, two got worse."]
    assert "Noted for the recap" in await team.picks("Twenty answers, two got worse.")
    await team.jobs(days=8)
    assert f"*Recap: {TITLE}*\n2 of the 3 who joined did it; the goal was 3. ▰▰▰▰▰▰▰▰▱▱▱▱\nThank" in team.recap()
    assert "> *Asha*: Twenty answers, two got worse." in team.recap()
    assert "*Next* Go on with *Ship features in days, not months*" in team.recap()
    assert f"*Team challenge: {TITLE}* · closed" in words_of(team.live())
    assert labels_of(team.live()) == []


async def test_a_challenge_without_a_template_asks_and_promises_only_what_was_chosen(team: Team) -> None:
    own = {"title": "Read one log", "task": "Read a log aloud.", "done_when": "somebody laughed.", "options": []}
    preview = await team.previews(NORA, form.FREE, **own)
    assert "No line is asked for." in words(preview)
    assert "reminded" not in words(preview)
    await team.slack.submit(NORA, preview)
    await team.jobs()
    assert "Read a log aloud.\n*Done when* somebody laughed." in said_in(team.live())
    done = await team.presses(EMIL, "I did it")
    assert labels_of(done.last) == ["Details"]


async def test_a_challenge_that_ended_lately_is_listed_only_for_those_who_took_part(team: Team) -> None:
    await team.starts()
    await team.presses(EMIL, "I did it")
    await team.jobs(days=8)
    assert f"*{TITLE}* in <#{PLATFORM}>\nEnded. You did it." in words_of((await team.lists(EMIL)).last)
    assert "No challenge is open." in words_of((await team.lists(ASHA)).last)
    await team.jobs(days=8)
    assert "No challenge is open." in words_of((await team.lists(EMIL)).last)


@pytest.mark.parametrize(
    ("button", "state", "said"),
    [
        ("Close now", ChallengeState.CLOSED, f"*{TITLE}* is closed. The recap comes in <#{PLATFORM}>."),
        ("Cancel it", ChallengeState.CANCELLED, f"*{TITLE}* is cancelled. Its message will show that within a minute."),
    ],
)
async def test_another_admin_can_end_a_challenge_after_confirming_it(
    team: Team, button: str, state: ChallengeState, said: str
) -> None:
    await team.starts()
    await team.slack.change_person(EMIL, kind="admin")
    talk = await team.looks(EMIL)
    (asks,) = [element["confirm"] for element in elements_of(talk.last) if element["text"]["text"] == button]
    assert asks["confirm"]["text"] != asks["deny"]["text"]
    assert (await talk.does(f"[{button}]")).startswith(said)
    await team.jobs(minutes=1)
    assert [challenge.state for challenge in await team.kept()] == [state]
    assert f"· {state}" in words_of(team.live())
    assert await team.deliveries(Kind.RECAP) == ([DeliveryState.SENT] if state is ChallengeState.CLOSED else [])


async def test_members_who_may_start_challenges_run_only_their_own(team: Team) -> None:
    assert "Saved." in await team.settles(who="members")
    await team.starts(EMIL)
    assert [challenge.started_by for challenge in await team.kept()] == [EMIL]
    emil, asha = await team.looks(EMIL), await team.looks(ASHA)
    assert not {"What people shared", "Close now", "Cancel it"} & set(labels_of(asha.last))
    assert (await pretends(team, ASHA, asha.last)).startswith(NOT_ADMIN.replace("start a", "run a"))
    assert f"*{TITLE}* is closed. The recap comes in <#{PLATFORM}>." in await emil.does("[Close now]")


async def pretends(team: Team, who: str, message: Message) -> str:
    """Press *Close now* on somebody else's challenge."""
    (challenge,) = await team.kept()
    button = next(element for element in elements_of(message) if element["type"] == "button")
    button["action_id"] = f"roleshift:close-challenge:{challenge.challenge_id}"
    return (await team.slack.click(who, message, button["action_id"])).text


async def test_more_challenges_than_the_list_shows_are_opened_from_its_menu(team: Team) -> None:
    titles = [f"Challenge {number}" for number in range(5)]
    for title in titles:
        await team.orders(title=title)
    await team.jobs(seconds=5)
    listed = await (await team.lists()).does("/roleshift challenge")
    assert "2 more in the menu." in listed
    for title in titles:
        opened = await team.looks(title=title)
        assert title in words_of(opened.last)
        assert "No challenge" not in await opened.does("[Back]")
