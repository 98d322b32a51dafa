"""An act of a member: what each of their use cases is called with, before what it is about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.member import AdminAct, MemberKey
from bot.core.record import Record
from bot.store import admins as admin_rows, record as record_rows


@dataclass(slots=True)
class Act:
    tx: Connection
    catalog: Catalog
    who: MemberKey
    now: datetime
    is_awake: bool = False  # whether the record tells that the member has pressed something since their last tip

    def read(self) -> Record:
        record = record_rows.read(self.tx, self.who)
        self.is_awake = record.rhythm.unanswered == 0
        return record

    def lock(self) -> None:
        """Lock the member, before something about them is stored. Their other acts wait. Raise NotMet."""
        record_rows.lock(self.tx, self.who)

    def audit(self, did: AdminAct, **about: str | None) -> None:
        admin_rows.record(self.tx, self.who.workspace_id, did, self.now, admin_id=self.who.member_id, **about)
