"""What a person reads when something can't be done, or broke."""

from bot.core.errors import UserError
from bot.slack.message import Block, Message, escape
from bot.slack.views.blocks import section


def refused(error: UserError) -> Message:
    """What is wrong and what to do next; words that a person typed stay literal."""
    return Message(escape(str(error)), replaces=False)


def broken(reference: str) -> Message:
    """An apology; the log holds the same reference."""
    return Message(
        f"That broke on my side (ref {reference}). Nothing was changed; try again in a minute.", replaces=False
    )


GONE = Message("That button is from an older message and does nothing any more. Try `/roleshift help`.", replaces=False)

OUTDATED_FORM = Message("That form is out of date. Close it and try `/roleshift help`.")


def modal(message: Message) -> Block:
    """The same, in place of a form."""
    title = {"type": "plain_text", "text": "Sorry"}
    return {"type": "modal", "title": title, "blocks": [section(message.text)]}
