"""`python -m jobs --why T…/U…`: print why a member got no tip this week, and what is known of their tips."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.coach.why import look
from bot.core.calendar import zone_of
from bot.core.member import MemberKey
from bot.core.rhythm import Rhythm
from bot.core.why import Past
from bot.slack.blocks import counted
from bot.slack.services import Services


async def why(services: Services, who: MemberKey) -> AsyncIterator[str]:
    """Yield the cause, the facts, and a line for each delivery of six weeks. No text of anybody is in them."""
    case = await services.store.read(look, who, services.clock.now())
    schedule, workspace = case.record.weekly.as_of(case.now), case.workspace
    yield f"{'/'.join(who)}: {case.cause}. What to do: Debug in RUNNING.md."
    yield f"met        {_at(case.met_at)}" + (f", left {_at(case.left_at)}" if case.left_at else "")
    yield f"consent    {schedule.consent}"
    yield f"pause      {f'until {_at(schedule.paused_until)}' if schedule.paused_until else 'none'}"
    yield f"rhythm     {_rhythm(schedule.rhythm)}"
    yield f"next slot  {_at(schedule.comes_at, schedule.zone)}"
    paused = "connected, paused by Slack's rate limit" if workspace.is_limited else "connected"
    yield f"workspace  {paused if workspace.disconnected is None else f'disconnected: {workspace.disconnected}'}"
    for past in case.past:
        yield _line(past)
    yield f"{counted(len(case.past), 'message')} in six weeks."


def _rhythm(rhythm: Rhythm) -> str:
    return f"every {counted(rhythm.weeks, 'week')}, {counted(rhythm.unanswered, 'tip')} without a click"


def _line(past: Past) -> str:
    delivery = past.delivery
    ended = f"ended {_at(past.ended_at)}" if past.ended_at else f"tried from {_at(past.try_at)}"
    because = f"{past.state}: {delivery.reason}" if delivery.reason else past.state
    return f"{_at(delivery.due_at)}  {delivery.kind}  {because}, {ended}"


def _at(moment: datetime | None, zone: str | None = None) -> str:
    return f"{moment.astimezone(zone_of(zone)):%a %Y-%m-%d %H:%M} {zone or 'UTC'}" if moment else "none"
