"""Each error of Slack's is classified as its documentation says: what it touches, and whether anything was sent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import aiohttp
import pytest

from bot.core.errors import NothingChanged
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import CannotLook, NotFound, NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.playground.emulator.faults import Fault, Limits, drop, limit, lose, refuse
from bot.slack.gateway import TooMany, WorkspaceGateway
from bot.slack.message import Message
from bot.slack.payloads import User
from bot.slack.web_client import DEFAULT_PAUSE, PAUSES, TOUCHES, UNCLEAR, read_failure
from tests.driver.standin import StandIn
from tests.every import try_every

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
EMIL, PLATFORM = "U02EMIL", "C02PLATFORM"
WORKSPACE = "account_inactive token_revoked invalid_auth not_authed missing_scope not_allowed_token_type"
MEMBER = "user_disabled user_not_found user_not_visible cannot_dm_bot channel_not_found"
CHANNEL = "is_archived not_in_channel restricted_action restricted_action_read_only_channel"
CONTENT = """
    msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text invalid_arguments
    metadata_too_large invalid_metadata_format
"""
PAUSING = ("ratelimited", "rate_limited")
UNSURE = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
ROWS = [
    *((name, Touches.WORKSPACE) for name in WORKSPACE.split()),
    *((name, Touches.MEMBER) for name in MEMBER.split()),
    *((name, Touches.CHANNEL) for name in CHANNEL.split()),
    *((name, Touches.CONTENT) for name in CONTENT.split()),
    ("messages_tab_disabled", Touches.OPERATOR),
    ("an_error_of_next_year", Touches.OPERATOR),
]


def delivery_to(slack: StandIn, member_id: str | None = EMIL, channel: str | None = None) -> Delivery:
    week = "2026-W48"
    return Delivery(
        slack.workspace.id, f"nudge:{member_id}:{week}", "0123456789abcdef01234567", Kind.NUDGE, member_id, channel,
        week, None, None, NOW, NOW + timedelta(days=3), 0, NOW,
    )  # fmt: skip


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
async def gateway(slack: StandIn) -> AsyncIterator[WorkspaceGateway]:
    async with aiohttp.ClientSession() as session:
        yield WorkspaceGateway(slack.workspace.id, session, slack.api_url, slack.bot_token)


async def posted(slack: StandIn, gateway: WorkspaceGateway, fault: Fault) -> Outcome:
    slack.faults.add(fault)
    return await gateway.post(delivery_to(slack), slack.workspace.dm(EMIL).id, Message("Hello"))


POST = "chat.postMessage"
POSTS: list[tuple[Fault, Outcome]] = [
    *((refuse(POST, error=name), Refused(name, touches)) for name, touches in ROWS),
    *((refuse(POST, error=name), NotYet(name, timedelta(seconds=DEFAULT_PAUSE))) for name in PAUSING),
    (refuse(POST, error="message_limit_exceeded"), NotYet("message_limit_exceeded", timedelta(hours=1))),
    *((refuse(POST, error=name), Unknown(name)) for name in UNSURE),
    (limit(POST, seconds=17), NotYet("ratelimited", timedelta(seconds=17))),  # as Retry-After says
]


async def test_each_error_of_a_post_has_its_outcome_and_a_refusal_touches_the_right_party(
    slack: StandIn, gateway: WorkspaceGateway
) -> None:
    # A missing channel touches the member only if their direct messages were just opened.
    for member_id, channel in ((None, PLATFORM), (EMIL, slack.workspace.dm(EMIL).id)):
        slack.faults.add(refuse(POST, error="channel_not_found"))
        outcome = await gateway.post(delivery_to(slack, member_id, channel), channel, Message("Hello"))
        assert outcome == Refused("channel_not_found", Touches.CHANNEL)

    async def check(case: tuple[Fault, Outcome]) -> None:
        fault, outcome = case
        assert await posted(slack, gateway, fault) == outcome
        assert slack.posts == []

    await try_every(POSTS, check)


async def test_a_lost_answer_has_an_unknown_outcome_and_is_not_retried(
    slack: StandIn, gateway: WorkspaceGateway
) -> None:
    async def check(case: tuple[str, object]) -> None:
        how, lost = case
        before = len(slack.posts)
        found = await posted(slack, gateway, lost("chat.postMessage", how=how))  # type: ignore[operator]  # either of two
        assert isinstance(found, Unknown)
        assert len(slack.posts) == before + (lost is lose)

    await try_every(product(["close", "reset", "half", "html", "empty", "status"], [lose, drop]), check)


async def test_a_refused_connection_sent_nothing_and_an_unexpected_error_is_no_refusal() -> None:
    async with StandIn() as slack:
        url, token = slack.api_url, slack.bot_token
        delivery, channel = delivery_to(slack), slack.workspace.dm(EMIL).id
    async with aiohttp.ClientSession() as session:
        gateway = WorkspaceGateway("T1", session, url, token)
        assert await gateway.post(delivery, channel, Message("Hello")) == NotYet("unreachable")
    for error in (TimeoutError(), aiohttp.ServerDisconnectedError(), ValueError("odd")):
        assert isinstance(read_failure(error, to_member=True), Unknown)


def test_no_error_name_has_two_meanings() -> None:
    assert not TOUCHES.keys() & (PAUSES.keys() | UNCLEAR)


# Finding a post again.


async def test_a_post_is_found_in_direct_messages_by_its_id_and_not_looked_up_in_a_channel(
    slack: StandIn, gateway: WorkspaceGateway
) -> None:
    dm = slack.workspace.dm(EMIL).id
    delivery = delivery_to(slack, channel=dm)
    since = slack.workspace.clock()
    assert await gateway.find_post(delivery, since) == NotFound()
    slack.faults.add(lose("chat.postMessage"))
    await gateway.post(delivery, dm, Message("Hello"))
    assert await gateway.find_post(delivery, since) == Sent(dm, slack.posts[0].ts or "")
    slack.workspace.scopes = slack.hub.scopes(slack.workspace) | {"channels:history"}
    delivery = delivery_to(slack, None, PLATFORM)
    await gateway.post(delivery, PLATFORM, Message("Hello"))
    assert isinstance(await gateway.find_post(delivery, NOW), CannotLook)


async def test_without_permission_to_look_nobody_can_find_out(slack: StandIn, gateway: WorkspaceGateway) -> None:
    async def check(name: str) -> None:
        slack.faults.add(refuse("conversations.history", error=name))
        found = await gateway.find_post(delivery_to(slack, channel=slack.workspace.dm(EMIL).id), NOW)
        assert found == CannotLook(f"no way to look: {name}")
        assert isinstance(await gateway.find_post(delivery_to(slack), NOW), CannotLook)

    await try_every(["missing_scope", "not_allowed_token_type", "channel_not_found", "not_in_channel"], check)


# Asking about people.


async def test_a_person_unknown_to_slack_may_not_be_coached_and_a_missing_answer_concludes_nothing(
    slack: StandIn, gateway: WorkspaceGateway
) -> None:
    for name in ("user_not_found", "user_not_visible"):
        slack.faults.add(refuse("users.info", error=name))
        assert not (await gateway.profile(EMIL)).coachable
    for fault in (refuse("users.info", error="fatal_error"), drop("users.info", times=None)):
        slack.faults.add(fault)
        with pytest.raises(NothingChanged):
            await gateway.profile(EMIL)


def test_deleted_accounts_bots_outsiders_and_guests_are_not_coached() -> None:
    rows: list[tuple[dict[str, Any], bool]] = [
        ({"tz": "Europe/Berlin"}, True),
        ({"is_restricted": True}, True),
        *(({flag: True}, False) for flag in ("deleted", "is_bot", "is_stranger", "is_ultra_restricted")),
        ({"id": "USLACKBOT"}, False),
        ({"team_id": "T1"}, True),
        ({"team_id": "T2"}, False),  # in a shared channel: Slack does not call them a stranger
        ({"team_id": "T2", "is_stranger": False}, False),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T1"]}}, True),  # at home in another of several
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2"]}}, False),
        ({"team_id": "T2", "enterprise_user": None}, False),
    ]
    for user, coachable in rows:
        assert User.model_validate({"id": EMIL, **user}).profile_in("T1").coachable is coachable, user


async def test_a_429_of_a_look_up_raises_the_pause_and_another_failure_leaves_a_name_out(
    slack: StandIn, gateway: WorkspaceGateway
) -> None:
    slack.faults.add(refuse("users.info", error="internal_error"))
    assert await gateway.names([EMIL]) == {}
    owed = delivery_to(slack, channel=slack.workspace.dm(EMIL).id)
    for method, look_up in (
        ("users.info", lambda: gateway.profile(EMIL)),
        ("users.info", lambda: gateway.names([EMIL])),
        ("conversations.history", lambda: gateway.find_post(owed, NOW)),
    ):
        slack.limits = Limits()
        slack.faults.add(limit(method, seconds=9))
        with pytest.raises(TooMany) as refusal:
            await look_up()
        assert refusal.value.pause == timedelta(seconds=9)


async def test_direct_messages_that_can_not_be_opened_yet_wait(slack: StandIn, gateway: WorkspaceGateway) -> None:
    rows: list[tuple[Fault, Refused | NotYet | None]] = [
        (refuse("conversations.open", error="missing_scope"), None),
        (drop("conversations.open"), NotYet("ServerDisconnectedError")),
        (limit("conversations.open", seconds=9), NotYet("ratelimited", timedelta(seconds=9))),
        (refuse("conversations.open", error="user_disabled"), Refused("user_disabled", Touches.MEMBER)),
        (refuse("conversations.open", error="token_revoked"), Refused("token_revoked", Touches.WORKSPACE)),
    ]
    assert await gateway.open_dm(EMIL) == slack.workspace.dm(EMIL).id
    for fault, outcome in rows:
        slack.faults.add(fault)
        assert await gateway.open_dm(EMIL) == outcome
        slack.limits = Limits()
