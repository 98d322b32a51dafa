"""Deeds about challenges: write, post, join, do, tell and end them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from bot.coach import challenges, entries, live, quotes, sending
from bot.coach.challenges import Defaults, Listing
from bot.coach.entries import Place, Taken
from bot.coach.live import Outdated
from bot.core.challenges import Challenge, ChallengeState, Sharing, Standing, shown
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.slack.challenge import card as view
from bot.slack.challenge import entry as entry_view
from bot.slack.challenge import form, preview
from bot.slack.challenge import list as listing
from bot.slack.challenge import quotes as quotes_view
from bot.slack.message import Message
from bot.store import entries as entry_rows
from bot.store.member_schema import delivery, entry
from bot.store.schema import challenge
from tests.faults.deeds.deed import Deed, Some
from tests.faults.neighbours import AGES, Turn, a_challenge, a_delivery, some

UNKNOWN = "f" * 16
MOMENT = timedelta(minutes=1)
IS_DRAFT, IS_OPEN = challenge.c.state == ChallengeState.DRAFT, challenge.c.state == ChallengeState.OPEN
IS_CLOSED, IS_POSTED = challenge.c.state == ChallengeState.CLOSED, challenge.c.ts.is_not(None)
UNSENT = delivery.c.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED])
TO_A_CHANNEL = delivery.c.kind.in_([Kind.CHALLENGE, Kind.RECAP])


def _draft(tx: Connection, on: Turn) -> Some:
    """Return a starter and a draft, which is new or, sometimes, replaces one that was written before."""
    who = on.starter()
    draft = Challenge(
        workspace_id=on.workspace_id,
        challenge_id=a_challenge(tx, on).challenge_id if on.likely(0.1) else on.new_id(),
        started_by=who.member_id,
        title=on.words("Title"),
        task=on.words("Task"),
        done_when=on.words("you can say"),
        channel=on.channel(),
        ends_at=on.later(2, 16),
        starts_at=on.later(0, 1) if on.likely(0.2) else None,
        template=on.one_of(tuple(on.catalog.challenges)),
        minutes=on.draw.randint(5, 60),
        skill=on.skill().slug,
        question=on.words("Which") if on.likely() else None,
        goal=on.draw.randint(1, 5) if on.likely(0.5) else None,
        shows_entries=on.likely(),
        calls_last=on.likely(),
    )
    return who, draft


def started(tx: Connection, on: Turn, *where: ColumnElement[bool]) -> Some:
    """Return a member and the id of a challenge, which mostly that member started."""
    found = a_challenge(tx, on, *where)
    who = MemberKey(on.workspace_id, found.started_by) if found.started_by and on.likely(0.9) else on.starter()
    return who, found.challenge_id


def _started_now(tx: Connection, on: Turn, *where: ColumnElement[bool]) -> Some:
    return *started(tx, on, *where), on.now


def to_post(tx: Connection, on: Turn) -> Some:
    in_time = (challenge.c.ends_at > on.now,) if on.likely(0.9) else ()
    return _started_now(tx, on, IS_DRAFT, *in_time)


def _to_cancel(tx: Connection, on: Turn) -> Some:
    """Return a challenge to cancel. Mostly it is a draft, which is then discarded."""
    return _started_now(tx, on, IS_DRAFT if on.likely(0.7) else IS_OPEN)


def _is_on(on: Turn) -> ColumnElement[bool]:
    """Return the condition for a challenge. Mostly it is the last that is on now, so that all workspaces use one id."""
    if on.likely(0.1):
        return IS_OPEN
    if on.likely(0.3):
        return and_(IS_OPEN, challenge.c.starts_at <= on.now, challenge.c.ends_at > on.now)
    its = challenge.alias().c
    is_on = (its.state == ChallengeState.OPEN, its.starts_at <= on.now, its.ends_at > on.now)
    last = select(func.max(its.challenge_id)).where(its.workspace_id == on.workspace_id, *is_on)
    return challenge.c.challenge_id == last.scalar_subquery()


def _is_in_one(on: Turn) -> ColumnElement[bool]:
    """Return the condition for an entry of such a challenge."""
    ids = select(challenge.c.challenge_id).where(challenge.c.workspace_id == on.workspace_id, _is_on(on))
    return entry.c.challenge_id.in_(ids)


def anybody(tx: Connection, on: Turn) -> Some:
    """Return a member and the id of a challenge, which seldom does not exist."""
    return on.who(), a_challenge(tx, on, _is_on(on)).challenge_id if on.likely(0.95) else UNKNOWN


def in_it(tx: Connection, on: Turn) -> Some:
    """Return a member who, mostly, takes part and has done it."""
    if on.likely(0.1):
        return anybody(tx, on)
    done = (entry.c.done_at.is_not(None),) if on.likely(0.7) else ()
    row = some(tx, on, entry, _is_in_one(on), *done)
    return MemberKey(on.workspace_id, row.member_id), row.challenge_id


def _in_it_now(tx: Connection, on: Turn) -> Some:
    return *in_it(tx, on), on.now


def _pressed(tx: Connection, on: Turn) -> Some:
    """Return a press. If it is in the live message, the bot learns from it that the message was posted."""
    found = a_challenge(tx, on, _is_on(on))
    seen = Place(found.channel, f"{on.here.word}.{on.number}") if on.likely(0.3) else None
    return on.who(), found.challenge_id, on.now, seen


def _done(tx: Connection, on: Turn) -> Some:
    return on.catalog, *_pressed(tx, on)


def line(tx: Connection, on: Turn) -> Some:
    sharing = on.one_of((Sharing.NAMED, Sharing.NAMED, Sharing.UNNAMED, Sharing.PRIVATE))
    return *in_it(tx, on), on.words("Line") if on.likely(0.9) else " ", sharing, on.now


def picked(tx: Connection, on: Turn) -> Some:
    """Return a member, a challenge, and ids of entries, also of other challenges: a form may contain any."""
    who, challenge_id = started(tx, on, _is_on(on))
    ids = {some(tx, on, entry).entry_id for _ in range(3)}
    return who, challenge_id, sorted(ids), on.now


def again(tx: Connection, on: Turn) -> Some:
    return on.starter(), a_delivery(tx, on, TO_A_CHANNEL, UNSENT, delivery.c.window_ends_at > on.now).key, on.now


def a_line(tx: Connection, on: Turn) -> Any:
    """Return an entry that shows its writer's name, in an open challenge."""
    ids = select(challenge.c.challenge_id).where(challenge.c.workspace_id == on.workspace_id, IS_OPEN)
    is_named = (entry.c.line.is_not(None), entry.c.sharing == Sharing.NAMED, entry.c.done_at.is_not(None))
    return some(tx, on, entry, entry.c.challenge_id.in_(ids), *is_named)


