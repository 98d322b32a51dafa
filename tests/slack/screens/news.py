"""What is new on a member's path, in every situation that makes it look different."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.coach.whatsnew import WhatsNew
from bot.core.catalog import Catalog
from bot.core.whatsnew import Changed, EntryKey, EntryKind, News, news_for, place
from bot.slack.message import Message
from bot.slack.screens import whatsnew

SINCE = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # the 19th in Berlin
ZONE = "Europe/Berlin"


def about_news(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield the screens with any catalogue that has the slugs of the small one."""
    yield "whatsnew-without-a-role", whatsnew.shown(WhatsNew(None, SINCE, ZONE))
    nothing = News(catalog.roles["devops-engineer"], reworded=False, skills=())
    yield "whatsnew-nothing", whatsnew.shown(WhatsNew(nothing, SINCE, ZONE))
    yield "whatsnew", whatsnew.shown(WhatsNew(some_news(catalog), SINCE, ZONE))


def some_news(catalog: Catalog) -> News:
    """Return news of each kind."""
    devops = catalog.roles["devops-engineer"]
    changes = [_changed(EntryKey(EntryKind.ROLE, devops.slug)), _changed(place(devops, "token-costs"), is_new=True)]
    spikes = catalog.skills["cost-spikes"]
    changes.append(_changed(EntryKey(EntryKind.SKILL, spikes.slug)))
    first, second = spikes.tips[:2]
    changes.append(_changed(EntryKey(EntryKind.TIP, first.id), is_new=True))
    changes.append(_changed(EntryKey(EntryKind.TIP, second.id)))
    for number, template in enumerate(catalog.challenges.values()):
        changes.append(_changed(EntryKey(EntryKind.CHALLENGE, template.slug), is_new=number % 2 == 0))
    return news_for(catalog, devops, changes, SINCE)


def _changed(key: EntryKey, *, is_new: bool = False) -> Changed:
    at = SINCE + timedelta(days=1)
    return Changed(key, at, at if is_new else None)
