"""Read the people and channels of a workspace from a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from bot.playground.emulator.people import Kind, Person, Room, Roster

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
