"""Tell a member what is new on their path since they last looked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.whatsnew import News, news_for
from bot.store import content_entries, members


@dataclass(frozen=True, slots=True)
class WhatsNew:
    """What is new for a member since `since`. `news` is None if they have no role."""

    news: News | None
    since: datetime
    zone: str | None


def look(tx: Connection, catalog: Catalog, who: MemberKey, now: datetime) -> WhatsNew:
    """Return what is new since the member last looked, or since the bot met them; then count it as seen. Raise NotMet.

    Without a role nothing is new and nothing counts as seen.
    """
    member = members.lock_known(tx, who).member
    role, since = catalog.role_of(member.role), members.looked_at(tx, who)
    if role is None:
        return WhatsNew(None, since, member.zone)
    news = news_for(catalog, role, content_entries.changed(tx, since), since)
    members.look(tx, who, now)
    return WhatsNew(news, since, member.zone)
