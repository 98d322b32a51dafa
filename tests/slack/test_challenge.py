"""A team challenge from its preview to its recap, as people see it, and who may start and end one."""

from bot.core.challenges import ChallengeState
from bot.core.outbox import Kind
from bot.slack.challenge import form
from tests.slack.challenge import ASHA, EMIL, GUILD, ISLA, KENJI, NORA, PLATFORM, TITLE, Team, presses_id, words
from tests.slack.talk import Talk, elements_of, labels_of, words_of

LEADS = "C06LEADTEAM"  # Nora, Emil and Asha are in it; Kenji is not
PRIVATE = {"private_channel": LEADS, "channel": None}
GONE = "That challenge is gone."
MARTA = "U12MARTA"
TYPED, DETAILS = "/roleshift challenge", "details"


async def test_a_whole_challenge_from_its_preview_to_its_recap(team: Team) -> None:
    preview = await team.previews()
    assert f"*Team challenge: {TITLE}*" in words(preview)
    assert "Nobody yet." in words(preview)
    assert "Below it: *I'm in*, *I did it* and *Details*." in words(preview)
    (draft,) = await team.kept()
    assert (draft.skill, draft.minutes) == ("ship-in-days", 45), "a template answers what the form does not ask for"
    assert team.said() == []
    posted = await team.sends(NORA)
    assert f"You started *{TITLE}*. It is posted in <#{PLATFORM}> in a moment. If Slack refuses" in posted
    assert team.slack.workspace.screens.stacks[NORA] == [], "all forms are closed"
    await team.jobs()
    assert "Nobody yet." in words_of(team.live())
    assert labels_of(team.live()) == ["I'm in", "I did it", "Details"]
    told = "You're in: 6 days left. The channel sees how many, not who. Press *I did it* once you have."
    for who in (EMIL, ASHA, KENJI):
        assert told in words_of((await team.presses(who, "I'm in")).last)
    await team.presses(EMIL, "I did it")
    assert "Shared. Thank you." in await team.adds(ASHA, "Twenty answers, two got worse.")
    await team.jobs(minutes=1)
    assert "3 are in, 2 have done it." in words_of(team.live())
    await team.jobs(days=8)
    assert f"*Recap: {TITLE}*\n2 of the 3 who joined did it.\nThank" in team.recap()
    assert "> *Asha*: Twenty answers, two got worse." in team.recap()
    for name in (EMIL, KENJI, "Emil", "Kenji", "first", "1."):
        assert name not in team.recap(), "who wrote nothing is not named, and nobody is ranked"
    assert "*Next* Go on with *Ship features in days, not months*" in team.recap()
    assert f"*Team challenge: {TITLE}* · closed" in words_of(team.live())
    assert labels_of(team.live()) == []
    assert f"*{TITLE}* in <#{PLATFORM}>\nEnded. You did it." in words_of((await team.lists(EMIL)).last)
    assert "No challenge is open." in words_of((await team.lists(MARTA)).last), "who took no part"
    await team.jobs(days=8)
    assert "No challenge is open." in words_of((await team.lists(EMIL)).last), "that was two weeks ago"


async def test_another_admin_can_end_a_challenge_after_confirming_it(team: Team) -> None:
    await team.starts()
    await team.presses(ASHA, "I'm in")
    await team.slack.change_person(EMIL, kind="admin")
    talk = await team.looks(EMIL)
    (asks,) = [element["confirm"] for element in elements_of(talk.last) if element["text"]["text"] == "Cancel it"]
    assert asks["confirm"]["text"] != asks["deny"]["text"]
    said = await talk.does("[Cancel it]")
    assert said.startswith(f"*{TITLE}* is cancelled. Its message will show that within a minute.")
    await team.jobs(minutes=1)
    assert [challenge.state for challenge in await team.kept()] == [ChallengeState.CANCELLED]
    assert "· cancelled" in words_of(team.live())
    assert "That challenge was cancelled." in await presses_id(Talk(team.slack, ASHA), "join", await team.its_id())
    assert await team.deliveries(Kind.RECAP) == []


