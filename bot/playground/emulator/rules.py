"""Check messages, modals, Homes and answers to modals by Slack's rules. Errors have Slack's own names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from bot.playground.emulator.block_kit import OFFER, blocks_on, plain
from bot.playground.emulator.blocks import Json, elements
from bot.playground.emulator.refusal import SlackRefusal as SlackRefusal, unsupported
from bot.playground.emulator.schema import Check, Invalid, NotEmulated, any_value, each, flag, shape, string

Surface = Literal["message", "modal", "home"]

MOST_TEXT = 40_000
MOST_MARKDOWN = 12_000
MAX_BLOCKS_TEXT = 12_000
MOST_TABLE_TEXT = 10_000
MOST_VIEW_BYTES = 250_000
MOST_METADATA_BYTES = 16_000

# Other arguments of a message. The Web API checks where the message goes.
ADDRESSING = {"channel", "user", "ts", "thread_ts", "reply_broadcast", "link_names", "unfurl_links", "unfurl_media"}
ADDRESSING |= {"mrkdwn", "parse", "as_user", "response_type", "replace_original", "delete_original", "token"}
RESPONSE_TYPES = {"ephemeral", "in_channel"}
EVENT_TYPE = string(255, pattern=r"[A-Za-z0-9_.-]+")
VIEW_PARTS: Mapping[str, Check] = {
    "private_metadata": string(3_000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
MODAL_PARTS = {**VIEW_PARTS, "close": plain(24), "submit": plain(24)} | dict.fromkeys(
    ("clear_on_close", "notify_on_close", "submit_disabled"), flag
)


def needs_submit(view: Json, at: str) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        raise Invalid(f"{at}/submit", "a view with input blocks needs a submit")


VIEWS: Mapping[str, Check] = {
    "modal": shape({"title": plain(24), "blocks": blocks_on("modal")}, MODAL_PARTS, needs_submit),
    "home": shape({"blocks": blocks_on("home")}, VIEW_PARTS),
}
MESSAGE_BLOCKS = blocks_on("message")
WORDS = string(8_000, least=0)
NAMES = ("fallback", "color", "pretext", "author_name", "author_link", "title", "title_link", "text", "footer")
PICTURES = ("author_icon", "image_url", "thumb_url", "footer_icon")
FIELD = shape({"title": WORDS, "value": WORDS}, {"short": flag})
ATTACHMENT = dict.fromkeys((*NAMES, *PICTURES, "callback_id"), WORDS) | {
    "blocks": MESSAGE_BLOCKS,
    "fields": each(FIELD, 100, least=0),
    "mrkdwn_in": each(WORDS, 10, least=0),
    "actions": each(shape(), 5, least=0),
    "ts": any_value,
}
ATTACHMENTS = each(shape(None, ATTACHMENT), 100, least=0)


def assert_slack_ok(payload: Json, surface: Surface) -> None:
    """Raise `SlackRefusal` if Slack would refuse this message, modal or Home, or if a message has no `text`.

    Slack accepts a message without `text`, but then notifications and screen readers say nothing.
    """
    if surface == "message":
        _message(payload)
    else:
        _view(payload, surface)


def _message(payload: Json) -> None:
    if unknown := payload.keys() - ADDRESSING - {"text", "blocks", "metadata", "attachments"}:
        raise SlackRefusal("invalid_arguments", f"unknown argument: {', '.join(sorted(unknown))}")
    if payload.get("response_type", "ephemeral") not in RESPONSE_TYPES:
        raise SlackRefusal("invalid_arguments", "response_type must be ephemeral or in_channel")
    text = payload.get("text")
    if text is not None and not isinstance(text, str):
        raise SlackRefusal("invalid_arguments", "text must be a string")
    attachments = payload.get("attachments")
    if not (text or "").strip() and not attachments:
        raise SlackRefusal("no_text", "a message needs text, beside blocks too")
    if len(text or "") > MOST_TEXT:
        raise SlackRefusal("msg_too_long")
    if (blocks := payload.get("blocks")) is not None:
        _message_blocks(blocks)
    if attachments is not None:
        _attachments(attachments)
    if (metadata := payload.get("metadata")) is not None:
        _metadata(metadata)


def _attachments(attachments: Any) -> None:  # noqa: ANN401 -- any JSON may come
    _apply(ATTACHMENTS, attachments, "/attachments", "invalid_attachments")
    gap = {name for each in attachments for name in each.keys() & {"actions", "callback_id"}}
    gap |= {element["type"] for each in attachments for _, element in elements(each.get("blocks"))}
    if gap:
        raise unsupported(f"attachments with {', '.join(sorted(gap))}")


def _message_blocks(blocks: Any) -> None:  # noqa: ANN401 -- any JSON may come
    if not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    _apply(MESSAGE_BLOCKS, blocks, "/blocks", "invalid_blocks")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MOST_MARKDOWN:
        raise SlackRefusal("msg_blocks_too_long", "markdown blocks hold 12,000 characters together")
    if sum(map(_weight, blocks)) > MAX_BLOCKS_TEXT:
        raise SlackRefusal("msg_blocks_too_long", "all blocks of a message together hold 12,000 characters")
    cells = (cell for block in blocks if block["type"] == "table" for row in block["rows"] for cell in row)
    if sum(len(cell.get("text", "")) for cell in cells) > MOST_TABLE_TEXT:
        raise SlackRefusal("invalid_blocks", "a table holds 10,000 characters")


def _weight(block: Json) -> int:
    """Return the characters of a block as JSON: Slack counts more than its texts, and does not document how.

    A `markdown` block has a documented limit on its text alone.
    """
    return len(block["text"] if block["type"] == "markdown" else json.dumps(block, ensure_ascii=False))


def _metadata(metadata: Any) -> None:  # noqa: ANN401 -- any JSON may come
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise SlackRefusal("invalid_metadata_format", "event_type and event_payload, nothing else")
    _apply(EVENT_TYPE, metadata["event_type"], "/metadata/event_type", "invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise SlackRefusal("invalid_metadata_schema", "event_payload must be an object")
    if len(json.dumps(metadata)) > MOST_METADATA_BYTES:
        raise SlackRefusal("metadata_too_large")


def _view(view: Any, surface: Surface) -> None:  # noqa: ANN401 -- any JSON may come
    if not isinstance(view, dict) or view.get("type") != surface:
        raise SlackRefusal("invalid_arguments", f"the view must be of type {surface} [json-pointer:/view/type]")
    if len(json.dumps(view)) > MOST_VIEW_BYTES:
        raise SlackRefusal("view_too_large")
    _apply(VIEWS[surface], view, "/view", "invalid_arguments")


def _apply(check: Check, value: Any, at: str, error: str) -> None:  # noqa: ANN401 -- any JSON may come
    try:
        check(value, at)
    except NotEmulated as reason:
        raise unsupported(str(reason)) from None
    except Invalid as reason:
        raise SlackRefusal(error, str(reason)) from None


def validated(arguments: Json) -> Json:
    """Answer `blocks.validate`: check blocks, a message or a view."""
    match arguments:
        case {"blocks": blocks}:
            _checked("invalid_blocks", lambda: assert_slack_ok({"text": "-", "blocks": blocks}, "message"))
        case {"message": message}:
            _checked("invalid_message", lambda: assert_slack_ok(message, "message"))
        case {"view": {"type": "modal" | "home" as surface} as view}:
            _checked("invalid_view", lambda: assert_slack_ok(view, surface))
        case _:
            raise SlackRefusal("invalid_arguments", "exactly one of blocks, message and view")
    return {}


def _checked(error: str, check: Callable[[], None]) -> None:
    try:
        check()
    except SlackRefusal as refusal:
        named = re.search(r"\[json-pointer:(.+)\]", refusal.detail)
        wrong = {"pointer": named[1] if named else "", "code": refusal.error, "message": refusal.detail}
        raise SlackRefusal(error, refusal.detail, errors=[wrong]) from None


def assert_offer_ok(answer: Json) -> None:
    """Check an app's answer to a `block_suggestion`: options, or groups of them, a hundred at most."""
    _apply(OFFER, answer, "", "invalid_options")


