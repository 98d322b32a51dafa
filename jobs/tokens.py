"""Ask Slack about tokens that it refused.

What a workspace has is deleted only after many such answers in turn.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.core.errors import NothingChanged, NotInstalled
from bot.slack.gateway import TooMany
from bot.slack.services import Services
from bot.store import doubts

log = logging.getLogger(__name__)

MAX_ASKED = 20  # workspaces in each run
LEASE = timedelta(seconds=60)  # longer than a call takes; where Slack gives no answer, it is asked again after this


async def check_tokens(services: Services, stopping: asyncio.Event) -> None:
    """Ask about each doubted token that is due. It is due again after 30 seconds, then ever later, up to an hour."""
    now = services.clock.now()
    lease = now + LEASE
    taken = await services.store.write(doubts.take, now, lease, MAX_ASKED)
    if not stopping.is_set():
        await asyncio.gather(*(_ask(services, workspace_id, lease) for workspace_id in taken))


async def _ask(services: Services, workspace_id: str, lease: datetime) -> None:
    store, where = services.store, {"workspace_id": workspace_id}
    try:
        reason = await services.installations.refusal(workspace_id)
    except TooMany as error:
        await store.write(doubts.put_off, workspace_id, lease, services.clock.now() + max(error.pause, LEASE))
    except (NothingChanged, NotInstalled):
        log.warning("token.not_checked", extra=where)
    else:
        if reason is None:
            if await store.write(doubts.accepted, workspace_id, lease):
                log.info("token.accepted", extra=where)
        elif why := await store.write(doubts.refused, workspace_id, lease, reason, services.clock.now()):
            log.warning("token.refused", extra={**where, "reason": why})