async def test_members_who_may_start_challenges_run_only_their_own(team: Team) -> None:
    await Talk(team.slack, KENJI).does("/roleshift challenge suggest")
    assert "Compare" in await team.sends(KENJI, template=form.FREE, words="Compare")
    assert "Saved." in await team.settles(who="members")
    await team.starts(EMIL)
    assert [challenge.started_by for challenge in await team.kept()] == [EMIL]
    emil, asha = await team.looks(EMIL), await team.looks(ASHA)
    assert not {"Close now", "Cancel it"} & set(labels_of(asha.last))
    refused = await presses_id(asha, "close-challenge", await team.its_id())
    assert refused.startswith("Only workspace admins and coach admins can run a challenge.")
    assert labels_of((await team.lists(ASHA)).last) == ["Open a challenge", "Start a challenge"], "admins read ideas"
    closed = await emil.does("[Close now]")
    assert f"*{TITLE}* is closed. If anybody joined, the recap comes in <#{PLATFORM}>." in closed


# Who may read what: private channels, drafts, lines for the organiser, strangers.


async def test_a_private_challenge_is_listed_and_detailed_only_to_its_starter_and_to_who_takes_part(team: Team) -> None:
    await team.orders(**PRIVATE)
    await team.jobs()
    challenge_id = await team.its_id()
    assert f"*{TITLE}* in <#{LEADS}> (private)" in await Talk(team.slack, NORA).does(TYPED)
    for who in (EMIL, KENJI):
        assert TITLE not in await Talk(team.slack, who).does(TYPED)
        for verb in (DETAILS, "join", "did-challenge", "line"):
            said = await presses_id(Talk(team.slack, who), verb, challenge_id)
            assert GONE in said, (who, verb)
            assert TITLE not in said
    await team.presses(EMIL, "I'm in", team.live(LEADS))
    assert TITLE in await Talk(team.slack, EMIL).does(TYPED)
    assert TITLE in await presses_id(Talk(team.slack, EMIL), DETAILS, challenge_id)
    assert TITLE not in await Talk(team.slack, KENJI).does(TYPED)
    asha = await team.presses(ASHA, "Details", team.live(LEADS))
    assert "You're in" in await asha.does("[I'm in]")
    assert "To take part again, use the message in its channel." in await asha.does("[I'm out]")
    assert labels_of(asha.last) == []
    assert TITLE not in await Talk(team.slack, ASHA).does(TYPED)
    await team.slack.change_person(KENJI, kind="admin")
    for line in (TYPED, "/roleshift team"):
        assert TITLE not in await Talk(team.slack, KENJI).does(line)
    for verb in ("close-challenge", "cancel-challenge", "edit-challenge"):
        said = await presses_id(Talk(team.slack, KENJI), verb, challenge_id)
        assert GONE in said, (verb, "by another admin")
        assert TITLE not in said
    assert [challenge.state for challenge in await team.kept()] == [ChallengeState.OPEN]


async def test_a_draft_that_was_in_a_private_channel_opens_with_it_and_can_go_to_a_public_one(team: Team) -> None:
    preview = await team.previews(**PRIVATE)
    assert "It is private: outside that channel, only you and those who take part see it." in words(preview)
    await (await team.looks()).does("[Look and post]")
    view = team.slack.workspace.screens.stacks[NORA][-1]
    assert view.state[form.PRIVATE_CHANNEL][form.PRIVATE_CHANNEL]["selected_conversation"] == LEADS
    assert view.state[form.CHANNEL][form.CHANNEL]["selected_conversation"] is None
    await team.fills(view, NORA, channel=PLATFORM, private_channel=None)
    (draft,) = await team.kept()
    assert (draft.channel, draft.private) == (PLATFORM, False)


# Strangers and drafts.


async def test_a_changed_membership_decides_at_once_what_a_person_can_read(team: Team) -> None:
    await team.starts(channel=GUILD)
    for kind, may in (("guest", False), ("member", True), ("guest", False)):
        await team.slack.change_person(ISLA, kind=kind)
        assert (TITLE in await Talk(team.slack, ISLA, "ai-guild").does(TYPED)) == may


async def test_a_draft_is_detailed_only_to_its_writer_and_only_while_they_may_start_one(team: Team) -> None:
    await team.slack.close(NORA, await team.previews(channel=GUILD), whole_stack=True)
    challenge_id = await team.its_id()
    assert TITLE in await presses_id(Talk(team.slack, NORA), DETAILS, challenge_id)
    team.slack.workspace.change_person(KENJI, kind="admin")
    for who in (EMIL, KENJI):
        for verb in (DETAILS, "join", "did-challenge", "line", "edit-challenge"):
            assert TITLE not in await presses_id(Talk(team.slack, who, "ai-guild"), verb, challenge_id), (who, verb)
    team.slack.workspace.change_person(NORA, kind="member")
    assert "can run a challenge" in await presses_id(Talk(team.slack, NORA), DETAILS, challenge_id)
