"""The bot as a Bolt app: its listeners and its one error handler; all nouns; Socket Mode."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack import ask, blocks, connect, events, home, lab, noun, privacy, progress, project, role, show, skill
from bot.slack.challenge import entry, run
from bot.slack.edge import Asked, Body, Edge
from bot.slack.installation import Tell, ask_patiently, no_answer
from bot.slack.payloads import Click, Command, EventCallback, Shortcut, Submission, read, slack_id
from bot.slack.request import Background
from bot.slack.team import admins, announce, content, project as team_project, settings, teams
from bot.slack.tip import check, given, lines, plan, practice, tips

AskedT = TypeVar("AskedT", bound=Asked)
Answer = Callable[[AskedT, AsyncBoltRequest], Coroutine[Any, Any, str]]
Listener = Callable[[AsyncAck, Body, AsyncBoltRequest], Awaitable[None]]

COMMAND = "/roleshift"
CAME_AT = "roleshift.came_at"  # in the context: when a request came, by the loop's clock
OURS = re.compile(f"^{re.escape(blocks.PREFIX)}")


def slack_app(edge: Edge) -> AsyncApp:
    """Return the app. It stores first and answers then, so what a person reads is true."""

    async def authorize(
        enterprise_id: str | None,
        team_id: Any,  # noqa: ANN401 - Bolt does not validate it
        context: AsyncBoltContext,
    ) -> AuthorizeResult:
        context[CAME_AT] = asyncio.get_running_loop().time()
        return await edge.services.installations.authorize(slack_id(enterprise_id), slack_id(team_id))

    app = AsyncApp(
        name="roleshift",
        client=edge.services.gateway.client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # verified before the body is parsed; Socket Mode needs none
        attaching_function_token_enabled=False,  # the app has no steps for workflows
        raise_error_for_unhandled_request=True,  # so that `failed` answers it
    )

    def listener(kind: type[AskedT], answer: Answer[AskedT]) -> Listener:
        async def listen(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
            await ack(await edge.in_time(answer(read(kind, body), request), body, request.context[CAME_AT]))

        return listen

    app.command(COMMAND)(listener(Command, edge.command))
    app.action(OURS)(listener(Click, edge.click))
    app.view(OURS)(listener(Submission, edge.form))
    app.shortcut(OURS)(listener(Shortcut, edge.shortcut))

    async def event(body: Body, request: AsyncBoltRequest) -> None:
        await edge.event(read(EventCallback, body), request)

    for name in events.EVENTS:
        app.event(name)(event)

    @app.error
    async def failed(error: Exception, body: Body) -> BoltResponse:
        return edge.failed(error, body)

    return app


NOUNS = noun.Nouns(
    (
        home.noun, role.noun, ask.noun, skill.noun, progress.noun, project.noun, given.noun, practice.noun,
        lines.noun, show.noun, plan.noun, check.noun, tips.noun, entry.noun, run.noun, teams.noun, team_project.noun,
        lab.noun, settings.noun, announce.noun, admins.noun, content.noun, privacy.noun, connect.noun,
    )
)  # fmt: skip


log = logging.getLogger(__name__)

MAX_SILENT_SECONDS = 120  # seconds without a pong, reconnects included, before the process gives up
WATCH_EVERY = 5  # seconds


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler. It also remembers the `requests` in progress, so that a stop can wait for them."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self.requests = Background()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:  # noqa: ANN401 - Bolt's signature
        await self.requests(super().handle(client, req))

    async def open(self, tell: Tell) -> None:
        """Connect for the first time. `tell` gets the reason of each failed try; later the client tries by itself.

        Raise CommandError if Slack does not accept the app token, or if it can't be reached for too long.
        """
        connections_open = partial(self.client.web_client.apps_connections_open, app_token=self.app_token)
        self.client.wss_uri = (await ask_patiently("SLACK_APP_TOKEN", connections_open, tell))["url"]
        try:
            async with asyncio.timeout(MAX_SILENT_SECONDS):
                await self.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk has no types here
        except TimeoutError as error:
            raise no_answer("no WebSocket") from error

    async def connected(self) -> bool:
        return bool(await self.client.is_connected())

    async def watch(self) -> None:
        """Return once Slack has been unreachable for too long. The process then ends; its supervisor restarts it."""
        heard = time.monotonic()
        while time.monotonic() - heard < MAX_SILENT_SECONDS:
            await asyncio.sleep(WATCH_EVERY)
            if await self.connected():
                heard = time.monotonic()
        log.error("socket_mode.silent", extra={"seconds": MAX_SILENT_SECONDS})
