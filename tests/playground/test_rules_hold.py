"""The rules accept or refuse any JSON, and never fail otherwise."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from block_kit_samples import actions, button, chart, field, modal, on, section, select
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.rules import Surface, assert_slack_ok

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
GOOD = [
    on("message", section(accessory=button()), actions(select(), button()), chart()),
    modal(submit={"type": "plain_text", "text": "Save"}, blocks=[field({"type": "plain_text_input"})]),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


@pytest.mark.parametrize(("good", "surface"), [(GOOD[0], "message"), (GOOD[1], "modal")])
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_payload_with_one_thing_replaced_is_taken_or_refused(
    good: dict[str, Any], surface: Surface, data: st.DataObject
) -> None:
    assert_slack_ok(good, surface)
    *way, last = data.draw(st.sampled_from(places(good)[1:]))
    spoiled = copy.deepcopy(good)
    parent: Any = spoiled
    for key in way:
        parent = parent[key]
    parent[last] = data.draw(ANY_JSON)
    with contextlib.suppress(SlackRefusal):
        assert_slack_ok(spoiled, surface)
