"""The help: every command, with what it does."""

from collections.abc import Iterable

from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Message, escape


def listed(lines: Iterable[tuple[str, str]]) -> Message:
    """Answer `/roleshift help`. `lines` are pairs of usage and explanation."""
    rows = "\n".join(f"`{escape(f'/roleshift {usage}'.strip())}` {escape(text)}" for usage, text in lines)
    return Message(
        text="Everything you can type after `/roleshift`.",
        blocks=[
            section(f"*Everything you can type*\n{rows}"),
            context(
                "You can also write this to me as a direct message, without `/roleshift`, or ask in your own words, "
                "and mention me in a channel. If I don't answer, your workspace does not let me read that."
            ),
            actions(button("My role", "myrole"), button("A tip now", "tip"), button("What you keep", "privacy")),
        ],
    )
