"""Deeds of members about themselves: met and forgotten, what they write, their weekly tips, their data."""

from typing import Any

from sqlalchemy import Connection

from bot.coach import answers, ask, budget, introductions, membership, schedules
from bot.coach.answers import Place
from bot.coach.introductions import IntroductionWish
from bot.coach.schedules import Tips
from bot.core.calendar import week_of
from bot.core.member import MemberKey, Profile
from bot.core.subjects import DrawnSubject
from bot.slack.screens import ask as ask_view
from bot.slack.screens import privacy
from bot.slack.team import announce as announce_view
from bot.slack.tip import tips as tips_view
from bot.store import export, members, workspaces
from bot.store import schedules as schedule_rows
from bot.store.export import Page, Source
from bot.store.member_schema import delivery, schedule
from tests.faults.deeds.deed import Deed, Some, a_member, a_member_now
from tests.faults.neighbours import DM_IN_ALL, NotNow, Turn, a_delivery, some

BARRED = Profile(zone=None, coachable=False)
EVENTS = tuple(f"Ev{number}" for number in range(40))  # Slack's ids of events; here, workspaces share them


def _member_profile(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.profile(), on.now


def _member_zone(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.zone(), on.now


def _slot_or_zone(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.slot() if on.likely(0.5) else None, on.zone() if on.likely(0.5) else None, on.now


def _changed(_tx: Connection, on: Turn) -> Some:
    return on.who(), BARRED if on.likely(0.1) else on.profile(), on.one_of(EVENTS), on.now


def _budget(tx: Connection, on: Turn) -> Some:
    found = a_delivery(tx, on, delivery.c.member_id.is_not(None))
    terms = schedule_rows.terms(tx, on.workspace_id, [found.member.member_id]).get(found.member.member_id)
    if terms is None:
        raise NotNow
    return found.member, found.key, found.week or week_of(on.now, terms.zone), terms


def _gone(tx: Connection, on: Turn) -> Some:
    return MemberKey(on.workspace_id, some(tx, on, schedule).member_id), on.words("left"), on.now


def _page(tx: Connection, who: MemberKey, source: Source) -> Page:
    return source.page(tx, who, None)


def _rows(_tx: Connection, _on: Turn, found: Page) -> list[dict[str, Any]]:
    return found.rows


def _tips(_tx: Connection, on: Turn, found: Tips) -> Any:
    return tips_view.shown(found, on.now), tips_view.form(found.schedule)


def _written(_tx: Connection, on: Turn) -> Some:
    return on.who(), Place(on.one_of(EVENTS), DM_IN_ALL), on.now


def _introduction(_tx: Connection, on: Turn) -> Some:
    form_id = f"{on.draw.getrandbits(64):016x}"
    return on.who(), IntroductionWish(on.channel(), form_id, again=on.likely(0.3)), on.now


def _mentioned(_tx: Connection, on: Turn) -> Some:
    place = Place(on.one_of(EVENTS), on.channel(), f"{on.here.word}.{on.number}")
    return on.workspace_id, place, DrawnSubject(on.skill().name), on.now


DEEDS = (
    Deed(members.is_met, a_member),
    Deed(membership.check_not_forgotten, lambda _, on: (on.who(), on.now, on.now), often=0.5),
    Deed(membership.meet, _member_profile, often=6),
    Deed(membership.forget, a_member_now, (privacy.forgotten,), often=0.5),
    Deed(membership.erase, a_member_now, often=0.3),
    Deed(membership.changed, _changed, often=2),
    Deed(membership.see_profile, _member_profile),
    Deed(membership.disconnected, lambda _, on: (on.workspace_id, on.one_of(EVENTS), on.now), often=0.3),
    Deed(membership.connect, lambda _, on: (on.workspace_id, on.now), often=6),
    Deed(introductions.announce, _introduction, (announce_view.announced,)),
    Deed(answers.take, _written, often=2),
    Deed(answers.reply, _mentioned),
    Deed(workspaces.see_event, lambda _, on: (on.workspace_id, on.one_of(EVENTS), on.now), often=0.5),
    Deed(ask.keep, lambda _, on: (on.who(), on.words("qwertz"), on.now), (ask_view.kept,)),
    Deed(_page, lambda _, on: (on.who(), on.one_of(export.SOURCES)), then=_rows, often=4),
    Deed(schedules.state, a_member, then=_tips),
    Deed(schedules.decline, a_member_now, (tips_view.stopped,)),
    Deed(schedules.accept, _slot_or_zone, (tips_view.started, tips_view.saved), often=5),
    Deed(schedules.set_zone, _member_zone, (tips_view.zone_set,)),
    Deed(schedules.pause, lambda _, on: (on.who(), on.later(0.1, 5), on.now), (tips_view.paused,)),
    Deed(schedules.resume, a_member_now, (tips_view.paused,), often=2),
    Deed(schedules.follow_zone, _member_zone),
    Deed(schedules.leave, _gone, often=0.5),
    Deed(schedules.schedule_of, a_member, (tips_view.form,)),
    Deed(schedules.schedule_to_change, a_member, (tips_view.form,)),
    Deed(budget.is_used, _budget),
)
