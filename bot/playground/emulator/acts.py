"""What people do in Slack: type, click, submit, close, open Home, use shortcuts; what Slack itself does for them."""

from __future__ import annotations

from bot.playground.emulator.blocks import STATE_FIELDS, Json, elements, options_of, state_values
from bot.playground.emulator.changes import Change
from bot.playground.emulator.choices import EXTERNAL, check_offered, field_errors
from bot.playground.emulator.delivery import Answer, PayloadKind
from bot.playground.emulator.events import Events
from bot.playground.emulator.hub import Hub, writable
from bot.playground.emulator.payloads import Payloads, typed
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import CannotDo, SlackRefusal
from bot.playground.emulator.rules import assert_offer_ok, assert_slack_ok, assert_submission_answer_ok
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import SLACKBOT, Channel, Message, Workspace

READ_ONLY = "Sending messages to this app has been turned off."
INVITE = "/invite"
INVITE_THEM, DO_NOTHING = "slack:invite-them", "slack:do-nothing"  # the buttons of the offer to invite the app


class Acts:
    """Everything that people of one workspace can do."""

    def __init__(self, hub: Hub, workspace: Workspace, retry_after: tuple[float, ...]) -> None:
        self.hub, self.workspace = hub, workspace
        self.events = Events(hub, workspace, retry_after)

    @property
    def payloads(self) -> Payloads:
        return self.hub.payloads(self.workspace)

    async def say(self, person: Person, channel: Channel, text: str, thread_ts: str | None = None) -> Answer:
        """Send a slash command if the text starts with one, else a message to everybody in the channel, or a reply."""
        if not writable(self.hub.app, channel):
            raise CannotDo(READ_ONLY if channel.kind == "dm" else f"#{channel.name} is archived.")
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            if thread_ts is not None:
                raise CannotDo(f"{command} is not supported in threads. Sorry!")
            if command == INVITE:
                invite(self.workspace, person, channel, rest)
                return Answer()
            return await self.command(person, channel, command, rest.strip())
        thread = None if thread_ts is None else self.workspace.thread_of(channel.id, thread_ts)
        message = self.workspace.post(channel.id, person.id, typed(self.workspace, text), thread_ts=thread)
        if channel.kind == "channel" and self._is_mentioned(message) and self.workspace.bot_user not in channel.members:
            offer_to_invite(self.workspace, message)
        return await self._tell(channel, message)

    async def _tell(self, channel: Channel, message: Message) -> Answer:
        """Tell the app, and return its first answer that says something."""
        answers = [await self.events.tell(event) for event in self.heard(channel, message)]
        return next((answer for answer in answers if answer.failure or answer.body), Answer())

    def _is_mentioned(self, message: Message) -> bool:
        return f"<@{self.workspace.bot_user}>" in message.text

    def heard(self, channel: Channel, message: Message) -> list[Json]:
        """Return the events with which the app may hear a message.

        A mention in direct messages is no `app_mention`, and the app hears of mentions only where it is a member.
        """
        about = {"user": message.author, "text": message.text, "ts": message.ts, "team": self.workspace.id}
        if message.is_reply:
            about["thread_ts"] = message.thread_ts or ""
        if channel.kind == "dm":
            return [{"type": "message", "channel": channel.id, "channel_type": "im", **about}]
        if self.workspace.bot_user not in channel.members:
            return []
        kind = "group" if channel.private else "channel"
        mention = [{"type": "app_mention", "channel": channel.id, **about}] if self._is_mentioned(message) else []
        return [*mention, {"type": "message", "channel": channel.id, "channel_type": kind, **about}]

    async def command(self, person: Person, channel: Channel, command: str, text: str) -> Answer:
        if command not in {known["command"] for known in self.hub.app.commands}:
            raise CannotDo(f"{command} is not a valid command.")
        payload = self.payloads.command(person, channel, command, text)
        answer = await self._send("slash_commands", payload, person, command)
        if answer.failure is None and answer.body:
            self._show_answer(person, channel, command, answer)
        return answer

    def _show_answer(self, person: Person, channel: Channel, command: str, answer: Answer) -> None:
        """Show the body of an acknowledgement as a message."""
        try:
            assert_slack_ok(answer.body, "message")
            self.workspace.check_supported(answer.body.get("blocks"))
        except SlackRefusal as refusal:
            self._refused(person, command, refusal, answer)
            return
        self.hub.post_answer(self.workspace, "command_answer", channel.id, person.id, answer.body)

    async def shortcut(self, person: Person, callback_id: str, message: Message | None = None) -> Answer:
        """Use a shortcut of the app: a global one or, with a message, one from that message's menu.

        The body of the acknowledgement is ignored, as Slack does.
        """
        kind = "global" if message is None else "message"
        if (kind, callback_id) not in {(known["type"], known["callback_id"]) for known in self.hub.app.shortcuts}:
            raise CannotDo(f"The app has no such {kind} shortcut.")
        if message is not None and message.ephemeral:
            raise CannotDo("A message that only you see has no shortcuts.")
        payload = self.payloads.shortcut(person, callback_id, message)
        return await self._send("interactive", payload, person, self.hub.app.name)

    async def click(self, person: Person, where: Message | View, action: Json, state: Json | None = None) -> Answer:
        """Click a button or choose in a menu. The body of the acknowledgement is ignored, as Slack does."""
        clicked = self._clicked(person, where.blocks, action)
        if isinstance(where, Message) and where.author == SLACKBOT:
            return await self._answer_offer(person, where, clicked)
        if isinstance(where, View):
            self._fill(person, where, state)
            payload = self.payloads.view_click(person, where, clicked)
        else:
            payload = self.payloads.message_click(person, where, clicked, state)
        return await self._send("interactive", payload, person, self.hub.app.name)

    async def _answer_offer(self, person: Person, prompt: Message, clicked: Json) -> Answer:
        """Invite the app, which then hears of the mention, or don't. Slack does this itself; the app gets no click."""
        self.workspace.remove(prompt)
        if clicked["action_id"] != INVITE_THEM:
            return Answer()
        channel = self.workspace.channel(prompt.channel)
        mention = self.workspace.find(channel.id, clicked["value"])
        if self.workspace.bot_user not in channel.members:
            invite(self.workspace, person, channel, f"@{self.workspace.bot_person.handle}")
        return await self._tell(channel, mention)

    def _fill(self, person: Person, view: View, state: Json | None, *, unchecked: bool = False) -> None:
        """Fill a view with what was typed and chosen."""
        filled = state_values(view.blocks, state or view.state, view.conversation)
        for block, element in elements(view.blocks):
            if not unchecked and (given := filled.get(block["block_id"], {}).get(element["action_id"])):
                check_offered(self.workspace, person, element, given)
        view.state = filled

    def _clicked(self, person: Person, blocks: list[Json] | None, action: Json) -> Json:
        """Return what Slack sends about a clicked element. Raise CannotDo if the element is not there."""
        block, element = _pressed(blocks, action)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise CannotDo("The app hears of this field when the form is sent, not before.")
        check_offered(self.workspace, person, element, action)
        pressed = _thumb(element, action) if element["type"] == "feedback_buttons" else element
        fixed = {key: pressed[key] for key in ("text", "value", "url") if key in pressed}
        chosen = {key: value for key, value in action.items() if key.startswith(("selected_", "rich_text_"))}
        typed_in = {"value": action.get("value")} if STATE_FIELDS.get(element["type"], ("",))[0] == "value" else {}
        now = f"{self.workspace.clock().timestamp():.6f}"
        about = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
        return fixed | chosen | typed_in | about | {"action_ts": now}

    async def options(self, person: Person, where: Message | View, action_id: str, typed_in: str) -> list[Json]:
        """Ask the app for the options of a menu that it fills itself, and return them flat."""
        for block, element in elements(where.blocks):
            if element["action_id"] == action_id and element["type"] in EXTERNAL:
                payload = self.payloads.suggestion(person, where, element, block["block_id"], typed_in)
                answer = await self._send("interactive", payload, person, self.hub.app.name)
                if answer.failure is not None:
                    return []
                try:
                    assert_offer_ok(answer.body)
                except SlackRefusal as refusal:
                    self._refused(person, "block_suggestion", refusal, answer)
                    return []
                offered = options_of(answer.body)
                self.workspace.offered[person.id, action_id] += offered
                return offered
        raise CannotDo("That menu is no longer there.")

    async def react(self, person: Person, message: Message, name: str) -> Answer:
        """Add an emoji to a message that everybody sees."""
        if message.ephemeral or person.id in message.reactions.get(name, ()):
            raise CannotDo("You can't add that reaction here.")
        self.workspace.react(message, person.id, name)
        channel = self.workspace.channel(message.channel)
        if self.workspace.bot_user not in channel.members:
            return Answer()
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "user": person.id, "reaction": name, "item": item}
        return await self.events.tell(event | {"item_user": message.author})

    async def submit(self, person: Person, view: View, state: Json | None = None, *, unchecked: bool = False) -> Answer:
        """Submit a view. Refuse missing, too long or not offered values, as Slack's client does, unless `unchecked`."""
        self._fill(person, view, state, unchecked=unchecked)
        if not unchecked and (errors := field_errors(view.blocks, view.state)):
            self.workspace.tell(Change("view_errors", frozenset({person.id}), (view, errors)))
            return Answer()
        answer = await self._send("interactive", self.payloads.submission(person, view), person, self.hub.app.name)
        if answer.failure is None:
            self._respond_to_submission(person, view, answer)
        return answer

    def _respond_to_submission(self, person: Person, view: View, answer: Answer) -> None:
        screens, body = self.workspace.screens, answer.body
        action = body.get("response_action")
        try:
            assert_submission_answer_ok(body, view.blocks)
            if action in ("update", "push"):
                screens.update(view, body["view"]) if action == "update" else screens.push(person.id, body["view"])
            elif action == "errors":
                self.workspace.tell(Change("view_errors", frozenset({person.id}), (view, body["errors"])))
            elif view in screens.stacks[person.id]:
                screens.close(view, whole_stack=action == "clear")
        except SlackRefusal as refusal:
            self._refused(person, "view_submission", refusal, answer)

    async def close(self, person: Person, view: View, *, whole_stack: bool = False) -> Answer:
        """Close a view and show the one below. `clear_on_close`, and the x in the corner, close the whole stack."""
        whole_stack = whole_stack or view.spec.get("clear_on_close", False)
        self.workspace.screens.close(view, whole_stack=whole_stack)
        if not view.spec.get("notify_on_close"):
            return Answer()
        payload = self.payloads.closed(person, view, is_cleared=whole_stack)
        return await self.hub.send("interactive", payload)

    async def open_home(self, person: Person, tab: str = "home") -> Answer:
        event: Json = {"type": "app_home_opened", "user": person.id, "tab": tab}
        event["channel"] = self.workspace.dm(person.id).id
        if tab == "home" and (home := self.workspace.screens.homes.get(person.id)):
            event["view"] = self.payloads.view(home)
        return await self.events.tell(event)

    async def _send(self, kind: PayloadKind, payload: Json, person: Person, what: str) -> Answer:
        answer = await self.hub.send(kind, payload)
        if answer.failure is not None:
            self._toast(person, f"{self.hub.app.name} did not respond")
            self.hub.refuse(what, SlackRefusal("operation_timeout", answer.failure))
        return answer

    def _refused(self, person: Person, what: str, refusal: SlackRefusal, answer: Answer) -> None:
        self.hub.refuse(what, refusal)
        self.hub.exchanges.refuse(answer.exchange, refusal)
        self._toast(person, f'{what} failed with the error "{refusal.error}"')

    def _toast(self, person: Person, text: str) -> None:
        self.workspace.tell(Change("toast", frozenset({person.id}), text))


