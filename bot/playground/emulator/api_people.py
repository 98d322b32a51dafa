"""`users.*` and `conversations.*`: list people and channels, and read messages."""

from __future__ import annotations

from bot.playground.emulator.api_chat import reachable_dm
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call
from bot.playground.emulator.people import UserGroup
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import Channel, Message

READ_SCOPE = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
KIND_OF_TYPE = {"public_channel": "public", "private_channel": "private", "im": "im"}
HISTORY_SCOPE = {"public": "channels:history", "private": "groups:history", "im": "im:history"}


def info(call: Call) -> Json:
    return {"user": call.workspace.person(call.text("user")).as_slack(call.workspace.id, call.workspace.clock())}


def list_people(call: Call) -> Json:
    """List all accounts, with Slackbot and deactivated accounts; all on one page without a limit or with limit 0."""
    workspace = call.workspace
    everyone = [workspace.slackbot, *workspace.people.values(), workspace.bot_person]
    page, metadata = call.page(everyone, default=0, least=0)
    now = call.workspace.clock()
    members = [person.as_slack(call.workspace.id, now) for person in page]
    return {"members": members, "cache_ts": int(now.timestamp()), "response_metadata": metadata}


def list_groups(call: Call) -> Json:
    groups = [group for group in _groups(call).values() if call.flag("include_disabled") or not group.disabled]
    parts = {"with_people": call.flag("include_users"), "with_count": call.flag("include_count")}
    return {"usergroups": [group.as_slack(call.workspace.id, **parts) for group in groups]}


def people_of_group(call: Call) -> Json:
    group = _groups(call).get(call.text("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.people)}


def _groups(call: Call) -> dict[str, UserGroup]:
    if not call.workspace.paid:
        raise SlackRefusal("plan_upgrade_required")
    return call.workspace.groups


def open_dm(call: Call) -> Json:
    """Open the direct messages with one person. Conversations with several people are not emulated."""
    if channel_id := call.optional("channel"):
        return {"channel": {"id": call.workspace.channel(channel_id).id}}
    person_ids = call.text("users").split(",")
    if len(person_ids) != 1:
        raise SlackRefusal("missing_scope", needed="mpim:write", provided=",".join(sorted(call.hub.app.scopes)))
    known = f"D{person_ids[0][1:]}" in call.workspace.channels
    channel = reachable_dm(call, call.workspace.person(person_ids[0]))
    flags = {"no_op": True, "already_open": True} if known else {}
    return flags | {"channel": {"id": channel.id}}


def list_channels(call: Call) -> Json:
    wanted = (call.optional("types") or "public_channel").split(",")
    kinds = {KIND_OF_TYPE[each] for each in wanted if each in KIND_OF_TYPE}
    for kind in kinds:
        call.needs(READ_SCOPE[kind])
    bot_user = call.workspace.bot_user
    visible = [c for c in call.workspace.channels.values() if not c.private or bot_user in c.members]
    channels = [channel for channel in visible if channel.spot.kind in kinds]
    if call.flag("exclude_archived"):
        channels = [channel for channel in channels if not channel.archived]
    page, metadata = call.page(channels)
    return {"channels": [_shape(call, channel) for channel in page], "response_metadata": metadata}


def channel_info(call: Call) -> Json:
    channel = call.channel()
    call.needs(READ_SCOPE[channel.spot.kind])
    count = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": _shape(call, channel) | count}


def members(call: Call) -> Json:
    channel = call.channel()
    call.needs(READ_SCOPE[channel.spot.kind])
    page, metadata = call.page(sorted(channel.members))
    return {"members": page, "response_metadata": metadata}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackRefusal("is_archived")
    channel.members.add(call.workspace.bot_user)
    return {"channel": _shape(call, channel)}


def history(call: Call) -> Json:
    """Return messages, the newest first. Bounds are exclusive unless `inclusive`. Metadata are included on demand."""
    channel = _readable(call)
    roots = [m for m in reversed(_within_bounds(call, channel)) if m.thread_ts in (None, m.ts)]
    return _page_of_messages(call, roots, 100) | {"pin_count": 0}


def replies(call: Call) -> Json:
    """Return a message and the replies to it, the oldest first."""
    channel = _readable(call)
    root = call.workspace.thread_of(channel.id, call.text("ts"))
    thread = [m for m in _within_bounds(call, channel) if root in (m.ts, m.thread_ts)]
    return _page_of_messages(call, thread, 1_000)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.needs(HISTORY_SCOPE[channel.spot.kind])
    if call.workspace.bot_user not in channel.members:
        raise SlackRefusal("not_in_channel")
    return channel


def _within_bounds(call: Call, channel: Channel) -> list[Message]:
    oldest, latest = _bound(call, "oldest", 0.0), _bound(call, "latest", float("inf"))
    inclusive = call.flag("inclusive")

    def within(ts: float) -> bool:
        return oldest <= ts <= latest if inclusive else oldest < ts < latest

    return [m for m in call.workspace.messages[channel.id] if m.reader is None and within(float(m.ts))]


def _page_of_messages(call: Call, messages: list[Message], default: int) -> Json:
    page, metadata = call.page(messages, default)
    payloads, with_metadata = call.hub.payloads(call.workspace), call.flag("include_all_metadata")
    answer: Json = {"messages": [payloads.message(m, with_metadata=with_metadata) for m in page]}
    answer["has_more"] = bool(metadata["next_cursor"])
    return answer | ({"response_metadata": metadata} if answer["has_more"] else {})


def _bound(call: Call, name: str, default: float) -> float:
    given = call.optional(name)
    try:
        return default if given is None else float(given)
    except ValueError:
        raise SlackRefusal(f"invalid_ts_{name}") from None


def _shape(call: Call, channel: Channel) -> Json:
    shape: Json = {"id": channel.id, "is_archived": channel.archived, "context_team_id": call.workspace.id}
    if channel.kind == "dm":
        return shape | {"is_im": True, "is_channel": False, "user": channel.person}
    return shape | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_private": channel.private,
        "is_general": channel.name == "general",
        "is_member": call.workspace.bot_user in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
    }
