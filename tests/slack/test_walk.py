"""Press every kind of button and menu on every screen; each gets a proper answer."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.coach import plans, practice, schedules
from bot.core.member import MemberKey
from bot.core.next_tip import Reason
from bot.core.practice import WEEK, Answer, ReminderWish
from bot.core.rhythm import Wish
from bot.playground.emulator.blocks import Json, options_of
from bot.playground.emulator.faults import refuse
from bot.playground.emulator.workspace import Message
from bot.slack import ask, connect, home, noun, show
from bot.slack.app import NOUNS
from bot.slack.blocks import OVERFLOW, PREFIX, actions, button
from bot.slack.challenge import card, form, run
from bot.slack.team import admins, announce, teams
from bot.slack.team.project import TAKE_BACK, TRY
from bot.slack.tip import check as tip_check, clicks
from bot.slack.tip.lines import ALLOW, HIDE, REPORT
from bot.slack.tip.ref import Origin, TipRef
from bot.slack.tip.tips import ANOTHER_TIME, HOW_HARD, WEEKLY, YES
from tests.acting import acting
from tests.coach.teams import Somebody, settle_in
from tests.driver.standin import StandIn
from tests.every import check_every
from tests.slack.challenge import DESIGN, EMIL, GUILD, Team
from tests.slack.life import first_choice, weekly_tip
from tests.slack.screens.situations import on_surface, situations
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import Talk, elements_of, words_of

SORRY = (
    "That broke on my side", "older message", "no longer there", "I don't know the", "I don't know `",
    "Nothing was changed", "not open now",
    "challenge is gone", "nothing to post again", "Only the person", "Only workspace admins", "*I did it* first;",
)  # fmt: skip
# What undoes other steps.
FINAL = ("did-tip", "undo", "leave", "post-again", "close-challenge", "cancel-challenge", "forget-now")
DM = "D01NORA"
WHO = "U01NORA"  # an admin: nobody sees more
MOST = 4  # presses of one verb, each with another value: `screens/` has the card of each skill, tip and role
WORDS = dict.fromkeys(("check", "learn", "unlearn", "skill"), "cost spikes")
WORDS |= {
    "did": "it: half had no owner",
    "ask": "answer real questions by the page alone",
    "role": "sre",
    "theme": "speed",
}
ROOT = Path(__file__).parents[2]
# Ids that only older versions drew and that must still be answered → why:
OLD = {"another": "weekly tips of 1.0.0 offer a second one with it"}


@dataclass(frozen=True)
class Press:
    """One thing to press on one screen; the screen is kept, because pressing replaces it."""

    action_id: str
    value: str | None
    text: str
    blocks: list[Json]


def presses_on(message: Message) -> list[Press]:
    blocks = [dict(block) for block in message.blocks or []]
    found = []
    for element in elements_of(message):
        values = [option["value"] for option in options_of(element)] or [None]
        found += [Press(element["action_id"], value, message.text, blocks) for value in values]
    return found


async def test_every_button_on_every_screen_does_what_it_says(team: Team) -> None:
    walk = Walk(team.slack)
    many = [Somebody(lacks=["test-set"])] * 20  # so that the desk shows figures
    await team.services.store.write(settle_in, many, team.slack.workspace.id, 100, team.services.clock.now() - WEEK)
    await walk.through(*await screens_of_challenges(team))
    other = first_choice().lesson.skill.tips[-1]  # with it done, one more is enough to mark the skill as learned
    me, now = MemberKey(team.slack.workspace.id, WHO), team.services.clock.now()
    quiz = next(iter(team.services.catalog.quizzes.values()))
    await team.services.store.write(acting(practice.did, me, now, team.services.catalog), other.id, None)
    await team.services.store.write(acting(schedules.accept, me, now), None, None)
    in_a_week, last = ReminderWish((now + WEEK).date(), 12 * 60), list(team.services.catalog.lessons)[-1]
    await team.services.store.write(acting(plans.plan, me, now, team.services.catalog), last, None, in_a_week)
    screens = [screen for command in dict.fromkeys(NOUNS.verbs.values()) for screen in await typed(team.slack, command)]
    tip, visit = await weekly_tip(team.slack, team.services, WHO, quiz), week(team)
    await walk.through(*screens, tip, visit)
    verbs = {verb_pressed(action_id, value) for action_id, value in walk.pressed}
    assert NOUNS.clicks.keys() - verbs == OLD.keys(), "no screen has a button for it"
    assert verbs - NOUNS.clicks.keys() - NOUNS.verbs.keys() == set()
    assert len(walk.pressed) > 100, "skills, tips, roles and themes have more buttons than that"


def week(team: Team) -> Message:
    """Return the button that opens the tip of a week, and those that come with time or colleagues."""
    lesson, line_id = first_choice().lesson, "0" * 16
    ref = TipRef(lesson.tip.id, Reason.SINGLE, Origin.WEEKLY, "2026-W48")
    values = {connect.MAKE: "", REPORT: f"{ref.value} {line_id}"}
    values |= dict.fromkeys((connect.REVOKE, show.SEEN, show.TAKE_BACK, HIDE, ALLOW), line_id)
    values[tip_check.STILL] = replace(ref, still=lesson.tip.id).with_word(Answer.AGAIN)
    values[tip_check.RHYTHM] = replace(ref, asks_rhythm=True).with_word(Wish.WEEKLY)
    values |= {admins.END_FIRST_DAY: "", WEEKLY: f"{YES} {ref.value}", ANOTHER_TIME: ref.value}
    values |= {form.PICK: "", clicks.SHOW_TEAM: line_id, TAKE_BACK: line_id, TRY: line_id, teams.TELL: line_id}
    values |= {teams.REMOVE: "S0GONE", run.CHOOSE_TEMPLATE: ""}
    values[HOW_HARD] = f"{practice.Felt.EASY} {ref.value}"
    anew = button("Type it differently", ask.ASK_ANEW)
    project = next(iter(team.services.catalog.projects.values()))
    first = TipRef.asked(project.steps[0].id).value
    values |= dict.fromkeys((clicks.LEARN_ALL, clicks.STOP, clicks.SHOW), first)
    values[clicks.CALENDAR] = first
    values[clicks.COPY_REQUEST] = f"{project.steps[0].id} {next(iter(project.ask_for))}"
    row = actions(home.OPEN_IT, anew, *(button(name, name, value) for name, value in values.items()))
    return team.slack.workspace.post(DM, team.slack.workspace.bot_user, "Your week", blocks=[row])


async def typed(slack: StandIn, command: noun.Verb) -> list[Message]:
    """Return the screen of a command, on a message of its own; nothing for one that opens a form."""
    talk, verb = Talk(slack, WHO), command.word
    await talk.does(f"/roleshift {verb} {WORDS.get(verb, '')}")
    for view in slack.workspace.screens.stacks.get(WHO, ()):
        await slack.close(WHO, view)
    return [talk.seen] if talk.seen else []


async def screens_of_challenges(team: Team) -> list[Message]:
    """Return every screen of challenges: two are live, and one was refused."""
    await team.starts()
    await team.adds(EMIL, "Twenty answers, two got worse.")
    live = team.live()
    await team.starts(channel=GUILD)
    team.slack.faults.add(refuse("chat.postMessage", error="not_in_channel"))
    await team.orders(title="Refused", channel=DESIGN)
    await team.jobs(seconds=2)
    await team.jobs(seconds=2)
    bot = team.slack.workspace.bot_user
    refused = announce.not_posted(DESIGN, "not_in_channel", "We", "ship.")
    task = team.slack.workspace.post(DM, bot, refused.text, blocks=[dict(block) for block in refused.blocks])
    member_list = await suggests(team)
    listed = (await team.lists()).last
    assert listed is not None
    return [live, listed, task, member_list, *team.told()]


async def suggests(team: Team) -> Message:
    """Let a member suggest a challenge, and return their list of challenges, which has the button for it."""
    emil = Talk(team.slack, EMIL)
    await emil.does("/roleshift challenge")
    await emil.does("[Suggest one to the admins]")
    await emil.does("(template=free words=Compare)")
    await emil.does("[Back]")
    return emil.last


class Walk:
    """Press every button once, but no verb too often. Those that can't be undone come last."""

    def __init__(self, slack: StandIn) -> None:
        self.slack, self.pressed = slack, set[tuple[str, str | None]]()
        self._times = Counter[str]()

    async def through(self, *screens: Message) -> None:
        queue = [press for screen in screens for press in presses_on(screen)]
        message = screens[0]
        while queue:
            press = min(queue, key=finality)
            queue.remove(press)
            verb = verb_pressed(press.action_id, press.value)
            if (press.action_id, press.value) not in self.pressed and self._times[verb] < MOST:
                self.pressed.add((press.action_id, press.value))
                self._times[verb] += 1
                queue += await self._press(press, message)

    async def _press(self, press: Press, message: Message) -> list[Press]:
        self.slack.workspace.edit(message, press.text, press.blocks)  # back to the screen on which it stands
        seen = await self.slack.click(WHO, message, press.action_id, press.value)
        assert seen.toast is None
        if seen.view is not None:
            await self.slack.close(WHO, seen.view)
            return []
        said = words_of(seen.message)
        assert not [sorry for sorry in SORRY if sorry in said], f"{press.action_id} on {press.text!r}: {said}"
        return presses_on(seen.message)


