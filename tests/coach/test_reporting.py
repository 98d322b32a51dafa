"""`did`: a tip that a member names themselves counts as given and as done, and what is not done yet can be listed."""

from bot.coach import practice, tips
from bot.core.catalog import Catalog
from bot.core.learning import FIRST_TIP
from bot.store import tips as tip_rows
from tests.coach.members import DAY, NOW, Life


async def reports(nora: Life, tip: str) -> practice.TipSeen:
    return await nora.store.write(practice.report, nora.catalog, nora.who, tip, NOW)


def two_tips(catalog: Catalog) -> tuple[str, str]:
    first, second, *_ = catalog.lessons
    return first, second


async def test_a_tip_that_was_never_given_counts_as_given_once_it_is_done(nora: Life) -> None:
    tip, _ = two_tips(nora.catalog)
    seen = await reports(nora, tip)
    assert (seen.new, seen.milestone) == (True, FIRST_TIP)
    again = await reports(nora, tip)
    assert (again.new, again.milestone) == (False, None)
    assert again.last_step == seen.last_step
    given = await nora.store.read(tip_rows.given, "T1", [nora.who.member_id])
    assert given[nora.who.member_id].times == {tip: 1}


async def test_a_tip_that_was_given_keeps_its_count(nora: Life) -> None:
    first = await nora.store.write(tips.tip_now, nora.catalog, nora.who, None, NOW - DAY)
    await reports(nora, first.choice.lesson.tip.id)
    given = await nora.store.read(tip_rows.given, "T1", [nora.who.member_id])
    assert given[nora.who.member_id].times == {first.choice.lesson.tip.id: 1}
    assert given[nora.who.member_id].at == {first.choice.lesson.tip.id: NOW - DAY}


async def test_the_tips_that_wait_are_listed_latest_first_without_those_done_refused_or_gone(nora: Life) -> None:
    given = []
    for day in range(5):
        choice = (await nora.store.write(tips.tip_now, nora.catalog, nora.who, None, NOW + day * DAY)).choice
        given.append(choice.lesson)
    await reports(nora, given[3].tip.id)
    await nora.store.write(practice.not_my_work, nora.catalog, nora.who, given[1].tip.id, None, NOW)
    await nora.store.write(tip_rows.give, [(nora.who, "last-years-tip")], NOW + 9 * DAY)
    waiting = await nora.store.read(practice.undone, nora.catalog, nora.who)
    assert waiting == (given[4], given[2], given[0])
    await nora.store.write(practice.undo, nora.catalog, nora.who, given[3].tip.id, None, NOW + 9 * DAY)
    waiting = await nora.store.read(practice.undone, nora.catalog, nora.who)
    assert waiting == (given[4], given[3], given[2], given[0])
