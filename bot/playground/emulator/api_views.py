"""`views.*`: modals, which need a fresh trigger id, and the Home tab."""

from __future__ import annotations

from typing import Any

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.rules import assert_slack_ok
from bot.playground.emulator.views import View


def open_view(call: Call) -> Json:
    spec = _spec(call, "modal")
    trigger = call.workspace.one_time_tokens.use_trigger(call.text("trigger_id"))
    return _shown(call, call.workspace.screens.open(trigger.person, spec, trigger.conversation))


def push(call: Call) -> Json:
    spec = _spec(call, "modal")
    trigger = call.workspace.one_time_tokens.use_trigger(call.text("trigger_id"))
    return _shown(call, call.workspace.screens.push(trigger.person, spec))


def update(call: Call) -> Json:
    view_id, external_id = call.optional("view_id"), call.optional("external_id")
    if not view_id and not external_id:
        raise SlackRefusal("invalid_arguments", "missing required field: view_id or external_id")
    screens = call.workspace.screens
    view = screens.find(view_id, external_id)
    spec = _spec(call, view.spec["type"])
    return _shown(call, screens.update(view, spec, call.optional("hash")))


def publish(call: Call) -> Json:
    if not call.hub.app.home_tab:
        raise SlackRefusal("not_enabled", "the Home tab is switched off in the manifest")
    person = call.workspace.person(call.text("user_id"))
    spec = _spec(call, "home")
    return _shown(call, call.workspace.screens.publish(person.id, spec, call.optional("hash")))


def _spec(call: Call, surface: Any) -> Json:  # noqa: ANN401 -- one of the rules' surfaces
    spec = call.arguments.get("view")
    if not isinstance(spec, dict):
        raise SlackRefusal("invalid_arguments", "missing required field: view")
    assert_slack_ok(spec, surface)
    return spec


def _shown(call: Call, view: View) -> Json:
    return {"view": call.hub.payloads(call.workspace).view(view)}
