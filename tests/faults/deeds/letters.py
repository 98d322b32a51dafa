"""What the worker posts for a delivery, on the real screens."""

from bot.coach.sending import Claimed
from bot.slack.message import Message
from bot.slack.posts import render
from tests.faults.neighbours import Turn, at_home


def letter(on: Turn, one: Claimed) -> Message:
    """Draw anything that was claimed."""
    names = dict.fromkeys(one.content.authors, f"Name {at_home(one.delivery.workspace_id).word}")
    return render(on.catalog, one, names).message
