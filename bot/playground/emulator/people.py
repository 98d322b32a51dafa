"""The people and channels of an emulated workspace at its start."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

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
