"""The manifest declares what the bot really does, and requests no scope that it doesn't use."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.playground.emulator.manifest import read_manifest
from bot.playground.emulator.web_api import METHODS
from bot.slack import gateway, web_client
from bot.slack.app import COMMAND, NOUNS
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES

ROOT = Path(__file__).parent.parent
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
FILES = {"socket": "manifest.json", **{way: f".github/deploy/manifest.{way}.json" for way in ("http", "oauth")}}


@pytest.mark.parametrize("way", FILES)
def test_each_file_is_what_the_command_prints_and_that_for_slackbot_adds_its_scope_and_the_address_of_the_tools(
    way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", "--way", way]) == 0
    printed, file = capsys.readouterr().out, ROOT / FILES[way]
    assert printed == file.read_text(encoding="utf-8"), f"python -m bot manifest --way {way} > {FILES[way]}"
    read_manifest(file)
    assert main(["manifest", "--way", way, "--slackbot"]) == 0
    with_it = json.loads(capsys.readouterr().out)
    tools = {"url": "https://your-host/mcp", "auth_type": "slack_identity_auth"}
    assert with_it.pop("mcp_servers") == {"roleshift": tools}
    assert with_it["oauth_config"]["scopes"]["bot"].pop() == "mcp:connect"
    assert with_it == json.loads(printed)


def test_the_one_slash_command_is_the_one_that_is_answered_and_its_hint_names_real_verbs() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True
    assert set(command["usage_hint"].split(" · ")) <= NOUNS.verbs.keys()


OF_EVENTS = {"message.im": "im:history", "app_mention": "app_mentions:read"}
OF_DIRECT_MESSAGES = {  # these scopes depend on the kind of channel
    "conversations.history": "im:history",
    "conversations.members": "channels:read",
}


def called_methods() -> set[str]:
    """Return the Web API methods that the bot calls: `chat.postMessage` for `client.chat_postMessage(…)`."""
    trees = [ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")) for module in (gateway, web_client)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {method for method in METHODS if method.replace(".", "_", 1) in names}


def test_every_method_that_is_called_has_its_scope_and_every_scope_its_method() -> None:
    assert called_methods() >= {"users.info", "views.open"}
    needed = {scope for method in called_methods() if (scope := OF_DIRECT_MESSAGES.get(method, METHODS[method].scope))}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed | {"commands"} | set(OF_EVENTS.values())
    assert set(OF_EVENTS) <= set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert set(OF_EVENTS.values()) <= set(OPTIONAL_SCOPES), "all else works without them"


def test_every_scope_has_its_reason() -> None:
    assert MANIFEST["oauth_config"]["scopes"]["bot"] == [*SCOPES, *OPTIONAL_SCOPES]
    reasons = {**SCOPES, **OPTIONAL_SCOPES}
    assert all(len(reason.split()) > 3 for scope, reason in reasons.items() if scope != "commands")


def test_names_and_descriptions_fit_slacks_limits() -> None:
    display, features = MANIFEST["display_information"], MANIFEST["features"]
    (command,) = features["slash_commands"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000
