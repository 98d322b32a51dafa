"""Which workspace the bot is installed in, and the token that speaks to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import NotInstalled
from bot.core.outbox import NotYet, Refused, Sent, Touches
from bot.slack.refusals import read_failure

log = logging.getLogger(__name__)

CONNECT_WITHIN = 300  # seconds for which a start puts up with a Slack that does not answer as it should
MAX_PAUSE = 30  # seconds between two tries, unless Slack asks for a longer one


class TokenRefused(Exception):
    """Slack does not accept the token; the text is Slack's name for the error."""


class NoAnswer(Exception):
    """Slack did not answer as it should, for too long; the text is the last reason."""


class Installation:
    """The one workspace that SLACK_BOT_TOKEN opens; `auth.test` is asked once, at the start, never during a command."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._result: AuthorizeResult | None = None

    async def connect(self) -> str:
        """Asks Slack whose token this is; the workspace's id. Raises SlackApiError or a connection error."""
        answer = await self._client.auth_test()
        self._result = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer["team_id"],
            bot_token=self._client.token,
            bot_id=answer.get("bot_id"),
            bot_user_id=answer.get("user_id"),
        )
        workspace_id: str = answer["team_id"]
        return workspace_id

    async def connect_patiently(
        self, tell: Callable[[str], None], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> str:
        """Return the workspace's id, however often Slack has to be asked; `tell` hears why it is not there yet.

        Raise TokenRefused at once for an authentication error, NoAnswer after five minutes of anything else.
        """
        now = asyncio.get_running_loop().time
        until, pause = now() + CONNECT_WITHIN, 1.0
        while True:
            try:
                return await self.connect()
            except Exception as error:  # 429, 5xx, HTML, JSON without a team: refusals.py tells them apart
                outcome = read_failure(error, to_member=False)
                assert not isinstance(outcome, Sent)  # noqa: S101 - a failure is no success; for the type checker
                if isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE:
                    raise TokenRefused(outcome.reason) from error
                asked = outcome.pause.total_seconds() if isinstance(outcome, NotYet) and outcome.pause else 0.0
                if now() + max(pause, asked) > until:
                    raise NoAnswer(outcome.reason) from error
                log.warning("slack.unreachable", extra={"reason": outcome.reason})
                tell(f"Slack does not answer as it should ({outcome.reason})")
            await sleep(max(pause, asked))
            pause = min(pause * 2, MAX_PAUSE)

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:  # noqa: ARG002 - Bolt hands both
        """What Bolt needs to know for a request. Raises NotInstalled for any other workspace."""
        if self._result is None or team_id != self._result.team_id:
            raise NotInstalled  # were it None, Bolt would answer by itself, at the response_url
        return self._result

    def disconnect(self, workspace_id: str) -> None:
        """The token is of no use any more."""
        if self._result is not None and self._result.team_id == workspace_id:
            self._result = None

    @property
    def workspace_id(self) -> str | None:
        """Return the workspace whose token this is; None while there is no working token."""
        return self._result.team_id if self._result is not None else None

    @property
    def connected(self) -> bool:
        """Whether the bot can speak."""
        return self._result is not None
