"""Giving a tip when a member asks for one."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog, Skill
from bot.core.member import MemberKey
from bot.core.nudges import Choice, choose_tip
from bot.store import members, tips


def tip_now(
    tx: Connection, catalog: Catalog, who: MemberKey, about: Skill | None, after: str | None, now: datetime
) -> Choice:
    """A tip, counted as given: about one skill if asked so; `after` is the id of the one to move on from."""
    found = members.with_marks(tx, who)
    role = catalog.role_of(found.member.role)
    choice = choose_tip(catalog, role, found.learned, tips.times_given(tx, who), about=about, after=after)
    tips.give(tx, who, choice.lesson.tip.id, now)
    return choice
