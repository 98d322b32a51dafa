"""Nothing is stored about a forgotten member, even by another process at the same moment."""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from bot import coach
from bot.coach import (
    admins,
    assistants,
    challenges,
    checks,
    desk,
    entries,
    learning,
    lines,
    membership,
    plans,
    practice,
    projects,
    schedules,
    team_projects,
    teams,
)
from bot.coach.act import Act
from bot.coach.admins import IntroductionWish
from bot.coach.checks import ChosenOption, Said
from bot.coach.lines import Line
from bot.coach.posts import answers
from bot.coach.posts.answers import ReplyTo
from bot.coach.teams import NewTeam
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, Suggestion
from bot.core.content_types import Level
from bot.core.errors import NotMet, UserError
from bot.core.member import AdminAct, WorkspaceSettings
from bot.core.outbox import DeliveryState
from bot.core.plans import ReminderWish
from bot.core.practice import Answer, Blocker, Readers, Step
from bot.core.rhythm import Wish
from bot.core.team import Team
from bot.store import Store, members, workspaces
from bot.store import record as record_rows
from bot.store import teams as team_rows
from bot.store.member_schema import delivery
from bot.store.member_schema import entry as entry_rows
from bot.store.member_schema import practice as practice_rows
from tests.acting import act_of, acting
from tests.coach.challenge import DRAFT, ID, LIVE, OTHER_ID
from tests.coach.interleaved import interleave
from tests.coach.members import BERLIN, DAY, EMIL, GUEST, NORA, NOW
from tests.coach.weekly import POSTGRES
from tests.core.passing import passing, project
from tests.every import try_every
from tests.store.rows import Row, everything

NUDGE = "nudge:U1:2026-W48"
NORAS = replace(DRAFT, challenge_id=OTHER_ID)
SECOND = timedelta(seconds=1)
LINE_ID = "l1"
WITH_PROJECT = passing(projects=(project(),))
A_STEP, *_, LAST_STEP = (step.id for step in project().steps)


TOMORROW = ReminderWish((NOW + DAY).date(), 12 * 60, "lunch")
TEAM_ID, TEAM_PROJECT = "0123456789abcdef", "0123456789abcdee"


def a_team_project(tx: Connection) -> Challenge:
    """Add a team with Nora, if she is known, and Emil's project for it."""
    team_rows.save(tx, Team(NORA.workspace_id, TEAM_ID, "S2", "ml", "C1"), NOW)
    team_rows.join(tx, NORA.workspace_id, TEAM_ID, [NORA.member_id])
    team_projects.pick(act_of(tx, EMIL, NOW), TEAM_PROJECT, TEAM_ID, project(), "")
    return challenges.post(act_of(tx, EMIL, NOW), TEAM_PROJECT)


def shows_a_team(tx: Connection) -> None:
    a_team_project(tx)
    projects.had(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None, "A line")
    team_projects.show(act_of(tx, NORA, NOW, WITH_PROJECT), TEAM_PROJECT, "A line", True)


def tries_what_emil_shows(tx: Connection) -> None:
    a_team_project(tx)
    team_rows.join(tx, EMIL.workspace_id, TEAM_ID, [EMIL.member_id])
    projects.had(act_of(tx, EMIL, NOW, WITH_PROJECT), A_STEP, None, "A line")
    team_projects.show(act_of(tx, EMIL, NOW, WITH_PROJECT), TEAM_PROJECT, "A line", False)
    tx.execute(update(entry_rows).values(entry_id=OTHER_ID))
    team_projects.try_it(act_of(tx, NORA, NOW), OTHER_ID)


def plans_a_tip(tx: Connection, catalog: Catalog) -> plans.Planned:
    schedules.accept(act_of(tx, NORA, NOW), None, None)
    workspaces.connect(tx, NORA.workspace_id, NOW)
    return plans.plan(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, TOMORROW)


