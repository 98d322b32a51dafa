"""P6: three workspaces with the same ids share a database. Each shows and stores what it would on a database alone.

They install the bot over HTTP first, and once more at the end: see installed.py.
"""

import asyncio
import contextlib
import importlib
import inspect
import pkgutil
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Connection, update

from bot import coach
from bot.coach import challenges, membership, practice, roles, schedules, sending
from bot.content import library
from bot.store.schema import ABOUT_NO_WORKSPACE, workspace
from tests.faults.deeds import admins, jobs, learning, members, posts, said, tips
from tests.faults.deeds import challenges as of_challenges
from tests.faults.deeds import homes as of_homes
from tests.faults.deeds import installing as of_installing
from tests.faults.deeds.deed import Deed, Said, nothing
from tests.faults.homes import Answer, Home, Key, Rows, canary_of_another, make_alike, owners, time_passes
from tests.faults.installed import Installed, copy_rows
from tests.faults.neighbours import NEIGHBOURS, START, Hand, Neighbour, Turn, at_home
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

BY_NOUN = (members, learning, tips, admins, of_homes, of_challenges, posts, jobs, of_installing)
VERBS = tuple(deed for noun in BY_NOUN for deed in noun.DEEDS)
OF_VERB = {deed.verb: deed for deed in VERBS}
FIRST: tuple[Callable[..., Any], ...] = (challenges.keep, challenges.post)
VERB_AFTER = {deed.name: OF_VERB[deed.leads_to] for deed in VERBS if deed.leads_to}
DEEDS: tuple[Deed | Said, ...] = (*VERBS, *said.SAID)
OFTEN = [deed.often for deed in DEEDS]
SHORT, LONG = timedelta(minutes=15), timedelta(hours=12)  # at most between two operations
LONG_ONES = 0.06
PARTS: tuple[Callable[..., Any], ...] = (  # of listed verbs
    practice.locked, practice.look, practice.without_plan, sending.confirm, sending.lock_members,
)  # fmt: skip
GOES_ON = 0.7  # chance that a deed is followed by the one to which it leads
TIME_PASSES = 0.1  # chance that time passes by the database's clock before an operation


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Run the operations in a process of their own, on a shared database and on one database for each workspace.

    The workspaces install the bot in the shared one. The others get a copy of what is stored then.
    """
    async with contextlib.AsyncExitStack() as stack:
        fresh = [databases.fresh(case.database) for _ in (None, *NEIGHBOURS)]
        addresses = [await stack.enter_async_context(each) for each in fresh]
        installed = await stack.enter_async_context(Installed.at(addresses[0], processes, case.mutant))
        await installed.move_in()
        operations = int(case.about.split()[0])
        found = await processes.call("tests.faults.canaries:run_one", addresses, case.seed, operations, case.mutant)
        await installed.come_and_go(NEIGHBOURS[case.seed % len(NEIGHBOURS)])
    return Result(case.name, found["counts"] | installed.counts, found["broken"] + installed.broken)


def run_one(addresses: list[str], seed: int, operations: int, _mutant: str | None) -> dict[str, object]:
    """Run the proof, from the first member of each workspace to the last scan of the tables."""
    make_alike()
    street = Street(addresses, seed)
    street.broken += [f"not in the proof's table: {verb}" for verb in (*unlisted(), *said.unlisted())]
    asyncio.run(street.live(operations))
    return {"counts": street.counts, "broken": street.broken}


def unlisted() -> Iterator[str]:
    """Yield the coach's public verbs that no deed calls."""
    for each in pkgutil.walk_packages(coach.__path__, f"{coach.__name__}."):
        for name, verb in inspect.getmembers(importlib.import_module(each.name), inspect.isfunction):
            of_a_transaction = next(iter(inspect.signature(verb).parameters), None) == "tx"
            is_public = verb.__module__ == each.name and of_a_transaction and not name.startswith("_")
            if is_public and verb not in OF_VERB and verb not in PARTS:
                yield f"{each.name}.{name}"


