"""What the parts of a workspace tell those who watch it, such as the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "message",
    "message_deleted",
    "views",
    "home",
    "view_errors",
    "unread",
    "mail",
    "toast",
    "clock",
    "news",
    "connected",
    "joined",
    "reset",
]


@dataclass(frozen=True)
class Change:
    """Something that those `readers` now see differently (None: everyone)."""

    kind: Kind
    readers: frozenset[str] | None
    subject: Any = None
