"""A tip now, and *Not my work*, the button of a tip that changes what comes."""

from collections.abc import Callable

from sqlalchemy import Connection

from bot.coach import practice
from bot.coach.practice import TipSeen
from bot.core.learning import FIRST_TIP
from bot.core.next_tip import Choice
from bot.core.practice import Practised, Step
from bot.store import facts, record as record_rows
from tests.acting import act_of
from tests.coach.interleaved import interleave
from tests.coach.members import NORA, NOW, Life
from tests.coach.weekly import DAY, HOUR, POSTGRES, TUESDAY, Weekly

SKILL = "cost-spikes"


async def reports(nora: Life, tip: str) -> practice.TipSeen:
    return await nora.does(practice.report, NOW, tip)


async def test_a_tip_that_was_never_given_counts_as_given_once_it_is_done(nora: Life) -> None:
    tip = next(iter(nora.catalog.lessons))
    seen = await reports(nora, tip)
    assert (seen.new, seen.milestone) == (True, FIRST_TIP)
    again = await reports(nora, tip)
    assert (again.new, again.milestone) == (False, None)
    assert again.last_step == seen.last_step
    assert (await nora.store.read(record_rows.read, nora.who)).given == {tip: (1, NOW)}


async def test_the_tips_that_wait_are_listed_latest_first_without_those_done_not_theirs_or_gone(nora: Life) -> None:
    given = []
    for day in range(5):
        choice = await nora.does(practice.tip_now, NOW + day * DAY, None)
        given.append(choice.lesson)
    await reports(nora, given[3].tip.id)
    await nora.does(practice.not_my_work, NOW, given[1].tip.id, None)
    await nora.store.write(facts.give, [(nora.who, "last-years-tip")], NOW + 9 * DAY)
    waiting = await nora.does(practice.undone, NOW)
    assert tuple(seen.lesson for seen in waiting) == (given[4], given[2], given[0])
    await nora.does(practice.undo, NOW + 9 * DAY, given[3].tip.id, None)
    waiting = await nora.does(practice.undone, NOW)
    assert tuple(seen.lesson for seen in waiting) == (given[4], given[3], given[2], given[0])


async def test_undo_takes_back_what_a_tip_showed_of_its_member_and_not_what_they_said_since(nora: Life) -> None:
    tip = next(lesson.tip for lesson in nora.catalog.lessons.values() if len(lesson.tip.needs) == 1)
    (need,) = tip.needs
    steps: list[tuple[Callable[..., object], tuple[object, ...], bool]] = [
        (practice.lack, (tip.id, None, tip.needs), False),
        (practice.did, (tip.id, None), True),
        (practice.undo, (tip.id, None), False),
        (practice.lack, (tip.id, None, tip.needs), False),
        (practice.declare_situation, ({need: True},), True),
        (practice.undo, (tip.id, None), True),
    ]
    for hours, (use_case, args, has) in enumerate(steps):
        await nora.does(use_case, NOW + hours * HOUR, *args)
        assert (await nora.store.read(record_rows.read, nora.who)).needs == {need: has}, hours


@POSTGRES
async def test_two_calls_at_the_same_moment_give_one_tip_and_count_it_once(
    weekly: Weekly, migrated_postgres: str
) -> None:
    await weekly.joins()
    now, catalog = TUESDAY, weekly.catalog
    seen, choice = await interleave(
        migrated_postgres, *(lambda tx: practice.open_or_new(act_of(tx, NORA, now, catalog)),) * 2
    )
    assert isinstance(seen, Choice)
    assert isinstance(choice, TipSeen)
    assert choice.lesson is seen.lesson
    tip = seen.lesson.tip.id
    later = iter((now + HOUR, now + 2 * HOUR, now + 2 * DAY, now + 2 * DAY + HOUR))

    def reports(tx: Connection) -> TipSeen:
        return practice.report(act_of(tx, NORA, next(later), catalog), tip)

    for _ in "done", "done again":
        first, second = await interleave(migrated_postgres, reports, reports)
        assert (first.new, second.new) == (True, False)


async def test_who_did_a_tip_whose_place_a_step_took_did_it_again(nora: Life) -> None:
    old, new = next(lesson.tip.aliases for lesson in nora.catalog.lessons.values() if len(lesson.tip.aliases) > 1)[:2]
    record = await nora.store.read(record_rows.read, nora.who)
    await nora.store.write(facts.add_step, record, Practised(old, Step.DONE, NOW), {})
    again = await nora.does(practice.did, NOW + 2 * DAY, new, None)
    assert again.new
    assert again.record.uses.again(old) == (NOW + 2 * DAY,)
