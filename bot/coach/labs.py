"""What is kept of labs: that a member solved one, and when first."""

from bot.coach.act import Act
from bot.store import members
from bot.store import record as record_rows


def solve(act: Act, lab: str) -> None:
    """Record that a member solved a lab. A second call changes nothing. Raise NotMet."""
    members.lock_known(act.tx, act.who)
    record_rows.solve(act.tx, act.who, lab, act.now)