def for_organiser(tx: Connection, on: Turn) -> Some:
    """Draw a challenge with a line for its organiser alone, and mostly that organiser."""
    is_private = (entry.c.line.is_not(None), entry.c.sharing == Sharing.PRIVATE)
    return started(tx, on, challenge.c.challenge_id == some(tx, on, entry, *is_private).challenge_id)


def _ending(tx: Connection, on: Turn) -> Some:
    """Draw an open challenge at the moment before its end, when its organiser should choose quotes."""
    ending = a_challenge(tx, on, IS_OPEN, challenge.c.ends_at > on.now)
    who = MemberKey(on.workspace_id, ending.started_by) if ending.started_by else on.starter()
    return who, [ending], ending.ends_at - MOMENT


def with_lines(tx: Connection, on: Turn) -> Some:
    """Return a member and a challenge, sometimes one with a line that shows its writer's name."""
    return on.who(), a_line(tx, on).challenge_id if on.likely(0.3) else a_challenge(tx, on, IS_OPEN).challenge_id


def _outdated(tx: Connection, on: Turn) -> Some:
    found = a_challenge(tx, on, IS_POSTED)
    standing = entry_rows.standing(tx, found)
    return Outdated(found, standing, shown(found, standing)), on.now


def _form(_tx: Connection, on: Turn, found: Defaults) -> Any:
    draft = form.Draft(UNKNOWN, on.one_of(tuple(on.catalog.challenges.values())), found.channel)
    return form.from_template(draft, on.catalog, found, on.now)


def _all_about(_tx: Connection, on: Turn, found: Challenge) -> Any:
    """Return every screen that shows a challenge."""
    usual = Defaults(on.settings().challenge_channel, on.zone())
    shows = (
        form.from_draft(found, on.catalog, usual, on.now),
        preview.preview(found, on.now),
        preview.posted(found, on.now),
    )
    return *shows, view.live(found, Standing()), view.last_call(found), listing.on_its_way(found)


def _lists(_tx: Connection, _on: Turn, found: Listing) -> Any:
    both = ((listing.CLOSE, "close"), (listing.CANCEL, "cancel"))
    return listing.listed(found), *(listing.to_end(found, 1, verb, word) for verb, word in both)


def _details(_tx: Connection, on: Turn, found: Taken) -> Message:
    return entry_view.details(on.catalog, found, on.now)


def _joined(_tx: Connection, on: Turn, found: Taken) -> Message:
    return entry_view.joined(found, on.now)


DEEDS = (
    Deed(challenges.defaults, lambda _, on: (on.who(),), then=_form),
    Deed(challenges.may_start, lambda _, on: (on.who(),)),
    Deed(challenges.may_run, started),
    Deed(challenges.find, anybody, then=_all_about),
    Deed(challenges.draft_of, lambda tx, on: started(tx, on, IS_DRAFT), then=_all_about),
    Deed(challenges.keep, _draft, then=_all_about, often=8, leads_to=challenges.post),
    Deed(challenges.post, to_post, then=_all_about, leads_to=sending.claim),
    Deed(challenges.post_again, again, (listing.on_its_way,), often=4),
    Deed(challenges.close, lambda tx, on: _started_now(tx, on, _is_on(on)), (listing.ended,), often=0.5),
    Deed(challenges.cancel, _to_cancel, (listing.ended,)),
    Deed(challenges.listing, lambda _, on: (on.who(), on.now), then=_lists, often=2),
    Deed(challenges.lines, with_lines, (quotes_view.form,), often=9),
    Deed(challenges.pick, picked, (quotes_view.picked,), often=3),
    Deed(entries.join, _pressed, then=_joined, often=5),
    Deed(entries.did, _done, (entry_view.done,), often=12, leads_to=entries.write_line),
    Deed(entries.undo, _in_it_now, (entry_view.undone,)),
    Deed(entries.leave, _in_it_now, (entry_view.left,), often=0.7),
    Deed(entries.look, in_it, then=_details, often=2),
    Deed(entries.to_write, _in_it_now, (entry_view.form,), often=2),
    Deed(entries.lines_for_organiser, for_organiser, (entry_view.for_organiser,), often=3),
    Deed(quotes.wanted, _ending),
    Deed(entries.write_line, line, (entry_view.kept,), often=7),
    Deed(live.claim, lambda tx, on: (a_challenge(tx, on, IS_POSTED), on.now), often=4),
    Deed(live.showed, _outdated),
    Deed(live.wait, lambda tx, on: (a_challenge(tx, on), timedelta(seconds=AGES)), leads_to=live.claim),
)
