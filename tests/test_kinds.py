"""Every kind of message has its rules, post, screen, key, subject, words, situation and forecast, or fails here."""

import ast
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.coach import forecast, teams
from bot.coach.posts import POSTS
from bot.coach.teams import NewTeam
from bot.core import outbox
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.outbox import deliveries
from bot.playground.demo.travel import CALLED
from bot.slack.posts import RENDER
from bot.store import Store
from tests.acting import acting
from tests.coach.challenge import Challenged
from tests.coach.members import EMIL
from tests.coach.weekly import DAY, HOUR, MONDAY, TUESDAY, Weekly
from tests.every import check_every
from tests.slack.screens.situations import situations
from tests.slack.screens.small_catalog import SMALL
from tests.test_docs import IN_CHANNELS

ROOT = Path(__file__).parent.parent
CHECK = outbox.CheckName("token-costs", "price-of-one")
NORA, NOW, ID = MemberKey("T1", "U1"), datetime(2026, 11, 25, 10, 0, tzinfo=UTC), "0123456789abcdef"

# These handle every kind alike. What differs between kinds belongs into the table, into a post, or into a screen.
NAME_NO_KIND = [
    *sorted((ROOT / "bot" / "store").glob("*.py")),
    *sorted((ROOT / "jobs").glob("*.py")),
    *sorted((ROOT / "bot" / "outbox").glob("*.py")),
    ROOT / "bot" / "coach" / "messages.py",
    ROOT / "bot" / "slack" / "gateway.py",
]
TEXTS = {kind.value for kind in outbox.Kind}
K = outbox.Kind
EVERY: dict[outbox.Kind, tuple[str, str]] = {  # a key of each kind, and a situation that shows it
    K.WELCOME: (outbox.key_of(K.WELCOME, NORA.member_id, NOW), "welcome"),
    K.NUDGE: (outbox.nudge_key(NORA, "2026-W48"), "nudge"),
    K.REMINDER: (outbox.reminder_key(NORA, "2026-W48"), "nudge-reminder"),
    K.CHALLENGE: (outbox.key_of(K.CHALLENGE, ID, 1), "challenge-nobody-yet"),
    K.RECAP: (outbox.key_of(K.RECAP, ID), "challenge-recap"),
    K.UNJOINED: (outbox.key_of(K.UNJOINED, ID), "challenge-that-nobody-joined"),
    K.NOTICE: (outbox.key_of(K.NOTICE, outbox.key_of(K.CHALLENGE, ID, 1), NOW), "challenge-not-posted-is-archived"),
    K.ANSWER: (outbox.key_of(K.ANSWER, "Ev1"), "ask-in-a-direct-message"),
    K.REPLY: (outbox.key_of(K.REPLY, "Ev1"), "ask-answered-alone"),
    K.TASK: (outbox.key_of(K.TASK, "install-anew:U1"), "announce-not-posted-is_archived"),
    K.INTRODUCTION: (outbox.key_of(K.INTRODUCTION, "C1", ID), "announce-introduction"),
    K.NEWS: (outbox.key_of(K.NEWS, "5" * 16), "tip-liked"),
    K.LEAD: (outbox.key_of(K.LEAD, NORA.member_id, f"{NOW:%Y-%m}"), "lead-message"),
}
NOT_FORETOLD = {  # before they are planned, and why
    K.WELCOME: "it follows at once when a member says yes",
    K.REMINDER: "it is planned when a member says when",
    K.UNJOINED: "somebody may join until the end",
    K.NOTICE: "a post failed",
    K.ANSWER: "somebody wrote",
    K.TASK: "something failed",
    K.NEWS: "a colleague or an admin pressed something",
}
DATABASE = "sqlite"


def test_every_registry_has_every_kind_and_each_has_a_situation_and_a_key_of_its_own() -> None:
    assert set(K) == set(outbox.KINDS) == set(EVERY) == set(CALLED) == set(POSTS) == set(RENDER)
    names = {name for name, _ in situations(SMALL)}
    assert [kind for kind, (_, name) in EVERY.items() if name not in names] == []
    assert [kind for kind, (key, _) in EVERY.items() if not key.startswith(f"{kind}:")] == []
    assert len({key for key, _ in EVERY.values()}) == len(EVERY)


