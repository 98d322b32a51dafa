"""Workspaces of any size for tests, the same each time."""

from bot.playground.emulator.people import Person, Room, Roster

ZONES = (
    "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo",
    "Africa/Nairobi",
)  # fmt: skip


def generated(count: int, workspace_id: str = "T0GENERATED") -> Roster:
    """Return a workspace of `count` members (the first is its owner) and one channel; equal arguments, equal result.

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
