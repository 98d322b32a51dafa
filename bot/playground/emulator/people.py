"""The people and channels of an emulated workspace at its start, which a YAML file may name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

Kind = Literal["owner", "admin", "member", "guest", "multi_guest", "stranger", "bot"]
GUESTS = ("guest", "multi_guest", "stranger")  # those who see only the channels that they are in

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
    note: str = ""  # what a visitor who plays them should know

    @property
    def handle(self) -> str:
        """Return what others type after an `@`. It has no accents, as Slack allows none; else it is the id."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return ".".join(plain.lower().split()) or self.id.lower()

    def home(self, workspace_id: str) -> str:
        """Return the workspace of the account. For strangers it is not this workspace."""
        return ELSEWHERE if self.kind == "stranger" else workspace_id

    def as_slack(self, workspace_id: str, at: datetime) -> dict[str, Any]:
        """Return the person as `users.info` shows them. A deactivated account has no zone and no roles, as in Slack."""
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
    """A channel; `members` None means everyone but guests and strangers. Only its members see a private one."""

    id: str
    name: str
    topic: str = ""
    archived: bool = False
    bot_is_in: bool = True
    members: tuple[str, ...] | None = None
    guests: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True)
class UserGroup:
    """A group of people that is mentioned by its handle. A disabled one keeps its people."""

    id: str
    handle: str
    name: str
    people: tuple[str, ...] = ()
    disabled: bool = False

    def as_slack(self, workspace_id: str, *, with_people: bool, with_count: bool) -> dict[str, Any]:
        """Return the group as `usergroups.list` shows it."""
        group: dict[str, Any] = {
            "id": self.id, "team_id": workspace_id, "is_usergroup": True, "name": self.name, "description": "",
            "handle": self.handle, "is_external": False, "date_delete": int(self.disabled), "auto_type": None,
            "prefs": {"channels": [], "groups": []},
        }  # fmt: skip
        if with_people:
            group["users"] = list(self.people)
        return group | ({"user_count": str(len(self.people))} if with_count else {})


@dataclass(frozen=True)
class Roster:
    """A workspace as it is before anything was said in it."""

    id: str
    name: str
    people: tuple[Person, ...]
    rooms: tuple[Room, ...] = ()
    groups: tuple[UserGroup, ...] = ()
    paid: bool = True  # user groups come with paid plans


WORKSPACE_ID = "T0PLAYGROUND"
PEOPLE = (
    Person("U01ADA", "Ada Fischer", "Team lead", "Europe/Berlin", "owner"),
    Person("U02BEN", "Ben Okafor", "Data scientist", "America/New_York"),
    Person("U03MEI", "Mei Tanaka", "Developer", "Asia/Tokyo"),
)
ROOMS = (Room("C01GENERAL", "general", "Announcements for everyone"), Room("C02RANDOM", "random"))


def default_roster() -> Roster:
    """Return a workspace of three people, for an app that brings no people of its own."""
    return Roster(WORKSPACE_ID, "Playground", PEOPLE, ROOMS)


def read_roster(path: Path) -> Roster:
    """Return the workspace that a file describes. Raise ValueError with the reason if the file is wrong.

    The file: `workspace: name`, `people: [{name, title, zone, kind}]`, `channels: [{name, topic}]`; only `people` and a
    person's `name` are required.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {error}") from None
    if not isinstance(content, dict) or not content.get("people"):
        raise ValueError("needs a list `people`")
    people = tuple(_person(number, entry) for number, entry in enumerate(content["people"], start=1))
    channels = content.get("channels") or [{"name": room.name, "topic": room.topic} for room in ROOMS]
    rooms = tuple(_room(number, entry) for number, entry in enumerate(channels, start=1))
    return Roster(WORKSPACE_ID, str(content.get("workspace", "Playground")), people, rooms)


def _person(number: int, entry: Any) -> Person:  # noqa: ANN401 -- whatever the file holds
    fields = _fields(f"person {number}", entry, {"name", "title", "zone", "kind"})
    kind = fields.get("kind", "owner" if number == 1 else "member")
    if kind not in get_args(Kind):
        raise ValueError(f"person {number}: `kind` is one of {', '.join(get_args(Kind))}")
    zone = fields.get("zone", "Europe/Berlin")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"person {number}: {zone!r} is not a time zone such as Europe/Berlin") from None
    return Person(f"U{number:02d}PERSON", fields["name"], fields.get("title", ""), zone, kind)


def _room(number: int, entry: Any) -> Room:  # noqa: ANN401 -- whatever the file holds
    fields = _fields(f"channel {number}", entry, {"name", "topic"})
    return Room(f"C{number:02d}CHANNEL", fields["name"], fields.get("topic", ""))


def _fields(what: str, entry: Any, known: set[str]) -> dict[str, Any]:  # noqa: ANN401 -- whatever the file holds
    if not isinstance(entry, dict) or not entry.get("name"):
        raise ValueError(f"{what}: needs a `name`")
    if unknown := set(entry) - known:
        raise ValueError(f"{what}: unknown {', '.join(sorted(map(str, unknown)))}; known: {', '.join(sorted(known))}")
    return {name: str(value) for name, value in entry.items()}
