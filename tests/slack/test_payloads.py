"""The edge refuses signed but malformed payloads: no 500, and no answer to the wrong workspace."""

import copy
import json
import logging
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.emulator.delivery import PayloadKind, encode, signature
from bot.slack.installation import OneWorkspace
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row, rows_about
from tests.slack.posting import Sender

EMIL, WORKSPACE, OTHER = "U02EMIL", "T01NORTHWIND", "T0ELSEWHERE"
Json = dict[str, Any]
BASE: Json = {
    "team": {"id": WORKSPACE, "domain": "northwind"},
    "enterprise": None,
    "is_enterprise_install": False,
    "user": {"id": EMIL, "username": "emil.brandt", "team_id": WORKSPACE},
    "api_app_id": "A0ROLESHIFT",
    "trigger_id": "1.2.x",
}
COMMAND: Json = {
    "command": "/roleshift", "text": "learn cost spikes", "team_id": WORKSPACE, "user_id": EMIL,
    "channel_id": "C01GENERAL", "response_url": "", "trigger_id": "1.2", "api_app_id": "A0ROLESHIFT",
}  # fmt: skip
CLICK: Json = BASE | {
    "type": "block_actions",
    "container": {"type": "message", "message_ts": "1.000002", "channel_id": "C01GENERAL", "is_ephemeral": True},
    "channel": {"id": "C01GENERAL", "name": "general"},
    "state": {"values": {}},
    "response_url": "",
    "actions": [{"type": "button", "action_id": "roleshift:learn", "block_id": "b", "value": "cost-spikes"}],
}
FORM: Json = BASE | {
    "type": "view_submission",
    "view": {
        "id": "V1", "type": "modal", "callback_id": "roleshift:choose-time", "private_metadata": "", "blocks": [],
        "state": {"values": {
            "day": {"day": {"type": "static_select", "selected_option": {"value": "2"}}},
            "time": {"time": {"type": "timepicker", "selected_time": "09:30"}},
            "zone": {"zone": {"type": "plain_text_input", "value": "Europe/Berlin"}},
        }},
    },
}  # fmt: skip
SHORTCUT: Json = BASE | {"type": "shortcut", "callback_id": "roleshift:coach-me", "action_ts": "1764000000.000100"}
MESSAGE_ACTION: Json = SHORTCUT | {
    "type": "message_action", "callback_id": "roleshift:coach-this", "message_ts": "1764000000.000100",
    "channel": {"id": "C01GENERAL", "name": "general"}, "response_url": "",
    "message": {
        "type": "message", "user": "U01NORA", "ts": "1764000000.000100", "text": "",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "token spend"}}],
        "attachments": [{"text": "x"}],
    },
}  # fmt: skip
USER: Json = {
    "id": EMIL, "team_id": WORKSPACE, "name": "emil", "tz": "Asia/Tokyo", "deleted": False, "is_bot": False,
    "profile": {"display_name": "Emil", "real_name": "Emil Brandt"}, "enterprise_user": {"teams": [WORKSPACE]},
}  # fmt: skip
WRITTEN: Json = {
    "user": EMIL, "channel": "D02EMIL", "text": "<@U0BOT> help", "ts": "1764000000.000100", "thread_ts": None,
}  # fmt: skip


def event(event: Json, **more: Any) -> Json:
    authorization = {"enterprise_id": None, "team_id": WORKSPACE, "user_id": "U0BOT", "is_bot": True}
    outer = {"type": "event_callback", "team_id": WORKSPACE, "event_id": "Ev1", "authorizations": [authorization]}
    return outer | {"event": event} | more


SAMPLES: dict[str, tuple[PayloadKind, Json]] = {
    "a command": ("slash_commands", COMMAND),
    "a click": ("interactive", CLICK),
    "a form": ("interactive", FORM),
    "a shortcut": ("interactive", SHORTCUT),
    "a shortcut on a message": ("interactive", MESSAGE_ACTION),
    "a user_change": ("events_api", event({"type": "user_change", "user": USER})),
    "a direct message": ("events_api", event(WRITTEN | {"type": "message", "channel_type": "im"})),
    "a mention": ("events_api", event(WRITTEN | {"type": "app_mention"})),
    "an app_uninstalled": ("events_api", event({"type": "app_uninstalled"})),
    "a tokens_revoked": ("events_api", event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT"]}})),
}
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", "x", "T0ELSEWHERE", "\0", "\ud800", "x" * 5_000, [], {}, [[]], [None], ["x"],
    {"id": 7}, {"id": None}, {"id": "U03ASHA"}, {"value": []},
)  # fmt: skip
FORM_JUNK = tuple(each for each in JUNK if each != "\ud800")  # which no form can hold


