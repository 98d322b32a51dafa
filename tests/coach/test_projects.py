"""What members do with a project: begin it or go on, have or skip a step, stop, leave, and take back."""

from collections.abc import Callable
from functools import partial

import pytest

from bot.coach import checks, learning, membership, practice, projects
from bot.coach.act import Act
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.next_step import Place, next_step
from bot.core.next_tip import due_again, due_still
from bot.core.practice import Answer, ProjectState, Step, WhyNot
from bot.core.record import Record
from bot.store import Store
from bot.store.types import T, Ts
from tests.acting import acting
from tests.coach.interleaved import interleave
from tests.coach.members import BERLIN, DAY, NORA, NOW
from tests.coach.weekly import BOTH, POSTGRES, WEEK
from tests.core.passing import passing, project

PROJECT = project("grants", value=["test-set"])
CATALOG = passing(projects=(PROJECT,))
ONE, TWO, THREE = (step.id for step in PROJECT.steps)
STOPS = partial(projects.end, leaves=False)


class Nora:
    """A member who has a role with one project."""

    def __init__(self, store: Store, catalog: Catalog = CATALOG) -> None:
        self.store, self.catalog, self.now = store, catalog, NOW

    async def begins(self) -> "Nora":
        await self.store.write(membership.meet, NORA, BERLIN, NOW)
        await self.does(learning.set_role, self.catalog.roles["tester"])
        await self.does(projects.begin, ONE, None)
        return self

    async def does(self, use_case: Callable[[Act, *Ts], T], *args: *Ts) -> T:
        self.now += DAY
        return await self.store.write(acting(use_case, NORA, self.now, self.catalog), *args)

    async def says(self, *steps: str) -> TipSeen:
        for step in steps:
            seen = await self.does(practice.did, step, None)
        return seen

    async def record(self) -> Record:
        return await self.store.read(acting(Act.read, NORA, self.now, self.catalog))

    async def state(self) -> ProjectState:
        return (await self.record()).projects[PROJECT.slug]

    async def open_id(self) -> str | None:
        here = await self.store.read(acting(projects.here, NORA, self.now, self.catalog))
        return here.lesson.tip.id if isinstance(here, TipSeen) else None


@pytest.fixture
async def nora(store: Store) -> Nora:
    return await Nora(store).begins()


@POSTGRES
async def test_two_last_steps_that_are_done_at_the_same_moment_end_the_project(
    store: Store, migrated_postgres: str
) -> None:
    nora = await Nora(store).begins()
    await nora.says(ONE)
    did = acting(practice.did, NORA, nora.now + DAY, CATALOG)
    await interleave(migrated_postgres, lambda tx: did(tx, TWO, None), lambda tx: did(tx, THREE, None), within=store)
    assert (await nora.state()).ended_at is not None


@BOTH
async def test_what_is_taken_back_opens_the_project_again_and_takes_what_it_granted(nora: Nora) -> None:
    seen = await nora.says(ONE, TWO, THREE)
    record = await nora.record()
    assert record.projects == seen.record.projects
    assert (record.projects[PROJECT.slug].ended_at, record.needs["test-set"]) == (nora.now, True)
    assert await nora.open_id() is None
    await nora.does(practice.undo, THREE, None)
    assert (await nora.state()).ended_at is None
    assert "test-set" not in (await nora.record()).needs
    assert await nora.open_id() == THREE


async def test_who_has_what_a_step_makes_goes_on_and_keeps_the_line(nora: Nora) -> None:
    seen = await nora.does(projects.had, ONE, None, "wiki/costs")
    assert (seen.is_settled, seen.is_done) == (True, False)
    said = (await nora.record()).steps[ONE]
    assert (said.step, said.line, said.readers) == (Step.HAD, "wiki/costs", None)
    assert await nora.open_id() == TWO
    await nora.does(projects.had, ONE, None, "elsewhere")
    assert (await nora.record()).steps[ONE].line == "wiki/costs", "a second press changes nothing"
    await nora.does(practice.undo, ONE, None)
    assert await nora.open_id() == ONE


async def test_only_a_step_that_nothing_uses_or_that_has_another_way_is_skipped(nora: Nora) -> None:
    with pytest.raises(UserError, match="A later step uses the price, so this step can't be skipped"):
        await nora.does(projects.skip, ONE, None)
    assert await nora.open_id() == ONE
    await nora.says(ONE, TWO)
    seen = await nora.does(projects.skip, THREE, None)
    assert seen.last_step is not None
    assert seen.last_step.step is Step.SKIPPED
    assert (await nora.state()).ended_at == nora.now


async def test_a_project_of_which_every_step_is_skipped_is_not_finished(store: Store) -> None:
    free = {"free": "Write down your own guess."}
    steps = [{**step.model_dump(exclude_none=True), **free} for step in PROJECT.steps]
    nora = await Nora(store, passing(projects=(project("steps", value=steps),))).begins()
    for step in (ONE, TWO, THREE):
        await nora.does(projects.skip, step, None)
    assert (await nora.state()).ended_at is None


async def test_who_stops_half_way_has_ended_and_goes_on_at_the_next_step_if_they_want(nora: Nora) -> None:
    await nora.says(ONE, TWO)
    await nora.does(STOPS, TWO, None)
    ended_at = (await nora.state()).ended_at
    assert ended_at == nora.now
    assert await nora.open_id() is None
    await nora.does(STOPS, TWO, None)
    assert (await nora.state()).ended_at == ended_at
    seen = await nora.does(projects.begin, ONE, None)
    assert seen.lesson.tip.id == await nora.open_id() == THREE
    assert (await nora.state()).ended_at is None


async def test_who_takes_up_a_step_that_waited_gets_it_once_more(nora: Nora) -> None:
    def comes(record: Record) -> bool:
        return isinstance(next_step(CATALOG, record), Place)

    record = await nora.record()
    for _ in range(3):
        record = record.with_given(ONE, nora.now + DAY)
    assert not comes(record)
    assert comes(record.with_project(PROJECT.slug, begun_at=nora.now + 2 * DAY))


async def test_a_tip_of_no_project_begins_none(nora: Nora) -> None:
    for use_case in (projects.begin, projects.skip, STOPS, projects.learn):
        with pytest.raises(UserError, match="That project is no longer there"):
            await nora.does(use_case, "price-by-hand", None)


async def test_weeks_after_its_end_a_project_asks_once_for_a_few_minutes(nora: Nora) -> None:
    async def asked(weeks: int) -> str | None:
        lesson = due_again(CATALOG, await nora.record(), ended_at + weeks * WEEK)
        return lesson.tip.id if lesson else None

    await nora.says(ONE, TWO)
    await nora.does(projects.skip, THREE, None)
    ended_at = nora.now
    assert [await asked(weeks) for weeks in (7, 8, 18, 19)] == [None, TWO, TWO, None], "the last that was not skipped"
    nora.now = ended_at + 8 * WEEK
    await nora.does(checks.answer_still, ONE, "nudge", TWO, Answer.NO, WhyNot.NO_TIME)
    assert await asked(9) is None
    assert due_still(CATALOG, await nora.record(), ended_at + 4 * WEEK) is None, "no step is asked about by itself"
