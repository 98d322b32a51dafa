"""Messages, modals, Homes and answers to modals are refused by Slack's own error names."""

import pytest
from block_kit_samples import TABLE, TEXT_INPUT, Json, chart, field, modal, mrkdwn, plain, refusal, section

from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.rules import Surface, assert_submission_answer_ok
from tests.every import check_every

LONG = section(text=mrkdwn("x" * 2_900))


def with_metadata(**more: object) -> Json:
    return {"text": "t", "metadata": {"event_type": "e", **more}}


MESSAGES: dict[str, tuple[Json, str]] = {
    "nothing": ({}, "no_text"),
    "blank": ({"text": "  \n"}, "no_text"),
    "no text beside blocks": ({"blocks": [section()]}, "no_text"),
    "text of 40,001": ({"text": "x" * 40_001}, "msg_too_long"),
    "51 blocks": ({"text": "t", "blocks": [section()] * 51}, "invalid_blocks"),
    "blocks as text": ({"text": "t", "blocks": "[]"}, "invalid_blocks_format"),
    "two tables": ({"text": "t", "blocks": [TABLE, TABLE]}, "invalid_blocks"),
    "three charts": ({"text": "t", "blocks": [chart()] * 3}, "invalid_blocks"),
    "much in all blocks": ({"text": "t", "blocks": [LONG] * 4 + [{"type": "divider"}] * 15}, "msg_blocks_too_long"),
    "much markdown": ({"text": "t", "blocks": [{"type": "markdown", "text": "x" * 7_000}] * 2}, "msg_blocks_too_long"),
    "unknown key": ({"text": "t", "colour": "red"}, "invalid_arguments"),
    "metadata without payload": (with_metadata(), "invalid_metadata_format"),
    "metadata with more": (with_metadata(event_payload={}, k=1), "invalid_metadata_format"),
    "payload as text": (with_metadata(event_payload="k"), "invalid_metadata_schema"),
    "payload too large": (with_metadata(event_payload={"k": "x" * 16_000}), "metadata_too_large"),
}


def test_a_bad_message_is_refused_by_name() -> None:
    def check(case: tuple[Json, str]) -> None:
        assert refusal(case[0], "message").error == case[1]

    check_every(MESSAGES, check)


VIEWS: dict[str, tuple[Json, Surface]] = {
    "no title": ({"type": "modal", "blocks": []}, "modal"),
    "title of 25": (modal(title=plain("x" * 25)), "modal"),
    "submit of 25": (modal(submit=plain("x" * 25)), "modal"),
    "close in mrkdwn": (modal(close=mrkdwn()), "modal"),
    "an input without submit": (modal(blocks=[field(TEXT_INPUT)]), "modal"),
    "private_metadata of 3,001": (modal(private_metadata="x" * 3001), "modal"),
    "callback_id of 256": (modal(callback_id="x" * 256), "modal"),
    "101 blocks": (modal(blocks=[section()] * 101), "modal"),
    "unknown key": (modal(text="t"), "modal"),
    "a null": (modal(submit=None), "modal"),
    "a Home for a modal": ({"type": "home", "blocks": []}, "modal"),
    "a Home with a title": ({"type": "home", "title": plain(), "blocks": []}, "home"),
    "two first fields": (
        modal(submit=plain(), blocks=[field({**TEXT_INPUT, "focus_on_load": True}, block_id=b) for b in "ab"]), "modal"
    ),
}  # fmt: skip


def test_a_bad_view_is_refused_by_name() -> None:
    def check(case: tuple[Json, Surface]) -> None:
        assert refusal(*case).error == "invalid_arguments"

    check_every(VIEWS, check)
    assert refusal(modal(blocks=[LONG] * 90), "modal").error == "view_too_large", "250 kB"


ANSWERS: dict[str, Json] = {
    "unknown action": {"response_action": "shout"},
    "no action": {"errors": {"field": "No."}},
    "clear with more": {"response_action": "clear", "view": modal()},
    "no errors": {"response_action": "errors", "errors": {}},
    "an error without words": {"response_action": "errors", "errors": {"field": ""}},
    "an error at no input": {"response_action": "errors", "errors": {"elsewhere": "No."}},
    "update without view": {"response_action": "update"},
}


def test_a_bad_answer_to_a_modal_is_refused() -> None:
    def check(answer: Json) -> None:
        with pytest.raises(SlackRefusal, match="invalid_response_action"):
            assert_submission_answer_ok(answer, [field(TEXT_INPUT)])

    check_every(ANSWERS, check)
