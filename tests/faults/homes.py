"""A database in which deeds are done. It records their answers, their statements and the rows afterwards."""

import contextlib
import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Table, event, select, update

from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, Entry
from bot.core.errors import NotMet, UserError
from bot.core.member import MemberKey, Profile
from bot.core.outbox import NewDelivery, NewMailing
from bot.run.clock import Clock
from bot.run.services import Services
from bot.slack.gateway import Gateway
from bot.slack.installation import Installations
from bot.slack.nouns import NOUNS
from bot.slack.people import People
from bot.slack.request import Request
from bot.store import entries, open_store, outbox
from bot.store.member_schema import delivery, home
from bot.store.schema import ABOUT_NO_WORKSPACE, installation, metadata, workspace
from tests.faults.deeds.deed import Deed, Said
from tests.faults.neighbours import AGES, NEIGHBOURS, START, Hand, Neighbour, NotNow, Turn, at_home

Key = tuple[Any, ...]  # the table's name, then the primary key, which starts with the workspace
Rows = dict[Key, tuple[Any, ...]]

# By the database's own clock.
CLOCKED = {
    delivery.c.lease_until, home.c.lease_until, workspace.c.paused_until, workspace.c.homes_paused_until,
    workspace.c.next_send_at, workspace.c.next_ask_at, installation.c.refresh_until,
}  # fmt: skip
OF_THE_CLOCK = {"wait", "lease_until"}  # fields of what the coach answers


@dataclass(frozen=True)
class Answer:
    """What a verb found and its screens show, or why it refused, as plain values."""

    found: Any = None
    shown: Any = None
    refused: str | None = None
    statements: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> tuple[Any, ...]:
        """Return everything that a person may learn from the answer."""
        return self.found, self.shown, self.refused


class _Slack:
    """A gateway double: everybody is an admin in each workspace."""

    def for_workspace(self, workspace_id: str) -> "_Workspace":
        return _Workspace(workspace_id)


@dataclass(frozen=True)
class _Workspace:
    workspace_id: str

    async def profile(self, _member_id: str) -> Profile:
        here = at_home(self.workspace_id)
        return Profile(here.zones[0], coachable=True, is_admin=True, name=f"Name {here.word}")


class _Clock(Clock):
    """A clock that stands still."""

    at = START

    def now(self) -> datetime:
        return self.at


class Home:
    """A database, what a worker has claimed there, and a counter of ids for each workspace."""

    def __init__(self, address: str) -> None:
        self.store = open_store(address)
        self.hand = Hand()
        self.rows: Rows = {}
        if self.store.embedded:
            event.listen(self.store.engine, "connect", _hurry)  # type: ignore[attr-defined]  # SQLite's has one
        self._ids: Counter[str] = Counter()
        self._clock = _Clock()
        self._slack = cast("Gateway", _Slack())
        self._people = People(self.store, self._slack, self._clock)

    async def do(self, deed: Deed, on: Turn) -> Answer | None:
        """Do a deed in one transaction, as the bot does. Return None if it is not possible yet."""
        seen: list[tuple[str, str]] = []

        def act(tx: Connection) -> Answer:
            given = deed.given(tx, on)
            with _statements(seen):
                found = deed.verb(tx, *given)
                more = found
                while deed.in_batches and (more := deed.verb(tx, *given)):
                    found += more
            shown = [view(found) for view in deed.views], deed.then(tx, on, found)
            return Answer(plain(found), plain(shown), None, tuple(seen))

        with self._counted_ids("" if deed.across else on.workspace_id):
            try:
                return await self.store.write(act)
            except NotNow:
                return None
            except (UserError, NotMet) as error:
                return Answer(refused=f"{type(error).__name__}: {error}", statements=tuple(seen))

    async def hear(self, said: Said, on: Turn) -> Answer | None:
        """Send the bot what a member says, and return its answer. Return None if that is not possible yet."""
        seen: list[tuple[str, str]] = []
        services = Services(
            content_library=Library(on.catalog),
            store=self.store,
            gateway=self._slack,
            clock=self._clock,
            people=self._people,
            installations=Installations(self._slack),
        )
        self._clock.at = on.now
        try:
            who, words, filled = await self.store.read(said.asked, on)
            request = Request(services, NOUNS, who, on.now, channel=on.channel())
            with self._counted_ids(on.workspace_id), _statements(seen):
                shown = await (said.answer(request, words) if filled is None else said.answer(request, words, filled))
        except NotNow:
            return None
        except UserError as error:
            return Answer(refused=f"{type(error).__name__}: {error}", statements=tuple(seen))
        return Answer(shown=plain(shown), statements=tuple(seen))

    async def look(self) -> None:
        """Read all rows that are about a workspace."""
        self.rows = await self.store.read(_everything)

    def of(self, here: Neighbour) -> Rows:
        """Return the rows of one workspace."""
        return {key: row for key, row in self.rows.items() if key[1] == here.workspace_id}

    @contextlib.contextmanager
    def _counted_ids(self, workspace_id: str) -> Iterator[None]:
        """Replace random ids by a counter of each workspace, so that they are the same with and without neighbours."""

        def count(_nbytes: int | None = None) -> str:
            self._ids[workspace_id] += bool(workspace_id)
            return f"{self._ids[workspace_id]:016x}"

        by_chance, secrets.token_hex = secrets.token_hex, count  # type: ignore[assignment]  # of the same shape
        try:
            yield
        finally:
            secrets.token_hex = by_chance


