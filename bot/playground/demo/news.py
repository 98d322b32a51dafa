"""Describe in one sentence what happened while the clock moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.playground.emulator.workspace import Workspace

if TYPE_CHECKING:
    from bot.core.outbox import Delivery

MAX_NAMED = 4
NOTHING = "Nothing was due."

WORDS = {
    "welcome": ("a welcome", "welcomes"),
    "nudge": ("a tip", "tips"),
    "reminder": ("a reminder", "reminders"),
    "another": ("another tip", "other tips"),
    "challenge": ("a challenge", "challenges"),
    "line": ("a line", "lines"),
    "last-call": ("a challenge reminder", "challenge reminders"),
    "recap": ("a recap", "recaps"),
    "notice": ("a notice", "notices"),
    "answer": ("an answer", "answers"),
    "reply": ("an answer", "answers"),
    "task": ("a task", "tasks"),
    "introduction": ("an introduction", "introductions"),
    "lead": ("a message to leads", "messages to leads"),
}


def tell(workspace: Workspace, sent: Iterable[Delivery]) -> str:
    """Return who got what. Playable people and channels come first, and only a few are named."""
    ordered = sorted(sent, key=lambda delivery: not visible(workspace, delivery))
    counts = Counter((_place(workspace, delivery), delivery.kind.value) for delivery in ordered)
    told = [f"{place} got {_amount(kind, count)}" for (place, kind), count in counts.items()]
    if not told:
        return NOTHING
    more = len(told) - MAX_NAMED
    return " · ".join(told[:MAX_NAMED] + ([f"and {more} more"] if more > 0 else []))


def visible(workspace: Workspace, delivery: Delivery) -> bool:
    """Return whether a playable person sees it."""
    return delivery.member_id is None or workspace.people[delivery.member_id].switchable


def _place(workspace: Workspace, delivery: Delivery) -> str:
    if delivery.member_id is not None:
        return workspace.people[delivery.member_id].name.split()[0]
    return f"#{workspace.channels[delivery.channel or ''].name}"


def _amount(kind: str, count: int) -> str:
    single, plural = WORDS[kind]
    return single if count == 1 else f"{count} {plural}"
