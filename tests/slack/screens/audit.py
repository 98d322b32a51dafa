"""The screens of the audit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.coach.admins import AuditPage
from bot.core.member import Act, Acted
from bot.slack.message import Message
from bot.slack.team import admins

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ID = "0123456789abcdef01234567"


def about_the_audit() -> Iterator[tuple[str, Message]]:
    acts = tuple(
        Acted(act, NOW - timedelta(hours=number), "U1" if number % 3 else None, "U2", "<!channel> & co")
        for number, act in enumerate(Act)
    )
    yield "audit-nothing", admins.act_list(AuditPage((), None), days=400, is_first=True)
    for first in range(0, len(acts), admins.ACTS):
        page, older = acts[first : first + admins.ACTS], ID if first + admins.ACTS < len(acts) else None
        titles = {"<!channel> & co": "One <log> & more"} if older else {}
        name = f"audit-{first}" if first else "audit"
        yield name, admins.act_list(AuditPage(page, older, titles), days=400, is_first=not first)
