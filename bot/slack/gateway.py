"""Outgoing: the only calls to Slack's Web API. No call is retried here, as a retry could post a message twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core import member, outbox, outcomes
from bot.core.errors import NothingChanged, NotInstalled
from bot.slack.message import Block, File, FileRefused, FileUnclear, Message
from bot.slack.payloads import User
from bot.slack.web_client import FAILED, TIMEOUT, BlocksRefused, Tokens, is_slacks, read_failure, sent_at, web_client

log = logging.getLogger(__name__)

MAX_WORKSPACES = 2_000  # whose clients are kept; they hold no tokens
MAX_REPLIES = 50  # answers to clicks that are sent at the same time
JSON = "application/json; charset=utf-8"
INVALID_BLOCKS = "invalid_blocks"  # Slack also answers so where a workspace does not show a type of block
METADATA_TYPE = "roleshift_delivery"
MARGIN = timedelta(minutes=5)  # by which this clock and Slack's may differ
MAX_PAGES_OF_HISTORY = 10  # of a channel, when a post is looked up
CANNOT_LOOK = {"missing_scope", "not_allowed_token_type", "channel_not_found", "not_in_channel"}
TEAMS_PER_PAGE, MAX_PAGES_OF_TEAMS = 200, 500  # of an organisation
ASKING_TIMEOUT = 2  # seconds, where a person waits for the answer; Slack gives three
NO_PEOPLE = {"missing_scope", "not_allowed_token_type", "plan_upgrade_required", "no_such_subteam", "channel_not_found"}
PEOPLE_PER_PAGE = 999  # of `users.list`; Slack allows no more
MAX_PAGES_OF_PEOPLE = 20  # as many as Slack answers in a minute
PREPARING, SHARING = 1.5, 1.0  # seconds for all steps of a file before the last one, and for that; a person waits


class TooMany(NothingChanged):
    """Slack's rate limit is reached; `pause` says for how long to wait."""

    def __init__(self, pause: timedelta) -> None:
        self.pause = pause
        super().__init__()


class TokenRefused(NothingChanged):
    """Slack refuses the workspace's token; `why` is Slack's name for that."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__()


class UserGroup(NamedTuple):
    handle: str
    people: Collection[str]  # ids


class GivenTo(NamedTuple):
    """The workspaces for which an organisation's token is, at this moment of Slack's."""

    workspace_ids: frozenset[str]
    at: datetime | None


class Gateway:
    """The workspaces that the bot can call. They share an HTTP session; clients and tokens are kept per workspace.

    Replies to clicks have a session of their own, so that slow replies can't hold up the calls. `tokens`: where the
    tokens of workspaces are stored that installed the app through OAuth. Without it, `connect` adds the only one.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_url: str,
        replies: aiohttp.ClientSession | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._session, self.api_url, self._tokens = session, api_url, tokens
        self._replies = replies or session  # where nobody clicks, both may be the same
        self._turns = asyncio.Semaphore(MAX_REPLIES)
        self._workspaces: dict[str, WorkspaceGateway] = {}
        self.client = web_client(session, api_url, None)  # for Bolt: it has no bot token, so it opens no workspace

    async def connect(self, token: str) -> AsyncSlackResponse:
        """Ask Slack which workspace this token opens, and add it. Raise SlackApiError or a connection error."""
        answer = await web_client(self._session, self.api_url, token).auth_test()
        self.add(WorkspaceGateway(answer["team_id"], self._session, self.api_url, token))
        return answer

    def for_workspace(self, workspace_id: str) -> "WorkspaceGateway":
        """Return the calls for one workspace. Raise NotInstalled where there is no token for it.

        Where tokens are stored, each call asks for the current one, and raises NotInstalled itself.
        """
        if workspace_id not in self._workspaces:
            if self._tokens is None:
                raise NotInstalled
            if len(self._workspaces) >= MAX_WORKSPACES:
                self._workspaces.pop(next(iter(self._workspaces)))
            self.add(WorkspaceGateway(workspace_id, self._session, self.api_url, self._tokens))
        return self._workspaces[workspace_id]

    def add(self, workspace: "WorkspaceGateway") -> None:
        self._workspaces[workspace.workspace_id] = workspace

    async def respond(self, url: str, message: Message | str, *, replace: bool = False, thread: str = "") -> None:
        """Answer a command or a click where it happened. The address is a secret and needs no token.

        A message may be a body that is drawn already. One for all can go into a `thread` this way, others only with
        `show_in_thread`. One that is replaced keeps its readers: Slack can't change its response type.
        Raise BlocksRefused where Slack does not show a block, another aiohttp.ClientError, or TimeoutError; and what
        drawing the message again raises.
        """
        async with asyncio.timeout(TIMEOUT), self._turns:
            if isinstance(message, str):
                body = message
            else:
                said = await message.again() if message.again else message
                who_sees = {} if replace else {"response_type": message.response_type}
                if thread and message.for_all:
                    who_sees["thread_ts"] = thread
                body = said.body(replace_original=replace, **who_sees)
            async with self._replies.post(url, data=body.encode(), headers={"content-type": JSON}) as answer:
                if INVALID_BLOCKS in await answer.text(errors="replace"):
                    raise BlocksRefused
                answer.raise_for_status()


