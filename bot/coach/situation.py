"""What a member has at hand, so that tips that need something else wait."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.learning import Waiting, waiting
from bot.core.member import MemberKey
from bot.store import members, situations


def declare(tx: Connection, catalog: Catalog, who: MemberKey, has: Mapping[str, bool], now: datetime) -> Waiting:
    """Record whether the member has each of these needs, and return which tips wait. Raise NotMet."""
    known = members.lock_known(tx, who)
    situations.save(tx, who, has, now)
    lacks = [need for need, each in has.items() if not each]
    return waiting(catalog, catalog.role_of(known.member.role), lacks)
