"""Reports for an operator: the messages of the next days, and the deliveries that failed."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.coach import forecast, sending
from bot.core.calendar import zone_of
from bot.core.outbox import KINDS, Budget
from bot.services import Services

Report = Callable[..., AsyncIterator[str]]


async def plan(services: Services, span: timedelta) -> AsyncIterator[str]:
    """Yield a line for each coming message, found by the planner that the jobs use. Write nothing to the database."""
    now = services.clock.now()
    coming = await services.store.read(forecast.forecast, services.catalog, now, now + span)
    for message in coming:
        local = message.at.astimezone(zone_of(message.zone))
        when, whom = f"{local:%a %Y-%m-%d %H:%M} {message.zone or 'UTC'}", "/".join(message.key)
        choice = message.choice
        what = f"{choice.lesson.tip.id}  ({choice.reason})" if choice else KINDS[message.kind].says
        yield f"{when}  {whom}  {message.kind}  {what}"
    nudges = sum(KINDS[message.kind].budget is Budget.FIRST for message in coming)
    yield f"{nudges} nudges in the next {span.days} days."


async def undelivered(services: Services) -> AsyncIterator[str]:
    """Yield a line for each delivery that was refused, missed or never confirmed."""
    failures = await services.store.read(sending.undelivered)
    for failure in failures:
        delivery = failure.delivery
        when, whom = (
            f"{delivery.due_at:%Y-%m-%d %H:%M}Z",
            f"{delivery.workspace_id}/{delivery.member_id or delivery.channel}",
        )
        yield f"{when}  {whom}  {delivery.kind}  {failure.state}: {delivery.reason or 'no reason'}"
    yield f"{len(failures)} not delivered."
