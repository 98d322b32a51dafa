"""What follows where Slack refuses a call because of the token: ask about the token before anything else."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.outcomes import LONGEST_PAUSE, REFUSES_THE_TOKEN
from bot.store import doubts, pauses


def doubt(tx: Connection, workspace_id: str, why: str, now: datetime) -> None:
    """Have Slack asked whether it accepts the token. Where it lacks a scope, pause the workspace for an hour."""
    if why in REFUSES_THE_TOKEN:
        doubts.doubt(tx, workspace_id, now)
    else:
        pauses.pause(tx, workspace_id, LONGEST_PAUSE.total_seconds())