def make_alike() -> None:
    """Derive random ids from what they name: a delivery's from workspace and key, an entry's from challenge and member.

    So an entry has the same id in all workspaces.
    """
    put, join, do = outbox.put, entries.join, entries.do

    def put_known(tx: Connection, new: Sequence[NewDelivery | NewMailing]) -> None:
        put(tx, [_with_known_ids(each) for each in new])

    def join_known(tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime) -> Entry:  # noqa: ARG001 - replaced
        return join(tx, who, challenge, _entry_of(who, challenge), now)

    def do_known(tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime) -> Entry:  # noqa: ARG001 - replaced
        return do(tx, who, challenge, _entry_of(who, challenge), now)

    outbox.put, entries.join, entries.do = put_known, join_known, do_known


def _with_known_ids(new: NewDelivery | NewMailing) -> NewDelivery | NewMailing:
    copies = [copy._replace(id=_digest(copy.workspace_id, copy.key)[:24]) for copy in new.copies]
    return replace(new, id=copies[0].id) if isinstance(new, NewDelivery) else replace(new, copies=copies)


def _entry_of(who: MemberKey, challenge: Challenge) -> str:
    return _digest(challenge.challenge_id, who.member_id)[:16]


def _digest(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def time_passes(tx: Connection) -> None:
    """Move all times of the database's clock into the past, so that nothing waits for them any more."""
    for column in CLOCKED:
        assert isinstance(column.table, Table)
        tx.execute(update(column.table).values({column: column - 3 * AGES}))


def plain(thing: Any) -> Any:
    """Return a thing as tuples of comparable values, with content by its name and without times of the clock."""
    if isinstance(thing, Catalog | BaseModel):
        return getattr(thing, "slug", None) or getattr(thing, "id", None) or "content"
    if isinstance(thing, set | frozenset):
        return tuple(sorted(thing))
    if isinstance(thing, list | tuple):
        return tuple(plain(each) for each in thing)
    values = _values(thing)
    return thing if values is None else tuple((name, plain(value)) for name, value in values.items())


def _values(thing: Any) -> dict[str, Any] | None:
    if isinstance(thing, dict):
        return thing
    if not is_dataclass(thing):
        return None
    return {each.name: getattr(thing, each.name) for each in fields(thing) if each.name not in OF_THE_CLOCK}


def owners(thing: Any) -> set[Neighbour]:
    """Return the workspaces whose canaries a thing contains."""
    text = repr(thing)
    return {each for each in NEIGHBOURS if any(canary in text for canary in each.canaries)}


def canary_of_another(here: Neighbour, thing: Any) -> str:
    """Return the text around a canary of another workspace; "" if there is none."""
    text = repr(thing)
    found = [text.find(canary) for each in NEIGHBOURS if each is not here for canary in each.canaries]
    at = min((place for place in found if place >= 0), default=None)
    return "" if at is None else f"…{text[max(at - 200, 0) : at + 100]}…"


def _everything(tx: Connection) -> Rows:
    rows: Rows = {}
    for table, statement in _ALL:
        keys = len(table.primary_key.columns)
        rows |= {(table.name, *row[:keys]): tuple(row[keys:]) for row in tx.execute(statement)}
    return rows


def _columns(table: Table) -> Iterator[Any]:
    """Yield the columns to compare, the key first. For times of the database's clock: whether they are set."""
    yield from table.primary_key.columns
    for column in table.columns:
        if not column.primary_key:
            yield column.is_not(None) if column in CLOCKED else column


_ALL = [(each, select(*_columns(each))) for each in metadata.sorted_tables if each not in ABOUT_NO_WORKSPACE]


@contextlib.contextmanager
def _statements(seen: list[tuple[str, str]]) -> Iterator[None]:
    """Collect all statements with their values."""

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        seen.append((sql, repr(values)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _hurry(driver: Any, _record: object) -> None:
    driver.execute("PRAGMA synchronous=OFF")  # faster; these tests crash no machine
