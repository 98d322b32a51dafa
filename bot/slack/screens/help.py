"""The help: every command, with what it does."""

from collections.abc import Iterable

from bot.slack.message import Message, escape
from bot.slack.screens.blocks import actions, button, section


def listed(lines: Iterable[tuple[str, str]]) -> Message:
    """Answer `/roleshift help`. `lines` are pairs of usage and explanation."""
    rows = "\n".join(f"`{escape(f'/roleshift {usage}'.strip())}` {escape(text)}" for usage, text in lines)
    return Message(
        text="Everything you can type after `/roleshift`.",
        blocks=[
            section(f"*Everything you can type*\n{rows}"),
            actions(button("My role", "myrole"), button("A tip now", "tip"), button("What you keep", "privacy")),
        ],
    )
