"""What the worker posts for a delivery, on the real screens."""

from bot.coach.sending import Claimed
from bot.slack.message import Message
from bot.slack.posts import render
from tests.faults.neighbours import Turn, at_home


def letter(on: Turn, claim: Claimed) -> Message:
    """Draw anything that was claimed."""
    names = dict.fromkeys(claim.content.authors, f"Name {at_home(claim.delivery.workspace_id).word}")
    return render(on.catalog, claim, names).message
