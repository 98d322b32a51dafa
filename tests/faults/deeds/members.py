"""Deeds of members and admins, for themselves and for the team, except those about challenges."""

from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.coach import (
    admins,
    answers,
    ask,
    audits,
    blocked,
    budget,
    checks,
    exports,
    introductions,
    learning,
    membership,
    nudges,
    plans,
    practice,
    record,
    roles,
    schedules,
    settings,
    showings,
    situation,
    team,
    tips,
    whatsnew,
)
from bot.coach.admins import Admins
from bot.coach.answers import Place
from bot.coach.audits import AuditPage
from bot.coach.blocked import Blocked
from bot.coach.introductions import Wish as IntroductionWish
from bot.coach.learning import Marked, Unmarked
from bot.coach.nudges import Another
from bot.coach.practice import TipSeen
from bot.coach.schedules import Tips
from bot.coach.tips import Given
from bot.core.admin import Act
from bot.core.calendar import week_of
from bot.core.content_types import Lesson
from bot.core.member import MemberKey, Profile
from bot.core.nudges import Reason
from bot.core.outbox import Kind
from bot.core.plans import Wish
from bot.core.practice import Blocker, Step
from bot.core.subjects import AnswerSubject
from bot.slack.message import Message
from bot.slack.screens import admins as admins_view
from bot.slack.screens import announce as announce_view
from bot.slack.screens import ask as ask_view
from bot.slack.screens import audit as audit_view
from bot.slack.screens import check, learned, myrole, privacy, progress, role, show, skill, skills, team_export
from bot.slack.screens import record as record_view
from bot.slack.screens import settings as settings_view
from bot.slack.screens import situation as situation_view
from bot.slack.screens import team as team_view
from bot.slack.screens import tips as tips_view
from bot.slack.screens import whatsnew as whatsnew_view
from bot.slack.screens.tip import blocked as blocked_view
from bot.slack.screens.tip import given, when, which
from bot.slack.screens.tip.card import card_of
from bot.slack.screens.tip.ref import CheckRef, Origin, TipRef
from bot.store import members as member_rows
from bot.store import schedules as schedule_rows
from bot.store.export import Page
from bot.store.practice_tables import quiz, showing, skill_mark, tip_given
from bot.store.tables import coach_admin, delivery, schedule
from tests.faults.deeds.deed import Deed
from tests.faults.neighbours import DM_IN_ALL, NotNow, Turn, a_delivery, some

BARRED = Profile(zone=None, coachable=False)
EVENTS = tuple(f"Ev{number}" for number in range(40))  # Slack's ids of events; here, workspaces share them

Some = tuple[Any, ...]


def _member(_tx: Connection, on: Turn) -> Some:
    return (on.who(),)


