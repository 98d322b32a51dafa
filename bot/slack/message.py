"""What the bot says: a text, and blocks that are plain Block Kit dicts."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from bot.core.errors import NextStep, UserError

Block = dict[str, Any]

REFERENCES = re.compile(r"<[^<>]*>")  # mentions, channels and links, in Slack's mark-up
LINK = re.compile(r"<(?:mailto:|(?=https?://))([^<>|]+)(?:\|[^<>]*)?>")
ADDRESS = re.compile(r"(https?://[^\s<>|]+)")
COMMAND = re.compile(r"^/?roleshift\b", re.IGNORECASE)
MAX_LETTERS = 2_000  # of what is written to the bot; nobody asks a longer question

_render = TypeAdapter[object](Any).serializer.to_json


def to_json(value: object) -> str:
    """Return the JSON of a value, without spaces. The standard library takes more than twice the time."""
    return _render(value).decode()


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person. Notifications show `text`, and screen readers read it.

    `replaces`: whether it replaces the message whose button was clicked. None means: only if that message is
    ephemeral, so that nobody else sees it. `for_all`: everybody in the channel sees a new message, not only who asked.
    `first_visit`: nothing is stored about the person any more, so their Home shows the first visit.
    `without_charts`: the same with texts in place of its charts, for where Slack does not show charts.
    `again` reads and draws it anew right before it is sent: it holds words of others, who may take them back meanwhile.
    """

    text: str
    blocks: Sequence[Block] = ()
    replaces: bool | None = None
    for_all: bool = False
    first_visit: bool = False
    without_charts: "Message | None" = None
    again: "Callable[[], Awaitable[Message]] | None" = None

    @property
    def response_type(self) -> str:
        return "in_channel" if self.for_all else "ephemeral"

    def body(self, **others: object) -> str:
        """Return the JSON of an answer, with further top-level fields."""
        return to_json({"text": self.text, **others, **({"blocks": self.blocks} if self.blocks else {})})


@dataclass(frozen=True, slots=True)
class File:
    """A text file, and the message with which it arrives. `again`: the button to try again, if it does not arrive."""

    name: str
    text: str = field(repr=False)
    comment: str
    again: NextStep


class FileRefused(UserError):
    """The member certainly has no file."""

    text = (
        "Slack did not take the file, so nothing was sent. Try again in a minute. If it fails again, ask an admin to "
        "install me anew: I need the scopes `files:write` and `im:write`."
    )


class FileUnclear(UserError):
    """The member may have the file."""

    text = "Slack did not confirm the file. Look for it in our direct messages; if it is not there, try again."


def escape(words: str) -> str:
    """Escape words for mrkdwn, so that they cannot ping a channel, mention somebody or make a link."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(words: str) -> str:
    """Escape words for mrkdwn as `escape` does, but make web addresses links with the full address as their text."""
    parts = ADDRESS.split(words)  # the addresses stand at every second place
    return "".join(f"<{escape(part)}>" if place % 2 else escape(part) for place, part in enumerate(parts))


def words_alone(text: str) -> str:
    """Return what a person wrote, without mentions, channels and links, from the escaped text that Slack sends."""
    return unescape(REFERENCES.sub(" ", text))


def line_of(text: str) -> str:
    """Return what was written to the bot without Slack's mark-up, and without `/roleshift` in front."""
    line = " ".join(words_alone(text).split())
    return COMMAND.sub("", line[:MAX_LETTERS]).strip()


def unescape(words: str) -> str:
    """Return what a person typed, from the escaped text that Slack sends. Mentions and channels stay as they are."""
    return LINK.sub(r"\1", words).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
