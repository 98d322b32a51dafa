"""`files.*`: upload a file in three steps, of which the second is a POST to the address that the first returns."""

from __future__ import annotations

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import File

MAX_BYTES = 1_000_000_000
MAX_FILES = 10


def upload_url(call: Call) -> Json:
    """Announce a file, and return where its bytes go."""
    call.takes_only("filename", "length", "alt_txt", "snippet_type")
    name, length = call.text("filename"), call.number("length", 0, MAX_BYTES)
    file = File(f"F{len(call.hub.files) + 1:08d}", call.workspace.id, name, length)
    call.hub.files[file.id] = file
    return {"upload_url": f"{call.hub.url}/upload/v1/{file.secret}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Share uploaded files in a channel, once; without a channel they stay private."""
    call.takes_only("files", "channel_id", "initial_comment", "thread_ts")
    given = call.arguments.get("files")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_FILES:
        raise SlackRefusal("invalid_arguments", f"files must be a list of 1 to {MAX_FILES}")
    files = [_uploaded(call, each) for each in given]
    channel = call.channel("channel_id") if call.optional("channel_id") else None
    if channel is not None and call.workspace.bot_user not in channel.members:
        raise SlackRefusal("not_in_channel")
    for file in files:
        file.shared = True
    if channel is not None:
        shapes = [
            {"id": file.id, "name": file.name, "title": file.title or file.name, "size": file.length} for file in files
        ]
        text = call.text("initial_comment", "")
        call.workspace.post(channel.id, call.workspace.bot_user, text, files=shapes)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(call: Call, given: object) -> File:
    if not isinstance(given, dict) or set(given) - {"id", "title"}:
        raise SlackRefusal("invalid_arguments", "each of files needs an id, and may have a title")
    file = call.hub.files.get(str(given.get("id")))
    if file is None or file.workspace != call.workspace.id or file.shared:
        raise SlackRefusal("file_not_found")
    if file.content is None:
        raise SlackRefusal("file_not_found", "its bytes were not uploaded")
    file.title = str(given.get("title") or "")
    return file
