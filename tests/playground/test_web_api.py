"""The Web API answers Slack's own SDK as Slack does, errors included."""

import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from block_kit_samples import section
from bolt_app import error_of
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.people import UserGroup
from tests.driver.apps import SCOPES, listening_app
from tests.driver.generated import generated
from tests.driver.standin import StandIn

NORA, EMIL, ISLA = "U01NORA", "U02EMIL", "U05ISLA"
GENERAL, ARCHIVED, CLOSED = "C01GENERAL", "C04PROMPTS", "C05DESIGN"
METADATA = {"event_type": "delivery", "event_payload": {"k": "opaque"}}


async def test_a_wrong_token_is_refused(slack: StandIn) -> None:
    wrong = {"": "not_authed", "xoxb-wrong": "invalid_auth", slack.app.app_token: "not_allowed_token_type"}
    for token, error in wrong.items():
        assert await error_of(AsyncWebClient(token=token, base_url=slack.api_url).auth_test()) == error


async def test_a_token_opens_its_own_workspace_alone() -> None:
    async with StandIn(generated(3, "T0ONE"), generated(3, "T0TWO")) as slack:
        for workspace in slack.workspaces.values():
            client = AsyncWebClient(token=workspace.bot_token, base_url=slack.api_url)
            assert (await client.auth_test())["team_id"] == workspace.id
            await client.chat_postMessage(channel="U0000001", text=f"Only in {workspace.id}")
        assert [(post.workspace, post.text) for post in slack.posts] == [
            (name, f"Only in {name}") for name in ("T0ONE", "T0TWO")
        ]


