"""What came of a tip, in a line of its member: colleagues read it if they share it, report it, and admins decide."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.coach import plans
from bot.coach.act import Act
from bot.coach.posts import answers
from bot.coach.posts.answers import LIKED
from bot.coach.practice import A_TIP, TipSeen, WeeklyKey, locked, see
from bot.core.errors import NextStep, UserError
from bot.core.member import AdminAct, MemberKey
from bot.core.practice import Readers, ReminderWish
from bot.store import lines, members
from bot.store.lines import SharedLine, Verdict

MAX_REPORTS = 5  # of one member in a day
NOT_DONE = "I can keep a line about a tip that you did. Press *Did it* first."
TOO_MANY = f"Thank you for {MAX_REPORTS} reports today: the admins look at those first. Report this line tomorrow."
# So many colleagues share a line on a tip, and so many don't show their name there: then one without a name tells
# nothing about any four people, neither that one of them wrote it nor that one of them did not.
MIN_SHARING, MIN_WITHOUT_NAME = 5, 9
REPORTED = NextStep("Reported lines", "reported")


def to_write(act: Act, tip_id: str) -> tuple[TipSeen, Collection[Readers]]:
    """Return a tip and how its member may share a line on it: not at all where an admin hid one. Raise UserError."""
    seen = see(act, tip_id, None)
    if not seen.is_done:
        raise UserError(NOT_DONE, A_TIP)
    return seen, () if lines.is_hidden(act.tx, act.who, tip_id) else _offered(act, tip_id)


def _offered(act: Act, tip_id: str) -> Collection[Readers]:
    """Return how lines on a tip are shared: without a name only where that tells of nobody."""
    sharing, named, others = lines.count_sharing(act.tx, act.who, tip_id)
    is_safe = sharing >= MIN_SHARING and others - named >= MIN_WITHOUT_NAME
    return tuple(Readers) if is_safe else (Readers.NAMED,)


def write(act: Act, tip_id: str, key: WeeklyKey, line: str, readers: Readers | None = None) -> TipSeen:
    """Keep what came of a tip; an empty line deletes it. `readers` None: nobody else. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    if seen.last_step is None or not seen.is_done:
        raise UserError(NOT_DONE, A_TIP)
    text, readers = (line, readers) if line else (None, None)
    lines.write(act.tx, act.who, seen.last_step, text, readers)
    return seen.after(seen.record.with_line(replace(seen.last_step, line=text, readers=readers)))


def one_done(act: Act, tip_id: str) -> tuple[TipSeen, Sequence[SharedLine]]:
    """Return a tip, and the two newest lines of colleagues on it. Raise UserError if it was removed."""
    return see(act, tip_id, None), lines.newest(act.tx, act.who, tip_id, _offered(act, tip_id), 2)


def try_it(act: Act, tip_id: str, key: WeeklyKey, wish: ReminderWish, line_id: str) -> TipSeen:
    """Plan a tip like a colleague, and tell who shared the line, if one is named. Raise as `plans.plan`."""
    planned = plans.plan(act, tip_id, key, wish)
    author = lines.author_of(act.tx, act.who.workspace_id, line_id) if line_id else None
    if author is not None:
        words = act.who.member_id, *planned.lesson.tip.title.split()
        answers.inform(act.tx, MemberKey(act.who.workspace_id, author), line_id, LIKED, words, act.now)
    return planned


def report(act: Act, tip_id: str, line_id: str) -> tuple[TipSeen, Sequence[SharedLine], Verdict | None]:
    """Report a line: nobody reads it until an admin decides. Raise NotMet, and UserError after too many in a day.

    Return what `one_done` does then, and what became of the line; None: it was changed or taken back before.
    """
    act.lock()
    is_new, verdict = lines.report(act.tx, act.who.workspace_id, line_id)
    if is_new and members.count_report(act.tx, act.who, act.now) > MAX_REPORTS:
        raise UserError(TOO_MANY, A_TIP)
    return *one_done(act, tip_id), verdict


def decide(act: Act, line_id: str, *, hides: bool) -> list[SharedLine]:
    """Hide a line from colleagues, or show it again. Return those left to decide. Raise UserError and NotMet."""
    act.lock()
    tip = lines.decide(act.tx, act.who.workspace_id, line_id, Verdict.HIDDEN if hides else Verdict.ALLOWED)
    if tip is None:
        raise UserError("That line was changed, taken back or hidden meanwhile, so nothing was decided.", REPORTED)
    subject = act.catalog.title_of(tip) or tip
    act.audit(AdminAct.LINE_HIDDEN if hides else AdminAct.LINE_ALLOWED, subject=subject)
    return lines.reported(act.tx, act.who.workspace_id)
