"""`chat.*` and response urls: post, update and delete the app's messages, where Slack allows that."""

from __future__ import annotations

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import SlackRefusal, unsupported
from bot.playground.emulator.rules import assert_slack_ok
from bot.playground.emulator.workspace import Channel, Message

FLAGS = ("link_names", "unfurl_links", "unfurl_media", "mrkdwn", "reply_broadcast", "as_user", "parse")
CONTENT = ("text", "blocks", "metadata", "attachments")
ONLY_SLACKS = {"username", "icon_emoji", "icon_url"}  # what this emulator can't do
MOST_UPDATE_TEXT = 4_000
ANSWER_KEYS = {
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "text",
    "blocks",
    "metadata",
    *FLAGS,
}


def post_message(call: Call) -> Json:
    channel = _destination(call)
    _may_post(call, channel)
    content = _content(call, "channel", "thread_ts", *FLAGS)
    thread = _thread(call, channel)
    message = call.workspace.post(channel.id, call.workspace.bot_user, thread_ts=thread, **content)
    call.hub.recorded(call.workspace, call.method, message, call.arguments)
    shape = call.hub.payloads(call.workspace).message(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def post_ephemeral(call: Call) -> Json:
    """Show a message to one person. In a thread without replies nobody sees it, but Slack answers as if they did."""
    channel = call.channel()
    _may_post(call, channel)
    reader = call.workspace.person(call.text("user"))
    if reader.id not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    content = _content(call, "channel", "user", "thread_ts", *FLAGS)
    thread = _thread(call, channel)
    if thread is not None and not call.workspace.thread(call.workspace.find(channel.id, thread)):
        return {"message_ts": call.workspace.next_ts()}
    message = call.workspace.post(channel.id, call.workspace.bot_user, reader=reader.id, thread_ts=thread, **content)
    call.hub.recorded(call.workspace, call.method, message, call.arguments)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """Change one of the app's messages: text, blocks, metadata. `metadata={}` removes metadata, None keeps them."""
    message = _own_message(call, "cant_update_message")
    if call.channel().archived:
        raise SlackRefusal("is_inactive", "messages of archived channels can't be edited")
    content = _content(call, "channel", "ts", *FLAGS)
    if len(content["text"]) > MOST_UPDATE_TEXT:
        raise SlackRefusal("msg_too_long")
    call.workspace.edit(message, **content)
    call.hub.recorded(call.workspace, call.method, message, call.arguments)
    shape = call.hub.payloads(call.workspace).message(message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(call: Call) -> Json:
    message = call.workspace.find(call.channel().id, call.text("message_ts"))
    address = f"{call.hub.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    of_reply = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else ""
    return {"channel": message.channel, "permalink": address + of_reply}


def respond(hub: Hub, workspace_id: str, secret: str, answer: Json) -> Json:
    """Show the answer to a command or click: post a message, or replace or delete the message that was clicked.

    A message that is replaced loses its metadata: that it keeps them is documented for `chat.update` alone.
    Only an answer `in_channel` may name a thread. Any other goes to the channel, also after a click in a thread.
    """
    workspace = hub.workspaces.get(workspace_id)
    if workspace is None:
        raise SlackRefusal("expired_url")
    url = workspace.one_time_tokens.find_url(secret)
    if unknown := set(answer) - ANSWER_KEYS:
        raise SlackRefusal("invalid_payload", f"unknown: {', '.join(sorted(unknown))}")
    given = {name: value for name, value in answer.items() if value is not None}
    original = workspace.find(url.channel, url.message_ts, url.person) if url.message_ts else None
    if given.get("delete_original") and original:
        url.uses += 1
        workspace.remove(original)
        return {}
    assert_slack_ok(given, "message")
    workspace.check_supported(given.get("blocks"))
    url.uses += 1
    if given.get("replace_original") and original:
        workspace.edit(original, given.get("text", ""), given.get("blocks"), given.get("metadata", {}))
        hub.recorded(workspace, "response_url", original, given)
        return {}
    thread_ts = None
    if given.get("response_type") == "in_channel" and given.get("thread_ts"):
        thread_ts = workspace.thread_of(url.channel, str(given["thread_ts"]))
    hub.post_answer(workspace, "response_url", url.channel, url.person, given, thread_ts)
    return {}


def _destination(call: Call) -> Channel:
    """Return the channel with this id or name, or the app's direct messages with the person with this id."""
    given, workspace = call.text("channel"), call.workspace
    if given.startswith(("U", "W")):
        if given not in workspace.people:
            raise SlackRefusal("channel_not_found")
        return reachable_dm(call, workspace.person(given))
    named = (c for c in workspace.channels.values() if c.kind == "channel" and c.name == given.removeprefix("#"))
    return call.known(next(named, None) or workspace.channel(given))


def reachable_dm(call: Call, person: Person) -> Channel:
    if person.deleted:
        raise SlackRefusal("user_disabled")
    if person.kind == "bot":
        raise SlackRefusal("cannot_dm_bot")
    return call.workspace.dm(person.id)


def _may_post(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise SlackRefusal("is_archived")
    if channel.kind == "dm" and not call.hub.app.messages_tab:
        raise SlackRefusal("messages_tab_disabled")
    if channel.person and call.workspace.person(channel.person).deleted:
        raise SlackRefusal("user_disabled")
    if call.workspace.bot_user not in channel.members and "chat:write.public" not in call.hub.scopes(call.workspace):
        raise SlackRefusal("not_in_channel")


def _content(call: Call, *others: str) -> Json:
    """Check text, blocks and metadata against Slack's rules and return them. Refuse unknown arguments."""
    if gap := ONLY_SLACKS & call.arguments.keys():
        raise unsupported(f"argument {', '.join(sorted(gap))}")
    call.takes_only(*CONTENT, *others, "markdown_text")
    content = {name: call.arguments[name] for name in CONTENT if name in call.arguments}
    if "markdown_text" in call.arguments:
        content |= _from_markdown(call)
    takes_off = call.method == "chat.update" and content.get("metadata") == {}
    assert_slack_ok({name: content[name] for name in content if not (takes_off and name == "metadata")}, "message")
    call.workspace.check_supported(content.get("blocks"))
    return {"text": ""} | dict.fromkeys(CONTENT[1:]) | content


def _from_markdown(call: Call) -> Json:
    text = call.text("markdown_text")
    if beside := {"text", "blocks"} & call.arguments.keys():
        raise SlackRefusal("markdown_text_conflict", f"markdown_text goes without {', '.join(sorted(beside))}")
    return {"text": text, "blocks": [{"type": "markdown", "text": text}]}


def _thread(call: Call, channel: Channel) -> str | None:
    """Return the ts of the thread. Slack does not document what it answers if the thread's first message is gone."""
    thread_ts = call.optional("thread_ts")
    return None if thread_ts is None else call.workspace.thread_of(channel.id, thread_ts)


def _own_message(call: Call, refusal: str) -> Message:
    message = call.workspace.find(call.channel().id, call.text("ts"))
    if message.author != call.workspace.bot_user:
        raise SlackRefusal(refusal)
    return message
