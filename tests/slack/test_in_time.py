"""The real limit of a late answer: after the stores give up a wait, and before Slack does.

Time is the event loop's own and passes only while everybody waits, so the tests take no real time.
"""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.slack import edge
from bot.slack.app import NOUNS
from bot.slack.edge import IN_TIME, Edge
from bot.store import postgres, sqlite
from tests.faults.virtual import Loop

SLACK_WAITS = 3.0  # seconds for the answer to a command, a click or a form
ON_THE_WAY = 0.5  # seconds: from Slack to the bot and back, with TLS and a proxy
TO_ANSWER = 0.1  # seconds: from a wait that is given up to the answer "Nothing was changed"
NOT_CALLED: Any = None
COMMAND = {"command": "/roleshift", "text": "learn cost spikes", "user_id": "U1", "team_id": "T1"}
REAL, LATE = "real", "This takes longer than it should"


@pytest.fixture(autouse=True)
def real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the bot's own figure, which is long in other tests (tests/patience.py)."""
    monkeypatch.setattr(edge, "IN_TIME", IN_TIME)


@pytest.mark.parametrize(
    "patience", [sqlite.PATIENCE, postgres.PATIENCE, float(postgres.LIMITS["lock_timeout"].removesuffix("s"))]
)
def test_a_store_gives_up_before_an_answer_is_late_and_that_comes_before_slack_gives_up(patience: float) -> None:
    assert patience + TO_ANSWER <= IN_TIME <= SLACK_WAITS - ON_THE_WAY


async def answer_after(seconds: float) -> tuple[str, float]:
    """Answer a command whose handler takes so many seconds. Return what Slack gets first, and when."""
    services: Any = SimpleNamespace(gateway=NOT_CALLED, clock=NOT_CALLED, store=NOT_CALLED)
    edge = Edge(services, NOUNS, NOT_CALLED, NOT_CALLED)

    async def handler() -> str:
        await asyncio.sleep(seconds)
        return REAL

    answer = await edge.in_time(handler(), COMMAND)
    answered_at = asyncio.get_running_loop().time()
    await edge.background.drain(seconds)
    return answer, answered_at


@pytest.mark.parametrize("seconds", [0.0, sqlite.PATIENCE, 2.19])
def test_an_answer_within_that_time_is_the_only_one(seconds: float) -> None:
    body, at = Loop().run(answer_after(seconds))
    assert body == REAL
    assert at == pytest.approx(seconds)


@pytest.mark.parametrize("seconds", [2.21, SLACK_WAITS, 60.0])
def test_a_later_answer_is_told_to_be_late_while_slack_still_waits(seconds: float) -> None:
    body, at = Loop().run(answer_after(seconds))
    assert LATE in body
    assert at == pytest.approx(IN_TIME)
    assert at <= SLACK_WAITS - ON_THE_WAY
