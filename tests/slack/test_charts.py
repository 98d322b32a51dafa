"""The desk's figures as a chart, and as text where Slack does not show charts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest

from bot.run.app import Bot
from bot.slack import replies
from bot.slack.blocks import divider
from bot.slack.message import Message
from bot.slack.replies import CHARTS_REFUSED_FOR, MAX_WAIT, Replies
from bot.slack.team import figures
from bot.slack.team.figures import CHART
from bot.slack.views import as_modal
from bot.slack.web_client import BlocksRefused
from jobs import once
from tests.coach.members import NOW
from tests.coach.teams import Somebody, settle_in
from tests.driver.standin import StandIn
from tests.running import bot_behind_http
from tests.slack.screens.desk import WEEKS
from tests.slack.talk import Talk

NORA, TEAM = "U01NORA", "T01NORTHWIND"
BARS = " ▰▰▰▰▰▰▰▰▰▰▰▰"
CHARTS = ["Did a tip, by week"]


@pytest.fixture
async def nora(talk: Callable[..., Talk], bot: Bot) -> Talk:
    await did_tips(bot)
    return talk(NORA)


async def did_tips(bot: Bot) -> None:
    services = bot.services
    people = [Somebody(done=["a"])] * 9 + [Somebody()] * 11
    await services.store.write(settle_in, people, TEAM, 1, services.clock.now() - timedelta(days=7))
    await once(services)


def charts_on(nora: Talk) -> list[str]:
    return [block["title"] for block in nora.last.blocks or [] if block["type"] == CHART]


def refusals(slack: StandIn) -> int:
    assert {refusal.error for refusal in slack.refused} <= {"invalid_blocks"}
    count = len(slack.refused)
    slack.refused.clear()
    return count


async def test_a_workspace_that_refuses_charts_gets_bars_of_text_and_is_not_asked_again(
    nora: Talk, slack: StandIn
) -> None:
    slack.workspace.unsupported_blocks.add(CHART)
    said = await nora.does("/roleshift team")
    assert BARS in said
    assert charts_on(nora) == []
    assert refusals(slack) == 1
    assert BARS in await nora.does("/roleshift team")
    assert refusals(slack) == 0


async def test_over_http_charts_come_at_the_response_url_and_texts_in_the_direct_answer(
    slack: StandIn, tmp_path: Path
) -> None:
    async with bot_behind_http(slack, tmp_path) as bot:
        await did_tips(bot)
        nora = Talk(slack, NORA)
        await nora.does("/roleshift team")
        assert (slack.posts[-1].method, charts_on(nora)) == ("response_url", CHARTS)
        slack.workspace.unsupported_blocks.add(CHART)
        assert BARS in await nora.does("/roleshift team")
        assert (slack.posts[-1].method, charts_on(nora)) == ("command_answer", [])
        assert refusals(slack) == 1


def test_a_modal_shows_texts_because_slack_shows_no_charts_in_it() -> None:
    assert as_modal(replace(DRAWN, without_charts=replace(PLAIN, blocks=[divider()])))["blocks"] == [divider()]


def test_charts_are_given_up_while_slack_still_waits_for_the_answer_to_a_command() -> None:
    assert MAX_WAIT < 3  # as the bot has it, and no test changed it


class _Slack:
    """Take answers at a `response_url`, except charts in the workspaces that refuse them."""

    def __init__(self, error: Exception) -> None:
        self.error, self.took = error, list[Message]()

    async def respond(self, _url: str, message: Message, *, replace: bool, seconds: float = 0.0) -> None:
        assert not replace
        assert seconds == replies.MAX_WAIT
        self.took.append(message)
        if message.without_charts is not None:
            raise self.error


class _Clock:
    now_is = NOW

    def now(self) -> object:
        return self.now_is


PLAIN = Message("In words.")
DRAWN = Message("In charts.", [{"type": CHART}], without_charts=PLAIN)


@pytest.mark.parametrize(
    ("error", "tries"),
    [(BlocksRefused(), [1, 1, 2]), (aiohttp.ClientConnectionError(), [1, 2, 3]), (TimeoutError(), [1, 2, 3])],
    ids=["refused", "unreachable", "lost"],
)
async def test_charts_are_tried_again_a_day_after_a_refusal_and_at_once_after_other_errors(
    error: Exception, tries: list[int]
) -> None:
    slack, clock = _Slack(error), _Clock()
    replies = Replies(SimpleNamespace(gateway=slack, clock=clock))  # type: ignore[arg-type]  # it needs no more here
    for later, count in zip((0, 0.9, 1.1), tries, strict=True):
        clock.now_is = NOW + later * CHARTS_REFUSED_FOR
        assert await replies.show_charts("T1", "https://x", DRAWN) is PLAIN
        assert len(slack.took) == count
    assert await replies.show_charts("T2", "https://x", DRAWN) is PLAIN
    assert len(slack.took) == tries[-1] + 1, "another workspace is asked by itself"


def test_chart_and_text_have_the_same_figures() -> None:
    (chart, _), (text,) = (figures.by_week(WEEKS, None, charts=charts) for charts in (True, False))
    points = chart["chart"]["series"][0]["data"]
    lines = text["text"]["text"].splitlines()[1:]
    assert len(points) == len(lines) == 12
    for point, line, week in zip(points, lines, WEEKS, strict=True):
        said = f"about {week.did}" if week.did else "too few to say"
        assert line.startswith(f"{point['label']}: {said} ")
        assert point["value"] == (week.did or 0)
