"""The content of a process is read again whole or not at all, off the loop, and requests never see two editions."""

import asyncio
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.content import load
from bot.content_library import Edition, Library
from bot.content_watch import ContentWatch
from bot.core.catalog import Catalog
from bot.core.errors import NothingChanged
from bot.core.member import MemberKey
from bot.run.clock import Clock
from bot.run.services import build
from bot.slack.request import Request
from bot.store import Store, content_entries, editions
from tests.content_folder import CHALLENGE, FILES, SKILL, Changed, edited, write


def library_over(folder: Path) -> Library:
    return Library(Edition(load(folder)), lambda: load(folder))


def test_a_version_says_what_is_taught_and_in_which_order(tmp_path: Path) -> None:
    version = Edition(load(write(tmp_path))).version
    assert Edition(load(write(tmp_path / "moved"))).version == version
    commented = write(tmp_path / "commented", {"needs.yaml": "# ours\n" + FILES["needs.yaml"]})
    assert Edition(load(commented)).version == version
    changes: tuple[Changed, ...] = (
        edited("skills/first.yaml", "why: It pays.", "why: It pays off."),
        edited("roles/tester.yaml", "[first, second]", "[second, first]"),
        {"challenges/traces.yaml": CHALLENGE.format(name="Open the traces")},
        edited("needs.yaml", "name: Logs", "name: Our logs"),
        edited("themes.yaml", "text: Ship first", "text: Ship second"),
    )
    others = [Edition(load(write(tmp_path / str(number), change))).version for number, change in enumerate(changes)]
    assert len({version, *others}) == len(changes) + 1


def test_a_skill_is_stale_from_the_day_on_which_its_review_is_over(tmp_path: Path) -> None:
    edition = Edition(load(write(tmp_path, edited("skills/first.yaml", "why:", "review_by: 2026-11-24\nwhy:"))))
    version, until = edition.version, date(2026, 11, 24)
    assert edition.on(until) is edition.on(until - timedelta(days=1)), "caches of rendered screens stay valid"
    assert edition.on(until).stale == frozenset()
    assert edition.on(until + timedelta(days=1)).stale == {"first"}
    assert Edition(edition.catalog).version == version, "processes that looked on different days serve the same"


async def test_the_loop_runs_on_while_files_are_read(catalog: Catalog) -> None:
    began, may_end = threading.Event(), threading.Event()

    def slow() -> Catalog:
        began.set()
        assert may_end.wait(30), "the loop stood still, so nobody let the reading end"
        return catalog

    library = Library(Edition(catalog), slow)
    reading = asyncio.create_task(library.reload())
    assert await asyncio.to_thread(began.wait, 30)
    assert library.catalog is catalog
    may_end.set()
    assert await reading


async def test_a_request_keeps_its_catalogue_although_the_content_is_read_again(tmp_path: Path, store: Store) -> None:
    library = library_over(write(tmp_path))
    services = build(library, store, None, Clock())  # type: ignore[arg-type]  # Slack is not asked
    before = library.catalog
    request = Request(services, MemberKey("T1", "U1"), Clock().now())
    write(tmp_path, {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")})
    assert await library.reload()
    assert "third" in services.catalog.skills
    assert request.catalog is before


async def test_a_process_follows_only_to_the_version_that_is_wanted(tmp_path: Path) -> None:
    library = library_over(write(tmp_path))
    before = library.catalog
    write(tmp_path, {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")})
    await library.follow("another version")
    assert library.catalog is before
    await library.follow(Edition(load(tmp_path / "content")).version)
    assert "third" in library.catalog.skills


async def test_entries_are_recorded_also_where_their_version_was_wanted_before(tmp_path: Path, store: Store) -> None:
    """An upgrade of the bot may bring the record of entries, but no other content."""
    library = library_over(write(tmp_path))
    await store.write(editions.want, library.version, Clock().now())
    await ContentWatch(library, store, Clock().now).look()
    assert await store.read(content_entries.hashes) == library.entries
    assert await store.read(content_entries.changed, datetime.min.replace(tzinfo=UTC)) == []


async def test_what_could_not_be_published_is_published_at_a_later_look(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = library_over(write(tmp_path)), library_over(tmp_path / "content")
    watch, other = (ContentWatch(library, store, Clock().now) for library in (ours, theirs))
    await watch.look()
    await other.look()
    write(tmp_path, {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")})
    watch.reload_soon()
    with monkeypatch.context() as away:

        async def refuse(*_: object) -> None:
            raise NothingChanged

        away.setattr(store, "write", refuse)
        with pytest.raises(NothingChanged):
            await watch.look()
    await other.look()
    assert "third" not in theirs.catalog.skills
    await watch.look()
    await other.look()
    assert "third" in theirs.catalog.skills
