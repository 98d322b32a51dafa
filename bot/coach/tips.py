"""Giving a tip when a member asks for one."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.nudges import Choice, choose_tip
from bot.store import members, tips


def tip_now(tx: Connection, catalog: Catalog, who: MemberKey, after: str | None, now: datetime) -> Choice:
    """A tip for this member, counted as given; `after` is the id of the one they want to move on from."""
    found = members.with_marks(tx, who)
    role = catalog.role_of(found.member.role)
    choice = choose_tip(catalog, role, found.learned, tips.times_given(tx, who), after)
    tips.give(tx, who, choice.lesson.tip.id, now)
    return choice
