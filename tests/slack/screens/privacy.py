"""The screens of what is kept about a member."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.slack import privacy
from bot.slack.message import Message
from bot.slack.privacy import Export

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def about_my_data(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    role = next(iter(catalog.roles))
    yield "my-data", privacy.my_data(catalog, _export(role, consent="yes", marks=3))
    yield "my-data-little", privacy.my_data(catalog, _export(None, consent="asked", marks=1))
    yield "my-data-nothing", privacy.NOTHING
    yield "export-as-a-file", privacy.SENT


def _export(role: str | None, *, consent: str, marks: int) -> Export:
    key = {"workspace_id": "T1", "member_id": "U1"}
    skills = [
        {**key, "skill": f"a-skill-with-a-name-{number}", "learned_at": NOW.isoformat()} for number in range(marks)
    ]
    about: privacy.Tables = {
        "member": [{**key, "role": role, "zone": "Europe/Berlin"}],
        "skill_mark": skills,
        "schedule": [{**key, "consent": consent}],
        "plan": [],
    }
    naming: privacy.Tables = {"challenge": [{"workspace_id": "T1", "title": "A & B", "started_by": "U1"}]}
    return Export(MemberKey("T1", "U1"), NOW, about, naming)
