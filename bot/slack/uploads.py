"""Send a file to a member's direct messages, in Slack's three steps. It needs the scope `files:write`."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import NextStep, UserError
from bot.core.outcomes import Unknown
from bot.slack.web_client import NO_TOKEN, read_failure

PREPARING = 1.5  # seconds for all steps before the last; a person waits, and Slack gives three seconds
SHARING = 1.0
FAILED = (SlackApiError, aiohttp.ClientError, TimeoutError, *NO_TOKEN)


@dataclass(frozen=True, slots=True)
class File:
    """A text file, and the message with which it arrives. `again`: the button to try again, if it does not arrive."""

    name: str
    text: str = field(repr=False)
    comment: str
    again: NextStep


REFUSED = (  # the member certainly has no file
    "Slack did not take the file, so nothing was sent. Try again in a minute. If it fails again, ask an admin to "
    "install me anew: I need the scope `files:write`."
)
UNKNOWN = "Slack did not confirm the file. Look for it in our direct messages; if it is not there, try again."


@dataclass(frozen=True, slots=True)
class Uploads:
    """Sends files for one workspace. `client` never retries."""

    client: AsyncWebClient
    session: aiohttp.ClientSession
    api_url: str

    async def send(self, member_id: str, file: File) -> None:
        """Send a member the file. Raise UserError; after a lost answer, the file may have arrived."""
        try:
            async with asyncio.timeout(PREPARING):
                file_id, channel = await self._upload(member_id, file)
        except FAILED as error:
            raise UserError(REFUSED, file.again) from error
        try:
            async with asyncio.timeout(SHARING):
                files: list[dict[str, str | None]] = [{"id": file_id, "title": file.name}]
                await self.client.files_completeUploadExternal(
                    files=files, channel_id=channel, initial_comment=file.comment
                )
        except FAILED as error:
            if isinstance(read_failure(error, to_member=True), Unknown):
                raise UserError(UNKNOWN, file.again) from error
            raise UserError(REFUSED, file.again) from error

    async def _upload(self, member_id: str, file: File) -> tuple[str, str]:
        """Upload the bytes, which nobody can see yet, and return the file's id and the channel for it."""
        content = file.text.encode()
        ticket = await self.client.files_getUploadURLExternal(filename=file.name, length=len(content))
        opened = await self.client.conversations_open(users=member_id)
        if not is_slacks(self.api_url, ticket["upload_url"]):
            raise aiohttp.InvalidURL("<upload_url>", "is not an address of Slack's")
        async with self.session.post(ticket["upload_url"], data=content, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise aiohttp.ClientPayloadError
        return ticket["file_id"], opened["channel"]["id"]


def is_slacks(api_url: str, given_url: str) -> bool:
    """Return whether an address is one of Slack's: that of its Web API, or of a host below it."""
    api, given = urlsplit(api_url), urlsplit(given_url)
    is_below = bool(api.hostname) and (given.hostname or "").endswith(f".{api.hostname}")
    return given.scheme == api.scheme and (given.netloc == api.netloc or is_below)
