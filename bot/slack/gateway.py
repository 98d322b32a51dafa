"""Out: the only calls to Slack's Web API. Nothing here is tried twice: a second try could say a thing twice."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import NothingChanged
from bot.core.member import MemberKey, Profile, known_zone
from bot.slack.message import Message

TIMEOUT = 10  # seconds
ASKING_TIMEOUT = 2  # seconds, where a person waits for the answer; Slack gives three


class Gateway:
    """One session for all calls of the process."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self.client = web_client(session, api_url, token)
        self._asking = web_client(session, api_url, token, timeout=ASKING_TIMEOUT)

    async def profile(self, who: MemberKey) -> Profile:
        """What Slack says about a person now. Raises NothingChanged where Slack does not answer."""
        try:
            answer = await self._asking.users_info(user=who.member_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise NothingChanged from error
        return read_profile(answer["user"])

    async def respond(self, response_url: str, message: Message, *, replace: bool) -> None:
        """Answers a click where it happened. Raises aiohttp.ClientError; the address itself is a secret."""
        body = message.body(response_type="ephemeral", replace_original=replace)
        headers = {"content-type": "application/json; charset=utf-8"}
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with self._session.post(response_url, data=body.encode(), headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()


def web_client(session: aiohttp.ClientSession, api_url: str, token: str, timeout: int = TIMEOUT) -> AsyncWebClient:
    """A client on the shared session; with the SDK's retries a lost answer would post twice."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, timeout=timeout)
    client.retry_handlers = []
    return client


def read_profile(user: dict[str, Any]) -> Profile:
    """A `user` object of Slack's, from `users.info` or an event."""
    barred = ("deleted", "is_bot", "is_stranger", "is_ultra_restricted")
    admin = ("is_admin", "is_owner", "is_primary_owner")
    return Profile(
        zone=known_zone(user.get("tz")),
        coachable=not any(user.get(flag) for flag in barred) and user.get("id") != "USLACKBOT",
        is_admin=any(user.get(flag) for flag in admin),
    )