def _member_now(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.now


def _two_now(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.who(), on.now


def _named(tx: Connection, on: Turn) -> Some:
    """Return a member who acts and, mostly, a coach admin on whom they act."""
    whom = MemberKey(on.workspace_id, some(tx, on, coach_admin).member_id) if on.likely() else on.who()
    return on.who(), whom, on.now


def _denied(_tx: Connection, on: Turn) -> Some:
    """Draw somebody who tries what only admins may do, now and then a person whom the bot has not met."""
    stranger = MemberKey(on.workspace_id, f"U1{on.here.word}")
    return stranger if on.likely(0.3) else on.who(), on.words("tried"), on.now


def _lost(tx: Connection, on: Turn) -> Some:
    _, whom, now = _named(tx, on)
    return whom, now


def _member_profile(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.profile(), on.now


def _member_zone(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.zone(), on.now


def _workspace(_tx: Connection, on: Turn) -> Some:
    return (on.workspace_id,)


def _member_skill(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.skill(), on.now


def _member_role(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.role()


def _perhaps_a_role(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.role() if on.likely(0.5) else None


def _perhaps_a_skill(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.skill() if on.likely(0.5) else None, on.now


def _slot_or_zone(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.slot() if on.likely(0.5) else None, on.zone() if on.likely(0.5) else None, on.now


def _changed(_tx: Connection, on: Turn) -> Some:
    return on.who(), BARRED if on.likely(0.1) else on.profile(), on.one_of(EVENTS), on.now


def own_nudge(tx: Connection, on: Turn) -> Some:
    """Return a member and the key of a nudge, which mostly is their own."""
    found = a_delivery(tx, on, delivery.c.kind == Kind.NUDGE)
    return found.member if on.likely() else on.who(), found.key, on.now


def given_tip(tx: Connection, on: Turn) -> Some:
    """Return a member, a tip that they were given, and the moment."""
    row = some(tx, on, tip_given)
    return MemberKey(on.workspace_id, row.member_id), row.tip, on.now


def _budget(tx: Connection, on: Turn) -> Some:
    found = a_delivery(tx, on, delivery.c.member_id.is_not(None))
    terms = schedule_rows.terms(tx, on.workspace_id, [found.member.member_id]).get(found.member.member_id)
    if terms is None:
        raise NotNow
    return found.member, found.key, found.week or week_of(on.now, terms.zone), terms


def _gone(tx: Connection, on: Turn) -> Some:
    return MemberKey(on.workspace_id, some(tx, on, schedule).member_id), on.words("left"), on.now


def _for_members_too(_tx: Connection, _on: Turn, found: Admins) -> list[Message]:
    return [admins_view.listed(found, for_admins=which) for which in (True, False)]


def _another(_tx: Connection, on: Turn, found: Another) -> Message:
    return given.another(on.catalog, "2026-W48", found)


def _shown_tip(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, tip_id, None, now


def _line(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, tip_id, None, on.words("line"), now


def answer_to(tx: Connection, on: Turn) -> tuple[MemberKey, checks.Answer]:
    """Return a member and their answer to a check that mostly was theirs."""
    row = some(tx, on, quiz)
    found = on.catalog.quizzes[row.check_id]
    who = MemberKey(on.workspace_id, row.member_id) if on.likely() else on.who()
    return who, checks.Answer(row.check_id, found.check.version, row.asking, on.draw.randrange(3))


def _answer(tx: Connection, on: Turn) -> Some:
    return on.catalog, *answer_to(tx, on), on.now


def _answer_in_tip(tx: Connection, on: Turn) -> Some:
    """Draw an answer in a weekly message, which mostly has no check: the real content takes weeks to ask one."""
    who, key, now = own_nudge(tx, on)
    name = on.one_of(tuple(on.catalog.quizzes))
    given = checks.Answer(name, on.catalog.quizzes[name].check.version, key, on.draw.randrange(3))
    return on.catalog, who, on.one_of(tuple(on.catalog.lessons)), given, now


def _answered(_tx: Connection, on: Turn, found: checks.Answered) -> Message:
    ref = check.AnswerRef(CheckRef(found.asked.check), "0" * 16, "", 0)
    return check.answered(on.catalog, ref, found)


def _wish(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    later = on.later(0.1, 20)
    return on.catalog, who, tip_id, None, Wish(later.date(), later.hour * 60, on.words("cue")), now


def _without_plan(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return who, practice.see(tx, on.catalog, who, tip_id, None, now), on.words("why"), now


def _known_tip(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return on.catalog, who, member_rows.with_marks(tx, who), tip_id, None, now


def _posted(tx: Connection, on: Turn) -> Some:
    return on.workspace_id, a_delivery(tx, on, delivery.c.member_id.is_not(None)).key


def _planned(_tx: Connection, on: Turn, found: plans.Planned) -> Any:
    ref = TipRef(found.plan.tip, Reason.ASKED, Origin.PLANS)
    card = card_of(on.catalog, ref, found.seen).redrawn()
    return when.saved(found), when.listed(plans.agenda(on.catalog, found.seen)), card


def _form(_tx: Connection, _on: Turn, found: plans.ToPlan) -> Any:
    return when.form(TipRef(found.lesson.tip.id, Reason.ASKED, Origin.NOW), found)


def _why(tx: Connection, on: Turn) -> Some:
    *shown, now = _shown_tip(tx, on)
    return *shown, on.one_of(tuple(Blocker)), now


def _a_step(tx: Connection, on: Turn) -> Some:
    who, tip_id, now = given_tip(tx, on)
    return who, practice.see(tx, on.catalog, who, tip_id, None, now), on.one_of((Step.DONE, Step.UNDONE))


def _lacking(tx: Connection, on: Turn) -> Some:
    *shown, now = _shown_tip(tx, on)
    return *shown, [on.one_of(tuple(on.catalog.needs))], now


def what_one_has(on: Turn) -> dict[str, bool]:
    """Draw whether a member has each need."""
    return {need: on.likely(0.5) for need in on.catalog.needs}


def _noted(_tx: Connection, on: Turn, found: Blocked) -> Message:
    return blocked_view.noted(on.catalog, TipRef(found.seen.lesson.tip.id, Reason.ASKED, Origin.NOW), found)


def _redrawn(_tx: Connection, on: Turn, found: TipSeen) -> Message:
    return card_of(on.catalog, TipRef(found.lesson.tip.id, Reason.ASKED, Origin.NOW), found).redrawn()


def _reported(tx: Connection, on: Turn) -> Some:
    """Draw a member and a tip, mostly one that they were given."""
    if on.likely():
        who, tip_id, now = given_tip(tx, on)
        return on.catalog, who, tip_id, now
    return on.catalog, on.who(), on.one_of(tuple(on.catalog.lessons)), on.now


def _done(_tx: Connection, on: Turn, found: TipSeen) -> Message:
    return which.done(on.catalog, on.who(), found)


def _undone(_tx: Connection, _on: Turn, found: tuple[Lesson, ...]) -> Message:
    return which.asked("", (), found)


def _recorded(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.one_of(("", "all", "month", "quarter", "2026")), on.now


def showing_of(tx: Connection, on: Turn) -> Some:
    """Draw a member and a skill that was shown, mostly by somebody else."""
    return on.who(), some(tx, on, showing).showing_id


def _confirmed(tx: Connection, on: Turn) -> Some:
    return on.catalog, *showing_of(tx, on), on.now


def _finished(tx: Connection, on: Turn) -> Some:
    """Draw a member and a role whose path has only a skill that they learned."""
    mark = some(tx, on, skill_mark, skill_mark.c.undone_at.is_(None))
    role = on.role().model_copy(update={"skills": (mark.skill,)})
    return replace(on.catalog, roles={role.slug: role}), MemberKey(on.workspace_id, mark.member_id), role.slug, on.now


def _token(on: Turn, number: int) -> str:
    return f"{on.here.word}-{number}"


def _rows(_tx: Connection, _on: Turn, found: Page) -> list[dict[str, Any]]:
    return found.rows


def _audited(_tx: Connection, _on: Turn, found: AuditPage) -> Message:
    return audit_view.listed(found, days=400, is_first=True)


def _in_csv(_tx: Connection, _on: Turn, found: AuditPage) -> Message:
    return audit_view.part(found, is_first=True)


def _tip(_tx: Connection, on: Turn, found: Given) -> Message:
    return given.given(on.catalog, found)


def _tips(_tx: Connection, on: Turn, found: Tips) -> Any:
    return tips_view.shown(found, on.now), tips_view.form(found.schedule)


def _standing(_tx: Connection, _on: Turn, found: Marked | Unmarked) -> Message:
    return learned.marked(found) if isinstance(found, Marked) else learned.unmarked(found)


def _written(_tx: Connection, on: Turn) -> Some:
    who, skill, now = on.who(), on.skill(), on.now

    def learn(tx: Connection) -> AnswerSubject:
        learning.mark_learned(tx, on.catalog, who, skill, now)
        return AnswerSubject("learn", (skill.slug,))

    return who, Place(on.one_of(EVENTS), DM_IN_ALL), learn, now


def _introduction(_tx: Connection, on: Turn) -> Some:
    form_id = f"{on.draw.getrandbits(64):016x}"
    return on.who(), IntroductionWish(on.channel(), form_id, again=on.likely(0.3)), on.now


def _mentioned(_tx: Connection, on: Turn) -> Some:
    place = Place(on.one_of(EVENTS), on.channel(), f"{on.here.word}.{on.number}")
    return on.workspace_id, place, AnswerSubject("ask", ("CLOSEST", f"SKILL/{on.skill().slug}")), on.now


DEEDS = (
    Deed(admins.is_named, _member),
    Deed(admins.named, _workspace, then=_for_members_too),
    Deed(admins.add, _two_now, (admins_view.changed,), often=3),
    Deed(admins.remove, _named, (admins_view.changed,)),
    Deed(admins.lose, _lost, often=0.5),
    Deed(admins.deny, _denied),
    Deed(budget.is_used, _budget),
    Deed(checks.ask, _perhaps_a_skill, (check.asked,), often=2),
    Deed(checks.answer, _answer, then=_answered, often=2),
    Deed(checks.answer_in_tip, _answer_in_tip, then=_redrawn),
    Deed(exports.met_at, _member),
    Deed(exports.page, lambda _, on: (on.who(), on.one_of(exports.SOURCES), None), then=_rows, often=4),
    Deed(exports.allow, lambda _, on: (on.who(), _token(on, on.number), on.now), leads_to=exports.redeem),
    Deed(exports.owner, lambda _, on: (on.workspace_id, _token(on, on.number - 1), on.now)),
    Deed(exports.redeem, lambda _, on: (on.workspace_id, _token(on, on.number - 1), on.now)),
    Deed(learning.mark_learned, _member_skill, (learned.marked,), often=6),
    Deed(learning.unmark, _member_skill, (learned.unmarked,), often=2),
    Deed(learning.marked, lambda _, on: (on.catalog, on.who(), on.skill()), then=_standing),
    Deed(learning.unmarked, lambda _, on: (on.catalog, on.who(), on.skill()), (learned.unmarked,)),
    Deed(answers.answer, _written, often=2),
    Deed(introductions.announce, _introduction, (announce_view.announced,)),
    Deed(answers.reply, _mentioned),
    Deed(answers.posted, lambda tx, on: (on.workspace_id, a_delivery(tx, on).key), often=0.5),
    Deed(answers.turn_away, lambda _, on: (on.workspace_id, on.one_of(EVENTS), on.now), often=0.5),
    Deed(learning.progress, lambda _, on: (on.catalog, on.who(), on.now), (progress.shown,)),
    Deed(learning.skills, _perhaps_a_role, (skills.listed,)),
    Deed(learning.skill, lambda _, on: (on.who(), on.skill()), (skill.seen,)),
    Deed(membership.is_met, _member),
    Deed(membership.check_not_forgotten, lambda _, on: (on.who(), on.now, on.now), often=0.5),
    Deed(membership.meet, _member_profile, often=6),
    Deed(membership.forget, _member_now, (privacy.forgotten,), often=0.5),
    Deed(membership.erase, _member_now, often=0.3),
    Deed(membership.changed, _changed, often=2),
    Deed(membership.see_profile, _member_profile),
    Deed(membership.disconnected, lambda _, on: (on.workspace_id, on.one_of(EVENTS), on.now), often=0.3),
    Deed(membership.connect, lambda _, on: (on.workspace_id, on.now), often=6),
    Deed(nudges.another, lambda tx, on: (on.catalog, *own_nudge(tx, on)), then=_another, often=2),
    Deed(practice.see, _shown_tip, then=_redrawn),
    Deed(practice.did, _shown_tip, then=_redrawn, often=3),
    Deed(practice.undo, _shown_tip, then=_redrawn, often=2),
    Deed(practice.not_my_work, _shown_tip, then=_redrawn, often=2),
    Deed(practice.learn, _shown_tip, then=_redrawn, often=2),
    Deed(plans.to_plan, lambda tx, on: (on.catalog, *given_tip(tx, on)), then=_form),
    Deed(plans.plan, _wish, then=_planned, often=4),
    Deed(plans.unplan, _shown_tip, then=_redrawn),
    Deed(plans.planned, lambda _, on: (on.catalog, on.who(), on.now), (when.listed,), often=2),
    Deed(practice.locked, _shown_tip, then=_redrawn),
    Deed(practice.look, _known_tip, then=_redrawn),
    Deed(practice.without_plan, _without_plan, then=_redrawn),
    Deed(practice.posted, _posted),
    Deed(practice.add_line, _line, then=_redrawn, often=2),
    Deed(practice.report, _reported, then=_done, often=2),
    Deed(practice.undone, lambda _, on: (on.catalog, on.who()), then=_undone),
    Deed(record.record_for, _recorded, (record_view.shown,), often=2),
    Deed(showings.show, lambda _, on: (on.who(), on.skill(), on.channel(), on.now), (show.shown,), often=3),
    Deed(showings.confirm, _confirmed, (show.confirmed,), often=3),
    Deed(showings.share_path, _finished, (show.path_shared,)),
    Deed(practice.with_step, _a_step, then=_redrawn),
    Deed(tips.learner_of, lambda _, on: (on.catalog, on.who(), on.role(), [on.skill().slug])),
    Deed(blocked.block, _why, then=_noted, often=2),
    Deed(blocked.lack, _lacking, then=_noted, often=2),
    Deed(situation.known, _member, then=lambda _, on, has: situation_view.form(on.catalog, has)),
    Deed(
        situation.declare,
        lambda _, on: (on.catalog, on.who(), what_one_has(on), on.now),
        (partial(situation_view.saved, 1, 2),),
        often=2,
    ),
    Deed(roles.my_role, lambda _, on: (on.catalog, on.who(), on.now), (myrole.mine,), often=2),
    Deed(roles.set_role, lambda tx, on: (*_member_role(tx, on), on.now), (myrole.chosen,), often=2),
    Deed(roles.look_at, _member_role, (role.seen,)),
    Deed(schedules.state, _member, then=_tips),
    Deed(schedules.decline, _member_now, (tips_view.stopped,)),
    Deed(schedules.accept, _slot_or_zone, (tips_view.started, tips_view.saved), often=5),
    Deed(schedules.set_zone, _member_zone, (tips_view.zone_set,)),
    Deed(schedules.pause, lambda _, on: (on.who(), on.later(0.1, 5), on.now), (tips_view.paused,)),
    Deed(schedules.resume, _member_now, (tips_view.paused,), often=2),
    Deed(schedules.follow_zone, _member_zone),
    Deed(schedules.leave, _gone, often=0.5),
    Deed(schedules.schedule_of, _member, (tips_view.form,)),
    Deed(schedules.schedule_to_change, _member, (tips_view.form,)),
    Deed(settings.settled, _workspace, (settings_view.form,)),
    Deed(settings.settle, lambda _, on: (on.who(), on.settings(), on.now), (settings_view.saved,)),
    Deed(ask.keep, lambda _, on: (on.who(), on.words("qwertz"), on.now), (ask_view.kept,)),
    Deed(team.desk, lambda _, on: (on.catalog, on.who(), on.now), (team_view.shown, team_export.exported), often=3),
    Deed(team.read_desk, lambda _, on: (on.catalog, on.who(), Act.DESK_READ, on.now), (team_view.shown,)),
    Deed(audits.note, lambda _, on: (on.who(), on.one_of(tuple(Act)), on.now, on.words("subject"))),
    Deed(audits.read, lambda _, on: (on.who(), "", 15, on.now), then=_audited, often=2),
    Deed(audits.export, lambda _, on: (on.who(), 40, on.now), then=_in_csv),
    Deed(audits.page, lambda _, on: (on.workspace_id, "", 15), then=_audited),
    Deed(team.try_again, _member_now, (team_view.tried_again,), often=2),
    Deed(whatsnew.look, lambda _, on: (on.catalog, on.who(), on.now), (whatsnew_view.shown,)),
    Deed(tips.tip_now, _perhaps_a_skill, then=_tip, often=3),
    Deed(tips.learners, lambda _, on: (on.catalog, on.workspace_id, [member.member_id for member in on.here.members])),
    Deed(tips.pupils, lambda _, on: (on.catalog, on.workspace_id, [member.member_id for member in on.here.members])),
)
