"""F: what it costs to read and draw the Home of the fullest member, compared with `/roleshift myrole`."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.coach import challenges, entries, home, learning, membership, plans, practice, roles, schedules
from bot.content import library
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge
from bot.core.member import MemberKey, Profile
from bot.core.outbox import DeliveryState, Kind, NewDelivery, nudge_key
from bot.core.plans import Wish
from bot.core.subjects import TipSubject
from bot.slack.homes import view_of
from bot.slack.message import to_json
from bot.slack.screens import home as home_screen
from bot.slack.screens import myrole
from bot.store import Store, open_store, outbox
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, in_turn

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NORA = MemberKey("T1", "U1")
COLLEAGUES = 40
PLANNED = 3
MICROSECONDS = 1_000_000
LIMIT = 2.0  # the Home of the fullest member takes at most twice the time of `myrole`


def fullest(pace: Pace) -> Iterator[Figure]:
    """Measure F1: reading and drawing, up to the hash that says whether to publish, in this process, on SQLite."""
    catalog = library.load()
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        store = open_store(f"sqlite:///{Path(folder)}/bot.db")
        asyncio.run(_fill(store, catalog))

        async def read_home() -> str:
            found = await store.read(home.home, catalog, NORA, NOW)
            return view_of(home_screen.drawn(found))[1]

        async def read_role() -> str:
            return myrole.mine(await store.read(roles.my_role, catalog, NORA, NOW)).body()

        drawn = to_json(home_screen.drawn(asyncio.run(store.read(home.home, catalog, NORA, NOW))))
        missing = [part for part in ("What you planned", "You did it.", "✓ Done on") if part not in drawn]
        assert missing == [], drawn
        of_home, of_role = in_turn(pace.rounds(30), _cpu(read_home, pace), _cpu(read_role, pace))
        asyncio.run(store.close())
    ours = Side(f"Home of the fullest member, {len(drawn):,} characters", of_home)
    yield Ratio("F1", ours, Side("/roleshift myrole of the same member", of_role), "µs of processor time", limit=LIMIT)


def _cpu(work: Callable[[], object], pace: Pace) -> Callable[[], float]:
    async def repeat() -> None:
        for _ in range(pace.requests):
            await work()  # type: ignore[misc]  # a coroutine function

    def measure() -> float:
        before = time.process_time()
        asyncio.run(repeat())
        return (time.process_time() - before) / pace.requests * MICROSECONDS

    return measure


async def _fill(store: Store, catalog: Catalog) -> None:
    await store.migrate()
    await store.write(_live_through, catalog)


def _live_through(tx: Connection, catalog: Catalog) -> None:
    """Give a member two years of practice, plans, a tip of this week that is done, and challenges with colleagues."""
    role = max(catalog.roles.values(), key=lambda each: len(each.skills))
    colleagues = [MemberKey("T1", f"U{number}") for number in range(2, 2 + COLLEAGUES)]
    membership.connect(tx, "T1", NOW - 104 * WEEK)
    for who in (NORA, *colleagues):
        membership.meet(tx, who, Profile("Europe/Berlin", coachable=True), NOW - 104 * WEEK)
    roles.set_role(tx, catalog, NORA, role, NOW - 104 * WEEK)
    schedules.accept(tx, NORA, None, None, NOW - 104 * WEEK)
    lessons = [lesson for slug in role.skills for lesson in catalog.lessons_of[slug]]
    for ago, lesson in enumerate(lessons):
        practice.did(tx, catalog, NORA, lesson.tip.id, None, NOW - (ago + 1) * WEEK)
    for slug in role.skills[: len(role.skills) // 2]:
        learning.mark_learned(tx, catalog, NORA, catalog.skills[slug], NOW - 8 * WEEK)
    others = [each for each in catalog.lessons.values() if each not in lessons]
    for number, lesson in enumerate(others[:PLANNED], start=1):
        day = (NOW + number * WEEK).date()
        plans.plan(tx, catalog, NORA, lesson.tip.id, None, Wish(day, 12 * 60, "the stand-up"), NOW)
    _put_this_weeks_tip(tx, lessons[0].tip.id)
    for number in range(home.MAX_CHALLENGES):
        _run_challenge(tx, catalog, f"{number:016x}", colleagues)


def _put_this_weeks_tip(tx: Connection, tip_id: str) -> None:
    key = nudge_key(NORA, "2026-W48")
    sent = NewDelivery(
        workspace_id="T1", key=key, kind=Kind.NUDGE, member_id="U1", subject=TipSubject(tip_id), week="2026-W48",
        due_at=NOW, until=NOW, state=DeliveryState.SENT,
    )  # fmt: skip
    outbox.put(tx, [sent])


def _run_challenge(tx: Connection, catalog: Catalog, challenge_id: str, colleagues: list[MemberKey]) -> None:
    draft = Challenge("T1", challenge_id, NORA.member_id, "Read one log", "Read it.", "it is read.", "C1", NOW + WEEK)
    challenges.keep(tx, NORA, draft)
    challenges.post(tx, NORA, challenge_id, NOW - DAY)
    for who in (NORA, *colleagues):
        entries.did(tx, catalog, who, challenge_id, NOW)
