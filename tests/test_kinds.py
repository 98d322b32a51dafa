"""A new kind of message is one row in `core/outbox.py`, one module in `coach/posts/`, and one screen."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.coach.posts import POSTS
from bot.core.member import MemberKey
from bot.core.outbox import (
    KINDS,
    Budget,
    Kind,
    NewDelivery,
    Recipient,
    another_key,
    answer_key,
    challenge_key,
    introduction_key,
    last_call_key,
    lead_key,
    line_key,
    notice_key,
    nudge_key,
    parse_subject,
    recap_key,
    reminder_key,
    reply_key,
    task_key,
    welcome_key,
)
from bot.core.subjects import (
    AdminSubject,
    ChallengeSubject,
    CheckName,
    DrawnSubject,
    LineSubject,
    NoticeSubject,
    Subject,
    TeamSubject,
    TipSubject,
    stored,
)
from bot.slack.posts import RENDER
from tests.every import check_every

ROOT = Path(__file__).parent.parent
NORA, NOW, ID = MemberKey("T1", "U1"), datetime(2026, 11, 25, 10, 0, tzinfo=UTC), "0123456789abcdef"

# These handle every kind alike. What differs between kinds belongs into the table, into a post, or into a screen.
NAME_NO_KIND = [
    *sorted((ROOT / "bot" / "store").glob("*.py")),
    *sorted((ROOT / "jobs").glob("*.py")),
    *sorted((ROOT / "bot" / "outbox").glob("*.py")),
    ROOT / "bot" / "coach" / "messages.py",
    ROOT / "bot" / "slack" / "gateway.py",
]
TEXTS = {kind.value for kind in Kind}
KEYS = {
    Kind.WELCOME: welcome_key(NORA, NOW),
    Kind.NUDGE: nudge_key(NORA, "2026-W48"),
    Kind.REMINDER: reminder_key(NORA, "2026-W48"),
    Kind.ANOTHER: another_key(NORA, "2026-W48"),
    Kind.CHALLENGE: challenge_key(ID, 1),
    Kind.LINE: line_key("e1"),
    Kind.LAST_CALL: last_call_key(ID, NORA),
    Kind.RECAP: recap_key(ID),
    Kind.ANSWER: answer_key("Ev1"),
    Kind.INTRODUCTION: introduction_key("C1", ID),
    Kind.REPLY: reply_key("Ev1"),
    Kind.NOTICE: notice_key(challenge_key(ID, 1), NOW),
    Kind.LEAD: lead_key(NORA, NOW),
    Kind.TASK: task_key("install-anew:U1"),
}


@pytest.mark.parametrize("registry", [KINDS, POSTS, RENDER, KEYS], ids=["KINDS", "POSTS", "RENDER", "keys"])
def test_every_registry_has_every_kind(registry: dict[Kind, object]) -> None:
    assert set(registry) == set(Kind)


def test_what_handles_every_kind_alike_names_none() -> None:
    def check(path: Path) -> None:
        text = path.read_text()
        assert re.findall(r"\bKind\.[A-Z_]+", text) == [], "ask KINDS, POSTS or RENDER instead"
        compared = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare)]
        words = [each.value for node in compared for each in ast.walk(node) if isinstance(each, ast.Constant)]
        assert [word for word in words if word in TEXTS] == [], "a kind is compared by its text"

    check_every(NAME_NO_KIND, check)


def test_each_key_starts_with_its_kind_and_is_no_other_kinds_key() -> None:
    assert [kind for kind in Kind if not KEYS[kind].startswith(f"{kind}:")] == []
    assert len(set(KEYS.values())) == len(Kind)


SUBJECTS: dict[type[Subject] | None, list[Subject]] = {
    TipSubject: [TipSubject("price-one"), TipSubject("price-one", CheckName("token-costs", "price-of-one"))],
    ChallengeSubject: [ChallengeSubject(ID)],
    LineSubject: [LineSubject(ID, "e1")],
    DrawnSubject: [DrawnSubject("Hi, \n ü", '[{"type":"divider"}]')],
    AdminSubject: [AdminSubject("install-anew", ("https://roleshift.example", "2026-12-01"))],
    TeamSubject: [TeamSubject(ID, 3)],
    NoticeSubject: [NoticeSubject(challenge_key(ID, 1))],
}


def test_a_subject_is_read_back_as_it_was_written() -> None:
    def check(kind: Kind) -> None:
        for subject in SUBJECTS[KINDS[kind].subject]:
            assert parse_subject(kind, *stored(subject)) == subject
        assert parse_subject(kind, None) is None

    check_every([kind for kind, rules in KINDS.items() if rules.subject], check)


def test_the_rules_of_a_kind_do_not_contradict_each_other() -> None:
    def check(kind: Kind) -> None:
        rules = KINDS[kind]
        if rules.recipient is Recipient.CHANNEL:
            assert not rules.needs_consent
            assert not rules.waits_for_decent_hours
            assert rules.budget is Budget.FREE
        if rules.budget is not Budget.FREE:
            assert rules.needs_consent or kind is Kind.LEAD  # to which leads say yes by itself

    check_every(Kind, check)


def test_a_window_is_longer_by_what_the_table_allows() -> None:
    def ends(kind: Kind) -> datetime:
        return NewDelivery(workspace_id="T1", key="k", kind=kind, due_at=NOW, until=NOW).window_ends_at

    assert ends(Kind.NUDGE) == NOW
    assert ends(Kind.RECAP) == NOW + timedelta(days=7)
