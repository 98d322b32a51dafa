"""What is kept of labs: that a member solved one, and when first."""

from bot.coach.act import Act
from bot.store import facts


def solve(act: Act, lab: str) -> None:
    """Record that a member solved a lab. A second call changes nothing. Raise NotMet."""
    act.lock()
    facts.solve(act.tx, act.who, lab, act.now)