@pytest.mark.parametrize("sample", SAMPLES)
async def test_no_mangled_payload_breaks_anything(
    slack: StandIn, sender: Sender, sample: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    kind, whole = SAMPLES[sample]
    chance = random.Random(f"{sample} {seed}")  # noqa: S311 - it must replay
    installations = sender.bot.services.installations
    assert isinstance(installations, OneWorkspace)
    authorized = dict(installations._authorized)
    caplog.set_level(logging.ERROR, "bot")
    for _ in range(50):
        payload = mangled(chance, whole, FORM_JUNK if kind == "slash_commands" else JUNK)
        installations._authorized.update(authorized)  # an event that removes the bot is among the samples
        reply = await sender.payload(kind, payload)
        assert reply.status in {200, 400, 404}, f"{reply.status} for {json.dumps(payload)}"
        assert caplog.records == [], f"{caplog.text}\n{json.dumps(payload)}"
    await sender.bot.edge.background.drain(seconds=3)
    slack.refused.clear()  # the bot may ask who a mangled id is


def mangled(chance: random.Random, whole: Json, junk: tuple[Any, ...]) -> Json:
    """Put junk in one to three places of a payload, or leave these places out."""
    payload = copy.deepcopy(whole)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(places(payload)))
        if chance.random() < 0.25:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(chance.choice(junk))
        if not payload:
            break
    return payload


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a JSON tree, as its container and the key or index."""
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in list(keys):
        yield node, key
        yield from places(node[key])


async def test_a_state_without_values_and_nulls_are_accepted(sender: Sender, tmp_path: Path) -> None:
    click = CLICK | {"enterprise": None, "state": None, "user": {"id": EMIL, "username": "emil.brandt"}}
    assert (await sender.payload("interactive", click)).status == 200
    assert rows_about(tmp_path, EMIL), "the click was not done"

    async def check(state: Any) -> None:
        assert (await sender.payload("interactive", CLICK | {"state": state})).status == 200
        reply = await sender.payload("interactive", FORM | {"view": FORM["view"] | {"state": state}})
        assert reply.status == 200
        assert "errors" in json.loads(reply.body), "the form must say which field is empty"

    await try_every([{}, None, {"values": {}}, {"values": None}], check)


# Slack Connect: somebody of another organisation acts in a shared channel. Slack authorizes the request for the
# workspace that installed the app, and names the other one beside it.
ELSEWHERE: Json = {"team": {"id": OTHER, "domain": "elsewhere"}, "user": {"id": EMIL, "team_id": OTHER}}
INSTALLED_HERE: Json = {"app_installed_team_id": WORKSPACE}
SHARED_FORM: Json = FORM | ELSEWHERE | {"view": FORM["view"] | INSTALLED_HERE}
SHARED_CLICK: Json = CLICK | ELSEWHERE | {"view": INSTALLED_HERE}
CHANGED: Json = {"type": "user_change", "user": USER}
OF_NOBODY_HERE: Json = {"team": None, "user": {"id": EMIL}, "enterprise": {"id": "E0NORTHWIND"}}
ORGANISATION: Json = {"enterprise_id": "E0NORTHWIND", "is_enterprise_install": True}
TYPED_THERE: Json = COMMAND | {"enterprise_id": "E0NORTHWIND", "is_enterprise_install": "true"}
ONLY_HERE = "I only work in the workspace that installed me"
SORRY = "I am not installed in this workspace, so nothing was changed. Ask an admin to install me here."
NOT_OURS: dict[str, tuple[PayloadKind, Json, str]] = {  # with what a person reads, where they read the answer
    "a form from a shared channel": ("interactive", SHARED_FORM, ONLY_HERE),
    "a click in a shared channel": ("interactive", SHARED_CLICK, ""),
    "an event of a shared channel": ("events_api", event(CHANGED, team_id=OTHER, is_ext_shared_channel=True), ""),
    "a click in another workspace": ("interactive", CLICK | {"team": {"id": OTHER}}, ""),
    "a click of somebody from there": ("interactive", CLICK | ELSEWHERE | {"team": None}, ""),
    "a click without a workspace": ("interactive", CLICK | OF_NOBODY_HERE, ""),
    "a command without a workspace": ("slash_commands", TYPED_THERE | {"team_id": None}, SORRY),
    "a command in a workspace of theirs": ("slash_commands", TYPED_THERE | {"team_id": OTHER}, SORRY),
    "a form without a workspace": ("interactive", FORM | ORGANISATION | OF_NOBODY_HERE, SORRY),
    "an event of a workspace of theirs": (
        "events_api",
        event(
            WRITTEN | {"type": "message", "channel_type": "im"},
            **ORGANISATION, team_id=OTHER, authorizations=[ORGANISATION | {"team_id": OTHER}],
        ),
        "",
    ),
}  # fmt: skip


async def test_what_is_not_of_this_workspace_changes_nothing(sender: Sender, tmp_path: Path) -> None:
    await sender.payload("slash_commands", COMMAND | {"text": "myrole sre"})
    before = list(every_row(tmp_path))

    async def check(case: tuple[PayloadKind, Json, str]) -> None:
        kind, payload, said = case
        reply = await sender.payload(kind, {name: value for name, value in payload.items() if value is not None})
        assert reply.status == 200  # otherwise Slack would send an event again
        assert list(every_row(tmp_path)) == before
        if said:
            assert said in json.dumps(json.loads(reply.body), ensure_ascii=False)

    await try_every(NOT_OURS, check)


def malformed() -> Iterator[tuple[PayloadKind, Json]]:
    """Yield what else would be taken for a member with the same id, or for a form in which nothing is ticked."""
    teams: tuple[Any, ...] = (OTHER, {}, {"id": None}, {"domain": "elsewhere"}, [OTHER], True)
    states: tuple[Any, ...] = ("x", [], 1, {"values": "x"}, {"values": {"needs0": "x"}})
    for team in teams:
        yield from (("interactive", payload | {"team": team}) for payload in (SHARED_FORM, SHARED_CLICK))
    view = FORM["view"] | {"callback_id": "roleshift:situation", "private_metadata": "logs"}
    for state in states:
        yield "interactive", FORM | {"view": view | {"state": state}}
    for named in ("E 1", "e1", "E" * 33, "E1\0", 5, True):
        yield from (("interactive", CLICK | {"enterprise": enterprise}) for enterprise in ({"id": named}, named))
        yield "events_api", event(CHANGED, enterprise_id=named, authorizations=[])


async def test_a_payload_with_a_workspace_a_state_or_an_organisation_of_no_known_form_is_refused(
    sender: Sender, tmp_path: Path
) -> None:
    async def check(case: tuple[PayloadKind, Json]) -> None:
        assert (await sender.payload(*case)).status == 400
        assert rows_about(tmp_path, EMIL) == []

    await try_every(list(malformed()), check)


# Enterprise Grid: the same organisation has many workspaces. A member may be at home in another one, and `team` is null
# where the organisation installed the app.
OF_GRID: Json = {"enterprise": {"id": "E0NORTHWIND"}}
GRID: dict[str, tuple[PayloadKind, Json]] = {
    "a member at home in another workspace": ("interactive", CLICK | OF_GRID | {"user": ELSEWHERE["user"]}),
    "no team, but the user's": ("interactive", CLICK | OF_GRID | {"team": None}),
    "a command with the organisation's id": ("slash_commands", COMMAND | {"enterprise_id": "E0NORTHWIND"}),
}


@pytest.mark.parametrize(("kind", "payload"), GRID.values(), ids=GRID)
async def test_a_request_from_an_organisation_is_handled_in_the_authorized_workspace(
    sender: Sender, tmp_path: Path, kind: PayloadKind, payload: Json
) -> None:
    assert (await sender.payload(kind, payload)).status == 200
    marks = [row for row in rows_about(tmp_path, EMIL) if row[0] == "skill_mark"]
    assert [row[1] for row in marks] == [WORKSPACE]


async def test_a_captured_request_that_is_delivered_again_after_forget_me_stores_nothing(
    sender: Sender, tmp_path: Path
) -> None:
    body, content_type = encode("slash_commands", COMMAND)
    before = str(int(time.time()) - 60)
    signed = {"x-slack-request-timestamp": before, "x-slack-signature": signature(sender.secret, before, body)}
    captured = signed | {"content-type": content_type}
    assert (await sender.send(body, captured)).status == 200
    assert [row[0] for row in rows_about(tmp_path, EMIL) if row[0] == "skill_mark"]
    button = CLICK["actions"][0] | {"action_id": "roleshift:forget-now", "value": ""}
    assert (await sender.payload("interactive", CLICK | {"actions": [button]})).status == 200
    assert rows_about(tmp_path, EMIL) == []
    for comes_back in (False, True):
        if comes_back:
            await sender.payload("slash_commands", COMMAND | {"text": "myrole sre"})
        rows = rows_about(tmp_path, EMIL)
        assert bool(rows) == comes_back
        assert b"You asked me to forget you" in (await sender.send(body, captured)).body
        assert rows_about(tmp_path, EMIL) == rows
