"""The pulse: two questions a quarter in weekly messages that ask nothing else, counted in fives."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.core.team import AGREED, ANSWERED, WHOLE
from bot.store import figures
from bot.store.member_schema import member, pulse
from tests.slack.life import Life
from tests.slack.talk import labels_of, words_of

WEEK = timedelta(weeks=1)
ASKS = "Twice a quarter I ask this"
ALLOWED, BACKED = "I know what I may use AI for here.", "My lead backs it."


def met_long_ago(tx: Connection) -> None:
    tx.execute(update(member).values(met_at=datetime(2026, 1, 5, tzinfo=UTC)))


async def next_tip(life: Life) -> str:
    life.slack.clock.advance(timedelta(days=1))
    await life.until_tuesday()
    message = life.came()[-1].last
    assert message is not None
    return words_of(message)


async def test_two_questions_come_in_two_weeks_and_the_answers_are_counted(life: Life) -> None:
    await life.says_yes()
    assert ASKS not in await next_tip(life), "not in the first four weeks"
    await life.services.store.write(met_long_ago)
    assert f"people or more are shown: {ALLOWED}" in (await next_tip(life)).replace("*", "")
    tip = life.came()[-1]
    assert labels_of(tip.last)[:4] == ["Agree", "Partly", "No", "Did it"]
    said = await tip.does("[Agree]")
    assert "Thank you. It is counted in fives, without your name." in said
    assert ASKS not in said
    assert BACKED in await next_tip(life)
    second = life.came()[-1]
    assert BACKED in await second.does("[Did it]"), "it stays until it is answered"
    await second.does("[No]")
    assert ASKS not in await next_tip(life)
    rows = await life.services.store.read(lambda tx: tx.execute(select(pulse.c.question, pulse.c.opinion)).all())
    assert sorted(map(tuple, rows)) == [("allowed", "agree"), ("backed", "no")]
    now = life.services.clock.now()
    groups = await life.services.store.read(figures.groups, life.slack.workspace.id, now - WEEK, now)
    counts = groups[WHOLE].counts
    assert (counts[ANSWERED + "allowed"], counts[AGREED + "allowed"], counts.get(AGREED + "backed", 0)) == (1, 1, 0)


async def test_nobody_is_asked_where_there_are_no_figures(life: Life) -> None:
    await life.says_yes()
    await life.services.store.write(met_long_ago)
    nora = life.talk("U01NORA")
    await nora.does("/roleshift team")
    await nora.does("[Settings]")
    await nora.does("(figures=none)")
    assert ASKS not in await next_tip(life)
