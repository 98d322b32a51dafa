"""`content stats --from-database`: what members said of tips, in figures that reveal nobody."""

import asyncio

import pytest
from sqlalchemy import Connection

from bot.__main__ import main
from bot.author.review import feedback_lines
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Tip
from bot.core.member import MemberKey
from bot.core.practice import Step
from bot.core.team import Reaction, feedback
from bot.store import Store, members
from bot.store import record as record_rows
from tests.coach.members import DAY, NOW
from tests.store.rows import everything

FEW_OF = pytest.mark.parametrize(
    ("said", "given", "shown"),
    [
        pytest.param(4, 100, None, id="fewer than five said it"),
        pytest.param(5, 100, 5, id="five said it"),
        pytest.param(7, 100, 5, id="rounded down"),
        pytest.param(8, 100, 10, id="rounded up"),
        pytest.param(10, 12, None, id="the tip was given to few"),
        pytest.param(10, 0, None, id="the tip was found, not given"),
        pytest.param(20, 20, 15, id="all said it"),
        pytest.param(18, 20, 15, id="fewer than five did not say it"),
    ],
)


def who(number: int) -> MemberKey:
    return MemberKey("T1" if number % 2 else "T2", f"U{number // 2}")


def lesson_of(catalog: Catalog) -> Lesson:
    return next(iter(catalog.lessons.values()))


@FEW_OF
@pytest.mark.parametrize("step", [Step.NOT_MY_WORK, Step.BLOCKED])
def test_a_figure_reveals_neither_few_who_said_it_nor_few_who_did_not(
    catalog: Catalog, step: Step, said: int, given: int, shown: int | None
) -> None:
    tip = lesson_of(catalog).tip.id
    found = feedback(catalog, {tip: given}, [Reaction(step, who(number), tip) for number in range(said)])
    figures = [(each.not_my_work, each.blocked) for skill in found for each in skill.tips]
    expected = (shown, None) if step is Step.NOT_MY_WORK else (None, shown)
    assert figures == ([expected] if shown else [])


def test_a_skill_counts_only_what_is_shown_of_its_tips(catalog: Catalog) -> None:
    first, second, *_ = lesson_of(catalog).skill.tips
    said = [Reaction(Step.BLOCKED, who(number), first.id) for number in range(10)]
    said += [Reaction(Step.BLOCKED, who(number), second.id) for number in range(4)]
    (skill,) = feedback(catalog, {first.id: 50, second.id: 50}, said)
    assert [each.tip for each in skill.tips] == [first]
    assert (skill.blocked, skill.not_my_work) == (10, 0)


def test_a_tip_counts_under_its_present_id_and_each_member_once(catalog: Catalog) -> None:
    skill, tip = lesson_of(catalog)
    renamed = skill.model_copy(
        update={"tips": (Tip(**{**tip.model_dump(exclude_defaults=True), "aliases": ("old-id",)}), *skill.tips[1:])}
    )
    later = Catalog(catalog.themes, (), (), catalog.roles, {**catalog.skills, skill.slug: renamed})
    said = [Reaction(Step.BLOCKED, who(number), name) for number in range(6) for name in ("old-id", tip.id)]
    said.append(Reaction(Step.BLOCKED, who(0), "a-tip-of-last-year"))
    (found,) = feedback(later, {"old-id": 30, tip.id: 30}, said)
    assert [(each.tip.id, each.blocked) for each in found.tips] == [(tip.id, 5)]


def live(tx: Connection, tip: str) -> None:
    """Give a tip to 40 members: 10 say that it is not their work, 12 are blocked, of whom 5 do it later."""
    for number in range(40):
        members.meet(tx, who(number), None, NOW)
    record_rows.give(tx, [(who(number), tip) for number in range(40)], NOW)
    for number in range(10):
        record_rows.add_step(tx, who(number), tip, Step.NOT_MY_WORK, NOW)
    for number in range(20, 32):
        record_rows.add_step(tx, who(number), tip, Step.BLOCKED, NOW)
    for number in range(20, 25):
        record_rows.add_step(tx, who(number), tip, Step.DONE, NOW + DAY)


async def test_stats_show_what_members_of_all_workspaces_said_and_change_nothing(
    store: Store, database: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    skill, tip = lesson_of(catalog)
    await store.write(live, tip.id)
    before = await store.read(everything)
    monkeypatch.setenv("DATABASE_URL", database)
    assert await asyncio.to_thread(main, ["content", "stats", "--from-database"]) == 0
    last = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[-2:]]
    assert last == [f"{name} 10 not my work 5 blocked" for name in (skill.slug, tip.id)]
    assert await store.read(everything) == before


def test_where_nothing_may_be_shown_that_is_said() -> None:
    assert list(feedback_lines(()))[1:] == ["  nothing that may be shown yet"]
