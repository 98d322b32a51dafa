"""Slack's refusals: an error name that apps can check, and a detail for the app's developers."""

from __future__ import annotations

from typing import Any


class CannotDo(Exception):
    """Words for the person who tried."""


class SlackRefusal(Exception):
    """What Slack answers as `{"ok": false, "error": …}`; `extra` holds further fields such as `needed`."""

    def __init__(self, error: str, detail: str = "", **extra: Any) -> None:  # noqa: ANN401 -- fields of Slack's answer
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error = error
        self.detail = detail
        self.extra = extra

    def as_slack(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.detail:
            answer["response_metadata"] = {"messages": [f"[ERROR] {self.detail}"]}
        return answer


TABLE = "bot/playground/emulator/README.md, *What it can't do*"


def unsupported(what: str) -> SlackRefusal:
    """Return the answer to something that Slack may well take, but this emulator doesn't know."""
    return SlackRefusal("emulator_unsupported", f"{what}: Slack may take it, this emulator can't; see {TABLE}")
