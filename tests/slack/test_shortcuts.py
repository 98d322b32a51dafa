"""The shortcuts *Coach me* and *Coach this*: what their modals show and answer, for whom, and what they never keep."""

from pathlib import Path
from typing import Any

import pytest

from bot.playground.emulator.faults import refuse
from bot.playground.emulator.views import View
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.home import HomeTab
from tests.slack.life import EMIL, Life
from tests.slack.posting import sender_to
from tests.slack.talk import shown

COACH_ME, COACH_THIS = "roleshift:coach-me", "roleshift:coach-this"
GUEST, OUTSIDER, ROOM = "U05ISLA", "U09MALLORY", "C03AIGUILD"
CANARY = "canary4711"
COSTS = "Our model bill went up again, why did the token spend triple?"
NOTHING = "Nothing that I coach fits this message."
Json = dict[str, Any]


class Windows:
    """The modals that a person has open, the lowest first."""

    def __init__(self, life: Life, who: str = EMIL) -> None:
        self.life, self.slack, self.who, self.home = life, life.slack, who, HomeTab(life.slack, who)

    @property
    def stack(self) -> list[View]:
        return self.slack.workspace.screens.stacks[self.who]

    def words(self, place: int = -1) -> str:
        return shown(self.stack[place].spec["title"]["text"], self.stack[place].blocks)

    async def coach_me(self) -> str:
        await self.slack.shortcut(self.who, COACH_ME)
        return self.words()

    async def coach_this(self, text: str, **message: Any) -> str:
        written = self.slack.workspace.post(ROOM, message.pop("author", self.who), text, **message)
        await self.slack.shortcut(self.who, COACH_THIS, written)
        return self.words()

    async def press(self, label: str) -> str:
        await self.home.presses(label, self.stack[-1])
        return self.words()

    async def ask(self, question: str) -> str:
        seen = await self.slack.submit(self.who, self.stack[-1], {"question": question}, unchecked=True)
        return "\n".join(seen.errors.values()) or self.words()

    async def sees_below(self, words: str) -> None:
        """Wait until the lowest modal is drawn anew in the background."""
        async with self.slack.watching(self.who) as outcome:
            for _ in range(600):  # a minute, on a machine that is busy
                if words in self.words(0):
                    return
                await outcome.changed(0.1)
        raise AssertionError(self.words(0))


@pytest.fixture
def windows(life: Life) -> Windows:
    return Windows(life)


async def test_a_newcomer_chooses_a_role_and_starts_in_one_modal(windows: Windows) -> None:
    assert "Which role is yours?" in await windows.coach_me()
    said = await windows.press("DevOps Engineer")
    assert "*Next: " in said
    assert "Next weekly tip: Tuesday" in await windows.press("Yes")
    assert len(windows.stack) == 1, "the modal itself is the answer"
    assert "*Done when*" in await windows.press("Start")


async def test_the_tip_of_this_week_is_answered_there(windows: Windows) -> None:
    await windows.life.says_yes()
    await windows.life.until_tuesday()
    assert "*Done when*" in await windows.coach_me()
    assert "What is in the way?" in await windows.press("Blocked")
    assert "Noted: no time this week." in await windows.press("No time this week")
    await windows.sees_below("Noted: no time this week.")
    await windows.slack.close(EMIL, windows.stack[-1])
    said = await windows.press("Did it")
    assert said.startswith("Coach me\nAsk the coach"), "the question comes first"
    assert "Done this week: " in said
    assert "*Done when*" not in said
    await windows.press("What came out?")
    (line, *_) = [block["block_id"] for block in windows.stack[-1].blocks if block["type"] == "input"]
    await windows.slack.submit(EMIL, windows.stack[-1], {line: "Logged two calls."})
    await windows.sees_below("Change my result")


async def test_a_question_is_answered_inside_the_modal_and_opened_above_it(windows: Windows) -> None:
    await windows.coach_me()
    for question, answer in (
        ("why did the token bill of our demo grow like that", "*This may help: "),
        ("qwertz", "*I'm not sure what you mean.*"),
        ("what next", "Which role is yours? Then I show you its projects."),
        ("   ", "Ask me in your own words, such as"),
        ("track token spend", "*This answers it: Token usage and costs*"),
    ):
        assert answer in await windows.ask(question)
        (view,) = windows.stack
        assert view.state["question"]["question"]["value"] == question, "it can be asked in other words"
    assert "*Start here*" in await windows.press("Open")
    await windows.slack.close(EMIL, windows.stack[-1])
    await windows.ask("qwertz")