class Street:
    """A database with three workspaces, and for each workspace a database that has no other."""

    def __init__(self, addresses: Sequence[str], seed: int) -> None:
        self.shared = Home(addresses[0])
        self.alone = {here: Home(address) for here, address in zip(NEIGHBOURS, addresses[1:], strict=True)}
        self.draw = random.Random(seed)  # noqa: S311 - a seed must replay
        self.seed, self.now, self.catalog = seed, START, library.load()
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []

    async def live(self, operations: int) -> None:
        """Do the operations. Stop at the first that breaks a rule, as all later ones would break it too."""
        for here in NEIGHBOURS:
            await copy_rows(self.shared.store, self.alone[here].store, here)
            for home in (self.shared, self.alone[here]):
                await home.store.write(self._settle_in, here)
        for home in self._homes():
            await home.look()
        for here, verb in product(NEIGHBOURS, FIRST):
            await self._step(OF_VERB[verb], here)
        deed: Deed | Said = OF_VERB[FIRST[-1]]
        while self.counts["operations"] < operations and not self.broken:
            then = VERB_AFTER.get(deed.name)
            if then is None or self.draw.random() > GOES_ON:
                deed, here = self.draw.choices(DEEDS, OFTEN)[0], self.draw.choice(NEIGHBOURS)
            else:
                deed = then
            await self._time_passes()
            if isinstance(deed, Deed) and deed.across:
                await self._step_across(deed, here)
            else:
                await self._step(deed, here)
        self._scan()
        await self._forget_all(self.draw.choice(NEIGHBOURS))
        for home in self._homes():
            await home.store.close()

    def _homes(self) -> tuple[Home, ...]:
        return self.shared, *self.alone.values()

    def _settle_in(self, tx: Connection, here: Neighbour) -> None:
        """Store all members with a role. Most of them opt in."""
        on = self._turn(here, Hand(), here.word)
        tx.execute(update(workspace).where(workspace.c.workspace_id == here.workspace_id).values(zone=on.zone()))
        for who in here.members:
            membership.meet(tx, who, on.profile(), self.now)
            roles.set_role(tx, self.catalog, who, on.role(), self.now)
            if on.likely():
                schedules.accept(tx, who, on.slot(), None, self.now)

    def _turn(self, here: Neighbour, hand: Hand, what: object) -> Turn:
        draw = random.Random(f"{self.seed} {what}")  # noqa: S311 - a seed must replay
        return Turn(here, self._number, draw, self.now, self.catalog, hand)

    @property
    def _number(self) -> int:
        return self.counts["operations"] + self.counts["not possible yet"]

    async def _time_passes(self) -> None:
        self.now += (LONG if self.draw.random() < LONG_ONES else SHORT) * self.draw.random()
        if self.draw.random() < TIME_PASSES:
            for home in self._homes():
                await home.store.write(time_passes)

    async def _step(self, deed: Deed | Said, here: Neighbour) -> None:
        """Do a deed of one workspace in the shared database and in the workspace's own, and compare the results."""
        answer, alone = [await self._done(deed, here, home) for home in (self.shared, self.alone[here])]
        wrong = [*_told(here, answer, alone), *await self._wrong_rows((here,))]
        self._count(f"{deed.name} in {here.workspace_id}", answer, wrong)

    async def _step_across(self, deed: Deed, here: Neighbour) -> None:
        """Do a deed that concerns all workspaces. `here` only provides its arguments."""
        answer, *alone = [await self._done(deed, here, home) for home in self._homes()]
        wrong = [*_told_across(deed, answer, alone), *await self._wrong_rows(NEIGHBOURS)]
        self._count(deed.name, answer, wrong)

    async def _done(self, deed: Deed | Said, here: Neighbour, home: Home) -> Answer | None:
        on = self._turn(here, home.hand, self._number)
        return await (home.hear(deed, on) if isinstance(deed, Said) else home.do(deed, on))

    async def _wrong_rows(self, acted: Sequence[Neighbour]) -> list[str]:
        """Return what is wrong with the rows.

        Changed rows must belong to a workspace that acted and hold only its values. Its rows must be the same as in
        its own database.
        """
        before = self.shared.rows
        for home in (self.shared, *(self.alone[each] for each in acted)):
            await home.look()
        after = self.shared.rows
        changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        self.counts["rows changed"] += len(changed)
        return [
            *(f"changes another's row: {key}, {before.get(key)}" for key in changed if at_home(key[1]) not in acted),
            *(f"writes what is another's: {key} {after[key]}" for key in changed if _is_strange(key, after.get(key))),
            *(difference for each in acted for difference in _unlike(self.shared.of(each), self.alone[each].of(each))),
        ]

    def _count(self, name: str, answer: Answer | None, wrong: Iterable[str]) -> None:
        self.broken += [f"{self._number}. {name}: {each}"[:500] for each in wrong]
        if answer is None:
            self.counts["not possible yet"] += 1
            return
        self.counts["operations"] += 1
        self.counts["refused"] += answer.refused is not None
        self.counts["answers with canaries"] += bool(owners(answer.told))
        self.counts["statements"] += len(answer.statements)

    def _scan(self) -> None:
        """Check that every canary is only in rows of its workspace."""
        for key, row in self.shared.rows.items():
            self.counts["rows with canaries"] += bool(owners((key[2:], row)))
            if _is_strange(key, row):
                self.broken.append(f"at the end, a canary in {key} {row}")

    async def _forget_all(self, here: Neighbour) -> None:
        """Forget all members of a workspace. No row may keep their ids, and no row of another workspace may change."""
        before = self.shared.rows
        for who in here.members:
            await self.shared.store.write(membership.forget, who, START)
        await self.shared.look()
        ids = {repr(who.member_id) for who in here.members}
        left = [key for key, row in self.shared.of(here).items() if any(each in repr((key, row)) for each in ids)]
        self.broken += [f"left of somebody who was forgotten: {key}" for key in left]
        for each in NEIGHBOURS:
            theirs = {key: row for key, row in before.items() if key[1] == each.workspace_id}
            if each is not here and self.shared.of(each) != theirs:
                self.broken.append(f"forgetting members of {here.workspace_id} changed {each.workspace_id}")


