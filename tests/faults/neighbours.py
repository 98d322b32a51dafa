"""Three workspaces with the same ids and a canary each, and random arguments for operations in them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Table, select

from bot.coach.membership import Turn as AskingTurn
from bot.coach.sending import Claimed
from bot.core.calendar import QuietHours, Slot
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge
from bot.core.content_types import Role, Skill
from bot.core.member import MemberKey, Profile, WorkspaceSettings
from bot.core.outbox import Delivery
from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.store import outbox
from bot.store.challenges import COLUMNS, challenge_of
from bot.store.homes import ClaimedHome
from bot.store.limiter import MAX_PAUSE
from bot.store.member_schema import delivery
from bot.store.outbox import delivery_of
from bot.store.schema import challenge

T = TypeVar("T")

IN_ALL = tuple(f"U{number}" for number in range(1, 7))  # members of every workspace
CHANNEL_IN_ALL, DM_IN_ALL = "C0COMMON", "D0COMMON"
START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SHARED_FOR = timedelta(days=2)
AGES = MAX_PAUSE  # seconds: what waits by the database's own clock waits until a run lets so much pass
FEW = 12  # roles and skills from which a workspace draws


class Neighbour(NamedTuple):
    """A workspace; its word stands in whatever can be chosen or written there, and its zones are no other's."""

    word: str
    zones: tuple[str, ...]
    first: int  # of the catalogue's skills that are learned here

    @property
    def workspace_id(self) -> str:
        return f"T0{self.word}"

    @property
    def members(self) -> tuple[MemberKey, ...]:
        """Return the members: some have ids that exist in all workspaces, and one has an id of its own."""
        return tuple(MemberKey(self.workspace_id, member_id) for member_id in (*IN_ALL, f"U0{self.word}"))

    @property
    def canaries(self) -> tuple[str, ...]:
        """Return texts that no other workspace may see. Of a zone, screens show the city."""
        return (self.word, *(zone.rpartition("/")[2] for zone in self.zones))


NEIGHBOURS = (
    Neighbour("AMBER", ("Europe/Lisbon", "Europe/Riga"), 0),
    Neighbour("BIRCH", ("Asia/Tokyo", "Asia/Dhaka"), 8),
    Neighbour("CORAL", ("America/Lima", "America/Toronto"), 16),
)


def at_home(workspace_id: str) -> Neighbour:
    """Return the workspace with this id."""
    return next(each for each in NEIGHBOURS if each.workspace_id == workspace_id)


class NotNow(Exception):
    """There is nothing yet on which the operation could be done."""


@dataclass
class Hand:
    """What a worker holds between two transactions, in one database."""

    token: str = ""
    claimed: list[Claimed] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    settling: str = ""
    doubtful: list[Delivery] = field(default_factory=list)
    refreshing: dict[str, str] = field(default_factory=dict)  # the claim of each workspace
    homes: list[ClaimedHome] = field(default_factory=list)
    turns: list[AskingTurn] = field(default_factory=list)


@dataclass
class Turn:
    """One operation: where, when, and chances that fall alike in every database in which it is done."""

    here: Neighbour
    number: int
    draw: random.Random
    now: datetime
    catalog: Catalog
    hand: Hand

    @property
    def workspace_id(self) -> str:
        return self.here.workspace_id

    def likely(self, chance: float = 0.8) -> bool:
        return self.draw.random() < chance

    def one_of(self, choices: Sequence[T]) -> T:
        if not choices:
            raise NotNow
        return self.draw.choice(choices)

    def who(self) -> MemberKey:
        return self.one_of(self.here.members)

    def starter(self) -> MemberKey:
        """Return who writes challenges, mostly a member whose id exists in all workspaces."""
        return self.here.members[0 if self.likely(0.7) else -1]

    def new_id(self) -> str:
        """Return a title. Challenges that are written within a few days have the same one, in any workspace."""
        return f"{(self.now - START) // SHARED_FOR:015x}{self.draw.randrange(2)}"

    def words(self, what: str) -> str:
        """Return a text that a person writes."""
        return f"{what} {self.here.word} {self.number}"

    def channel(self) -> str:
        return self.one_of((CHANNEL_IN_ALL, f"C0{self.here.word}"))

    def zone(self) -> str:
        return self.one_of(self.here.zones)

    def skill(self) -> Skill:
        return self.one_of((tuple(self.catalog.skills.values()) * 2)[self.here.first :][:FEW])

    def role(self) -> Role:
        return self.one_of((tuple(self.catalog.roles.values()) * 9)[self.here.first // 8 :][:2])

    def slot(self) -> Slot:
        return Slot(self.draw.randrange(7), self.draw.randrange(8 * 60, 20 * 60))

    def later(self, least: float, most: float) -> datetime:
        """Return the moment this many days from now."""
        return self.now + timedelta(days=self.draw.uniform(least, most))

    def profile(self) -> Profile:
        return Profile(self.zone(), coachable=True, name=self.words("Name"))

    def settings(self) -> WorkspaceSettings:
        quiet_hours = QuietHours(self.draw.randrange(19, 24) * 60, self.draw.randrange(0, 9) * 60)
        return WorkspaceSettings(
            self.slot(),
            quiet_hours,
            None,
            self.draw.randint(1, 5),
            self.channel(),
            members_may_challenge=self.likely(0.5),
        )

    def fate(self, owed: Delivery) -> Outcome:
        """Return the outcome of a post. It does not depend on the order of posts."""
        draw = random.Random(f"{self.number} {owed.workspace_id} {owed.key}")  # noqa: S311 - a seed must replay
        word = at_home(owed.workspace_id).word
        chance = draw.random()
        if chance < 0.7:
            return Sent(owed.channel or draw.choice((DM_IN_ALL, f"D0{word}")), f"{word}.{self.number}")
        if chance < 0.82:
            touches = draw.choices(list(Touches), (1, 4, 4, 4, 4))[0]
            return Refused(draw.choice(("not_in_channel", f"refused_{word}")), touches)
        if chance < 0.92:
            return NotYet(f"busy_{word}", timedelta(seconds=AGES) if draw.random() < 0.3 else None)
        return Unknown(f"lost_{word}")


def some(tx: Connection, on: Turn, table: Table, *where: ColumnElement[bool]) -> Any:
    """Return one of the workspace's rows. Raise NotNow if there is none."""
    own: Column[str] = table.c.workspace_id
    rows = tx.execute(select(table).where(own == on.workspace_id, *where).order_by(*table.primary_key.columns))
    return on.one_of(rows.all())


def a_challenge(tx: Connection, on: Turn, *where: ColumnElement[bool]) -> Challenge:
    """Return one that matches. Raise NotNow if there is none."""
    row = some(tx, on, challenge, *where)
    return challenge_of([getattr(row, column.name) for column in COLUMNS])


def a_delivery(tx: Connection, on: Turn, *where: ColumnElement[bool]) -> Delivery:
    """Return one that matches. Raise NotNow if there is none."""
    row = some(tx, on, delivery, *where)
    return delivery_of([getattr(row, column.name) for column in outbox.COLUMNS])