async def test_a_missing_scope_names_what_is_needed_and_what_is_there() -> None:
    async with StandIn(app=listening_app(scopes=frozenset({"commands"}))) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=NORA, text="Hello")
        answer = caught.value.response
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_people_have_zones_and_rights(slack: StandIn, client: AsyncWebClient) -> None:
    nora = (await client.users_info(user=NORA))["user"]
    assert (nora["tz"], nora["is_owner"], nora["is_admin"]) == ("America/New_York", True, True)
    isla = (await client.users_info(user=ISLA))["user"]
    assert isla["is_ultra_restricted"]
    slack.workspace.change_person(EMIL, zone=None)
    assert (await client.users_info(user=EMIL))["user"]["tz"] is None
    slack.workspace.change_person(EMIL, deleted=True)
    emil = (await client.users_info(user=EMIL))["user"]
    assert emil["deleted"]
    assert "tz" not in emil
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_a_list_comes_in_pages() -> None:
    async with StandIn(generated(22)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        seen: list[str] = []
        async for page in await client.users_list(limit=10):
            seen += [member["id"] for member in page["members"]]
        assert len(seen) == len(set(seen)) == 24  # the bot is one of them, and so is Slackbot
        assert await error_of(client.users_list(cursor="nonsense")) == "invalid_cursor"
        assert len((await client.users_list(limit=0))["members"]) == len((await client.users_list())["members"]) == 24
        for limit in ("-1", "1001", "all"):
            assert await error_of(client.api_call("users.list", params={"limit": limit})) == "invalid_limit"


async def test_slackbot_is_listed_and_not_called_a_bot(slack: StandIn, client: AsyncWebClient) -> None:
    slack.workspace.change_person(EMIL, deleted=True)
    listed = {account["id"]: account for account in (await client.users_list(limit=200))["members"]}
    assert (listed["USLACKBOT"]["is_bot"], listed["USLACKBOT"]["deleted"]) == (False, False)
    assert listed[EMIL]["deleted"], "deactivated accounts stay in the list"
    assert listed[slack.workspace.bot_user]["is_bot"]
    assert (await client.users_info(user="USLACKBOT"))["user"] == listed["USLACKBOT"]


BAD_POSTS: list[tuple[dict[str, Any], str]] = [
    ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ({"channel": "U0NOBODY"}, "channel_not_found"),
    ({"channel": ARCHIVED}, "is_archived"),
    ({"channel": CLOSED}, "not_in_channel"),
    ({"text": ""}, "no_text"),
    ({"blocks": [{"type": "sparkline"}]}, "invalid_blocks"),
    ({"blocks": "[{"}, "invalid_blocks_format"),
    ({"thread_ts": "1.000000"}, "thread_not_found"),
    ({"colour": "red"}, "invalid_arguments"),
    ({"channel": ""}, "invalid_arguments"),
]


async def test_a_bad_post_is_refused_and_not_recorded(slack: StandIn, client: AsyncWebClient) -> None:
    for arguments, error in BAD_POSTS:
        post = client.api_call("chat.postMessage", json={"channel": GENERAL, "text": "Hello", **arguments})
        assert await error_of(post) == error, arguments
    assert slack.posts == []
    assert [refused.error for refused in slack.refused] == [error for _, error in BAD_POSTS]


async def test_only_a_granted_scope_lets_an_app_post_where_it_is_not() -> None:
    async with StandIn(app=listening_app(scopes=SCOPES | {"chat:write.public"})) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        await client.chat_postMessage(channel=CLOSED, text="Hello")
        slack.workspace.scopes = SCOPES
        assert await error_of(client.chat_postMessage(channel=CLOSED, text="Hello")) == "not_in_channel"


async def test_whom_no_message_reaches(slack: StandIn, client: AsyncWebClient) -> None:
    dm = (await client.conversations_open(users=EMIL))["channel"]["id"]
    slack.workspace.change_person(EMIL, deleted=True)
    for channel in (EMIL, dm):
        assert await error_of(client.chat_postMessage(channel=channel, text="Hello")) == "user_disabled"
    assert await error_of(client.conversations_open(users=EMIL)) == "user_disabled"
    assert await error_of(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await error_of(client.conversations_open(users=slack.workspace.bot_user)) == "cannot_dm_bot"


async def test_arguments_may_come_as_a_form_or_as_json(slack: StandIn) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    form = {"channel": GENERAL, "text": "a & b", "blocks": json.dumps([section()])}
    async with aiohttp.ClientSession(slack.api_url, headers=headers) as session:
        for body in ({"data": form}, {"json": form}, {"json": form | {"blocks": [section()]}}, {"params": form}):
            async with session.post("chat.postMessage", **body) as answer:
                assert (await answer.json())["ok"]
        async with session.post("chat.postMessage", data="[]", headers={"content-type": "application/json"}) as answer:
            assert (await answer.json())["error"] == "json_not_object"
    assert [post.blocks for post in slack.posts] == [[section()]] * 4


async def test_history_finds_a_post_by_its_metadata(client: AsyncWebClient) -> None:
    dm = (await client.conversations_open(users=EMIL))["channel"]["id"]
    before = datetime.now(UTC).timestamp()
    posts = [await client.chat_postMessage(channel=dm, text=f"{n}", metadata=METADATA) for n in range(3)]
    plain = await client.conversations_history(channel=dm)
    assert [message["text"] for message in plain["messages"]] == ["2", "1", "0"]
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel=dm, include_all_metadata=True, oldest=str(before - 1), limit=2)
    assert [message["metadata"] for message in full["messages"]] == [METADATA] * 2
    assert full["has_more"]
    rest = await client.conversations_history(channel=dm, cursor=full["response_metadata"]["next_cursor"], limit=2)
    assert [message["text"] for message in rest["messages"]] == ["0"]
    middle = {"channel": dm, "oldest": posts[0]["ts"], "latest": posts[2]["ts"]}
    assert [m["text"] for m in (await client.conversations_history(**middle))["messages"]] == ["1"]
    inclusive = await client.conversations_history(**middle, inclusive=True)
    assert len(inclusive["messages"]) == 3
    assert await error_of(client.conversations_history(channel=GENERAL)) == "missing_scope"


async def test_an_ephemeral_message_is_in_nobody_elses_sight(slack: StandIn, client: AsyncWebClient) -> None:
    sent = await client.chat_postEphemeral(channel=GENERAL, user=EMIL, text="For you")
    assert [m.text for m in slack.workspace.seen_by(EMIL, GENERAL)] == ["For you"]
    assert slack.workspace.seen_by(NORA, GENERAL) == []
    assert await error_of(client.chat_update(channel=GENERAL, ts=sent["message_ts"], text="x")) == "message_not_found"
    away = client.chat_postEphemeral(channel=GENERAL, user=ISLA, text="For you")
    assert await error_of(away) == "user_not_in_channel"


async def test_a_message_is_deleted_by_its_author_alone(slack: StandIn, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="One"))["ts"]
    await client.chat_delete(channel=GENERAL, ts=ts)
    assert slack.workspace.messages[GENERAL] == []
    theirs = slack.workspace.post(GENERAL, EMIL, "Mine")
    assert await error_of(client.chat_delete(channel=GENERAL, ts=theirs.ts)) == "cant_delete_message"


