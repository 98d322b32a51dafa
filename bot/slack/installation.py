"""The workspaces in which the bot is installed, as Bolt authorizes requests for them."""

import logging
from asyncio import get_running_loop, sleep
from collections.abc import Awaitable, Callable
from typing import TypeVar

from slack_bolt.authorization import AuthorizeResult

from bot.core.errors import CommandError, NotInstalled
from bot.core.outcomes import TOKENS, NotYet, Refused, Token, Touches
from bot.slack.gateway import Gateway
from bot.slack.web_client import read_failure

log = logging.getLogger(__name__)

T = TypeVar("T")
Tell = Callable[[str], None]  # told why a start takes longer

CONNECT_WITHIN = 300  # seconds for which a start asks a Slack that does not answer as it should
MAX_PAUSE = 30  # seconds between two tries, unless Slack asks for a longer one


def no_answer(reason: str) -> CommandError:
    hint = "Check the network, and SLACK_API_URL if it is set."
    return CommandError(f"Slack does not answer as it should ({reason}). {hint}")


async def ask_patiently(variable: str, ask: Callable[[], Awaitable[T]], tell: Tell) -> T:
    """Return Slack's answer to what a start asks; ask again with backoff. `tell` gets the reason of each failed try.

    Raise CommandError at once if Slack refuses the token of this variable, and after five minutes of anything else.
    """
    now = get_running_loop().time
    until, pause = now() + CONNECT_WITHIN, 1.0
    while True:
        try:
            return await ask()
        except CommandError:
            raise
        except Exception as error:  # 429, 5xx, HTML, JSON without a team: `read_failure` tells them apart
            outcome = read_failure(error, to_member=False)
            is_of_token = isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE
            if is_of_token and TOKENS.get(outcome.reason) is not Token.SHUT_OUT:  # which may end soon
                raise CommandError(f"Slack does not accept {variable} ({outcome.reason}).") from error
            asked = outcome.pause.total_seconds() if isinstance(outcome, NotYet) and outcome.pause else 0.0
            if now() + max(pause, asked) > until:
                raise no_answer(outcome.reason) from error
            log.warning("slack.unreachable", extra={"reason": outcome.reason})
            tell(f"Slack does not answer as it should ({outcome.reason})")
        await sleep(max(pause, asked))
        pause = min(pause * 2, MAX_PAUSE)


class OneWorkspace:
    """The workspace of SLACK_BOT_TOKEN, once Slack accepted the token. `auth.test` is never called during a command."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._authorized: dict[str, AuthorizeResult] = {}
        self._removed: dict[str, AuthorizeResult] = {}  # whose token worked once

    async def connect(self, token: str) -> str:
        """Connect the workspace of this token. Raise CommandError, SlackApiError or a connection error."""
        answer = await self._gateway.connect(token)
        if answer.get("is_enterprise_install"):
            hint = "Set a token of one workspace: organisations install the app through OAuth."
            raise CommandError(f"SLACK_BOT_TOKEN is for a whole organisation. {hint}")
        workspace_id: str = answer["team_id"]
        self._authorized[workspace_id] = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=workspace_id,
            bot_token=token,
            bot_id=answer.get("bot_id"),
            bot_user_id=answer.get("user_id"),
        )
        return workspace_id

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:  # noqa: ARG002 - Bolt hands both
        """Return what Bolt needs to know for a request. Raise NotInstalled for a workspace that never had a token.

        A workspace that removed the app is authorized too, as its members may still ask to be forgotten: see `check`.
        """
        authorized = self._authorized.get(team_id or "") or self._removed.get(team_id or "")
        if authorized is None:
            raise NotInstalled  # if this returned None, Bolt would answer by itself, at the response_url
        return authorized

    def disconnect(self, workspace_id: str) -> None:
        """Answer no more requests of this workspace but *forget me*: its token does not work any more."""
        if (authorized := self._authorized.pop(workspace_id, None)) is not None:
            self._removed[workspace_id] = authorized

    async def check(self, workspace_id: str, organisation: str | None) -> None:  # noqa: ARG002 - for OAuth
        """Raise NotInstalled unless this workspace has a working token."""
        if workspace_id not in self._authorized:
            raise NotInstalled

    async def _nothing(self, *_: object, **__: object) -> None:
        """Do nothing: organisations install the app through OAuth, and the one token does not expire."""

    change = refresh_due = look = _nothing

    async def refusal(self, workspace_id: str) -> str | None:
        """Return Slack's name for why it refuses the token; None if it accepts it. Raise as `refuses_token`."""
        return await self._gateway.for_workspace(workspace_id).refuses_token()

    @property
    def workspace_ids(self) -> tuple[str, ...]:
        return tuple(self._authorized)

    @property
    def fault(self) -> str | None:
        """Return why the bot can serve no workspace at all."""
        return None if self._authorized else "Slack does not accept the bot token"
