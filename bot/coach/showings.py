"""Show a skill or a finished path in a channel, and confirm a skill that a colleague showed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Role, Skill
from bot.core.errors import NextStep, UserError
from bot.core.learning import Showing, path_of
from bot.core.member import MemberKey
from bot.core.practice import stages_of
from bot.store import marks, members, practice

RECORD = NextStep("My record", "record")


@dataclass(frozen=True, slots=True)
class Shown:
    """A skill that a member shows. `new`: this request showed it, so it is posted now. `zone` is the member's."""

    showing: Showing
    skill: Skill
    new: bool
    zone: str | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A showing after a press. It is None if its member was forgotten, and the skill if it is no longer taught."""

    showing: Showing | None
    skill: Skill | None = None


@dataclass(frozen=True, slots=True)
class PathShared:
    who: MemberKey
    role: Role


def practised(tx: Connection, catalog: Catalog, who: MemberKey) -> tuple[Skill, ...]:
    learned = members.with_marks(tx, who).learned
    return tuple(catalog.skills[slug] for slug in stages_of(catalog, learned, practice.history(tx, who)))


def check_practised(tx: Connection, catalog: Catalog, who: MemberKey, skill: Skill) -> None:
    if skill not in practised(tx, catalog, who):
        raise UserError(
            f"You can show *{skill.name}* once you did one of its tips.", NextStep("A tip for it", "tip", skill.slug)
        )


def show(
    tx: Connection, catalog: Catalog, who: MemberKey, skill: Skill, channel: str, evidence: str, now: datetime
) -> Shown:
    """Show a skill in a channel, once on each local day. Raise UserError for one that is not practised, and NotMet."""
    zone = members.lock_known(tx, who).member.zone
    check_practised(tx, catalog, who, skill)
    new = Showing(secrets.token_hex(8), who.member_id, skill.slug, now, evidence=evidence)
    found = marks.add_showing(tx, who, new, channel, now.astimezone(zone_of(zone)).date().isoformat())
    return Shown(found, skill, found.showing_id == new.showing_id, zone)


def confirm(tx: Connection, catalog: Catalog, by: MemberKey, showing_id: str, now: datetime) -> Confirmed:
    """Confirm a skill that a colleague showed. Only the first press counts, and nobody keeps whose it was.

    The caller checks that `by` may be coached. Raise UserError if they showed it themselves.
    """
    found = marks.find_showing(tx, by.workspace_id, showing_id)
    if found is None:
        return Confirmed(None)
    if found.member_id == by.member_id:
        raise UserError("A colleague has to confirm it: your own press does not count.", RECORD)
    skill = catalog.skills.get(found.skill)
    if skill is None:
        return Confirmed(found)
    return Confirmed(marks.confirm_showing(tx, by.workspace_id, showing_id, now), skill)


def share_path(tx: Connection, catalog: Catalog, who: MemberKey, role_slug: str, now: datetime) -> PathShared:
    """Let a member tell a channel, once, that they finished a role's path. Raise UserError if they may not, and NotMet.

    It counts from now on as shared, even if Slack does not show the post.
    """
    learned = members.lock_known(tx, who).learned
    role = catalog.role_of(role_slug)
    if role is None:
        raise UserError("That path is no longer there.", NextStep("Compare roles", "roles"))
    if path_of(catalog, role, learned).ahead:
        raise UserError("That path is not finished, so I did not share it.", NextStep("My progress", "progress"))
    if not marks.share_path(tx, who, role.slug, now):
        raise UserError("You shared this path already; once is enough.", NextStep("My progress", "progress"))
    return PathShared(who, role)