def verb_pressed(action_id: str, value: str | None) -> str:
    """Return the verb of a button, or of a choice of an overflow menu, which carries it in its value."""
    verb = action_id.removeprefix(PREFIX).partition(":")[0]
    return (value or "").partition(" ")[0] if verb == OVERFLOW else verb


def finality(press: Press) -> int:
    verb = verb_pressed(press.action_id, press.value)
    return FINAL.index(verb) if verb in FINAL else -1


# Every button on a screen has a handler, and every handler a button.


def ids_in(part: Any, key: str) -> Iterator[str]:
    """Yield the bot's own ids under a key, such as `did` of `roleshift:did:0f…`, wherever they stand in a screen."""
    if isinstance(part, dict):
        found = part.get(key)
        if key == "action_id" and part.get("type") == "overflow":
            yield from (option["value"].partition(" ")[0] for option in part["options"])
        elif isinstance(found, str) and found.startswith(PREFIX):
            yield found.removeprefix(PREFIX).partition(":")[0]
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for each in part:
            yield from ids_in(each, key)


def drawn(key: str) -> set[str]:
    return {found for _, screen in situations(SMALL) for found in ids_in(on_surface(screen)[0], key)}


def offered() -> Iterator[str]:
    """Yield the verbs that errors offer as the next step, each of which becomes a button."""
    for path in (path for part in ("core", "coach", "slack") for path in (ROOT / "bot" / part).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "NextStep(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NextStep":
                verb = node.args[1]
                if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                    yield verb.value


def test_every_button_and_form_on_every_screen_has_a_handler_and_every_handler_is_drawn_somewhere() -> None:
    buttons = drawn("action_id")
    assert buttons - NOUNS.verbs.keys() - NOUNS.clicks.keys() == set(), "no noun answers them"
    assert NOUNS.clicks.keys() - buttons == OLD.keys(), "no screen draws them"
    assert drawn("callback_id") == NOUNS.forms.keys()


def test_every_next_step_that_an_error_offers_has_a_handler() -> None:
    steps = set(offered())
    assert {"help", "tips", "challenge"} <= steps
    assert steps - NOUNS.verbs.keys() - NOUNS.clicks.keys() == set()


def test_no_button_has_the_name_of_a_command_but_the_old_ones_of_challenges_work() -> None:
    assert NOUNS.clicks.keys() & NOUNS.verbs.keys() == set(), "a click on it would run the command"
    for old, new in noun.RENAMED.items():
        assert NOUNS.click(old, "0123456789abcdef") is NOUNS.clicks[new]
        for typed in ("", "price", "a-tip-that-is-typed"):
            assert NOUNS.click(old, typed).handler == NOUNS.verbs[old].handler


def test_a_value_that_no_screen_draws_is_no_value_of_the_button() -> None:
    def check(case: tuple[str, str]) -> None:
        verb, value = case
        with pytest.raises(ValueError, match=r"^$"):
            NOUNS.clicks[verb].parse(value)

    values = [
        (clicks.UNDO, ""),
        (clicks.UNDO, "token-costs-1/path/w/"),
        (clicks.DID, "token-costs-1/path/n2026-W48/"),
        (clicks.DID, "token-costs-1/whim/n/"),
        (clicks.UNDO, "token-costs-1/path/w2026-W48/price-of-one.4"),
        (tip_check.IN_TIP, "token-costs-1/path/w2026-W48//1"),
        (tip_check.IN_TIP, "token-costs-1/path/n/price-of-one.4.0a1b/1"),
        (tip_check.IN_TIP, "token-costs-1/path/w2026-W48/price-of-one.4.0a1b/3"),
        (tip_check.NOW, "price-of-one.4.0a1b/0123/token-costs/1"),
        (tip_check.NOW, "price-of-one.4.0a1b/0123456789abcdef//9"),
        (card.DID, "0123"),
        (run.POST_AGAIN, "challenge:0123456789abcdef"),
    ]
    check_every(values, check)