def _is_strange(key: Key, row: tuple[Any, ...] | None) -> bool:
    """Return whether a row holds a canary of another workspace."""
    return row is not None and not owners((key, row)) <= {at_home(key[1])}


def _unlike(shared: Rows, alone: Rows) -> Iterator[str]:
    for key in shared.keys() | alone.keys():
        if shared.get(key) != alone.get(key):
            yield f"has {key} {shared.get(key)}, and alone {alone.get(key)}"


def _told(here: Neighbour, answer: Answer | None, alone: Answer | None) -> Iterator[str]:
    """Yield what is wrong with an answer: it must be the same as in the workspace's own database."""
    if answer is None or alone is None:
        if answer is not alone:
            yield f"{answer}, and alone {alone}"
        return
    if canary := canary_of_another(here, answer.told):
        yield f"tells what is another's: {canary}"
    if answer.told != alone.told:
        yield f"tells {_difference(answer.told, alone.told)}"
    for sql, values in answer.statements:
        if any(f" {table.name}" in sql for table in ABOUT_NO_WORKSPACE):
            continue
        strange = [each for each in NEIGHBOURS if each is not here and repr(each.workspace_id) in values]
        if repr(here.workspace_id) not in values or strange:
            yield f"asks without its workspace, or with another: {' '.join(sql.split())[:200]}"


def _told_across(deed: Deed, answer: Answer | None, alone: Sequence[Answer | None]) -> Iterator[str]:
    """Yield what is wrong with an answer about all workspaces: it must be the sum of the answers about each."""
    found, together = _items(deed, answer), _together([_items(deed, each) for each in alone])
    for each in found if isinstance(found, list) else ():
        if len(owners(each)) > 1:
            yield f"mixes what is of two: {each}"
    if found != together:
        yield f"finds {_difference(found, together)}"


def _items(deed: Deed, answer: Answer | None) -> Any:
    """Return the items of an answer about all workspaces, sorted."""
    assert answer is not None
    found = answer.found if deed.then is nothing else answer.shown[1]
    return sorted(found, key=repr) if isinstance(found, tuple) else answer.refused or found


def _together(answers: Sequence[Any]) -> Any:
    if all(isinstance(each, list) for each in answers):
        return sorted((item for each in answers for item in each), key=repr)
    if moments := [each for each in answers if isinstance(each, datetime)]:
        return min(moments)
    return sum(answers) if all(isinstance(each, int) for each in answers) else answers[0]


def _difference(shared: Any, alone: Any) -> str:
    """Return the text around the first difference of two answers."""
    shared, alone = repr(shared), repr(alone)
    at = next((place for place, pair in enumerate(zip(shared, alone, strict=False)) if pair[0] != pair[1]), len(shared))
    start = max(at - 100, 0)
    return f"…{shared[start : at + 100]}…, and alone …{alone[start : at + 100]}…"
