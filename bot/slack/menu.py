"""The first thing a member sees: the five things people do most."""

from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Message, Rendered

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
