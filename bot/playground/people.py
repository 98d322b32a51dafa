"""Who works in a stand-in workspace: the sample one that the playground shows, and generated ones for tests."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["owner", "admin", "member", "guest", "multi_guest", "stranger", "bot"]
GUESTS = ("guest", "multi_guest", "stranger")  # those who see only the channels that they are in

ZONES = (
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Africa/Nairobi",
)
ELSEWHERE = "T0ELSEWHERE"  # the workspace of those who are here through a shared channel


@dataclass(frozen=True)
class Person:
    """Someone with an account; `zone` may be None, as Slack's `tz` may be null."""

    id: str
    name: str
    title: str = ""
    zone: str | None = "Europe/Berlin"
    kind: Kind = "member"
    deleted: bool = False
    switchable: bool = True

    @property
    def handle(self) -> str:
        """What others type behind an `@`: no accents, as Slack allows none there."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return ".".join(plain.lower().split())

    def home(self, workspace_id: str) -> str:
        """The workspace of their account: another one for strangers."""
        return ELSEWHERE if self.kind == "stranger" else workspace_id

    def as_slack(self, workspace_id: str, at: datetime) -> dict[str, Any]:
        """The shape of `users.info`; a deactivated account loses its zone and its roles, as at Slack."""
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": self.home(workspace_id),
            "name": self.handle,
            "deleted": self.deleted,
            "real_name": self.name,
            "profile": {
                "real_name": self.name,
                "display_name": self.name.split()[0],
                "title": self.title,
                "team": self.home(workspace_id),
            },
            "is_bot": self.kind == "bot",
            "is_app_user": False,
            "updated": int(at.timestamp()),
        }
        if self.deleted:
            return user
        return user | self._zone_fields(at) | self._rights()

    def _zone_fields(self, at: datetime) -> dict[str, Any]:
        if self.zone is None:
            return {"tz": None, "tz_label": "Pacific Standard Time", "tz_offset": -28800}
        local = at.astimezone(ZoneInfo(self.zone))
        offset = local.utcoffset()
        return {"tz": self.zone, "tz_label": local.tzname(), "tz_offset": int(offset.total_seconds()) if offset else 0}

    def _rights(self) -> dict[str, bool]:
        rights = {
            "is_admin": self.kind in ("owner", "admin"),
            "is_owner": self.kind == "owner",
            "is_primary_owner": self.kind == "owner",
            "is_restricted": self.kind in ("guest", "multi_guest"),
            "is_ultra_restricted": self.kind == "guest",
        }
        return rights | {"is_stranger": False} if self.kind == "stranger" else rights  # true only where none is shared


@dataclass(frozen=True)
class Room:
    """A channel; `members` None means everyone but guests and strangers. A private one is seen by its members only."""

    id: str
    name: str
    topic: str = ""
    archived: bool = False
    bot_is_in: bool = True
    members: tuple[str, ...] | None = None
    guests: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True)
class Roster:
    """A workspace as it is before anything was said in it."""

    id: str
    name: str
    people: tuple[Person, ...]
    rooms: tuple[Room, ...] = field(default=())


SAMPLE_PEOPLE = (
    Person("U01NORA", "Nora Whitfield", "Head of Engineering", "America/New_York", "owner"),
    Person("U02EMIL", "Emil Brandt", "DevOps Engineer", "Europe/Berlin"),
    Person("U03ASHA", "Asha Raman", "Backend Developer", "Asia/Kolkata"),
    Person("U04KENJI", "Kenji Mori", "QA Engineer", "Asia/Tokyo"),
    Person("U05ISLA", "Isla Carver", "Contract Designer", "Australia/Sydney", "guest"),
)
# Members who only fill the ranks: with Nora, Emil, Asha and Kenji they make the 22 who may be coached. First names
# differ, so that `@` and a first name mean one person.
SAMPLE_EXTRAS = tuple(
    Person(member_id, name, title, zone, switchable=False)
    for member_id, name, title, zone in (
        ("U06WANJIRU", "Wanjiru Kamande", "Software Engineer", "Africa/Nairobi"),
        ("U07TENDAI", "Tendai Chikore", "Data Engineer", "Africa/Nairobi"),
        ("U08PRIYA", "Priya Nambiar", "ML Engineer", "Asia/Kolkata"),
        ("U09ROHAN", "Rohan Deshpande", "DevOps Engineer", "Asia/Kolkata"),
        ("U10HARUKA", "Haruka Ishida", "Data Scientist", "Asia/Tokyo"),
        ("U11MINH", "Minh Dao", "Frontend Engineer", "Asia/Tokyo"),
        ("U12MARTA", "Marta Kowalik", "Data Scientist", "Europe/Berlin"),
        ("U13LUKAS", "Lukas Brenner", "Site Reliability Engineer", "Europe/Berlin"),
        ("U14LEA", "Léa Fournel", "Security Engineer", "Europe/Berlin"),
        ("U15YUSUF", "Yusuf Adeyinka", "Backend Engineer", "Africa/Nairobi"),
        ("U16JOAO", "João Siqueira", "Software Engineer", "America/Sao_Paulo"),
        ("U17LUCIANA", "Luciana Prates", "Platform Engineer", "America/Sao_Paulo"),
        ("U18TESSA", "Tessa Holloway", "Software Engineer", "America/New_York"),
        ("U19MARCUS", "Marcus Ellery", "Mobile Developer", "America/New_York"),
        ("U20CAMILLE", "Camille Tremont", "Analytics Engineer", "America/New_York"),
        ("U21CALLUM", "Callum Reeve", "DevOps Engineer", "Australia/Sydney"),
        ("U22AROHA", "Aroha Wikaira", "Data Analyst", "Australia/Sydney"),
        ("U23ELIF", "Elif Karaca", "ML Engineer", "Europe/Berlin"),
    )
)

SAMPLE_ROOMS = (
    Room("C01GENERAL", "general", "Announcements for everyone"),
    Room("C02PLATFORM", "platform", "What we build on"),
    Room("C03AIGUILD", "ai-guild", "Learning to work with AI, together", guests=("U05ISLA",)),
    Room("C04PROMPTS", "prompts-2024", "Moved to #ai-guild", archived=True),
    Room("C05DESIGN", "design", "Pixels and words", bot_is_in=False, guests=("U05ISLA",)),
    Room(
        "C06LEADTEAM", "leads", "Only those who were invited", members=("U01NORA", "U02EMIL", "U03ASHA"), private=True
    ),
)


def sample() -> Roster:
    """Northwind Labs, the workspace of the playground."""
    return Roster("T01NORTHWIND", "Northwind Labs", SAMPLE_PEOPLE + SAMPLE_EXTRAS, SAMPLE_ROOMS)


def generated(count: int, workspace_id: str = "T0GENERATED") -> Roster:
    """A workspace of `count` members (the first one owns it) and one channel, the same for the same arguments.

    Two generated workspaces share their member ids on purpose: an id means something only with its workspace.
    """
    people = tuple(
        Person(
            f"U{number:07d}",
            f"Member {number}",
            zone=ZONES[number % len(ZONES)],
            kind="member" if number else "owner",
            switchable=number < 5,
        )
        for number in range(count)
    )
    return Roster(workspace_id, f"Workspace {workspace_id}", people, (Room("C0GENERAL", "general"),))
