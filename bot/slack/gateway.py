"""Out: the only calls to Slack's Web API. Nothing here is tried twice: a second try could say a thing twice."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import NothingChanged
from bot.core.member import MemberKey, Profile, known_zone
from bot.core.outbox import CannotLook, Delivery, Finding, NotFound, NotYet, Outcome, Sent
from bot.slack.message import Message, blocks_json
from bot.slack.refusals import read_failure

TIMEOUT = 10  # seconds
MAX_REPLIES = 50  # answers to clicks that are sent at the same time
METADATA_TYPE = "roleshift_delivery"
MARGIN = timedelta(minutes=5)  # between our clock and Slack's
PAGES_MOST = 10  # of a direct message's history since one post
CANNOT_LOOK = {"missing_scope", "not_allowed_token_type", "channel_not_found", "not_in_channel"}
ASKING_TIMEOUT = 2  # seconds, where a person waits for the answer; Slack gives three
LISTED_AT_ONCE, LISTS_MOST = 999, 20  # people on a page of `users.list`, Slack's most; and pages, as many as a minute


class TooMany(NothingChanged):
    """Slack wants to be asked nothing for a while."""

    def __init__(self, pause: timedelta) -> None:
        self.pause = pause
        super().__init__()


class Gateway:
    """One session for all calls of the Web API, and one for replies to clicks, which can't hold up the others."""

    def __init__(
        self, session: aiohttp.ClientSession, api_url: str, token: str, replies: aiohttp.ClientSession | None = None
    ) -> None:
        self._replies = replies or session  # one is enough where nobody clicks
        self.client = web_client(session, api_url, token)
        self._asking = web_client(session, api_url, token, timeout=ASKING_TIMEOUT)

    async def profile(self, who: MemberKey) -> Profile:
        """What Slack says about a person now. Raises NothingChanged where Slack does not answer, TooMany if not now."""
        try:
            answer = await self._asking.users_info(user=who.member_id)
        except SlackApiError as error:
            if error.response.get("error") in {"user_not_found", "user_not_visible"}:
                return Profile(zone=None, coachable=False)
            raise _not_answered(error) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NothingChanged from error
        return read_profile(answer["user"], who.workspace_id)

    async def everybody(self, workspace_id: str) -> AsyncIterator[dict[MemberKey, Profile]]:
        """The same about everybody with an account, page by page, 20 pages at most. Raises as `profile` does."""
        cursor = None
        for _ in range(LISTS_MOST):
            try:
                answer = await self._asking.users_list(limit=LISTED_AT_ONCE, cursor=cursor)
            except SlackApiError as error:
                raise _not_answered(error) from error
            except (aiohttp.ClientError, TimeoutError) as error:
                raise NothingChanged from error
            yield {MemberKey(workspace_id, user["id"]): read_profile(user, workspace_id) for user in answer["members"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def post(self, one: Delivery, channel: str, message: Message, thread: str | None = None) -> Outcome:
        """Posts a delivery, once, in a thread or not. Its random id travels along, to look a lost answer up."""
        metadata = {"event_type": METADATA_TYPE, "event_payload": {"k": one.id}}
        try:
            answer = await self.client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=blocks_json(message.blocks),
                metadata=metadata,
                thread_ts=thread,
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )
            return Sent(answer["channel"], answer["ts"])
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the post may have arrived: refusals.py decides
            return read_failure(error, to_member=one.member_id is not None)

    async def change(self, channel: str, ts: str, message: Message) -> Outcome:
        """Changes a message that is there; done twice, it says the same."""
        try:
            answer = await self.client.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=blocks_json(message.blocks), link_names=False
            )
            return Sent(answer["channel"], answer["ts"])
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return read_failure(error, to_member=False)

    async def names(self, workspace_id: str, member_ids: Iterable[str]) -> dict[str, str]:
        """What these members are called; without those about whom Slack says nothing now."""
        names = {}
        for member_id in member_ids:
            try:
                profile = await self.profile(MemberKey(workspace_id, member_id))
            except NothingChanged:
                continue
            if profile.name is not None:
                names[member_id] = profile.name
        return names

    async def open_dm(self, who: MemberKey) -> str | None:
        """The channel of the direct messages with a member; None where Slack does not say."""
        try:
            answer = await self.client.conversations_open(users=who.member_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return None
        channel: str = answer["channel"]["id"]
        return channel

    async def find_post(self, one: Delivery, since: datetime) -> Finding:
        """Looks a delivery up in its channel. Raises SlackApiError or a connection error where that fails for now."""
        if one.channel is None:
            return CannotLook("no channel to look in")
        cursor = None
        try:
            for _ in range(PAGES_MOST):
                answer = await self.client.conversations_history(
                    channel=one.channel,
                    oldest=str((since - MARGIN).timestamp()),
                    include_all_metadata=True,
                    limit=100,
                    cursor=cursor,
                )
                for message in answer["messages"]:
                    if message.get("metadata", {}).get("event_payload", {}).get("k") == one.id:
                        return Sent(one.channel, message["ts"])
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return NotFound()
        except SlackApiError as error:
            if error.response.get("error") in CANNOT_LOOK:
                return CannotLook(f"no way to look: {error.response['error']}")
            raise
        return CannotLook("too many messages since")

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Opens a form over the click that asked for it. Raises NothingChanged where Slack does not open it."""
        try:
            await self._asking.views_open(trigger_id=trigger_id, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise NothingChanged from error

    async def update_view(self, view_id: str, known: str, view: dict[str, Any]) -> None:
        """Show an open form differently, unless it changed after `known`, its hash. Raises NothingChanged."""
        try:
            await self._asking.views_update(view_id=view_id, hash=known, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise NothingChanged from error

    async def respond(self, response_url: str, message: Message, *, replace: bool) -> None:
        """Answers a click where it happened. Raises aiohttp.ClientError; the address itself is a secret."""
        body = message.body(response_type="ephemeral", replace_original=replace)
        headers = {"content-type": "application/json; charset=utf-8"}
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with self._replies.post(response_url, data=body.encode(), headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()


class _TimedClient(AsyncWebClient):
    """The SDK heeds its `timeout` only with a session of its own; on ours it would wait for five minutes."""

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's signature
        async with asyncio.timeout(self.timeout):
            return await super().api_call(*args, **kwargs)


def reply_session() -> aiohttp.ClientSession:
    """Return a session for `response_url`s alone; a reply that waits for a connection too long is given up."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=MAX_REPLIES))


def web_client(session: aiohttp.ClientSession, api_url: str, token: str, timeout: int = TIMEOUT) -> AsyncWebClient:
    """A client on the shared session; with the SDK's retries a lost answer would post twice."""
    client = _TimedClient(token=token, base_url=api_url, session=session, timeout=timeout)
    client.retry_handlers = []
    return client


def read_profile(user: dict[str, Any], workspace_id: str) -> Profile:
    """A `user` object of Slack's, from `users.info` or an event, as one workspace sees this person."""
    barred = ("deleted", "is_bot", "is_ultra_restricted")
    admin = ("is_admin", "is_owner", "is_primary_owner")
    barred_here = any(user.get(flag) for flag in barred) or user.get("id") == "USLACKBOT"
    return Profile(
        zone=known_zone(user.get("tz")),
        coachable=not barred_here and not _is_outsider(user, workspace_id),
        is_admin=any(user.get(flag) for flag in admin),
        is_guest=bool(user.get("is_restricted")),
        name=_name(user),
    )


def _is_outsider(user: dict[str, Any], workspace_id: str) -> bool:
    """Somebody of another workspace; Slack calls them a stranger only while they share no channel with the bot.

    In an Enterprise organisation a member may belong to several workspaces, and be at home in another.
    """
    home, several = user.get("team_id"), (user.get("enterprise_user") or {}).get("teams") or ()
    return bool(user.get("is_stranger")) or (home is not None and home != workspace_id and workspace_id not in several)


def _not_answered(error: SlackApiError) -> NothingChanged:
    outcome = read_failure(error, to_member=True)
    return TooMany(outcome.pause) if isinstance(outcome, NotYet) and outcome.pause is not None else NothingChanged()


def _name(user: dict[str, Any]) -> str | None:
    shown = user.get("profile") or {}
    return next((name for name in (shown.get("display_name"), shown.get("real_name"), user.get("name")) if name), None)