FOUND = "*This may help: "
MESSAGES: dict[str, tuple[Json | None, str]] = {
    "a message about the work": ({"text": COSTS}, FOUND),
    "a long message": ({"text": f"{'Lorem ipsum dolor sit amet. ' * 3}\n{COSTS}\n" + "x y z " * 6_000}, FOUND),
    "one long word": ({"text": "x" * 39_000}, NOTHING),
    "lunch": ({"text": "Lunch at 12?"}, NOTHING),
    "a mention alone": ({"text": "<@U02EMIL> <!here> <https://example.com|token spend>"}, "I found no words"),
    "no text, but blocks": ({"text": "", "blocks": [{"type": "section", "text": {"text": COSTS}}]}, FOUND),
    "a bot's attachment": ({"text": "", "bot_id": "B1", "attachments": [{"fallback": "x", "text": COSTS}]}, FOUND),
    "nulls": ({"text": None, "blocks": None, "attachments": None}, "I found no words"),
    "not a message at all": (None, "I found no words"),
}


async def test_every_kind_of_message_is_coached_or_honestly_not(slack: StandIn, tmp_path: Path) -> None:
    async with sender_to(slack, tmp_path) as sender:

        async def check(case: tuple[Json | None, str]) -> None:
            message, answer = case
            assert (await sender.payload("interactive", payload_of(slack, message))).status == 200
            (view,) = slack.workspace.screens.stacks[EMIL]
            assert answer in shown("", view.blocks)
            await slack.close(EMIL, view)

        await try_every(MESSAGES, check)
    assert {row[0] for row in every_row(tmp_path)} == {"workspace"}


def payload_of(slack: StandIn, message: Json | None, **more: Any) -> Json:
    """Return the payload of *Coach this* on a message that the emulator can't hold, such as one with files."""
    written = slack.workspace.post(ROOM, EMIL, "stands for it")
    payload = slack.acts.payloads.shortcut(slack.workspace.person(EMIL), COACH_THIS, written)
    return payload | {"message": message} | more


async def test_nothing_of_a_message_is_stored_posted_or_shown(windows: Windows, tmp_path: Path) -> None:
    said = await windows.coach_this(f"{COSTS} {CANARY}", author="U01NORA")
    assert FOUND in said
    assert CANARY not in str(windows.stack[-1].spec)
    await windows.press("Open")
    assert not [row for row in every_row(tmp_path) if CANARY in str(row) or EMIL in str(row)]
    assert not [post for post in windows.slack.posts if CANARY in str(post)]


async def test_strangers_look_around_and_nothing_is_stored_about_them(life: Life, tmp_path: Path) -> None:
    for who in (GUEST, OUTSIDER):
        windows = Windows(life, who)
        assert "I can coach full members only" in await windows.coach_me()
        assert "Role transformations" in await windows.press("Compare roles")
        await windows.slack.close(who, windows.stack[-1])
        assert "*This answers it" in await windows.ask("track token spend")
        said = await windows.coach_this(COSTS)
        assert FOUND in said
        await windows.press("Open")
        with pytest.raises(LookupError, match="All skills"):  # what would be refused is not there
            await windows.press("Mark as learned")
        assert rows_about(tmp_path, who) == []


async def test_a_modal_that_slack_does_not_open_in_time_is_replaced_by_a_message(windows: Windows) -> None:
    slack = windows.slack
    slack.faults.add(refuse("views.open", error="expired_trigger_id", times=3))
    seen = await slack.shortcut(EMIL, COACH_ME)
    assert seen.text.startswith("I could not open that window in time. Nothing was changed.")
    assert seen.message.channel == slack.workspace.dm(EMIL).id
    written = slack.workspace.post(ROOM, "U01NORA", COSTS)
    seen = await slack.shortcut(EMIL, COACH_THIS, written)
    assert seen.text.startswith("I could not open that window in time.")
    assert (seen.message.channel, seen.message.reader) == (ROOM, EMIL), "beside the message, for them alone"
    assert written.text == COSTS


async def test_a_shortcut_that_can_not_be_used_says_why(slack: StandIn, tmp_path: Path) -> None:
    old = "That shortcut is from an older version of me"
    cases: tuple[tuple[Json, str], ...] = (  # no longer there, of the other kind, from another workspace
        ({"callback_id": "roleshift:gone"}, old),
        ({"callback_id": COACH_ME}, old),
        ({"team": {"id": "T0ELSEWHERE"}}, "I am not installed in this workspace, so"),
    )
    async with sender_to(slack, tmp_path) as sender:
        for changed, said in cases:
            async with slack.watching(EMIL) as outcome:
                await sender.payload("interactive", payload_of(slack, {"text": COSTS}, **changed))
                while not outcome.messages or outcome.text == "stands for it":
                    assert await outcome.changed(slack.patience)
            assert outcome.text.startswith(said)
            assert slack.workspace.screens.stacks[EMIL] == []
