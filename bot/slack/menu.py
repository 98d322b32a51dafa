"""The menu of the five things that people do most, and the help with everything they can type."""

from collections.abc import Iterable

from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Message, Rendered, escape
from bot.slack.noun import Noun
from bot.slack.request import Request

noun = Noun()


@noun.verb("", "Show the things people do most.", ("menu",))
async def menu(_request: Request, _words: str) -> Message:
    return MENU


@noun.verb("help", "List everything you can type.")
async def help_(request: Request, _words: str) -> Message:
    return help_card((verb.usage, verb.explains) for verb in request.nouns.in_order)


def help_card(lines: Iterable[tuple[str, str]]) -> Message:
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


MENU = Message(
    text="Try `/roleshift myrole`, `/roleshift tip`, `/roleshift skills`, `/roleshift progress` or `/roleshift help`.",
    blocks=[
        Rendered(
            section(
                "*How is your role changing?*\n"
                "roleshift shows how AI changes your job, and gives you one small exercise a week."
            )
        ),
        Rendered(
            actions(
                button("Show my role", "myrole", style="primary"),
                button("A tip now", "tip"),
                button("Skills", "skills"),
                button("My progress", "progress"),
                button("Everything I can do", "help"),
            )
        ),
        Rendered(context("Only you see my answers. `/roleshift privacy` says what I keep.")),
    ],
)
