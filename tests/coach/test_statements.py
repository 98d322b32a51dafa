"""The number of SQL statements of each verb, which does not grow with the data."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.coach import (
    checks,
    home,
    learning,
    membership,
    plans,
    practice,
    record,
    roles,
    schedules,
    showings,
    situation,
    tips,
)
from bot.coach.checks import Answer
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind, NewDelivery
from bot.core.practice import Asked
from bot.core.subjects import CheckName, TipSubject
from bot.store import Store, outbox
from bot.store import practice as practice_rows
from bot.store.tables import ABOUT_A_MEMBER, MENTIONS
from tests.coach.busy import SHOWN, Verb, any_of
from tests.coach.members import BERLIN, DAY, NORA, NOW
from tests.coach.watched import MAX_SELECTS, MAX_STATEMENTS, watched

MAX_FOR_SCHEDULE = 6  # a change of weekly tips reads the member and the week or the workspace, and ends what is planned

ASKING = "0123456789abcdef"
NUDGE = NewDelivery(
    workspace_id="T1", key="nudge:U1:2026-W48", kind=Kind.NUDGE, due_at=NOW, until=NOW + DAY, member_id="U1",
    week="2026-W48",
)  # fmt: skip


READS: dict[str, Verb] = {
    "is_met": lambda tx, _: membership.is_met(tx, NORA),
    "my_role": lambda tx, catalog: roles.my_role(tx, catalog, NORA, NOW),
    "look_at": lambda tx, catalog: roles.look_at(tx, catalog, NORA, any_of(catalog, "roles")),
    "progress": lambda tx, catalog: learning.progress(tx, catalog, NORA, NOW),
    "planned": lambda tx, catalog: plans.planned(tx, catalog, NORA, NOW),
    "skills": lambda tx, catalog: learning.skills(tx, catalog, NORA, None),
    "situation": lambda tx, _: situation.known(tx, NORA),
    "skill": lambda tx, catalog: learning.skill(tx, NORA, any_of(catalog, "skills")),
    "record": lambda tx, catalog: record.record_for(tx, catalog, NORA, "", NOW),
    "undone": lambda tx, catalog: practice.undone(tx, catalog, NORA),
}

HOMES: dict[str, tuple[Verb, int]] = {
    "of a member": (lambda tx, catalog: home.home(tx, catalog, NORA, NOW), 5),
    "of an admin": (lambda tx, catalog: home.home(tx, catalog, NORA, NOW, is_admin=True), 6),
}

WRITES: dict[str, Verb] = {
    "meet": lambda tx, _: membership.meet(tx, NORA, BERLIN, NOW),
    "set_role": lambda tx, catalog: roles.set_role(tx, catalog, NORA, any_of(catalog, "roles"), NOW),
    "mark_learned": lambda tx, catalog: learning.mark_learned(tx, catalog, NORA, any_of(catalog, "skills"), NOW + DAY),
    "unmark": lambda tx, catalog: learning.unmark(tx, catalog, NORA, any_of(catalog, "skills"), NOW + DAY),
    "ask_check": lambda tx, catalog: checks.ask(tx, catalog, NORA, any_of(catalog, "skills"), NOW),
    "tip_now": lambda tx, catalog: tips.tip_now(tx, catalog, NORA, None, NOW),
    "report": lambda tx, catalog: practice.report(tx, catalog, NORA, next(iter(catalog.lessons)), NOW + DAY),
    "show": lambda tx, catalog: showings.show(tx, NORA, any_of(catalog, "skills"), "C1", NOW),
    "confirm": lambda tx, catalog: showings.confirm(tx, catalog, MemberKey("T1", "U2"), SHOWN, NOW),
    "declare": lambda tx, catalog: situation.declare(tx, catalog, NORA, dict.fromkeys(catalog.needs, True), NOW),
    "connect": lambda tx, _: membership.connect(tx, "T1", NOW),
    "disconnected": lambda tx, _: membership.disconnected(tx, "T1", "Ev1", NOW),
}


def in_tip(tx: Connection, catalog: Catalog) -> Any:
    """Answer the check of a weekly message that was not confirmed."""
    name = next(iter(catalog.quizzes))
    given = Answer(name, catalog.quizzes[name].check.version, NUDGE.key, 0)
    return checks.answer_in_tip(tx, catalog, NORA, next(iter(catalog.lessons)), given, NOW)


def to_question(tx: Connection, catalog: Catalog) -> Any:
    name, asked = next(iter(catalog.quizzes.items()))
    given = Answer(name, asked.check.version, ASKING, 0)
    return checks.answer(tx, catalog, NORA, given, NOW)


ANSWERS: dict[str, Verb] = {"in_tip": in_tip, "to_question": to_question}

SCHEDULE: dict[str, Verb] = {
    "accept": lambda tx, _: schedules.accept(tx, NORA, None, None, NOW),
    "decline": lambda tx, _: schedules.decline(tx, NORA, NOW),
    "pause": lambda tx, _: schedules.pause(tx, NORA, NOW + DAY, NOW),
    "resume": lambda tx, _: schedules.resume(tx, NORA, NOW),
    "set_zone": lambda tx, _: schedules.set_zone(tx, NORA, "Asia/Tokyo", NOW),
}


@pytest.mark.parametrize("verb", READS.values(), ids=READS)
async def test_a_verb_that_reads_takes_two_selects_at_most(filled: Store, catalog: Catalog, verb: Verb) -> None:
    with watched() as seen:
        await filled.read(verb, catalog)
    assert len(seen.statements) <= MAX_SELECTS, seen.statements
    assert all(sql.startswith("SELECT") for sql in seen.statements)


@pytest.mark.parametrize(("verb", "most"), HOMES.values(), ids=HOMES)
async def test_a_home_takes_the_same_few_selects_however_much_it_shows(
    busy: Store, catalog: Catalog, verb: Verb, most: int
) -> None:
    with watched() as seen:
        await busy.read(verb, catalog)
    assert len(seen.statements) == most, seen.statements
    assert all(sql.startswith("SELECT") for sql in seen.statements)


async def test_a_home_takes_one_more_select_once_the_tip_of_the_week_is_done(busy: Store, catalog: Catalog) -> None:
    lesson = next(iter(catalog.lessons))
    sent = replace(NUDGE, subject=TipSubject(lesson), state=DeliveryState.SENT)

    def do(tx: Connection) -> None:
        outbox.put(tx, [sent])
        practice.did(tx, catalog, NORA, lesson, None, NOW)

    await busy.write(do)
    with watched() as seen:
        found = await busy.read(home.home, catalog, NORA, NOW)
    assert found.tip is not None
    assert found.tip.seen.history.done_tips == {lesson}
    assert len(seen.statements) == 6, seen.statements


@pytest.mark.parametrize("verb", WRITES.values(), ids=WRITES)
async def test_a_verb_that_writes_takes_four_statements_at_most_and_one_commit(
    filled: Store, catalog: Catalog, verb: Verb
) -> None:
    with watched() as seen:
        await filled.write(verb, catalog)
    assert len(seen.statements) <= MAX_STATEMENTS, seen.statements
    assert seen.commits == 1


def asked(tx: Connection, catalog: Catalog) -> None:
    """Put a weekly message with a check on its way to Nora, and ask her a question."""
    quiz = next(iter(catalog.quizzes.values()))
    name = CheckName(quiz.skill.slug, quiz.check.id)
    outbox.put(tx, [replace(NUDGE, subject=TipSubject(next(iter(catalog.lessons)), name))])
    practice_rows.ask(tx, [(NORA, Asked(quiz.check.id, quiz.skill.slug, NOW, asking=ASKING))])


@pytest.mark.parametrize("verb", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_takes_four_statements_at_most_and_one_commit(
    filled: Store, catalog: Catalog, verb: Verb
) -> None:
    await filled.write(asked, catalog)
    for _ in range(2):  # the second press changes nothing
        with watched() as seen:
            await filled.write(verb, catalog)
        assert len(seen.statements) <= MAX_STATEMENTS, seen.statements
        assert seen.commits == 1


@pytest.mark.parametrize("said_yes", [False, True], ids=["no-yes-yet", "after-a-yes"])
@pytest.mark.parametrize("verb", SCHEDULE.values(), ids=SCHEDULE)
async def test_a_change_of_the_weekly_tips_takes_six_statements_at_most_and_one_commit(
    filled: Store, catalog: Catalog, verb: Verb, said_yes: bool
) -> None:
    if said_yes:
        await filled.write(SCHEDULE["accept"], catalog)
    with watched() as seen:
        await filled.write(verb, catalog)
    assert len(seen.statements) <= MAX_FOR_SCHEDULE, seen.statements
    assert seen.commits == 1


async def test_forgetting_takes_one_statement_per_table_and_mention_a_lock_and_a_tombstone(
    filled: Store,
) -> None:
    with watched() as seen:
        await filled.write(membership.forget, NORA, NOW)
    assert len(seen.statements) == len(ABOUT_A_MEMBER) + len(MENTIONS) + 2
    assert seen.commits == 1