UseCase = Callable[[Connection, Catalog], Any]
STORES_SOMETHING: dict[str, UseCase] = {
    "set_role": lambda tx, catalog: learning.set_role(
        act_of(tx, NORA, NOW, catalog), next(iter(catalog.roles.values()))
    ),
    "mark_learned": lambda tx, catalog: learning.mark_learned(act_of(tx, NORA, NOW, catalog), one_skill(catalog)),
    "tip_now": lambda tx, catalog: practice.tip_now(act_of(tx, NORA, NOW, catalog), None),
    "accept": lambda tx, _: schedules.accept(act_of(tx, NORA, NOW), None, None),
    "decline": lambda tx, _: schedules.decline(act_of(tx, NORA, NOW)),
    "set_zone": lambda tx, _: schedules.set_zone(act_of(tx, NORA, NOW), "Asia/Tokyo"),
    "pause": lambda tx, _: schedules.pause(act_of(tx, NORA, NOW), NOW + DAY),
    "resume": lambda tx, _: schedules.resume(act_of(tx, NORA, NOW)),
    "join": lambda tx, _: entries.join(act_of(tx, NORA, NOW), ID, LIVE),
    "did": lambda tx, catalog: entries.did(act_of(tx, NORA, NOW, catalog), ID, LIVE),
    "undo": lambda tx, catalog: (
        entries.did(act_of(tx, NORA, NOW, catalog), ID),
        entries.undo(act_of(tx, NORA, NOW), ID),
    ),
    "leave": lambda tx, _: (entries.join(act_of(tx, NORA, NOW), ID), entries.leave(act_of(tx, NORA, NOW), ID)),
    "write_line": lambda tx, catalog: (entries.did(act_of(tx, NORA, NOW, catalog), ID), writes_a_line(tx)),
    "keep": lambda tx, _: challenges.keep(act_of(tx, NORA), NORAS),
    "post": lambda tx, _: (challenges.keep(act_of(tx, NORA), NORAS), challenges.post(act_of(tx, NORA, NOW), OTHER_ID)),
    "post_again": lambda tx, _: challenges.post_again(act_of(tx, NORA, NOW), f"challenge:{ID}:1"),
    "close": lambda tx, _: challenges.close(act_of(tx, NORA, NOW), ID),
    "cancel": lambda tx, _: challenges.cancel(act_of(tx, NORA, NOW), ID),
    "unmark": lambda tx, catalog: learning.unmark(act_of(tx, NORA, NOW, catalog), one_skill(catalog)),
    "did_tip": lambda tx, catalog: practice.did(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
    "undo_tip": lambda tx, catalog: (
        practice.did(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
        practice.undo(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
    ),
    "add_line": lambda tx, catalog: (
        practice.did(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
        lines.write(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, Line("A line", Readers.NAMED)),
    ),
    "plan": plans_a_tip,
    "unplan": lambda tx, catalog: (
        plans_a_tip(tx, catalog),
        plans.unplan(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
    ),
    "ask_check": lambda tx, catalog: checks.ask(act_of(tx, NORA, NOW, catalog), one_skill(catalog)),
    "answer_check": lambda tx, catalog: answers_a_question(tx, catalog),  # noqa: PLW0108 - it stands below
    "learn_tip": lambda tx, catalog: practice.learn(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
    "not_my_work": lambda tx, catalog: practice.not_my_work(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
    "report": lambda tx, catalog: practice.report(act_of(tx, NORA, NOW, catalog), one_tip(catalog)),
    "begin_project": lambda tx, _: projects.begin(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP),
    "had_step": lambda tx, _: projects.had(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None, "A line"),
    "skip_step": lambda tx, _: projects.skip(act_of(tx, NORA, NOW, WITH_PROJECT), LAST_STEP, None),
    "stop_project": lambda tx, _: (
        projects.begin(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP),
        projects.stop(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None),
    ),
    "leave_project": lambda tx, _: projects.leave(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None),
    "learn_project": lambda tx, _: projects.learn(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None),
    "only_singles": lambda tx, _: projects.only_singles(act_of(tx, NORA, NOW, WITH_PROJECT), wanted=True),
    "make_token": lambda tx, _: assistants.make(act_of(tx, NORA, NOW)),
    "revoke_token": lambda tx, _: assistants.revoke(act_of(tx, NORA, NOW), LINE_ID),
    "open_or_new": lambda tx, catalog: practice.open_or_new(act_of(tx, NORA, NOW, catalog)),
    "solve_lab": lambda tx, _: learning.solve(act_of(tx, NORA, NOW), "cost"),
    "show": lambda tx, catalog: (
        learning.mark_learned(act_of(tx, NORA, NOW, catalog), one_skill(catalog)),
        learning.show(act_of(tx, NORA, NOW, catalog), one_skill(catalog), "C1", "A line"),
    ),
    "block": lambda tx, catalog: practice.block(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, Blocker.OTHER),
    "lack": lambda tx, catalog: practice.lack(act_of(tx, NORA, NOW, catalog), *a_tip_with_needs(catalog)),
    "declare_situation": lambda tx, catalog: practice.declare_situation(
        act_of(tx, NORA, NOW, catalog), {"logs": False}
    ),
    "set_level": lambda tx, _: practice.set_level(act_of(tx, NORA, NOW), Level.DAILY),
    "say_how_it_was": lambda tx, catalog: practice.say_how_it_was(
        act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, practice.Felt.HARD
    ),
    "answer_on_tip": lambda tx, catalog: practice.answer_on_tip(
        act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, practice.Weekly(wanted=True)
    ),
    "choose_rhythm": lambda tx, _: (
        schedules.accept(act_of(tx, NORA, NOW), None, None),
        schedules.choose_rhythm(act_of(tx, NORA, NOW), Wish.SECOND),
    ),
    "go_on": lambda tx, catalog: (
        schedules.accept(act_of(tx, NORA, NOW), None, None),
        checks.go_on(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, Wish.PAUSE),
    ),
    "answer_still": lambda tx, catalog: (
        practice.did(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None),
        checks.answer_still(
            act_of(tx, NORA, NOW, catalog), one_tip(catalog), Said(one_tip(catalog), NUDGE, Answer.AGAIN)
        ),
    ),
    "report_line": lambda tx, catalog: lines.report(act_of(tx, NORA, NOW, catalog), one_tip(catalog), LINE_ID),
    "decide_line": lambda tx, catalog: lines.decide(act_of(tx, NORA, NOW, catalog), LINE_ID, hides=True),
    "suggest": lambda tx, _: challenges.suggest(act_of(tx, NORA, NOW), Suggestion("s1", NORA.member_id, None, "Logs")),
    "dismiss": lambda tx, _: challenges.dismiss(act_of(tx, NORA, NOW), "s1"),
    "try_it": lambda tx, catalog: (
        schedules.accept(act_of(tx, NORA, NOW), None, None),
        lines.try_it(act_of(tx, NORA, NOW, catalog), one_tip(catalog), None, TOMORROW, LINE_ID),
    ),
    "save_settings": lambda tx, _: admins.save_settings(act_of(tx, NORA, NOW), WorkspaceSettings(dm_budget=1)),
    "remove_team": lambda tx, _: (
        teams.add(act_of(tx, NORA, NOW), NewTeam("S1", "apps", "C1", NORA)),
        teams.remove(act_of(tx, NORA, NOW), "S1"),
    ),
    "add_admin": lambda tx, _: admins.add(act_of(tx, NORA, NOW), EMIL),
    "remove_admin": lambda tx, _: (admins.add(act_of(tx, NORA, NOW), EMIL), admins.remove(act_of(tx, NORA, NOW), EMIL)),
    "take": lambda tx, _: answers.take(tx, NORA, ReplyTo("Ev1", "D1"), NOW),
    "end_first_day": lambda tx, _: admins.end_first_day(act_of(tx, NORA, NOW)),
    "announce": lambda tx, _: admins.announce(act_of(tx, NORA, NOW), IntroductionWish("C1", ID)),
    "pick_project": lambda tx, _: (
        a_team_project(tx),
        team_projects.pick(act_of(tx, NORA, NOW), OTHER_ID, TEAM_ID, project(), ""),
    ),
    "show_team": lambda tx, _: shows_a_team(tx),
    "try_shown": lambda tx, _: tries_what_emil_shows(tx),
    "take_back_shown": lambda tx, _: (
        a_team_project(tx),
        team_projects.take_back(act_of(tx, NORA, NOW), TEAM_PROJECT),
    ),
    "tell_lead": lambda tx, _: (
        teams.add(act_of(tx, NORA, NOW), NewTeam("S1", "apps", "C1", EMIL)),
        teams.tell(act_of(tx, NORA, NOW), next(iter(team_rows.leads_of(tx, "T1"))), "D1", None),
    ),
    "add_team": lambda tx, _: teams.add(act_of(tx, NORA, NOW), NewTeam("S1", "apps", "C1", NORA)),
    "lead": lambda tx, _: (
        teams.add(act_of(tx, NORA, NOW), NewTeam("S1", "apps", "C1", NORA)),
        teams.decide(act_of(tx, NORA, NOW), yes=True),
    ),
}
BEFORE = NOW - SECOND
NAMES_HER: dict[str, UseCase] = {  # these store somebody unknown, too: an admin asks for it
    "named_admin": lambda tx, _: admins.add(act_of(tx, EMIL, NOW), NORA, BEFORE),
    "told_lead": lambda tx, _: (
        teams.add(act_of(tx, EMIL, NOW), NewTeam("S1", "apps", "C1", NORA, BEFORE)),
        teams.tell(act_of(tx, EMIL, NOW), next(iter(team_rows.leads_of(tx, "T1"))), "D1", None),
    ),
    "named_lead": lambda tx, _: teams.add(act_of(tx, EMIL, NOW), NewTeam("S1", "apps", "C1", NORA, BEFORE)),
}

NOTED: dict[str, UseCase] = {  # the audit has these without the id of somebody unknown
    "read_audit": lambda tx, _: admins.read_audit(act_of(tx, NORA, NOW), "", 5),
    "read_desk": lambda tx, _: desk.read_desk(act_of(tx, NORA, NOW), AdminAct.DESK_READ),
}


def emils_challenge(tx: Connection) -> None:
    """Store a challenge and a line on which Nora may try every use case. The challenge's post is unconfirmed."""
    membership.meet(tx, EMIL, BERLIN, NOW)
    line = {"step": Step.DONE, "line": "Emil's line", "readers": Readers.NAMED, "line_id": LINE_ID}
    tx.execute(insert(practice_rows).values(**EMIL._asdict(), tip="a-tip", at=NOW, **line))
    challenges.keep(act_of(tx, EMIL), replace(DRAFT, started_by=EMIL.member_id))
    challenges.post(act_of(tx, EMIL, NOW), ID)
    tx.execute(update(delivery).values(state=DeliveryState.UNCONFIRMED, started_at=NOW, ended_at=NOW))


def writes_a_line(tx: Connection) -> entries.Taken:
    return entries.write_line(act_of(tx, NORA, NOW), ID, "Mine.")


def about_nora(tx: Connection) -> list[Row]:
    """Return every row that contains Nora's id, also in a key."""
    return [row for row in everything(tx) if NORA.member_id in str(row.values)]


def answers_a_question(tx: Connection, catalog: Catalog) -> checks.Answered:
    question = checks.ask(act_of(tx, NORA, NOW, catalog), one_skill(catalog))
    check = question.quiz.check
    return checks.answer(
        act_of(tx, NORA, NOW, catalog), ChosenOption(check.id, check.version, question.asked.asking, 0)
    )


def a_tip_with_needs(catalog: Catalog) -> tuple[str, None, tuple[str, ...]]:
    tip = next(lesson.tip for lesson in catalog.lessons.values() if lesson.tip.needs)
    return tip.id, None, tip.needs


def one_tip(catalog: Catalog) -> str:
    return next(iter(catalog.lessons))


def one_skill_path(catalog: Catalog) -> Catalog:
    """Return a catalogue in which the first path has one skill."""
    role = next(iter(catalog.roles.values())).model_copy(update={"skills": (one_skill(catalog).slug,)})
    return replace(catalog, roles={role.slug: role})


def one_skill(catalog: Catalog) -> Any:
    return next(iter(catalog.skills.values()))


# The names in a function's code lead to the functions that it may call, also in other modules of the coach.
LOCKS = {record_rows.lock, members.lock, Act.lock}
COACH = [importlib.import_module(module.name) for module in pkgutil.walk_packages(coach.__path__, "bot.coach.")]
USE_CASES = {
    use_case
    for module in COACH
    for name, use_case in inspect.getmembers(module, inspect.isfunction)
    if use_case.__module__ == module.__name__ and not name.startswith("_")
    if next(iter(inspect.signature(use_case).parameters), "") == "act"
}


def called_by(caller: FunctionType | ModuleType) -> Iterator[FunctionType]:
    names = vars(caller) if isinstance(caller, ModuleType) else {**caller.__globals__, "act": Act, "self": Act}
    for node in ast.walk(ast.parse(dedent(inspect.getsource(caller)))):
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            first, *others = ast.unparse(node if isinstance(node, ast.Attribute) else node.func).split(".")
            found = reduce(lambda owner, name: getattr(owner, name, None), others, names.get(first))
            if inspect.isfunction(found) and found.__module__.startswith(("bot.coach", "bot.store")):
                yield found


def reached_from(start: FunctionType | ModuleType) -> set[FunctionType]:
    reached, ahead = set[FunctionType](), [start]
    while ahead:
        new = set(called_by(ahead.pop())) - reached
        reached |= new
        ahead += new
    return reached


def test_every_use_case_that_locks_a_member_to_store_something_is_tried_here() -> None:
    tried = reached_from(sys.modules[__name__])
    storing = {use_case for use_case in USE_CASES if LOCKS & reached_from(use_case)}
    assert len(storing) > 50
    assert sorted(f"{each.__module__}.{each.__name__}" for each in storing - tried) == []


async def test_no_verb_stores_anything_about_an_unknown_person(store: Store, catalog: Catalog) -> None:
    await store.write(emils_challenge)
    await all_are_refused(store, catalog)


async def test_no_verb_stores_anything_about_a_member_who_became_a_guest(store: Store, catalog: Catalog) -> None:
    await store.write(emils_challenge)
    await store.write(membership.meet, NORA, BERLIN, NOW)
    await store.write(membership.see_profile, NORA, GUEST, NOW)
    await all_are_refused(store, catalog)


async def all_are_refused(store: Store, catalog: Catalog) -> None:
    before = await store.read(everything)

    async def check(use_case: UseCase) -> None:
        with pytest.raises(NotMet):
            await store.write(use_case, catalog)
        assert await store.read(everything) == before

    await try_every(STORES_SOMETHING, check)


@POSTGRES
@pytest.mark.parametrize(
    "use_case", (STORES_SOMETHING | NAMES_HER | NOTED).values(), ids=STORES_SOMETHING | NAMES_HER | NOTED
)
async def test_what_a_use_case_stores_during_a_forgetting_is_deleted_too(
    store: Store, migrated_postgres: str, catalog: Catalog, use_case: UseCase
) -> None:
    await store.write(emils_challenge)
    await store.write(membership.meet, NORA, BERLIN, NOW)
    _, forgotten = await interleave(
        migrated_postgres, lambda tx: use_case(tx, catalog), lambda tx: membership.forget(tx, NORA, NOW)
    )
    assert forgotten
    assert await store.read(about_nora) == []


@POSTGRES
@pytest.mark.parametrize("use_case", NAMES_HER.values(), ids=NAMES_HER)
async def test_a_naming_that_waits_for_a_forgetting_stores_nothing(
    store: Store, migrated_postgres: str, catalog: Catalog, use_case: UseCase
) -> None:
    await store.write(emils_challenge)
    await store.write(membership.meet, NORA, BERLIN, NOW)
    with pytest.raises(UserError, match="They asked me just now to forget them"):
        await interleave(
            migrated_postgres, lambda tx: membership.forget(tx, NORA, NOW), lambda tx: use_case(tx, catalog)
        )
    assert await store.read(about_nora) == []


async def test_the_buttons_of_a_forgotten_members_tip_do_nothing(store: Store, catalog: Catalog) -> None:
    with pytest.raises(NotMet):
        await store.write(acting(practice.tip_now, NORA, NOW, catalog), None)
    name, asked = next(iter(catalog.quizzes.items()))
    given = ChosenOption(name, asked.check.version, NUDGE, 0)
    with pytest.raises(NotMet):
        await store.write(acting(checks.answer_in_tip, NORA, NOW, catalog), one_tip(catalog), given)