class WorkspaceGateway:
    """Every call of the Web API for one workspace."""

    def __init__(self, workspace_id: str, session: aiohttp.ClientSession, api_url: str, token: str | Tokens) -> None:
        self.workspace_id, self._session = workspace_id, session
        self.client = web_client(session, api_url, token, TIMEOUT, workspace_id)
        self._asking = web_client(session, api_url, token, ASKING_TIMEOUT, workspace_id)

    async def profile(self, member_id: str) -> member.Profile:
        """Return what Slack says about a person now. Raise TooMany at a rate limit, else NothingChanged."""
        answer = await _answered(self._asking.users_info(user=member_id), {"user_not_found", "user_not_visible"})
        if isinstance(answer, str):
            return member.Profile(zone=None, coachable=False)
        return User.model_validate(answer["user"]).profile_in(self.workspace_id)

    async def refuses_token(self) -> str | None:
        """Return why Slack refuses this token; None if it accepts it. Raise TooMany, NothingChanged, NotInstalled."""
        answer = await _answered(self.client.auth_test(), outcomes.REFUSES_THE_TOKEN)
        return answer if isinstance(answer, str) else None

    async def given(self) -> GivenTo | str:
        """Return the workspaces for which an organisation's token is, or why Slack refuses it. Raise as `profile`."""
        listed, ids, at = partial(self.client.auth_teams_list, limit=TEAMS_PER_PAGE), set[str](), None
        async for page in _pages(listed, MAX_PAGES_OF_TEAMS, outcomes.REFUSES_THE_TOKEN):
            if isinstance(page, str):
                return page
            at = at or sent_at(page)
            ids |= {team["id"] for team in page["teams"]}
            is_whole = _next(page) is None
        if not is_whole:
            raise NothingChanged
        return GivenTo(frozenset(ids), at)

    async def everybody(self) -> AsyncIterator[dict[str, member.Profile]]:
        """Yield the profiles of everybody with an account by id, page by page, 20 pages at most. Raise as `profile`."""
        listed = partial(self._asking.users_list, limit=PEOPLE_PER_PAGE)
        async for page in _pages(listed, MAX_PAGES_OF_PEOPLE):
            if not isinstance(page, str):
                users = map(User.model_validate, page["members"])
                yield {user.id: user.profile_in(self.workspace_id) for user in users}

    async def user_groups(self) -> dict[str, UserGroup] | str:
        """Return the user groups by their ids, or why Slack does not say. Raise as `profile`."""
        answer = await _answered(self.client.usergroups_list(include_users=True), NO_PEOPLE)
        if isinstance(answer, str):
            return answer
        return {each["id"]: UserGroup(each["handle"], each.get("users", ())) for each in answer["usergroups"]}

    async def people_in(self, source: str) -> list[str] | str:
        """Return who is in a user group or a channel, without the bot, or why Slack does not say. Raise likewise."""
        if source.startswith("S"):
            answer = await _answered(self.client.usergroups_users_list(usergroup=source), NO_PEOPLE)
            return answer if isinstance(answer, str) else list(answer["users"])
        bot = await _answered(self.client.auth_test(), NO_PEOPLE)
        if isinstance(bot, str):
            return bot
        people: list[str] = []
        listed = partial(self.client.conversations_members, channel=source, limit=1000)
        async for page in _pages(listed, MAX_PAGES_OF_PEOPLE, NO_PEOPLE):
            if isinstance(page, str):
                return page
            people += page["members"]
        return [member_id for member_id in people if member_id != bot["user_id"]]

    async def name_of(self, source: str) -> str | None:
        """Return the handle of a user group or the name of a channel; None if Slack does not say. Raise likewise."""
        if source.startswith("S"):
            groups = await self.user_groups()
            group = groups.get(source) if isinstance(groups, dict) else None
            return group.handle if group else None
        answer = await _answered(self.client.conversations_info(channel=source), NO_PEOPLE)
        return None if isinstance(answer, str) else answer["channel"]["name"]

    async def not_in(self, channel: str) -> str | None:
        """Return what to call a channel without the bot; None if it is in it, or Slack does not say. Raise likewise."""
        answer = await _answered(self.client.conversations_info(channel=channel), NO_PEOPLE)
        if isinstance(answer, str):  # Slack does not show a private channel to a bot that is not in it
            return "that channel" if answer == "channel_not_found" else None
        return None if answer["channel"]["is_member"] else f"#{answer['channel']['name']}"

    async def post(
        self, delivery: outbox.Delivery, channel: str, message: Message, thread: str | None = None
    ) -> outcomes.Outcome:
        """Post a delivery once. Its random id goes along as metadata, so that `find_post` can find it."""
        try:
            answer = await self.client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks or None,
                thread_ts=thread,
                team_id=self.workspace_id,  # for an organisation's token
                metadata={"event_type": METADATA_TYPE, "event_payload": {"k": delivery.id}},
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )
            return outcomes.Sent(answer["channel"], answer["ts"])
        except Exception as error:  # noqa: BLE001 - after any error the post may have arrived; `read_failure` decides
            opened_now = delivery.member_id is not None and delivery.channel is None
            return read_failure(error, to_member=opened_now)

    async def say(self, channel: str, message: Message) -> None:
        """Post a message at most once, with nothing stored. Log if Slack does not confirm it."""
        text, blocks = message.text, message.blocks
        try:
            await self._asking.chat_postMessage(channel=channel, text=text, blocks=blocks, link_names=False)
        except FAILED:
            log.warning("message.unanswered", extra={"workspace_id": self.workspace_id})

    async def show_in_thread(self, channel: str, thread: str, member_id: str, message: Message) -> None:
        """Show a message to one member of a channel, in a thread that has replies. Raise as the client does."""
        said = message.without_charts or message
        await self._asking.chat_postEphemeral(
            channel=channel, thread_ts=thread, user=member_id, text=said.text, blocks=said.blocks, link_names=False
        )

    async def change(self, channel: str, ts: str, message: Message) -> outcomes.Outcome:
        """Change a posted message. To do this twice is harmless."""
        text, blocks = message.text, message.blocks
        try:
            answer = await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks, link_names=False)
            return outcomes.Sent(answer["channel"], answer["ts"])
        except Exception as error:  # noqa: BLE001 - as above
            return read_failure(error, to_member=False)

    async def send_file(self, member_id: str, file: File) -> None:
        """Send a member a file, in Slack's three steps. Raise UserError; after a lost answer, it may have arrived."""
        content, client = file.text.encode(), self._asking
        try:
            async with asyncio.timeout(PREPARING):
                ticket = await client.files_getUploadURLExternal(filename=file.name, length=len(content))
                opened = await client.conversations_open(users=member_id)
                if not is_slacks(client.base_url, ticket["upload_url"]):
                    raise aiohttp.InvalidURL("<upload_url>", "is not an address of Slack's")
                async with self._session.post(ticket["upload_url"], data=content, allow_redirects=False) as answer:
                    if answer.status != HTTPStatus.OK:
                        raise aiohttp.ClientPayloadError
        except FAILED as error:
            raise FileRefused("", file.again) from error
        files: list[dict[str, str | None]] = [{"id": ticket["file_id"], "title": file.name}]
        channel = opened["channel"]["id"]
        try:
            async with asyncio.timeout(SHARING):
                await client.files_completeUploadExternal(files=files, channel_id=channel, initial_comment=file.comment)
        except FAILED as error:
            is_unclear = isinstance(read_failure(error, to_member=True), outcomes.Unknown)
            raise (FileUnclear if is_unclear else FileRefused)("", file.again) from error

    async def names(self, member_ids: Iterable[str]) -> dict[str, str]:
        """Return names by id, without members for whom Slack has no answer now. Raise TooMany at a rate limit."""
        names = {}
        for member_id in member_ids:
            try:
                profile = await self.profile(member_id)
            except TooMany:
                raise
            except (NothingChanged, NotInstalled):
                continue
            if profile.name is not None:
                names[member_id] = profile.name
        return names

    async def open_dm(self, member_id: str) -> str | outcomes.Refused | outcomes.NotYet | None:
        """Return the channel of a member's direct messages; None without the scope for it, NotYet for a lost answer."""
        try:
            answer = await self.client.conversations_open(users=member_id)
        except FAILED as error:
            outcome = read_failure(error, to_member=True)
            if outcomes.TOKENS.get(outcome.reason) is outcomes.Token.TOO_WEAK:
                return None
            match outcome:
                case outcomes.NotYet() | outcomes.Refused(touches=outcomes.Touches.MEMBER | outcomes.Touches.WORKSPACE):
                    return outcome
            return outcomes.NotYet(outcome.reason)
        return str(answer["channel"]["id"])

    async def find_post(self, delivery: outbox.Delivery, since: datetime) -> outcomes.Finding:
        """Look for a delivery in the direct messages with its member, not in channels. Raise as `profile`."""
        if delivery.channel is None or not delivery.channel.startswith("D"):
            return outcomes.CannotLook("no direct messages to look in")
        client, ts = self.client, delivery.thread
        look = client.conversations_history if ts is None else partial(client.conversations_replies, ts=ts)
        oldest = str((since - MARGIN).timestamp())
        pages = partial(look, channel=delivery.channel, oldest=oldest, include_all_metadata=True, limit=100)
        is_last = False
        async for page in _pages(pages, MAX_PAGES_OF_HISTORY, CANNOT_LOOK):
            if isinstance(page, str):
                return outcomes.CannotLook(f"no way to look: {page}")
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("k") == delivery.id:
                    return outcomes.Sent(delivery.channel, message["ts"])
            is_last = not _next(page)
        return outcomes.NotFound() if is_last else outcomes.CannotLook("too many messages since")

    async def publish_home(self, member_id: str, view: Block) -> str | None:
        """Show a member's Home. Return why Slack did not; None if it did. Twice is harmless."""
        try:
            await self.client.views_publish(user_id=member_id, view=view, team_id=self.workspace_id)
        except Exception as error:  # noqa: BLE001 - `read_failure` decides what it means
            return read_failure(error, to_member=True).reason
        return None

    async def open_view(self, trigger_id: str, view: Block, *, above: bool = False) -> None:
        """Open a modal, alone or `above` the one where the click was. Raise NothingChanged if Slack opens none."""
        open_ = self._asking.views_push if above else self._asking.views_open
        await _answered(open_(trigger_id=trigger_id, view=view))

    async def update_view(self, view_id: str, known: str | None, view: Block) -> None:
        """Show an open form differently, unless it changed after `known`, its hash. Raise NothingChanged."""
        await _answered(self._asking.views_update(view_id=view_id, hash=known, view=view))


