"""The screens of what is kept about a member."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.slack.exports import ABOUT, NAMING, Export
from bot.slack.message import Message
from bot.slack.screens import my_data

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ADDRESS = "https://coach.example.org/export/T1/abc"


def about_my_data(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield the screens of *See my data* and *Export*."""
    role = next(iter(catalog.roles))
    yield "my-data", my_data.seen(catalog, _export(role, consent="yes", marks=3))
    yield "my-data-little", my_data.seen(catalog, _export(None, consent="asked", marks=1))
    yield "my-data-nothing", my_data.NOTHING
    yield "export-as-a-file", my_data.SENT
    yield "export-by-a-link", my_data.link(ADDRESS)
    yield "export-in-one-part", my_data.part(_export(role, consent="yes", marks=1))
    yield "export-in-parts", my_data.part(_export(role, consent="yes", marks=150))
    yield "export-in-parts-the-last", my_data.part(_export(role, consent="yes", marks=150), "99")


def _export(role: str | None, *, consent: str, marks: int) -> Export:
    found, key = Export(MemberKey("T1", "U1"), NOW), {"workspace_id": "T1", "member_id": "U1"}
    found.add(ABOUT, "member", [{**key, "role": role, "zone": "Europe/Berlin"}])
    skills = [
        {**key, "skill": f"a-skill-with-a-name-{number}", "learned_at": NOW.isoformat()} for number in range(marks)
    ]
    found.add(ABOUT, "skill_mark", skills)
    found.add(ABOUT, "schedule", [{**key, "consent": consent}])
    found.add(ABOUT, "plan", [])
    found.add(NAMING, "challenge", [{"workspace_id": "T1", "title": "A & B", "started_by": "U1"}])
    return found
