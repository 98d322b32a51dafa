"""A small app with a form in steps and a live message, like a team challenge, to test the page with."""

from typing import Any

from block_kit_samples import Json, actions, button, field, mrkdwn, plain, section
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

GUILD = "C03AIGUILD"


def entry(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return field(element | {"action_id": "value"}, block_id=block_id, label=plain(label), **more)


def screen(callback_id: str, title: str, submit: str | None, *blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "callback_id": callback_id, "title": plain(title), "blocks": list(blocks), **more}
    return view | ({"submit": plain(submit)} if submit else {})


PUBLIC = {"filter": {"include": ["public"]}, "default_to_current_conversation": True}
FORM = screen(
    "form", "New team challenge", "Preview",
    entry("title", "Title", {"type": "plain_text_input", "max_length": 60}),
    entry("room", "Channel", {"type": "conversations_select", **PUBLIC}, hint=plain("I have to be in it.")),
    entry("day", "Ends on", {"type": "datepicker"}),
    entry("time", "At", {"type": "timepicker", "initial_time": "16:00"}),
)  # fmt: skip
SEEN = section(text=mrkdwn("*Team challenge: ship one prompt change*\nThis is what the channel will see."))
PREVIEW = screen("preview", "Preview", "Start", SEEN, close=plain("Back"))
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

    def __init__(self, bolt: AsyncApp) -> None:
        self.client, self.ts, self.done = bolt.client, "", 3
        self.submitted: list[Json] = []
        bolt.command("/roleshift")(self.command)
        for name in ("form", "preview"):
            bolt.view(name)(getattr(self, name))
        bolt.action("did")(self.did)

    async def command(self, ack: AsyncAck, command: Json) -> None:
        await self.client.views_open(trigger_id=command["trigger_id"], view=FORM)
        await ack()

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
