"""The worker, `python -m jobs`: run the jobs until stopped, run what is due once, or print what will be sent."""

import argparse
import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.__main__ import USAGE_FAULT, told
from bot.coach import forecast, schedules
from bot.core.calendar import zone_of
from bot.core.member import MemberKey
from bot.core.next_tip import Choice
from bot.core.outbox import KINDS, Budget
from bot.outbox import deliveries
from bot.run import app, logs
from bot.run.connect import connected_services, offline_services
from bot.run.settings import Settings, load
from bot.slack.blocks import counted
from bot.slack.services import Services
from jobs import once


def main(argv: list[str] | None = None) -> int:
    """Run the worker. Return the exit code: 0 for success, 2 if it could not start."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description="Runs the scheduled jobs.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="do what is due and exit, for hosts with a cron")
    report = partial(what.add_argument, dest="report")
    report("--plan", type=_plan, metavar="14d", help="print who gets what, when and why; writes nothing")
    report("--undelivered", action="store_const", const=undelivered, help="list what did not arrive, with reasons")
    report("--why", type=_why, metavar="T…/U…", help="print why a member got no tip this week")
    args = parser.parse_args(argv)
    try:
        settings = load(Settings)
        logs.configure(settings.log_level)
        if args.report is not None:
            asyncio.run(_print(settings, args.report))
        elif args.once:
            asyncio.run(_once(settings))
        else:
            app.run(settings, app.start_worker, must_listen=False)
    except Exception as error:  # noqa: BLE001 - `told` raises it again unless it is for the operator
        sys.stderr.write(f"{told(error)}\n")
        return USAGE_FAULT
    return 0


Report = Callable[[Services], AsyncIterator[str]]


def _why(words: str) -> Report:
    if not re.fullmatch(r"[TE][A-Z0-9]+/[UW][A-Z0-9]+", words):
        raise argparse.ArgumentTypeError("the ids of a workspace and of a member, such as T0123456/U0123456")
    return partial(why, who=MemberKey(*words.split("/")))


def _plan(words: str) -> Report:
    found = re.fullmatch(r"(\d{1,3})d?", words)
    if found is None or not 1 <= int(found[1]) <= 366:
        raise argparse.ArgumentTypeError("a number of days from 1 to 366, such as 14d")
    return partial(plan, span=timedelta(days=int(found[1])))


async def _once(settings: Settings) -> None:
    async with connected_services(settings) as services:
        await once(services)


async def _print(settings: Settings, report: Report) -> None:
    async with offline_services(settings) as services:
        async for line in report(services):
            sys.stdout.write(f"{line}\n")


async def plan(services: Services, span: timedelta) -> AsyncIterator[str]:
    """Yield a line for each coming message, from the planner that the jobs use. Write nothing."""
    now = services.clock.now()
    coming = await services.store.read(forecast.forecast, services.catalog, now, now + span)
    for message in coming:
        when, whom = _at(message.at, message.zone), "/".join(message.key)
        what = KINDS[message.kind].says
        if isinstance(message.brings, Choice):
            what = f"{message.brings.lesson.tip.id}  ({message.brings.reason})"
        elif message.brings:
            what = f"choose: {', '.join(project.slug for project in message.brings.projects)}"
        yield f"{when}  {whom}  {message.kind}  {what}{', asks how to go on' if message.asks_rhythm else ''}"
    nudges = sum(KINDS[message.kind].budget is Budget.FIRST for message in coming)
    yield f"{counted(nudges, 'nudge')} in the next {counted(span.days, 'day')}."


async def undelivered(services: Services) -> AsyncIterator[str]:
    found = await services.store.read(deliveries.undelivered)
    for failure in found:
        owed = failure.delivery
        when, whom = f"{owed.due_at:%Y-%m-%d %H:%M}Z", f"{owed.workspace_id}/{owed.member_id or owed.channel}"
        yield f"{when}  {whom}  {owed.kind}  {failure.state}: {owed.reason or 'no reason'}"
    yield f"{len(found)} not delivered."


async def why(services: Services, who: MemberKey) -> AsyncIterator[str]:
    """Yield the cause, the facts, and a line for each delivery of six weeks. No text of anybody is in them."""
    case = await services.store.read(schedules.why, who, services.clock.now())
    schedule, workspace = case.record.weekly.as_of(case.now), case.workspace
    rhythm = schedule.rhythm
    yield f"{'/'.join(who)}: {case.cause}. What to do: Debug in RUNNING.md."
    yield f"met        {_at(case.met_at)}" + (f", left {_at(case.left_at)}" if case.left_at else "")
    yield f"consent    {schedule.consent}"
    yield f"pause      {f'until {_at(schedule.paused_until)}' if schedule.paused_until else 'none'}"
    yield f"rhythm     every {counted(rhythm.weeks, 'week')}, {counted(rhythm.unanswered, 'tip')} without a click"
    yield f"next slot  {_at(schedule.comes_at, schedule.zone)}"
    paused = "connected, paused by Slack's rate limit" if workspace.is_limited else "connected"
    yield f"workspace  {paused if workspace.disconnected is None else f'disconnected: {workspace.disconnected}'}"
    for past in case.past:
        owed = past.delivery
        ended = f"ended {_at(past.ended_at)}" if past.ended_at else f"tried from {_at(past.try_at)}"
        because = f"{past.state}: {owed.reason}" if owed.reason else past.state
        yield f"{_at(owed.due_at)}  {owed.kind}  {because}, {ended}"
    yield f"{counted(len(case.past), 'message')} in six weeks."


def _at(moment: datetime | None, zone: str | None = None) -> str:
    return f"{moment.astimezone(zone_of(zone)):%a %Y-%m-%d %H:%M} {zone or 'UTC'}" if moment else "none"


if __name__ == "__main__":
    sys.exit(main())
