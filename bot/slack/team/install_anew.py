"""Ask an admin to install the app anew, where Slack's key to the workspace was lost."""

from datetime import datetime

from bot.slack.blocks import context, section
from bot.slack.dates import for_all
from bot.slack.message import Message


def asked(address: str, until: str) -> Message:
    """Say until when the bot works here, and how to go on. `until` is a moment in ISO 8601."""
    when = for_all(datetime.fromisoformat(until))
    return Message(
        "Please install me again, else I stop working in this workspace.",
        [
            section(
                "*Please install me again*\n"
                f"The key that Slack gave me for this workspace got lost. I can work until {when}. After that I send "
                f"nothing here.\n<{address}|Install roleshift again>. It takes a minute, and all that is stored stays."
            ),
            context("You get this because you installed me, or because you are an admin. I can't fix it myself."),
        ],
    )
