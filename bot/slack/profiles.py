"""What Slack says about a person, read into a profile."""

from typing import Any

from bot.core.member import Profile, known_zone


def read_profile(user: dict[str, Any], workspace_id: str) -> Profile:
    """Return the profile that a `user` object of Slack's describes, as this workspace sees the person."""
    barred = ("deleted", "is_bot", "is_ultra_restricted")
    admin = ("is_admin", "is_owner", "is_primary_owner")
    barred_here = any(user.get(flag) for flag in barred) or user.get("id") == "USLACKBOT"
    return Profile(
        zone=known_zone(user.get("tz")),
        coachable=not barred_here and not _is_outsider(user, workspace_id),
        is_admin=any(user.get(flag) for flag in admin),
        is_guest=bool(user.get("is_restricted")),
        name=_shown_name(user),
        title=(user.get("profile") or {}).get("title") or None,
    )


def _is_outsider(user: dict[str, Any], workspace_id: str) -> bool:
    """Return whether this person belongs to another workspace only.

    Slack calls them a stranger only while they share no channel with the bot.

    In an Enterprise organisation a member may belong to several workspaces, and be at home in another.
    """
    home, several = user.get("team_id"), (user.get("enterprise_user") or {}).get("teams") or ()
    return bool(user.get("is_stranger")) or (home is not None and home != workspace_id and workspace_id not in several)


def _shown_name(user: dict[str, Any]) -> str | None:
    shown = user.get("profile") or {}
    return next((name for name in (shown.get("display_name"), shown.get("real_name"), user.get("name")) if name), None)
