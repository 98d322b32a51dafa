"""Every kind of message has its rules, post, screen, key, subject and words: one that is added fails until it has.

Nothing finds a missing planner, nor a forecast that leaves a kind out.
"""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.coach.posts import POSTS
from bot.core import outbox, subjects
from bot.core.member import MemberKey
from bot.playground.demo.travel import WORDS
from bot.slack.posts import RENDER
from tests.every import check_every

ROOT = Path(__file__).parent.parent
CHECK = subjects.CheckName("token-costs", "price-of-one")
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
TO_CHANNELS = {
    outbox.Kind.CHALLENGE, outbox.Kind.LINE, outbox.Kind.RECAP, outbox.Kind.REPLY, outbox.Kind.INTRODUCTION,
}  # fmt: skip
KEYS = {
    outbox.Kind.WELCOME: outbox.welcome_key(NORA, NOW),
    outbox.Kind.NUDGE: outbox.nudge_key(NORA, "2026-W48"),
    outbox.Kind.REMINDER: outbox.reminder_key(NORA, "2026-W48"),
    outbox.Kind.ANOTHER: outbox.another_key(NORA, "2026-W48"),
    outbox.Kind.CHALLENGE: outbox.challenge_key(ID, 1),
    outbox.Kind.LINE: outbox.line_key("e1"),
    outbox.Kind.LAST_CALL: outbox.last_call_key(ID, NORA),
    outbox.Kind.RECAP: outbox.recap_key(ID),
    outbox.Kind.UNJOINED: outbox.unjoined_key(ID),
    outbox.Kind.NOTICE: outbox.notice_key(outbox.challenge_key(ID, 1), NOW),
    outbox.Kind.ANSWER: outbox.answer_key("Ev1"),
    outbox.Kind.REPLY: outbox.reply_key("Ev1"),
    outbox.Kind.TASK: outbox.task_key("install-anew:U1"),
    outbox.Kind.INTRODUCTION: outbox.introduction_key("C1", ID),
    outbox.Kind.LEAD: outbox.lead_key(NORA, NOW),
}


def test_every_registry_has_every_kind() -> None:
    assert set(outbox.Kind) == set(outbox.KINDS) == set(WORDS) == set(KEYS)
    assert set(outbox.Kind) - {outbox.Kind.ANOTHER} == set(POSTS) == set(RENDER)  # that one is the answer to a click


def test_what_handles_every_kind_alike_names_none() -> None:
    def check(path: Path) -> None:
        text = path.read_text()
        assert re.findall(r"\bKind\.[A-Z_]+", text) == [], "ask KINDS, POSTS or RENDER instead"
        compared = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare)]
        words = [each.value for node in compared for each in ast.walk(node) if isinstance(each, ast.Constant)]
        assert [word for word in words if word in TEXTS] == [], "a kind is compared by its text"

    check_every(NAME_NO_KIND, check)


def test_each_key_starts_with_its_kind_and_is_no_other_kinds_key() -> None:
    assert [kind for kind in outbox.Kind if not KEYS[kind].startswith(f"{kind}:")] == []
    assert len(set(KEYS.values())) == len(outbox.Kind)


SUBJECTS: dict[type[subjects.Subject] | None, list[subjects.Subject]] = {
    subjects.TipSubject: [
        subjects.TipSubject(tip="price-one"),
        subjects.TipSubject(tip="price-one", check=CHECK),
        subjects.TipSubject(tip="price-one", still="cap-one"),
        subjects.TipSubject(tip="price-one", small=True, asks_rhythm=True),
        subjects.TipSubject(choose=("a-question", "a-report", "a-tool")),
    ],
    subjects.ChallengeSubject: [subjects.ChallengeSubject(challenge_id=ID)],
    subjects.LineSubject: [subjects.LineSubject(challenge_id=ID, entry_id="e1")],
    subjects.DrawnSubject: [subjects.DrawnSubject(text="Hi, \n ü", blocks='[{"type":"divider"}]')],
    subjects.AdminSubject: [
        subjects.AdminSubject(task="install-anew", words=("https://roleshift.example", "2026-12-01"))
    ],
    subjects.TeamSubject: [subjects.TeamSubject(team_id=ID, turn=3)],
    subjects.NoticeSubject: [subjects.NoticeSubject(key=outbox.challenge_key(ID, 1))],
}


def test_a_subject_is_read_back_as_it_was_written() -> None:
    def check(kind: outbox.Kind) -> None:
        for subject in SUBJECTS[outbox.KINDS[kind].subject]:
            assert type(subject).model_validate_json(subject.stored()) == subject

    check_every([kind for kind, rules in outbox.KINDS.items() if rules.subject], check)


@pytest.mark.parametrize(
    "stored",
    [
        "{}",
        '{"tip":"price-one","choose":["a-report"]}',
        '{"choose":["a-report"],"small":true}',
        '{"choose":["a-question","a-report","a-tool","a-test"]}',
    ],
)
def test_a_nudge_is_about_one_tip_or_at_most_three_projects(stored: str) -> None:
    with pytest.raises(ValidationError):
        subjects.TipSubject.model_validate_json(stored)


def test_a_subject_is_stored_without_what_it_does_not_say() -> None:
    assert subjects.TipSubject(tip="price-one", check=CHECK).stored() == (
        '{"tip":"price-one","check":["token-costs","price-of-one"]}'
    )


def test_the_rules_of_a_kind_do_not_contradict_each_other() -> None:
    def check(kind: outbox.Kind) -> None:
        rules = outbox.KINDS[kind]
        if kind in TO_CHANNELS:
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
