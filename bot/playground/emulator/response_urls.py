"""What an app may do with the url it was handed with a command or a click."""

from __future__ import annotations

from bot.playground.emulator.api_chat import FLAGS
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.rules import assert_slack_ok

ANSWER_KEYS = {"response_type", "replace_original", "delete_original", "thread_ts", "text", "blocks", "metadata"}
ANSWER_KEYS |= set(FLAGS)


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
    original = workspace.find(url.channel, url.message_ts, url.person) if url.message_ts else None
    if answer.get("delete_original") and original:
        url.uses += 1
        workspace.remove(original)
        return {}
    content = {key: answer[key] for key in ("text", "blocks", "metadata") if answer.get(key) is not None}
    who_sees = {"response_type": answer["response_type"]} if answer.get("response_type") is not None else {}
    assert_slack_ok(content | who_sees, "message")
    workspace.check_supported(content.get("blocks"))
    url.uses += 1
    text, blocks, metadata = content.get("text", ""), content.get("blocks"), content.get("metadata")
    if answer.get("replace_original") and original:
        workspace.edit(original, text, blocks, metadata or {})
        hub.recorded(workspace, "response_url", original, answer)
        return {}
    fields: Json = {"blocks": blocks, "metadata": metadata}
    if answer.get("response_type") != "in_channel":
        fields["reader"] = url.person
    elif answer.get("thread_ts"):
        fields["thread_ts"] = workspace.thread_of(url.channel, str(answer["thread_ts"]))
    message = workspace.post(url.channel, workspace.bot_user, text, **fields)
    hub.recorded(workspace, "response_url", message, answer)
    return {}
