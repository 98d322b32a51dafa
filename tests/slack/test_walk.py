"""A walk through the whole bot: every button and menu on every screen is pressed, and none of them disappoints."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.app import Bot
from bot.playground.blocks import Json, options_of
from bot.playground.standin import StandIn
from bot.playground.workspace import Message
from bot.slack.actions import CLICKS
from bot.slack.commands import COMMANDS, VERBS, verb_of
from bot.slack.views.blocks import PREFIX
from tests.slack.talk import Talk, elements_of, words_of
from tests.slack.weekly import weekly_tip

SORRY = ("That broke on my side", "older message", "no longer there", "I don't know", "Nothing was changed")
WHO = "U01NORA"  # an admin: nobody sees more
WORDS = {"learn": "cost spikes", "unlearn": "cost spikes", "skill": "cost spikes", "role": "sre", "theme": "speed"}


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


async def test_every_button_on_every_screen_does_what_it_says(
    talk: Callable[..., Talk], slack: StandIn, bot: Bot
) -> None:
    conversation, queue, pressed = talk(WHO), deque[Press](), set[tuple[str, str | None]]()
    for command in COMMANDS:
        verb = verb_of(command)
        await conversation.does(f"/roleshift {verb} {WORDS.get(verb, '')}")
        assert conversation.last is not None
        queue += presses_on(conversation.last)
    queue += presses_on(await weekly_tip(slack, bot, WHO))
    message = conversation.last
    assert message is not None
    while queue:
        press = queue.popleft()
        if (press.action_id, press.value) in pressed:
            continue
        pressed.add((press.action_id, press.value))
        slack.workspace.edit(message, press.text, press.blocks)  # back to the screen on which it stands
        seen = await slack.click(WHO, message, press.action_id, press.value)
        if seen.view is not None:
            await slack.close(WHO, seen.view)
            continue
        said = words_of(seen.message)
        assert not [sorry for sorry in SORRY if sorry in said], f"{press.action_id} on {press.text!r}: {said}"
        assert seen.toast is None
        queue += presses_on(seen.message)
    verbs = {action_id.removeprefix(PREFIX).partition(":")[0] for action_id, _ in pressed}
    assert CLICKS.keys() - verbs == set(), "no screen has a button for it"
    assert verbs - CLICKS.keys() - VERBS.keys() == set()
    assert len(pressed) > 100, "skills, tips, roles and themes have more buttons than that"
