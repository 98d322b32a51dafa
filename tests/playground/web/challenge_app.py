"""A small app with a form in steps and a live message, like a team challenge, to test the page with."""

from typing import Any

from block_kit_samples import Json, actions, button, field, mrkdwn, plain, section
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

TASKS = [("flag", "Put one prompt change behind a flag"), ("price", "Put a price on one answer"), ("own", "Your own")]
OPTIONS = [{"text": plain(words), "value": value} for value, words in TASKS]
GUILD = "C03AIGUILD"


def entry(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return field(element | {"action_id": "value"}, block_id=block_id, label=plain(label), **more)


def screen(callback_id: str, title: str, submit: str | None, *blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "callback_id": callback_id, "title": plain(title), "blocks": list(blocks), **more}
    return view | ({"submit": plain(submit)} if submit else {})


BEGIN = entry("task", "Begin with", {"type": "radio_buttons", "options": OPTIONS})
PUBLIC = {"filter": {"include": ["public"]}, "default_to_current_conversation": True}
GOAL = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "22"}
ROLES = {"type": "multi_static_select", "options": OPTIONS, "max_selected_items": 2}
INVITE = plain("I have to be in it: /invite @roleshift")
PICK = screen("pick", "New team challenge", "Next", BEGIN)
FORM = screen(
    "form",
    "New team challenge",
    "Preview",
    entry("title", "Title", {"type": "plain_text_input", "max_length": 60}),
    entry("room", "Channel", {"type": "conversations_select", **PUBLIC}, hint=INVITE),
    entry("day", "Ends on", {"type": "datepicker"}),
    entry("time", "At", {"type": "timepicker", "initial_time": "16:00"}),
    entry("goal", "Goal", GOAL, optional=True),
    entry("roles", "For whom", ROLES, optional=True),
)
PREVIEW = screen(
    "preview",
    "Preview",
    "Start",
    section(text=mrkdwn("*Team challenge: ship one prompt change*\nThis is what the channel will see.")),
    entry("word", "A word of your own", {"type": "plain_text_input"}, optional=True),
    close=plain("Back"),
)
LAST = screen("last", "Started", None, section(text=mrkdwn("It is live.")), clear_on_close=True)
NO_ROOM = "I am not in that channel. Type /invite @roleshift there first."


def live(done: int) -> list[Json]:
    bar = "▰" * done + "▱" * (22 - done)
    return [
        section(text=mrkdwn("*Team challenge: ship one prompt change behind a flag* · until Friday")),
        section(text=mrkdwn(f"{bar} {done} of 22 have done it. Goal: 15.")),
        actions(button(text=plain("I did it"), action_id="did")),  # its block_id is another one after each update
    ]


class ChallengeApp:
    """Its listeners on a Bolt app; `ts` is its live message, once there is one."""

    def __init__(self, bolt: AsyncApp, client: AsyncWebClient) -> None:
        self.client, self.ts, self.done = client, "", 3
        self.submitted: list[Json] = []
        bolt.command("/roleshift")(self.command)
        for name in ("pick", "form", "preview"):
            bolt.view(name)(getattr(self, name))
        bolt.action("did")(self.did)

    async def command(self, ack: AsyncAck, command: Json) -> None:
        await self.client.views_open(trigger_id=command["trigger_id"], view=PICK)
        await ack()

    async def pick(self, ack: AsyncAck) -> None:
        await ack(response_action="update", view=FORM)

    async def form(self, ack: AsyncAck, view: Json) -> None:
        values = {block_id: state["value"] for block_id, state in view["state"]["values"].items()}
        self.submitted.append(values)
        if values["room"]["selected_conversation"] != GUILD:
            await ack(response_action="errors", errors={"room": NO_ROOM, "day": "That day is over."})
        else:
            await ack(response_action="push", view=PREVIEW)

    async def preview(self, ack: AsyncAck) -> None:
        await self.start()
        await ack(response_action="update", view=LAST)

    async def start(self) -> None:
        posted = await self.client.chat_postMessage(channel=GUILD, text="3 of 22 have done it.", blocks=live(3))
        self.ts = posted["ts"]

    async def did(self, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await self.is_done()
        await self.client.chat_postMessage(channel=GUILD, thread_ts=self.ts, text="<@U02EMIL> did it: flag `tone-v2`.")
        await respond(text="Done. That makes one more.", replace_original=False)

    async def is_done(self) -> None:
        self.done += 1
        text = f"{self.done} of 22 have done it."
        await self.client.chat_update(channel=GUILD, ts=self.ts, text=text, blocks=live(self.done))