def _thumb(feedback: Json, action: Json) -> Json:
    """Return that of two feedback buttons which was pressed: its value tells."""
    for name in ("positive_button", "negative_button"):
        thumb: Json = feedback[name]
        if thumb["value"] == action.get("value"):
            return thumb
    raise CannotDo("That button is no longer there.")


def _pressed(blocks: list[Json] | None, action: Json) -> tuple[Json, Json]:
    """Return the element that was clicked, and its block.

    A message that was updated during the click has new ids for its blocks: the element with the same value counts then.
    """
    wanted = (action.get("action_id"), action.get("type"))
    alike = [pair for pair in elements(blocks) if (pair[1]["action_id"], pair[1]["type"]) == wanted]
    same = [pair for pair in alike if action.get("block_id") in (None, pair[0]["block_id"])]
    again = [pair for pair in alike if pair[1].get("value", "") == action.get("value", "")]
    if not same + again:
        raise CannotDo("That button is no longer there.")
    return (same + again)[0]


def invite(workspace: Workspace, inviter: Person, channel: Channel, words: str) -> None:
    """Add everybody who is named in `words` to a channel, and post who was added."""
    if channel.kind != "channel":
        raise CannotDo(f"{INVITE} works in channels only. Open a channel and type it there.")
    if not words.split():
        raise CannotDo(f"Type a name behind it, such as {INVITE} @{workspace.bot_person.handle}.")
    invited = [_find(workspace, name) for name in words.split()]
    for known in invited:
        if known.id in channel.members:
            raise CannotDo(f"{known.name} is in #{channel.name} already.")
    for newcomer in invited:
        channel.members.add(newcomer.id)
        workspace.tell(Change("joined", frozenset({newcomer.id})))
        workspace.post(channel.id, newcomer.id, f"was added to #{channel.name} by {inviter.name}.")


def offer_to_invite(workspace: Workspace, mention: Message) -> None:
    """Ask the author of a message, beside it, whether to invite the app that it mentions."""
    words = f"<@{workspace.bot_user}> isn't in this channel. Invite them?"
    buttons: list[Json] = [
        {"type": "button", "action_id": action_id, "value": mention.ts, "text": {"type": "plain_text", "text": label}}
        for action_id, label in ((INVITE_THEM, "Invite Them"), (DO_NOTHING, "Do Nothing"))
    ]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    blocks: list[Json] = [section, {"type": "actions", "elements": buttons}]
    fields: Json = {"blocks": blocks, "reader": mention.author, "thread_ts": mention.thread_ts}
    workspace.post(mention.channel, SLACKBOT, words, **fields)


def _find(workspace: Workspace, name: str) -> Person:
    wanted = name.removeprefix("@").lower()
    everybody = [workspace.bot_person, *(person for person in workspace.people.values() if not person.deleted)]
    for person in everybody:
        if wanted in (person.handle, person.name.lower()):
            return person
    raise CannotDo(f"Nobody here is called {name}.")
