"""Slack's refusals: an error name that apps can check, and a detail for the app's developers."""

from __future__ import annotations

from typing import Any


class CannotDo(Exception):
    """Words for the person who tried."""


class SlackRefusal(Exception):
    """What Slack answers as `{"ok": false, "error": …}`; `extra` holds further fields such as `needed`."""

    def __init__(self, error: str, detail: str = "", **extra: Any) -> None:  # noqa: ANN401 -- fields of Slack's answer
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error = error
        self.detail = detail
        self.extra = extra

    def as_slack(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.detail:
            answer["response_metadata"] = {"messages": [f"[ERROR] {self.detail}"]}
        return answer


TABLE = "bot/playground/emulator/README.md, *What it can't do*"


def unsupported(what: str) -> SlackRefusal:
    """Return the answer to something that Slack may well take, but this emulator doesn't know."""
    return SlackRefusal("emulator_unsupported", f"{what}: Slack may take it, this emulator does not yet; see {TABLE}")


IN_WORDS = {
    "account_inactive": "The app was removed from this workspace, so its token no longer works.",
    "bad_client_secret": "The client secret is not that of the app.",
    "bad_redirect_uri": "The address is not one of the manifest's redirect URLs, or not that of the start.",
    "cannot_dm_bot": "An app cannot send direct messages to another app.",
    "channel_not_found": "There is no such channel, or the app may not see it.",
    "code_already_used": "A code works once, and this one was used.",
    "duplicate_external_id": "Another open view has this external_id already.",
    "emulator_unsupported": "This is a gap of the emulator, not a mistake in the app.",
    "exchanged_trigger_id": "A trigger_id works once, and this one was used before.",
    "expired_trigger_id": "A trigger_id works for 3 seconds, and this one is older.",
    "expired_url": "A response_url works for 30 minutes, and this one is older or unknown.",
    "file_not_found": "There is no such uploaded file, or it was shared before.",
    "forbidden_team": "Socket Mode is off for this app.",
    "hash_conflict": "The view changed since the app read this hash.",
    "invalid_arguments": "An argument is missing, unknown or wrong.",
    "invalid_attachments": "An attachment has a field that Slack doesn't know, or a wrong one.",
    "invalid_auth": "Nobody has this token.",
    "invalid_blocks": "A block breaks a rule of Block Kit.",
    "invalid_blocks_format": "`blocks` must be a JSON list of blocks.",
    "invalid_client_id": "No app has this client id.",
    "invalid_code": "There is no such code, or its ten minutes are over.",
    "invalid_cursor": "A cursor must be one that Slack gave out.",
    "invalid_json": "The body is not JSON.",
    "invalid_limit": "`limit` is outside the allowed range.",
    "invalid_message": "A part of the message breaks a rule.",
    "invalid_view": "A part of the view breaks a rule.",
    "invalid_metadata_format": "`metadata` must be a JSON object.",
    "invalid_metadata_schema": "`metadata` needs an event_type and an event_payload.",
    "invalid_options": "The answer to a block_suggestion holds options, or groups of them, a hundred at most.",
    "invalid_payload": "The answer holds a field that Slack does not know.",
    "invalid_refresh_token": "There is no such refresh token, or it was used.",
    "invalid_response_action": "response_action is one of update, push, errors and clear.",
    "invalid_scope": "The app's manifest lacks one of these scopes.",
    "invalid_trigger_id": "Slack did not give out this trigger_id.",
    "is_archived": "The channel is archived.",
    "is_inactive": "The channel is frozen.",
    "json_not_object": "The body must be a JSON object.",
    "markdown_text_conflict": "markdown_text goes without text and without blocks.",
    "message_not_found": "There is no such message for the app.",
    "messages_tab_disabled": "The app's Messages tab is off in its manifest.",
    "metadata_too_large": "The metadata is too large.",
    "method_not_supported_for_channel_type": "This method does not work in this kind of channel.",
    "missing_scope": "The app's manifest lacks a scope that this method needs.",
    "msg_blocks_too_long": "All blocks of a message together are too long.",
    "msg_too_long": "The text of the message is too long.",
    "no_such_subteam": "There is no such user group.",
    "no_text": "A message needs a text or blocks.",
    "missing_argument": "With an organisation's token, the call has to name a workspace.",
    "team_access_not_granted": "The organisation did not give the app to this workspace.",
    "not_allowed_token_type": "This method needs the other kind of token.",
    "not_authed": "The call has no token.",
    "not_enabled": "The app's Home tab is off in its manifest.",
    "not_found": "There is no such view, or it is closed.",
    "not_in_channel": "The app is not in this channel. /invite brings it in.",
    "operation_timeout": "The app did not answer as Slack wants: an HTTP 200 or an acknowledgement within 3 seconds.",
    "plan_upgrade_required": "This workspace's plan has no user groups.",
    "push_limit_reached": "Three modals can lie on each other, not more.",
    "ratelimited": "Too many calls. The header Retry-After says how many seconds to wait.",
    "thread_not_found": "There is no message to reply to.",
    "token_expired": "The token has expired. A refresh token gives a new one.",
    "used_url": "A response_url works five times, and this one was used five times.",
    "user_disabled": "The account was deactivated.",
    "user_not_found": "There is no such person.",
    "user_not_in_channel": "The person is not in this channel.",
    "view_too_large": "A view may hold 250 kB.",
}


def explain(refusal: SlackRefusal) -> str:
    """Return the rule, the detail and Slack's name of the error."""
    detail = f" Detail: {refusal.detail}." if refusal.detail else ""
    needed = f" Needed: {refusal.extra['needed']}." if "needed" in refusal.extra else ""
    return f"{IN_WORDS.get(refusal.error, 'Slack refuses this.')}{detail}{needed} ({refusal.error})"