async def test_a_tab_that_the_manifest_switches_off_takes_nothing() -> None:
    async with StandIn(app=listening_app(home_tab=False, messages_tab=False)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert await error_of(client.chat_postMessage(channel=EMIL, text="Hello")) == "messages_tab_disabled"
        assert await error_of(client.views_publish(user_id=EMIL, view={"type": "home", "blocks": []})) == "not_enabled"


async def test_what_only_slack_knows_is_named_as_the_emulators_own_gap(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("calls.add")) == "emulator_unsupported"


async def test_a_private_channel_without_the_app_does_not_exist_for_it(slack: StandIn, client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel="C06LEADTEAM", text="Hello"))["ok"]
    slack.workspace.channels["C06LEADTEAM"].members.discard(slack.workspace.bot_user)
    for channel in ("C06LEADTEAM", "#leads"):
        assert await error_of(client.chat_postMessage(channel=channel, text="Hello")) == "channel_not_found"


async def test_payloads_hide_the_name_of_a_private_channel(slack: StandIn) -> None:
    payloads = slack.hub.payloads(slack.workspace)
    emil, leads = slack.workspace.person(EMIL), slack.workspace.channel("C06LEADTEAM")
    assert payloads.command(emil, leads, "/roleshift", "")["channel_name"] == "privategroup"
    message = slack.workspace.post(leads.id, slack.workspace.bot_user, "Hello")
    click = payloads.message_click(emil, message, {"type": "button"}, None)
    assert click["channel"] == {"id": "C06LEADTEAM", "name": "privategroup"}


async def test_a_file_takes_three_steps_and_is_shared_once(slack: StandIn, client: AsyncWebClient) -> None:
    content, channel = b'{"a": 1}', slack.workspace.dm(EMIL).id
    ticket = await client.files_getUploadURLExternal(filename="a.json", length=len(content))
    files = [{"id": ticket["file_id"], "title": "A"}]
    share: dict[str, Any] = {"files": files, "channel_id": channel, "initial_comment": "Here"}
    assert await error_of(client.files_completeUploadExternal(**share)) == "file_not_found", "nothing was uploaded yet"
    async with aiohttp.ClientSession() as session:
        statuses = []
        for body in (content + b" ", content, content):
            async with session.post(ticket["upload_url"], data=body) as answer:
                statuses.append(answer.status)
    assert statuses == [400, 200, 404], "another length, the right one, and a second time"
    await client.files_completeUploadExternal(**share)
    (message,) = slack.workspace.messages[channel]
    assert message.text == "Here"
    assert message.files == [{"id": ticket["file_id"], "name": "a.json", "title": "A", "size": 8}]
    assert await error_of(client.files_completeUploadExternal(**share)) == "file_not_found", "it was shared before"


async def test_user_groups_are_listed_with_their_people_where_the_plan_has_them(
    slack: StandIn, client: AsyncWebClient
) -> None:
    workspace = slack.workspace
    workspace.scopes = SCOPES | {"usergroups:read"}
    workspace.groups = {"S1": UserGroup("S1", "apps", "Apps", (NORA, EMIL)), "S2": UserGroup("S2", "old", "Old")}
    workspace.change_group("S2", disabled=True)
    (group,) = (await client.usergroups_list())["usergroups"]
    assert (group["handle"], "users" in group, "user_count" in group) == ("apps", False, False)
    every = (await client.usergroups_list(include_users=True, include_count=True, include_disabled=True))["usergroups"]
    assert [(each["id"], each["users"], each["user_count"]) for each in every] == [
        ("S1", [NORA, EMIL], "2"), ("S2", [], "0")
    ]  # fmt: skip
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == [NORA, EMIL]
    for unknown in ("S2", "S9"):
        assert await error_of(client.usergroups_users_list(usergroup=unknown)) == "no_such_subteam"
    slack.limits.close((workspace.id, "usergroups.list"), 30)
    assert await error_of(client.usergroups_list()) == "ratelimited"
    workspace.paid = False
    assert await error_of(client.usergroups_users_list(usergroup="S1")) == "plan_upgrade_required"
    workspace.scopes = SCOPES
    assert await error_of(client.usergroups_users_list(usergroup="S1")) == "missing_scope"
