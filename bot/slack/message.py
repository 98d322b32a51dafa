"""What the bot says: a text, and blocks that are plain Block Kit dicts, some of them rendered to JSON once."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

ADDRESS = re.compile(r"(https?://[^\s<>|]+)")

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Rendered(Block):
    """A block that never changes, with its JSON at hand; treat it as frozen."""

    __slots__ = ("json",)

    def __init__(self, block: Block) -> None:
        super().__init__(block)
        self.json = to_json(block)


@dataclass(frozen=True, slots=True)
class Message:
    """Something said to a person. `text` is what a notification or a screen reader says.

    `replaces`: whether it takes the place of the message whose button was clicked; by default it does where that
    message was for this person's eyes only.
    """

    text: str
    blocks: Sequence[Block] = ()
    replaces: bool | None = None

    def body(self, **more: str | bool) -> str:
        """The JSON of an answer, with further top-level fields."""
        fields = to_json({"text": self.text, **more})[:-1]
        return f'{fields},"blocks":{blocks_json(self.blocks)}}}' if self.blocks else fields + "}"


def blocks_json(blocks: Sequence[Block]) -> str:
    """The blocks as a JSON list; what was rendered before is only joined."""
    return "[" + ",".join(block.json if isinstance(block, Rendered) else to_json(block) for block in blocks) + "]"


def escape(words: str) -> str:
    """Makes words literal for Slack: no `<!channel>` pings, no link, no mention."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(words: str) -> str:
    """The same, but that web addresses can be followed; each is shown as it is."""
    parts = ADDRESS.split(words)  # the addresses stand at every second place
    return "".join(f"<{escape(part)}>" if place % 2 else escape(part) for place, part in enumerate(parts))


def unescape(words: str) -> str:
    """What a person typed, from Slack's escaped form."""
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
