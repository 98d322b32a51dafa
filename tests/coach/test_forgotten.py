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
from sqlalchemy import Connection, delete, insert, update

from bot import coach
from bot.coach import (
    admins,
    assistants,
    challenges,
    checks,
    desk,
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
from bot.coach.checks import ChosenOption
from bot.coach.posts import answers
from bot.coach.posts.answers import ReplyTo
from bot.coach.teams import NewTeam
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, Suggestion
from bot.core.content_types import Level, Skill
from bot.core.errors import NotMet, UserError
from bot.core.member import AdminAct, WorkspaceSettings
from bot.core.outbox import DeliveryState
from bot.core.practice import Answer, Blocker, Readers, ReminderWish, Step
from bot.core.rhythm import Wish
from bot.core.team import Team
from bot.store import Store, members, record as record_rows, teams as team_rows, workspaces
from bot.store.member_schema import delivery, entry as entry_rows, practice as practice_rows
from bot.store.schema import metadata
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
    team_rows.move(tx, NORA.workspace_id, TEAM_ID, [NORA.member_id])
    team_projects.pick(act_of(tx, EMIL, NOW), TEAM_PROJECT, TEAM_ID, project(), "")
    return challenges.post(act_of(tx, EMIL, NOW), TEAM_PROJECT)


def shows_a_team(tx: Connection) -> None:
    a_team_project(tx)
    projects.had(act_of(tx, NORA, NOW, WITH_PROJECT), A_STEP, None, "A line")
    team_projects.show(act_of(tx, NORA, NOW, WITH_PROJECT), TEAM_PROJECT, "A line", goes_on=True)


def tries_what_emil_shows(tx: Connection) -> None:
    a_team_project(tx)
    team_rows.move(tx, EMIL.workspace_id, TEAM_ID, [EMIL.member_id])
    projects.had(act_of(tx, EMIL, NOW, WITH_PROJECT), A_STEP, None, "A line")
    team_projects.show(act_of(tx, EMIL, NOW, WITH_PROJECT), TEAM_PROJECT, "A line", goes_on=False)
    tx.execute(update(entry_rows).values(entry_id=OTHER_ID))
    team_projects.try_it(act_of(tx, NORA, NOW), OTHER_ID)


def plans_a_tip(act: Act) -> practice.TipSeen:
    schedules.accept(act, None, None)
    workspaces.connect(act.tx, NORA.workspace_id, NOW)
    return plans.plan(act, one_tip(act), None, TOMORROW)


def on_project(act: Act) -> Act:
    return replace(act, catalog=WITH_PROJECT)


def by_emil(act: Act) -> Act:
    return replace(act, who=EMIL)


UseCase = Callable[[Act], Any]  # of Nora
STORES_SOMETHING: dict[str, UseCase] = {
    "set_role": lambda act: learning.set_role(act, next(iter(act.catalog.roles.values()))),
    "mark_learned": lambda act: learning.mark(act, one_skill(act)),
    "tip_now": lambda act: practice.tip_now(act, None),
    "accept": lambda act: schedules.accept(act, None, None),
    "decline": schedules.decline,
    "set_zone": lambda act: schedules.set_zone(act, "Asia/Tokyo"),
    "pause": lambda act: schedules.pause(act, NOW + DAY),
    "resume": schedules.resume,
    "join": lambda act: challenges.join(act, ID, LIVE),
    "did": lambda act: challenges.did(act, ID, LIVE),
    "undo": lambda act: (challenges.did(act, ID), challenges.take_back(act, ID, leaves=False)),
    "leave": lambda act: (challenges.join(act, ID), challenges.take_back(act, ID, leaves=True)),
    "write_line": lambda act: (challenges.did(act, ID), challenges.write_line(act, ID, "Mine.")),
    "keep": lambda act: challenges.keep(act, NORAS),
    "post": lambda act: (challenges.keep(act, NORAS), challenges.post(act, OTHER_ID)),
    "post_again": lambda act: challenges.post_again(act, f"challenge:{ID}:1"),
    "close": lambda act: challenges.close(act, ID),
    "cancel": lambda act: challenges.cancel(act, ID),
    "unmark": lambda act: learning.mark(act, one_skill(act), learned=False),
    "did_tip": lambda act: practice.did(act, one_tip(act), None),
    "undo_tip": lambda act: (practice.did(act, one_tip(act), None), practice.undo(act, one_tip(act), None)),
    "add_line": lambda act: (
        practice.did(act, one_tip(act), None),
        lines.write(act, one_tip(act), None, "A line", Readers.NAMED),
    ),
    "plan": plans_a_tip,
    "unplan": lambda act: (plans_a_tip(act), plans.unplan(act, one_tip(act), None)),
    "ask_check": lambda act: checks.ask(act, one_skill(act)),
    "answer_check": lambda act: answers_a_question(act),  # noqa: PLW0108 - it stands below
    "learn_tip": lambda act: practice.learn(act, one_tip(act), None),
    "not_my_work": lambda act: practice.not_my_work(act, one_tip(act), None),
    "report": lambda act: practice.report(act, one_tip(act)),
    "begin_project": lambda act: projects.begin(on_project(act), A_STEP),
    "had_step": lambda act: projects.had(on_project(act), A_STEP, None, "A line"),
    "skip_step": lambda act: projects.skip(on_project(act), LAST_STEP, None),
    "stop_project": lambda act: (
        projects.begin(on_project(act), A_STEP),
        projects.end(on_project(act), A_STEP, None, leaves=False),
    ),
    "leave_project": lambda act: projects.end(on_project(act), A_STEP, None, leaves=True),
    "learn_project": lambda act: projects.learn(on_project(act), A_STEP, None),
    "only_singles": lambda act: projects.only_singles(on_project(act), wanted=True),
    "make_token": assistants.make,
    "revoke_token": lambda act: assistants.revoke(act, LINE_ID),
    "open_or_new": practice.open_or_new,
    "solve_lab": lambda act: learning.solve(act, "cost"),
    "show": lambda act: (
        learning.mark(act, one_skill(act)),
        learning.show(act, one_skill(act), "C1", "A line"),
    ),
    "block": lambda act: practice.block(act, one_tip(act), None, Blocker.OTHER),
    "lack": lambda act: practice.lack(act, one_tip(act), None, ("logs",)),
    "declare_situation": lambda act: practice.declare_situation(act, {"logs": False}),
    "set_level": lambda act: practice.set_level(act, Level.DAILY),
    "say_how_it_was": lambda act: practice.say_how_it_was(act, one_tip(act), None, practice.Felt.HARD),
    "answer_on_tip": lambda act: practice.answer_on_tip(act, one_tip(act), None, practice.Weekly(wanted=True)),
    "choose_rhythm": lambda act: (schedules.accept(act, None, None), schedules.choose_rhythm(act, Wish.SECOND)),
    "go_on": lambda act: (schedules.accept(act, None, None), checks.go_on(act, one_tip(act), None, Wish.PAUSE)),
    "answer_still": lambda act: (
        practice.did(act, one_tip(act), None),
        checks.answer_still(act, one_tip(act), NUDGE, one_tip(act), Answer.AGAIN, None),
    ),
    "report_line": lambda act: lines.report(act, one_tip(act), LINE_ID),
    "decide_line": lambda act: lines.decide(act, LINE_ID, hides=True),
    "suggest": lambda act: challenges.suggest(act, Suggestion("s1", NORA.member_id, None, "Logs")),
    "dismiss": lambda act: challenges.settle(act, "s1", started=False),
    "try_it": lambda act: (schedules.accept(act, None, None), lines.try_it(act, one_tip(act), None, TOMORROW, LINE_ID)),
    "save_settings": lambda act: admins.save_settings(act, WorkspaceSettings(dm_budget=1)),
    "remove_team": lambda act: (teams.add(act, NewTeam("S1", "apps", "C1", NORA)), teams.remove(act, "S1")),
    "add_admin": lambda act: admins.add(act, EMIL),
    "remove_admin": lambda act: (admins.add(act, EMIL), admins.remove(act, EMIL)),
    "take": lambda act: answers.take(act.tx, NORA, ReplyTo("Ev1", "D1"), NOW),
    "announce": lambda act: admins.announce(act, IntroductionWish("C1", ID)),
    "pick_project": lambda act: (a_team_project(act.tx), team_projects.pick(act, OTHER_ID, TEAM_ID, project(), "")),
    "show_team": lambda act: shows_a_team(act.tx),
    "try_shown": lambda act: tries_what_emil_shows(act.tx),
    "take_back_shown": lambda act: (a_team_project(act.tx), team_projects.take_back(act, TEAM_PROJECT)),
    "tell_lead": lambda act: (
        teams.add(act, NewTeam("S1", "apps", "C1", EMIL)),
        teams.tell(act, next(iter(team_rows.leads_of(act.tx, "T1"))), "D1", None),
    ),
    "add_team": lambda act: teams.add(act, NewTeam("S1", "apps", "C1", NORA)),
    "lead": lambda act: (teams.add(act, NewTeam("S1", "apps", "C1", NORA)), teams.decide(act, yes=True)),
}
BEFORE = NOW - SECOND
NAMES_HER: dict[str, UseCase] = {  # these store somebody unknown, too: an admin asks for it
    "named_admin": lambda act: admins.add(by_emil(act), NORA, BEFORE),
    "told_lead": lambda act: (
        teams.add(by_emil(act), NewTeam("S1", "apps", "C1", NORA, BEFORE)),
        teams.tell(by_emil(act), next(iter(team_rows.leads_of(act.tx, "T1"))), f"D{NORA.member_id}", None),
    ),
    "named_lead": lambda act: teams.add(by_emil(act), NewTeam("S1", "apps", "C1", NORA, BEFORE)),
}

NOTED: dict[str, UseCase] = {  # the audit has these without the id of somebody unknown
    "read_audit": lambda act: admins.read_audit(act, "", 5),
    "read_desk": lambda act: desk.read_desk(act, AdminAct.DESK_READ),
}


def emils_challenge(tx: Connection) -> None:
    """Store a challenge and a line on which Nora may try every use case. The challenge's post is unconfirmed."""
    membership.meet(tx, EMIL, BERLIN, NOW)
    line = {"step": Step.DONE, "line": "Emil's line", "readers": Readers.NAMED, "line_id": LINE_ID}
    tx.execute(insert(practice_rows).values(**EMIL._asdict(), tip="a-tip", at=NOW, **line))
    challenges.keep(act_of(tx, EMIL), replace(DRAFT, started_by=EMIL.member_id))
    challenges.post(act_of(tx, EMIL, NOW), ID)
    tx.execute(update(delivery).values(state=DeliveryState.UNCONFIRMED, started_at=NOW, ended_at=NOW))


def about_nora(tx: Connection) -> list[Row]:
    """Return every row that contains Nora's id, also in a key."""
    return [row for row in everything(tx) if NORA.member_id in str(row.values)]


def answers_a_question(act: Act) -> checks.Answered:
    quiz, asked, _ = checks.ask(act, one_skill(act))
    return checks.answer(act, ChosenOption(quiz.check.id, quiz.check.version, asked.asking, 0))


def one_tip(act: Act) -> str:
    return next(iter(act.catalog.lessons))


def one_skill(act: Act) -> Skill:
    return next(iter(act.catalog.skills.values()))


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


@pytest.mark.parametrize("who", ["an unknown person", "a member who became a guest"])
async def test_no_verb_stores_anything_about(store: Store, catalog: Catalog, who: str) -> None:
    await store.write(emils_challenge)
    if who != "an unknown person":
        await store.write(membership.meet, NORA, BERLIN, NOW)
        await store.write(membership.see_profile, NORA, GUEST, NOW)
    before = await store.read(everything)

    async def check(use_case: UseCase) -> None:
        with pytest.raises(NotMet):
            await store.write(acting(use_case, NORA, NOW, catalog))
        assert await store.read(everything) == before

    await try_every(STORES_SOMETHING, check)


def starts_anew(tx: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        tx.execute(delete(table))
    emils_challenge(tx)
    membership.meet(tx, NORA, BERLIN, NOW)


def forgets_nora(tx: Connection) -> int:
    return membership.forget(tx, NORA, NOW).total()


@POSTGRES
@pytest.mark.timeout(180)
async def test_what_a_use_case_stores_during_a_forgetting_is_deleted_too(
    store: Store, migrated_postgres: str, catalog: Catalog
) -> None:
    async def check(use_case: UseCase) -> None:
        await store.write(starts_anew)
        acts = acting(use_case, NORA, NOW, catalog)
        _, forgotten = await interleave(migrated_postgres, acts, forgets_nora, within=store)
        assert forgotten
        assert await store.read(about_nora) == []

    await try_every(STORES_SOMETHING | NAMES_HER | NOTED, check)


@POSTGRES
async def test_a_naming_that_waits_for_a_forgetting_stores_nothing(
    store: Store, migrated_postgres: str, catalog: Catalog
) -> None:
    async def check(use_case: UseCase) -> None:
        await store.write(starts_anew)
        with pytest.raises(UserError, match="They asked me just now to forget them"):
            await interleave(migrated_postgres, forgets_nora, acting(use_case, NORA, NOW, catalog), within=store)
        assert await store.read(about_nora) == []

    await try_every(NAMES_HER, check)


async def test_a_question_of_a_forgotten_members_tip_is_not_answered(store: Store, catalog: Catalog) -> None:
    name, asked = next(iter(catalog.quizzes.items()))
    given = ChosenOption(name, asked.check.version, NUDGE, 0)
    with pytest.raises(NotMet):
        await store.write(acting(checks.answer_in_tip, NORA, NOW, catalog), next(iter(catalog.lessons)), given)
