"""Helpers for tests that last weeks, on a clock that the test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.coach.posts.tips import TipPost
from bot.core.content_types import Quiz
from bot.core.member import MemberKey
from bot.core.next_tip import Choice, choose_tip
from bot.core.outbox import CheckName, Copy, DeliveryState, Kind, NewDelivery, TipSubject, nudge_key
from bot.outbox import deliveries
from bot.playground.emulator.workspace import Message
from bot.run.connect import connected_services
from bot.slack.services import Services
from bot.slack.tip import given
from jobs import once
from tests import real_content, records, running
from tests.driver.standin import StandIn
from tests.slack.talk import Talk

EMIL = "U02EMIL"
WEEK = "2026-W48"
TIPS_ARE_OVER = range(8, 11)  # the hours, in UTC, between a tip at half past nine in Berlin and noon there


class Life:
    """The members of a workspace, the bot that answers and writes to them, and a clock that a test moves."""

    def __init__(self, slack: StandIn, services: Services) -> None:
        self.slack, self.services = slack, services

    def talk(self, who: str = EMIL) -> Talk:
        return Talk(self.slack, who)

    async def says_yes(self) -> Talk:
        """Give Emil a role and opt him in, to single tips. Return after the welcome."""
        talk = self.talk()
        for step in ("/roleshift myrole sre", "/roleshift project off", "/roleshift tips on"):
            await talk.does(step)
        await once(self.services)
        return talk

    async def until(self, weekday: int) -> None:
        """Move the clock to noon in Berlin on the next such weekday and run the jobs.

        If today's tips are over already, today is not that day.
        """
        self.slack.clock.advance(timedelta(hours=4 if self.slack.clock().hour in TIPS_ARE_OVER else 1))
        while (self.slack.clock().weekday(), self.slack.clock().hour) != (weekday, 11):
            self.slack.clock.advance(timedelta(hours=1))
        await once(self.services)

    async def until_tuesday(self) -> None:
        await self.until(1)

    def came(self, who: str = EMIL) -> list[Talk]:
        """Return the direct messages; their buttons can be pressed."""
        found = []
        for message in self.slack.said(self.slack.workspace.dm(who).id):
            found.append(Talk(self.slack, who))
            found[-1].last = message
        return found


@asynccontextmanager
async def living(slack: StandIn, folder: Path, clock: Path, **more: str) -> AsyncIterator[Life]:
    """Run the bot in a workspace whose clock is in this file, and the services for its jobs."""
    more["ROLESHIFT_CLOCK"] = str(clock)
    jobs = connected_services(running.settings_for(slack, folder, **more))
    async with running.bot_in(slack, folder, **more), jobs as services:
        yield Life(slack, services)


def situation_of(folder: Path) -> dict[str, object]:
    """Return what Emil has: 1 for yes, 0 for no, by need."""
    return {row[3]: row[4] for row in running.rows_about(folder, EMIL) if row[0] == "situation"}


def first_choice() -> Choice:
    catalog = real_content.load()
    return choose_tip(catalog, records.record_of(catalog.roles["devops-engineer"]))


async def weekly_tip(slack: StandIn, services: Services, member_id: str, quiz: Quiz) -> Message:
    """Put this week's tip, with a check, into a member's direct messages."""
    catalog, choice = real_content.load(), first_choice()
    who = MemberKey(slack.workspace.id, member_id)
    copies, now = [Copy(*who, nudge_key(who, WEEK), slack.workspace.dm(member_id).id)], datetime.now(UTC)
    about = TipSubject(tip=choice.lesson.tip.id, check=CheckName(quiz.skill.slug, quiz.check.id))
    until, sent = now + timedelta(days=3), DeliveryState.SENT
    tip = NewDelivery(copies=copies, kind=Kind.NUDGE, week=WEEK, subject=about, due_at=now, until=until, state=sent)
    await services.store.write(deliveries.put, tip)
    found = await services.store.read(deliveries.find, who.workspace_id, nudge_key(who, WEEK))
    assert found is not None
    message = given.weekly_tip(catalog, found.delivery, TipPost(choice, quiz))
    dm = slack.workspace.dm(member_id)
    return slack.workspace.post(dm.id, slack.workspace.bot_user, message.text, blocks=[dict(b) for b in message.blocks])
