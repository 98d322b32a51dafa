"""Steps of projects in weekly messages, through the planner and the sender: what begins, waits, comes back and ends."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.coach import learning, practice, projects
from bot.coach.posts.tips import ChoosePost, TipPost
from bot.core.catalog import Catalog
from bot.core.content_types import ByLevel
from bot.core.outcomes import Refused, Touches
from bot.core.practice import Practised, ProjectState, Step
from bot.core.record import Record
from bot.outbox.sending import Claimed
from bot.store import facts, lines, record as record_rows
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK, Weekly, tip_of

ROLE, FIRST = "devops-engineer", "know-and-cap-cost"
OLD, NEXT = "price-of-one-answer", "cost-page-parts"


class Nora(Weekly):
    """A DevOps engineer who gets weekly messages."""

    async def says_yes(self) -> "Nora":
        await self.opens()
        await self.joins()
        await self.does(learning.set_role, MONDAY, self.catalog.roles[ROLE])
        return self

    async def message(self, week: int) -> Claimed:
        (sent,) = await self.ticks(TUESDAY + week * WEEK)
        return sent

    async def did(self, message: Claimed) -> None:
        await self.does(practice.did, message.delivery.due_at + HOUR, tip_of(message), message.delivery.key)

    async def record(self) -> Record:
        return await self.store.read(record_rows.read, NORA)

    async def state(self, slug: str) -> ProjectState:
        return (await self.record()).projects[slug]


def begins_with_first(catalog: Catalog) -> Catalog:
    """Return the catalogue with the role's projects in an order that begins with one whose steps were tips before."""
    role = catalog.roles[ROLE]
    order = FIRST, *(slug for slug in role.projects.new if slug != FIRST)
    role = role.model_copy(update={"projects": ByLevel(new=order, daily=order)})
    return replace(catalog, roles={**catalog.roles, ROLE: role})


@pytest.fixture
async def nora(weekly: Weekly) -> Nora:
    return await Nora(weekly.store, begins_with_first(weekly.catalog)).says_yes()


def before_projects(tx: Connection, record: Record) -> None:
    """Store what release 1.0.0 kept of somebody who did a tip, with a line, and got two others."""
    done = Practised(OLD, Step.DONE, MONDAY)
    facts.give(tx, [(NORA, tip) for tip in (OLD, "from-a-time-to-a-prompt", "would-this-have-rung")], MONDAY)
    facts.add_step(tx, record, done)
    lines.write(tx, NORA, done, "Two cents, and nobody had known", None)


async def test_what_was_done_on_a_tip_that_became_a_step_counts_and_the_first_project_begins_there(nora: Nora) -> None:
    await nora.store.write(before_projects, await nora.record())
    post = (await nora.message(0)).content
    assert isinstance(post, TipPost)
    assert post.choice.place is not None
    assert (post.choice.place.project.slug, post.choice.lesson.tip.id) == (FIRST, NEXT)
    assert post.have is not None
    assert (post.have.tip, post.have.line) == (OLD, "Two cents, and nobody had known")
    assert (await nora.state(FIRST)).begun_at == TUESDAY
    assert (await nora.record()).steps.keys() == {OLD}, "nothing is written anew"


@BOTH
async def test_who_begins_another_project_themselves_stays_in_it(nora: Nora) -> None:
    await nora.did(await nora.message(0))
    for week in range(1, 6):
        await nora.ticks(TUESDAY + week * WEEK)
    assert (await nora.state(FIRST)).parked_at == TUESDAY + 5 * WEEK
    other = nora.catalog.projects["complaint-to-prompt"].steps[0].id
    await nora.does(projects.begin, TUESDAY + 5 * WEEK + DAY, other, None)
    assert (await nora.state(FIRST)).parked_at is None
    assert tip_of(await nora.message(6)) == other


@BOTH
async def test_a_choice_that_slack_refuses_comes_again_without_its_first_project(nora: Nora) -> None:
    for week in range(5):
        await nora.did(await nora.message(week))
    at = TUESDAY + 5 * WEEK
    await nora.plans(at)
    (first,) = await nora.sends(at, Refused("invalid_blocks", Touches.CONTENT))
    (second,) = await nora.sends(at)
    assert isinstance(first.content, ChoosePost)
    assert isinstance(second.content, ChoosePost)
    assert second.content.projects == first.content.projects[1:]