def assert_submission_answer_ok(answer: Json, blocks: list[Json]) -> None:
    """Check the body of an answer to a `view_submission`. `blocks` are those of the submitted view.

    For a bad answer, Slack shows "We had some trouble connecting", and the app learns nothing. Here an error says why.
    """
    if not answer:
        return
    action = answer.get("response_action")
    parts = {"clear": set(), "errors": {"errors"}, "update": {"view"}, "push": {"view"}}
    if action not in parts:
        raise SlackRefusal("invalid_response_action", f"response_action: {action}")
    if answer.keys() - {"response_action"} != parts[action]:
        raise SlackRefusal("invalid_response_action", f"{action} goes with {parts[action] or 'nothing'}")
    if action == "errors":
        _errors(answer["errors"], blocks)
    if "view" in answer:
        _view(answer["view"], "modal")


def _errors(errors: Any, blocks: list[Json]) -> None:  # noqa: ANN401 -- any JSON may come
    inputs = {block["block_id"] for block, _ in elements(blocks) if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackRefusal("invalid_response_action", "errors must name at least one block")
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise SlackRefusal("invalid_response_action", "every error needs its text")
    if unknown := errors.keys() - inputs:
        raise SlackRefusal("invalid_response_action", f"no input block is called {', '.join(sorted(unknown))}")