async def _answered(call: Awaitable[AsyncSlackResponse], names: Collection[str] = ()) -> AsyncSlackResponse | str:
    """Return Slack's answer, or an error that is one of `names`. Raise TooMany, TokenRefused, else NothingChanged."""
    try:
        return await call
    except SlackApiError as error:
        name = str(error.response.get("error"))
        if name in names:
            return name
        if name in outcomes.REFUSES_THE_TOKEN:
            raise TokenRefused(name) from error
        outcome = read_failure(error, to_member=True)
        if isinstance(outcome, outcomes.NotYet) and outcome.pause is not None:
            raise TooMany(outcome.pause) from error
        raise NothingChanged from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NothingChanged from error


async def _pages(
    call: Callable[..., Awaitable[AsyncSlackResponse]], most: int, names: Collection[str] = ()
) -> AsyncIterator[AsyncSlackResponse | str]:
    """Yield so many pages of an answer at most, or Slack's name for an error, as `_answered` does."""
    cursor: str | None = None
    for _ in range(most):
        page = await _answered(call(cursor=cursor), names)
        yield page
        cursor = None if isinstance(page, str) else _next(page)
        if not cursor:
            return


def _next(page: AsyncSlackResponse) -> str | None:
    return (page.get("response_metadata") or {}).get("next_cursor") or None
