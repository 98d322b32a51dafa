"""Map each of Slack's errors to its meaning for a delivery: whom it concerns, and whether anything was sent."""

from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import NothingChanged, NotInstalled
from bot.core.outcomes import TOKENS, NotYet, Refused, Touches, Unknown

TOO_MANY = 429
SERVER_FAULT = 500
DEFAULT_PAUSE = 30  # seconds, where a 429 does not say how long

OF_A_MEMBER = "user_disabled user_not_found user_not_visible cannot_dm_bot user_is_bot users_not_found"
OF_A_CHANNEL = """
    is_archived not_in_channel channel_not_found restricted_action restricted_action_read_only_channel
    restricted_action_thread_only_channel restricted_action_non_threadable_channel
"""
OF_THE_CONTENT = """
    msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text invalid_arguments metadata_too_large
    metadata_must_be_sent_from_app invalid_metadata_format invalid_metadata_schema
"""
TOUCHES: Mapping[str, Touches] = {
    **dict.fromkeys(TOKENS, Touches.WORKSPACE),
    **dict.fromkeys(OF_A_MEMBER.split(), Touches.MEMBER),
    **dict.fromkeys(OF_A_CHANNEL.split(), Touches.CHANNEL),
    **dict.fromkeys(OF_THE_CONTENT.split(), Touches.CONTENT),
    "messages_tab_disabled": Touches.OPERATOR,
}
PAUSES = {
    "ratelimited": timedelta(seconds=DEFAULT_PAUSE),
    "rate_limited": timedelta(seconds=DEFAULT_PAUSE),
    "message_limit_exceeded": timedelta(days=1),
}
INVALID_BLOCKS = "invalid_blocks"  # Slack also answers so where a workspace does not show a type of block
UNKNOWN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # no connection, so nothing was sent

NO_TOKEN = (NotInstalled, NothingChanged)  # there was none to call with, or it could not be read


class BlocksRefused(aiohttp.ClientError):
    """Slack does not show a block of a message."""


def read_failure(error: Exception, *, to_member: bool) -> Refused | NotYet | Unknown:
    """Return what an exception means for a post: Unknown if the post may have arrived. It is then looked up later."""
    if isinstance(error, (*NOTHING_SENT, *NO_TOKEN)):
        return NotYet("no token" if isinstance(error, NO_TOKEN) else "unreachable")
    if not isinstance(error, SlackApiError):
        return Unknown(type(error).__name__)
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == TOO_MANY:
        return NotYet("ratelimited", timedelta(seconds=retry_after(response)))
    data = getattr(response, "data", response)
    name = data.get("error") if isinstance(data, dict) else None
    if status >= SERVER_FAULT or not isinstance(name, str) or name in UNKNOWN:
        return Unknown(name if isinstance(name, str) else "no answer")
    if name in PAUSES:
        return NotYet(name, PAUSES[name])
    return Refused(name, _touches(name, to_member=to_member))


def _touches(name: str, *, to_member: bool) -> Touches:
    found = TOUCHES.get(name, Touches.OPERATOR)
    return Touches.MEMBER if to_member and name == "channel_not_found" else found  # a DM that is gone


def retry_after(response: object) -> float:
    headers = getattr(response, "headers", {})
    found = next((value for key, value in headers.items() if key.lower() == "retry-after"), None)
    try:
        return max(float(found), 1.0) if found is not None else DEFAULT_PAUSE
    except ValueError:
        return DEFAULT_PAUSE


def error_name(error: SlackApiError) -> str | None:
    """Return Slack's name for an error; None where its answer is not JSON."""
    data = getattr(error.response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None
