"""The screens of what is kept about a member."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.slack import my_data
from bot.slack.message import Message
from bot.slack.my_data import Export

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def about_my_data(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield the screens of *See my data* and *Export*."""
    role = next(iter(catalog.roles))
    yield "my-data", my_data.seen(catalog, _export(role, consent="yes", marks=3))
    yield "my-data-little", my_data.seen(catalog, _export(None, consent="asked", marks=1))
    yield "my-data-nothing", my_data.NOTHING
    yield "export-as-a-file", my_data.SENT


def _export(role: str | None, *, consent: str, marks: int) -> Export:
    key = {"workspace_id": "T1", "member_id": "U1"}
    skills = [
        {**key, "skill": f"a-skill-with-a-name-{number}", "learned_at": NOW.isoformat()} for number in range(marks)
    ]
    about: my_data.Tables = {
        "member": [{**key, "role": role, "zone": "Europe/Berlin"}],
        "skill_mark": skills,
        "schedule": [{**key, "consent": consent}],
        "plan": [],
    }
    naming: my_data.Tables = {"challenge": [{"workspace_id": "T1", "title": "A & B", "started_by": "U1"}]}
    return Export(MemberKey("T1", "U1"), NOW, about, naming)
