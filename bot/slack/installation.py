"""Which workspace the bot is installed in, and the token that speaks to it."""

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import NotInstalled


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
    def connected(self) -> bool:
        """Whether the bot can speak."""
        return self._result is not None
