"""What Bolt needs from the bot: whose token to use, and one dispatcher in place of listeners."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.base_context import BaseContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import ForOrganisation, NotInstalled, OtherWorkspace
from bot.slack.installation import Authorizer
from bot.slack.payloads import slack_id

SIGNED_AT = "x-slack-request-timestamp"  # a header
Answering = Coroutine[Any, Any, BoltResponse]


class InTimeApp(AsyncApp):
    """Bolt's app, whose answers pass through `in_time`. That includes what Bolt does before it calls the dispatcher."""

    def __init__(self, in_time: Callable[[dict[str, Any], Answering], Answering], **options: Any) -> None:  # noqa: ANN401 - Bolt's
        super().__init__(**options)
        self._in_time = in_time

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Return the answer to a request from HTTP or Socket Mode."""
        return await self._in_time(req.body, super().async_dispatch(req))

    def _init_context(self, req: AsyncBoltRequest) -> None:
        """Copy the client for the request: to make each anew, as Bolt does, takes a tenth of a command's time."""
        client = AsyncWebClient.__new__(AsyncWebClient)  # `copy.copy` takes ten times as long as these two lines
        vars(client).update(vars(self.client))
        req.context["logger"], req.context["client"] = self.logger, client


class Authorize(AsyncAuthorize):
    """Look a workspace up among the installations. Bolt calls a plain function more slowly: it collects arguments."""

    def __init__(self, installations: Authorizer) -> None:
        self._installations = installations

    async def __call__(
        self,
        *,
        context: BaseContext,
        enterprise_id: str | None,
        team_id: Any,  # noqa: ANN401 - Bolt reads it from the payload and does not validate it
        **_: Any,  # noqa: ANN401 - what else Bolt knows
    ) -> AuthorizeResult:
        try:
            return await self._installations.authorize(enterprise_id, slack_id(team_id))
        except NotInstalled:
            if context.is_enterprise_install or (team_id is None and enterprise_id is not None):
                raise ForOrganisation from None
            raise


class Dispatcher(AsyncMiddleware):
    """Answer before Bolt looks for a listener: that is a third of what Bolt costs, and fails on odd payloads."""

    def __init__(self, answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> None:
        self._answer = answer

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt passes it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - Bolt's name; nothing comes after this
    ) -> BoltResponse:
        """Return the answer."""
        return await self._answer(req)


def signed_at(request: AsyncBoltRequest) -> datetime | None:
    """Return when Slack signed a request, to the second; None over Socket Mode, where nobody else can send one."""
    stamp = next(iter(request.headers.get(SIGNED_AT, ())), "")
    return datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() else None


def check_installed(request: AsyncBoltRequest, installations: Authorizer, workspace_id: str) -> None:
    """Raise NotInstalled unless the app is installed in this workspace, ForOrganisation if an organisation has it."""
    try:
        installations.check(workspace_id)
    except NotInstalled:
        if request.context.is_enterprise_install:
            raise ForOrganisation from None
        raise


def authorized_workspace(request: AsyncBoltRequest, claimed: str | None) -> str:
    """Return the workspace for which a request was authorized. Raise OtherWorkspace where the payload names another.

    The two differ for people of another organisation in a shared channel, whom the bot may not take for members.
    """
    authorized = request.context.authorize_result
    workspace_id = slack_id(authorized.team_id) if authorized else None  # Bolt authorizes removals by itself
    if workspace_id is None:
        raise NotInstalled
    if claimed not in {None, workspace_id}:
        raise OtherWorkspace
    return workspace_id
