"""What an operator does with what is stored: delete a member or a workspace, read the audit, change tokens' keys."""

import re
from collections import Counter

from sqlalchemy import Connection

from bot.clock import Clock
from bot.coach import membership
from bot.core.csv_lines import csv_line
from bot.core.errors import CommandError
from bot.core.member import MemberKey
from bot.slack.installed_workspaces import checked_keys
from bot.store import admins, checked_store, installations, retention
from bot.token_keys import Undecryptable, UnknownKey

SLACK_ID = "[A-Z0-9]{1,32}"
AT_ONCE = 50  # workspaces whose tokens are encrypted anew in one transaction
COLUMNS = ("at", "act", "admin", "on_member", "subject")


async def forget(url: str, whom: str, *, confirmed: bool) -> Counter[str]:
    """Delete everything about `T…/U…` or `T…`, and return the number of rows per table. Raise CommandError."""
    if not re.fullmatch(rf"[TE]{SLACK_ID}(/[UW]{SLACK_ID})?", whom):
        raise CommandError("Give a member as `T…/U…`, or a workspace as `T…`, with Slack's ids.")
    workspace_id, _, member_id = whom.partition("/")
    if not member_id and not confirmed:
        raise CommandError(f"This deletes everything about all members of {whom}. To do it, add `--yes`.")
    gone: Counter[str] = Counter()
    async with checked_store(url) as store:
        if member_id:
            gone = await store.write(membership.forget, MemberKey(workspace_id, member_id), Clock().now())
        else:
            while some := await store.write(retention.erase_workspace, workspace_id):
                gone += some
        await store.erase()
    return gone


async def audit(url: str, workspace_id: str) -> str:
    """Return what admins did in a workspace as CSV, the latest first. Raise CommandError."""
    async with checked_store(url) as store:
        acts = await store.read(admins.acts, workspace_id, "", None)
    rows = ((act.at.isoformat(), act.act, *(each or "" for each in act[2:])) for _, act in acts)
    return "".join(map(csv_line, (COLUMNS, *rows)))


async def rotate(url: str, setting: str) -> int:
    """Encrypt all tokens under the first key of the setting. Return how many workspaces changed. Raise CommandError.

    The bot may run meanwhile, if all its processes know both keys. A damaged token is left as it is, and named at the
    end.
    """
    changed, after, damaged = 0, "", list[str]()

    def reseal_some(tx: Connection) -> list[str]:
        old = installations.under_other_keys(tx, keys.first, after, AT_ONCE)
        for stored in old:
            try:
                sealed = keys.seal(stored.workspace_id, keys.token(stored), keys.refresh_token(stored))
                installations.reseal(tx, stored.workspace_id, sealed)
            except Undecryptable:
                damaged.append(stored.workspace_id)
        return [stored.workspace_id for stored in old]

    async with checked_store(url) as store:
        try:
            keys = await checked_keys(store, setting)
            while ids := await store.write(reseal_some):
                changed, after = changed + len(ids), ids[-1]
        except UnknownKey as error:
            raise CommandError(f"{error} Nothing was changed. Set the right key, and try again.") from error
    if damaged:
        raise CommandError(
            f"The stored token of {', '.join(damaged)} is damaged: install the app there anew, at /slack/install. "
            f"{changed - len(damaged)} workspaces were changed."
        )
    return changed
