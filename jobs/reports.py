"""Reports for an operator: who gets what in the next days, and what was not delivered."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.coach import forecast
from bot.core.calendar import zone_of
from bot.core.outbox import KINDS, Budget
from bot.outbox import deliveries
from bot.run.services import Services

Report = Callable[..., AsyncIterator[str]]


async def plan(services: Services, span: timedelta) -> AsyncIterator[str]:
    """Yield a line for each coming message, from the planner that the jobs use. Write nothing."""
    now = services.clock.now()
    coming = await services.store.read(forecast.forecast, services.catalog, now, now + span)
    for message in coming:
        local = message.at.astimezone(zone_of(message.zone))
        when, whom = f"{local:%a %Y-%m-%d %H:%M} {message.zone or 'UTC'}", "/".join(message.key)
        what = (
            f"{message.choice.lesson.tip.id}  ({message.choice.reason})" if message.choice else KINDS[message.kind].says
        )
        yield f"{when}  {whom}  {message.kind}  {what}{', asks how to go on' if message.asks_rhythm else ''}"
    nudges = sum(KINDS[message.kind].budget is Budget.FIRST for message in coming)
    yield f"{nudges} nudges in the next {span.days} days."


async def undelivered(services: Services) -> AsyncIterator[str]:
    """Yield a line for each delivery that was refused, missed or never confirmed."""
    found = await services.store.read(deliveries.undelivered)
    for failure in found:
        owed = failure.delivery
        when, whom = f"{owed.due_at:%Y-%m-%d %H:%M}Z", f"{owed.workspace_id}/{owed.member_id or owed.channel}"
        yield f"{when}  {whom}  {owed.kind}  {failure.state}: {owed.reason or 'no reason'}"
    yield f"{len(found)} not delivered."
