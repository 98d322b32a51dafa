"""The worker, `python -m jobs`: run the jobs until stopped, run what is due once, or print what will be sent."""

import argparse
import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.__main__ import USAGE_FAULT, told
from bot.coach import forecast
from bot.core.calendar import zone_of
from bot.core.member import MemberKey
from bot.core.outbox import KINDS, Budget
from bot.outbox import deliveries
from bot.run import app, logs
from bot.run.connect import connected_services, offline_services
from bot.run.settings import Settings, load
from bot.slack.blocks import counted
from bot.slack.services import Services
from jobs import once
from jobs.why import why


def main(argv: list[str] | None = None) -> int:
    """Run the worker. Return the exit code: 0 for success, 2 if it could not start."""
    args = _parser().parse_args(argv)
    try:
        settings = load(Settings)
        logs.configure(settings.log_level)
        if args.plan is not None:
            asyncio.run(_print(settings, plan, args.plan))
        elif args.why is not None:
            asyncio.run(_print(settings, why, args.why))
        elif args.undelivered:
            asyncio.run(_print(settings, undelivered))
        elif args.once:
            asyncio.run(_once(settings))
        else:
            app.run_worker(settings)
    except Exception as error:  # noqa: BLE001 - `told` raises it again unless it is for the operator
        sys.stderr.write(f"{told(error)}\n")
        return USAGE_FAULT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jobs", description="Runs the scheduled jobs.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="do what is due and exit, for hosts with a cron")
    what.add_argument("--plan", type=_days, metavar="14d", help="print who gets what, when and why; writes nothing")
    what.add_argument("--undelivered", action="store_true", help="list what did not arrive, with reasons")
    what.add_argument("--why", type=_member, metavar="T…/U…", help="print why a member got no tip this week")
    return parser


def _member(words: str) -> MemberKey:
    if not re.fullmatch(r"[TE][A-Z0-9]+/[UW][A-Z0-9]+", words):
        raise argparse.ArgumentTypeError("the ids of a workspace and of a member, such as T0123456/U0123456")
    return MemberKey(*words.split("/"))


def _days(words: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,3})d?", words)
    if found is None or not 1 <= int(found[1]) <= 366:
        raise argparse.ArgumentTypeError("a number of days from 1 to 366, such as 14d")
    return timedelta(days=int(found[1]))


async def _once(settings: Settings) -> None:
    async with connected_services(settings) as services:
        await once(services)


async def _print(settings: Settings, report: Callable[..., AsyncIterator[str]], *args: timedelta | MemberKey) -> None:
    async with offline_services(settings) as services:
        async for line in report(services, *args):
            sys.stdout.write(f"{line}\n")


async def plan(services: Services, span: timedelta) -> AsyncIterator[str]:
    """Yield a line for each coming message, from the planner that the jobs use. Write nothing."""
    now = services.clock.now()
    coming = await services.store.read(forecast.forecast, services.catalog, now, now + span)
    for message in coming:
        local = message.at.astimezone(zone_of(message.zone))
        when, whom = f"{local:%a %Y-%m-%d %H:%M} {message.zone or 'UTC'}", "/".join(message.key)
        what = KINDS[message.kind].says
        if message.choice:
            what = f"{message.choice.lesson.tip.id}  ({message.choice.reason})"
        elif message.offers:
            what = f"choose: {', '.join(project.slug for project in message.offers)}"
        yield f"{when}  {whom}  {message.kind}  {what}{', asks how to go on' if message.asks_rhythm else ''}"
    nudges = sum(KINDS[message.kind].budget is Budget.FIRST for message in coming)
    yield f"{counted(nudges, 'nudge')} in the next {counted(span.days, 'day')}."


async def undelivered(services: Services) -> AsyncIterator[str]:
    """Yield a line for each delivery that was refused, missed or never confirmed."""
    found = await services.store.read(deliveries.undelivered)
    for failure in found:
        owed = failure.delivery
        when, whom = f"{owed.due_at:%Y-%m-%d %H:%M}Z", f"{owed.workspace_id}/{owed.member_id or owed.channel}"
        yield f"{when}  {whom}  {owed.kind}  {failure.state}: {owed.reason or 'no reason'}"
    yield f"{len(found)} not delivered."


if __name__ == "__main__":
    sys.exit(main())
