"""The bot as a Bolt app: its listeners and its one error handler. What each noun adds stands in `nouns.py`."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.blocks import PREFIX
from bot.slack.edge import Body, Edge
from bot.slack.events import EVENTS
from bot.slack.payloads import Click, Command, EventCallback, Shortcut, Submission, read

COMMAND = "/roleshift"
OURS = re.compile(f"^{re.escape(PREFIX)}")


def slack_app(edge: Edge) -> AsyncApp:
    """Return the app. It stores first and answers then, so what a person reads is true."""

    async def authorize(
        enterprise_id: str | None,
        team_id: Any,  # noqa: ANN401 - Bolt does not validate it
        context: AsyncBoltContext,
    ) -> AuthorizeResult:
        return await edge.authorize(enterprise_id, team_id, is_of_organisation=bool(context.is_enterprise_install))

    app = AsyncApp(
        name="roleshift",
        client=edge.services.gateway.client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # verified before the body is parsed; Socket Mode needs none
        attaching_function_token_enabled=False,  # the app has no steps for workflows
        raise_error_for_unhandled_request=True,  # so that `failed` answers it
    )

    @app.command(COMMAND)
    async def command(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack(await edge.in_time(edge.command(read(Command, body), request), body))

    @app.action(OURS)
    async def click(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack(await edge.in_time(edge.click(read(Click, body), request), body))

    @app.view(OURS)
    async def form(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack(await edge.in_time(edge.form(read(Submission, body), request), body))

    @app.shortcut(OURS)
    async def shortcut(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack(await edge.in_time(edge.shortcut(read(Shortcut, body), request), body))

    async def event(body: Body, request: AsyncBoltRequest) -> None:
        await edge.event(read(EventCallback, body), request)

    for name in EVENTS:
        app.event(name)(event)

    @app.error
    async def failed(error: Exception, body: Body) -> BoltResponse:
        return edge.failed(error, body)

    return app
