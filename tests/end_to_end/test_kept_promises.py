"""Answered requests are stored even if the bot is killed. Nothing counts twice if Slack delivers it again."""

import asyncio
from collections import Counter
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from bot.core.catalog import Catalog
from bot.store import Store
from bot.store.member_schema import skill_history, skill_mark
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot

EMIL = "U02EMIL"
LIVES, AT_ONCE, COPIES = 3, 5, 4


def stored(tx: Connection) -> set[str]:
    return set(tx.scalars(select(skill_mark.c.skill)))


def counted(tx: Connection) -> Counter[str]:
    return Counter(tx.scalars(select(skill_history.c.skill)))


async def learn(slack: StandIn, slug: str) -> str:
    """Send `learn` and return the bot's answer; "" if there is none."""
    emil = slack.workspace.person(EMIL)
    answer = await slack.acts.command(emil, slack.workspace.dm(EMIL), "/roleshift", f"learn {slug}")
    return str(answer.body.get("text", ""))


async def test_what_was_answered_is_stored_though_the_bot_is_killed_at_that_moment(
    slack: StandIn, tmp_path: Path, database: str, store: Store, catalog: Catalog
) -> None:
    slugs = iter(catalog.skills)
    for _ in range(LIVES):
        async with bot(slack, tmp_path, database, http=True) as running:
            learning = {slug: asyncio.create_task(learn(slack, slug)) for slug in islice(slugs, AT_ONCE)}
            await asyncio.wait(learning.values(), return_when=asyncio.FIRST_COMPLETED)
            await running.dies()
        answered = {slug for slug, task in learning.items() if "Done: " in await task}
        assert answered
        assert answered <= await store.read(stored)
    assert set((await store.read(counted)).values()) == {1}


async def test_what_slack_delivers_many_times_at_once_counts_once(
    slack: StandIn, tmp_path: Path, database: str, store: Store, catalog: Catalog
) -> None:
    slugs = iter(catalog.skills)
    async with bot(slack, tmp_path, database):
        for copies, slug in enumerate(islice(slugs, COPIES), start=1):
            seen = await slack.command(EMIL, f"/roleshift learn {slug}", times=copies)
            said = [message.text for message in seen.messages]
            assert len(said) == copies
            assert sum("Done: " in words for words in said) == 1
        screens = {
            slug: (await slack.command(EMIL, f"/roleshift skill {slug}")).message for slug in islice(slugs, COPIES)
        }
        for copies, (slug, screen) in enumerate(screens.items(), start=1):
            await slack.click(EMIL, screen, f"roleshift:learn:{slug}", times=copies)
    assert await store.read(counted) == Counter(islice(catalog.skills, 2 * COPIES))
    assert slack.refused == []
