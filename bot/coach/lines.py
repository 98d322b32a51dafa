"""How a tip looks when it is done, with lines of colleagues. Members report lines, and admins decide about them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.practice import TipSeen, look
from bot.core.catalog import Catalog
from bot.core.member import Act, Consent, MemberKey
from bot.store import admins, members, practice
from bot.store.practice import SharedLine

MOST = 2  # lines of colleagues at a tip
MOST_REPORTED = 10


@dataclass(frozen=True, slots=True)
class OneDone:
    """A tip, and the newest lines of colleagues on it. `may_plan`: the reader can plan to try it like them."""

    seen: TipSeen
    lines: tuple[SharedLine, ...] = ()
    may_plan: bool = False


def one_done(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, now: datetime) -> OneDone:
    """Return how a tip looks when it is done. Raise UserError if it was removed."""
    known = members.with_marks(tx, who)
    seen = look(tx, catalog, who, known, tip_id, None, now)
    is_on = known.schedule is not None and known.schedule.consent is Consent.YES
    shared = tuple(practice.newest_lines(tx, who, seen.lesson.tip.id, MOST))
    return OneDone(seen, shared, may_plan=is_on and seen.last_step is None and seen.reminder is None)


def report(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, line_id: str, now: datetime) -> OneDone:
    """Report a line: nobody reads it until an admin decides. Return the tip without it. Raise UserError and NotMet."""
    members.lock_known(tx, who)
    practice.report_line(tx, who.workspace_id, line_id)
    return one_done(tx, catalog, who, tip_id, now)


def reported(tx: Connection, workspace_id: str) -> list[SharedLine]:
    return practice.reported_lines(tx, workspace_id, MOST_REPORTED)


def decide(
    tx: Connection, catalog: Catalog, admin: MemberKey, line_id: str, now: datetime, *, hides: bool
) -> list[SharedLine]:
    """Hide a line from colleagues, or show it again. Return the lines that are left to decide. Raise NotMet."""
    members.lock_known(tx, admin)
    tip = practice.decide_line(tx, admin.workspace_id, line_id, practice.HIDDEN if hides else practice.ALLOWED)
    if tip is not None:
        lesson = catalog.lessons.get(tip)
        subject = lesson.tip.title if lesson else tip
        admins.record_act(tx, admin, Act.LINE_HIDDEN if hides else Act.LINE_ALLOWED, now, subject=subject)
    return reported(tx, admin.workspace_id)
