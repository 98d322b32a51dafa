"""What is kept of labs: that a member solved one, and when first."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.store import members
from bot.store import record as record_rows


def solve(tx: Connection, who: MemberKey, lab: str, now: datetime) -> None:
    """Record that a member solved a lab. A second call changes nothing. Raise NotMet."""
    members.lock_known(tx, who)
    record_rows.solve(tx, who, lab, now)
