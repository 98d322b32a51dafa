"""Delete everything about a member or a workspace, for the operator: `python -m bot forget`."""

import re
from collections import Counter

from bot.coach import membership, retention
from bot.core.member import MemberKey
from bot.run.clock import Clock
from bot.store import Store, open_store

SLACK_ID = "[A-Z0-9]{1,32}"


class CannotForget(Exception):
    """Nothing was deleted; the text says why and what to do."""


async def forget(url: str, whom: str, *, confirmed: bool) -> Counter[str]:
    """Delete everything about `T…/U…` or `T…`, and return the number of rows per table.

    Raise CannotForget or WrongSchema.
    """
    if not re.fullmatch(rf"[TE]{SLACK_ID}(/[UW]{SLACK_ID})?", whom):
        raise CannotForget("Give a member as `T…/U…`, or a workspace as `T…`, with Slack's ids.")
    workspace_id, _, member_id = whom.partition("/")
    if not member_id and not confirmed:
        raise CannotForget(f"This deletes everything about all members of {whom}. To do it, add `--yes`.")
    store = open_store(url)
    try:
        await store.check_schema()
        gone = await (_member(store, MemberKey(workspace_id, member_id)) if member_id else _all(store, workspace_id))
        await store.erase()
        return gone
    finally:
        await store.close()


async def _member(store: Store, who: MemberKey) -> Counter[str]:
    return await store.write(membership.erase, who, Clock().now())


async def _all(store: Store, workspace_id: str) -> Counter[str]:
    total: Counter[str] = Counter()
    while gone := await store.write(retention.erase_workspace, workspace_id):
        total += gone
    return total
