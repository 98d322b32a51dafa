"""Reports for an operator: who gets what in the next days, and what was not delivered."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.coach import forecast, sending
from bot.core.calendar import zone_of
from bot.core.outbox import KINDS, Budget
from bot.services import Services

Report = Callable[..., AsyncIterator[str]]


async def plan(services: Services, span: timedelta) -> AsyncIterator[str]:
    """Yield a line for each coming message, from the planner that the jobs use. Write nothing."""
    now = services.clock.now()
    coming = await services.store.read(forecast.forecast, services.catalog, now, now + span)
    for one in coming:
        local = one.at.astimezone(zone_of(one.zone))
        when, whom = f"{local:%a %Y-%m-%d %H:%M} {one.zone or 'UTC'}", "/".join(one.key)
        what = f"{one.choice.lesson.tip.id}  ({one.choice.reason})" if one.choice else KINDS[one.kind].says
        yield f"{when}  {whom}  {one.kind}  {what}"
    nudges = sum(KINDS[one.kind].budget is Budget.FIRST for one in coming)
    yield f"{nudges} nudges in the next {span.days} days."


async def undelivered(services: Services) -> AsyncIterator[str]:
    """Yield a line for each delivery that was refused, missed or never confirmed."""
    found = await services.store.read(sending.undelivered)
    for one in found:
        owed = one.delivery
        when, whom = f"{owed.due_at:%Y-%m-%d %H:%M}Z", f"{owed.workspace_id}/{owed.member_id or owed.channel}"
        yield f"{when}  {whom}  {owed.kind}  {one.state}: {owed.reason or 'no reason'}"
    yield f"{len(found)} not delivered."
