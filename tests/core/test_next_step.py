"""Where a member is in their projects, and what comes next."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.catalog import Catalog
from bot.core.content_types import ByLevel
from bot.core.member import Member
from bot.core.next_step import ChooseOne, Place, choices, next_step
from bot.core.next_tip import after_sending, next_message
from bot.core.practice import Practised, Step
from bot.core.projects import Project
from bot.core.record import MADE_UP, Record
from tests.coach.members import NOW
from tests.core.passing import PROJECT, passing
from tests.records import SAID_YES

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


def a_project(slug: str, *, needs: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Project:
    """Return a project with the steps `<slug>-1` to `<slug>-3`."""
    steps = [{**step, "id": f"{slug}-{number}"} for number, step in enumerate(PROJECT["steps"], 1)]
    changed = {"slug": slug, "name": slug, "needs": needs, "without": dict.fromkeys(without, "another way")}
    return Project.model_validate({**PROJECT, **changed, "steps": steps})


def catalog_of(*projects: Project, usual: tuple[str, ...] = ()) -> Catalog:
    catalog = passing(projects=projects)
    role = catalog.roles["tester"].model_copy(update={"usual": ByLevel(new=usual)})
    return replace(catalog, roles={"tester": role})


def somebody() -> Record:
    return Record(Member(MADE_UP, "tester"), schedule=SAID_YES)


def open_id(catalog: Catalog, record: Record) -> str:
    coming = next_step(catalog, record)
    assert isinstance(coming, Place), coming
    return coming.step.id


def offered(catalog: Catalog, record: Record) -> list[str]:
    coming = next_step(catalog, record)
    assert isinstance(coming, ChooseOne), coming
    return [project.slug for project in coming.projects]


COST, JUDGE, SHIP = a_project("cost"), a_project("judge"), a_project("ship")
THREE = catalog_of(COST, JUDGE, SHIP)


@pytest.mark.parametrize("step", [Step.BLOCKED, Step.NOT_MY_WORK])
def test_nothing_else_that_a_member_says_moves_on(step: Step) -> None:
    begun = somebody().with_project("cost", begun_at=NOW)
    assert open_id(THREE, begun.with_step(Practised("cost-1", step, NOW))) == "cost-1"


def test_a_step_that_came_four_times_waits_and_others_are_offered() -> None:
    record = somebody().with_project("cost", begun_at=NOW)
    for week in range(4):
        assert open_id(THREE, record) == "cost-1"
        record = record.with_given("cost-1", NOW + week * WEEK)
    assert offered(THREE, record) == ["judge", "ship", "cost"], "last, the one that waits"


def test_who_presses_nothing_gets_a_step_three_times_and_no_project_twice() -> None:
    record, seen = somebody(), list[str]()
    for week in range(30):
        at = NOW + week * WEEK
        message = next_message(THREE, record, at)
        seen.append("choose" if isinstance(message, ChooseOne) else message.lesson.tip.id)
        record = after_sending(record, message, at)
    steps = [*["cost-1"] * 3, "choose", *["judge-1"] * 3, "choose", *["ship-1"] * 3, "choose"]
    assert seen[: len(steps)] == steps
    singles = [tip for tip in seen[len(steps) :] if tip != "choose"]
    assert singles[:4] == ["price-by-hand", "cut-one-block", "ten-longest", "colleague-guesses"], "no project is left"


def test_of_those_offered_one_without_a_need_begins_by_itself_else_one_with_a_usual_need() -> None:
    needy = a_project("judge", needs=("logs",))
    ended = somebody().with_project("cost", begun_at=NOW, ended_at=NOW)
    record = ended.with_project("judge", offered_at=NOW + DAY).with_project("ship", offered_at=NOW + DAY)
    for usual in ((), ("logs",)):
        begun = open_id(catalog_of(COST, needy, SHIP, usual=usual), record)
        assert begun == "ship-1", f"*ship* needs nothing; its member usually has {usual}"
    assert open_id(catalog_of(COST, needy, usual=("logs",)), record) == "judge-1"
    assert next_step(catalog_of(COST, needy), record) is None
    assert open_id(catalog_of(needy, COST, usual=("logs",)), somebody()) == "judge-1", "the very first is the list's"


def test_a_project_is_offered_to_who_lacks_its_need_only_with_a_way_round() -> None:
    closed, round_about = a_project("judge", needs=("logs",)), a_project("ship", needs=("logs",), without=("logs",))
    record = somebody().with_needs({"logs": False}).with_project("cost", begun_at=NOW, left_at=NOW)
    assert offered(catalog_of(COST, closed, round_about), record) == ["ship"]


def test_after_the_last_project_single_tips_come() -> None:
    record = somebody()
    for slug in ("cost", "judge", "ship"):
        record = record.with_project(slug, begun_at=NOW, ended_at=NOW)
    assert choices(THREE, record) == ()
    assert next_step(THREE, record) is None
