"""Days in words, as the reader's own calendar has them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def day(at: datetime, zone: str | None) -> str:
    """`3 May 2027`, local to the reader; UTC where their zone isn't known."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {local:%B %Y}"


def month(at: datetime, zone: str | None) -> str:
    """`May 2027`, local to the reader."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local:%B %Y}"


def moment(at: datetime | None, zone: str | None) -> str:
    """`Tuesday 1 December at 09:30`, local to the reader; a dash where there is none."""
    if at is None:
        return "—"
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M}"


def for_all(at: datetime) -> str:
    """`tomorrow at 17:00` as each reader's own Slack has it, for messages that many read; UTC where it can't."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{moment(at, None)} UTC>"
