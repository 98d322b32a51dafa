"""The audit on each kind of database: what admins did, by workspace, the latest first."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.core.member import Act, MemberKey
from bot.store import Store, admins, workspaces
from tests.store.rows import NAMESAKE, NORA, NOW

DAY = timedelta(days=1)
ID = "0123456789abcdef"


def connect(tx: Connection) -> None:
    for workspace_id in ("T1", "T2"):
        workspaces.connect(tx, workspace_id, NOW)


async def test_the_last_acts_of_the_chosen_kinds_come_latest_first(store: Store) -> None:
    await store.write(connect)
    for number, act in enumerate((Act.CHALLENGE_POSTED, Act.LINES_PICKED, Act.CHALLENGE_CLOSED)):
        await store.write(record, NORA, act, number)
    await store.write(record, NAMESAKE, Act.CHALLENGE_CANCELLED, 9)
    acts = (Act.CHALLENGE_POSTED, Act.CHALLENGE_CLOSED, Act.CHALLENGE_CANCELLED)
    found = await store.read(admins.latest_acts, "T1", acts, 5)
    assert [(each.act, each.admin_id, each.subject) for each in found] == [
        (Act.CHALLENGE_CLOSED, "U1", ID),
        (Act.CHALLENGE_POSTED, "U1", ID),
    ]


def record(tx: Connection, who: MemberKey, act: Act, days: int) -> None:
    admins.record_act(tx, who, act, NOW + days * DAY, subject=ID)
