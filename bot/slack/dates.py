"""Write dates and times in words, in the reader's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# `strftime` takes five times as long, and its words depend on the machine's language.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(at: datetime, zone: str | None) -> str:
    """Return a day such as `3 May 2027` in the reader's zone, or in UTC if it isn't known."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def short_day(at: datetime, zone: str | None) -> str:
    """Return `25 November`, local to the reader; UTC if their zone is unknown."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {MONTHS[local.month - 1]}"


def day_for_all(at: datetime) -> str:
    """Return a day that Slack shows in each reader's zone, such as `25 November 2026`. The fallback is in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date}}|{day(at, None)}>"


def month(at: datetime, zone: str | None) -> str:
    """Return a month such as `May 2027` in the reader's zone."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{MONTHS[local.month - 1]} {local.year}"


def moment(at: datetime | None, zone: str | None) -> str:
    """Return a time such as `Tuesday 1 December at 09:30` in the reader's zone; a dash for None."""
    if at is None:
        return "—"
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    day_name, month_name = DAYS[local.weekday()], MONTHS[local.month - 1]
    return f"{day_name} {local.day} {month_name} at {local.hour:02}:{local.minute:02}"


def for_all(at: datetime) -> str:
    """Return a time that Slack shows in each reader's zone, such as `tomorrow at 17:00`. The fallback is in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{moment(at, None)} UTC>"