async def test_the_forecast_has_each_kind_that_nobody_causes(store: Store, catalog: Catalog) -> None:
    team = Challenged(store, catalog)
    await team.opens()
    await team.joins(EMIL)
    await team.does(teams.add, MONDAY, NewTeam("S1", "apps", "C1", EMIL), who=EMIL)
    await team.store.write(acting(partial(teams.decide, yes=True), EMIL, MONDAY))
    await team.posts()
    await team.joins_in(EMIL)
    coming = await store.read(forecast.forecast, catalog, TUESDAY, TUESDAY + 40 * DAY)
    assert {each.kind for each in coming} == set(K) - IN_CHANNELS - NOT_FORETOLD.keys()


async def test_the_forecast_has_each_kind_that_is_planned(store: Store, catalog: Catalog) -> None:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    await weekly.joins()
    to_members = set(K) - IN_CHANNELS
    for kind in to_members:
        about = outbox.TipSubject(tip=next(iter(catalog.lessons))) if kind is K.REMINDER else None
        copies = [outbox.Copy(*NORA, EVERY[kind][0])]
        planned = outbox.NewDelivery(
            copies=copies, kind=kind, week="2026-W48", subject=about, due_at=TUESDAY, until=TUESDAY + DAY
        )
        await store.write(deliveries.put, planned)
    coming = await store.read(forecast.forecast, catalog, TUESDAY, TUESDAY + HOUR)
    assert {each.kind for each in coming} == to_members


def test_what_handles_every_kind_alike_names_none() -> None:
    def check(path: Path) -> None:
        text = path.read_text()
        assert re.findall(r"\bKind\.[A-Z_]+", text) == [], "ask KINDS, POSTS or RENDER instead"
        compared = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare)]
        words = [each.value for node in compared for each in ast.walk(node) if isinstance(each, ast.Constant)]
        assert [word for word in words if word in TEXTS] == [], "a kind is compared by its text"

    check_every(NAME_NO_KIND, check)


def test_a_nudge_is_about_one_tip_or_at_most_three_projects_and_stored_without_what_it_does_not_say() -> None:
    for stored in (
        "{}",
        '{"tip":"price-one","choose":["a-report"]}',
        '{"choose":["a-report"],"small":true}',
        '{"choose":["a-question","a-report","a-tool","a-test"]}',
    ):
        with pytest.raises(ValidationError):
            outbox.TipSubject.model_validate_json(stored)
    stored = '{"tip":"price-one","check":["token-costs","price-of-one"]}'
    assert outbox.TipSubject(tip="price-one", check=CHECK).stored() == stored


def test_the_rules_of_a_kind_do_not_contradict_each_other() -> None:
    def check(kind: outbox.Kind) -> None:
        rules = outbox.KINDS[kind]
        if kind in IN_CHANNELS:
            assert not rules.needs_consent
            assert not rules.waits_for_decent_hours
            assert rules.budget is outbox.Budget.FREE
        if rules.budget is not outbox.Budget.FREE:
            assert rules.needs_consent or kind is outbox.Kind.LEAD  # to which leads say yes by itself

    check_every(outbox.Kind, check)


def new(kind: outbox.Kind, week: str | None = None) -> outbox.NewDelivery:
    return outbox.NewDelivery(copies=[], kind=kind, week=week, due_at=NOW, until=NOW)


def test_a_window_is_longer_by_what_the_table_allows() -> None:
    assert new(outbox.Kind.WELCOME).window_ends_at == NOW
    assert new(outbox.Kind.RECAP).window_ends_at == NOW + timedelta(days=7)


def test_what_counts_against_the_weekly_budget_names_its_week() -> None:
    def check(kind: outbox.Kind) -> None:
        new(kind, "2026-W48")
        with pytest.raises(AssertionError):
            new(kind)

    check_every([kind for kind, rules in outbox.KINDS.items() if rules.budget is not outbox.Budget.FREE], check)
