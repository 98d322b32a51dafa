"""Compare the forecast of the coming days with what is then sent; and what is due next."""

import random
from datetime import datetime, timedelta
from functools import partial

from bot.coach import checks, forecast, learning, membership, practice, projects, schedules, teams
from bot.coach.checks import ChosenOption
from bot.coach.posts.tips import ChoosePost, TipPost
from bot.coach.teams import NewTeam
from bot.core.calendar import Slot
from bot.core.content_types import Level
from bot.core.member import MemberKey, Profile
from bot.core.next_tip import Choice, WeeklyQuestion
from bot.core.outbox import Kind
from bot.core.practice import Answer
from bot.core.year import Does, Week, acts_in, newcomer, share_of, year
from bot.outbox.sending import Claimed
from tests.coach.members import NORA
from tests.coach.weekly import DAY, HOUR, MONDAY, TUESDAY, WEEK, Weekly, tip_of

Told = list[tuple[datetime, str, str, str]]
PEOPLE: dict[MemberKey, tuple[str, Level, Does | float]] = {
    MemberKey("T1", "U1"): ("software-engineer", Level.NEW, Does.ALL),
    MemberKey("T1", "U2"): ("devops-engineer", Level.DAILY, Does.MARKS),
    MemberKey("T1", "U3"): ("everyone", Level.NEW, Does.HALF),
    MemberKey("T1", "U4"): ("qa-engineer", Level.DAILY, Does.NONE),
    MemberKey("T1", "U5"): ("frontend-engineer", Level.NEW, 0.4),
}
WEEKS = 40


async def foretold(weekly: Weekly, now: datetime, days: int) -> Told:
    found = await weekly.store.read(forecast.forecast, weekly.catalog, now, now + days * DAY)
    tips = (each.brings.lesson.tip.id if isinstance(each.brings, Choice) else "" for each in found)
    return sorted((each.at, each.key.member_id, each.kind, tip) for each, tip in zip(found, tips, strict=True))


async def happened(weekly: Weekly, now: datetime, days: int, step: timedelta) -> Told:
    sent = await weekly.lives(now, now + days * DAY, step)
    return sorted(
        (
            at,
            each.delivery.member.member_id,
            each.delivery.kind,
            tip_of(each) if isinstance(each.content, TipPost) else "",
        )
        for at, each in sent
    )


async def test_the_forecast_of_two_weeks_equals_what_is_sent(weekly: Weekly) -> None:
    chance = random.Random(7)  # noqa: S311 - a seed must replay
    for number in range(12):
        who = MemberKey("T1", f"U{number}")
        await weekly.joins(who, Slot(chance.randrange(7), chance.randrange(12) * 120))
        if number % 4 == 0:
            await weekly.does(schedules.pause, MONDAY, MONDAY + 6 * DAY, who=who)
        if number % 4 == 1:
            await weekly.does(schedules.set_zone, MONDAY, "Asia/Tokyo", who=who)
    told = await foretold(weekly, MONDAY, 14)
    assert len(told) > 18
    assert await happened(weekly, MONDAY, 14, 2 * HOUR) == told


async def test_the_forecast_omits_members_who_opted_out_or_can_not_be_reached(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    await weekly.does(schedules.decline, TUESDAY)
    await weekly.joins(MemberKey("T1", "U2"))
    await weekly.store.write(schedules.leave, MemberKey("T1", "U2"), "gone", TUESDAY)
    assert await foretold(weekly, TUESDAY, 30) == []


async def test_leads_with_and_without_weekly_tips_get_the_message_of_the_month_as_foretold(weekly: Weekly) -> None:
    zones = {"U1": "Europe/Berlin", "U2": "Australia/Sydney", "U3": "America/Los_Angeles"}
    await weekly.opens(minute=9 * 60)
    october = MONDAY - 24 * DAY  # the first of November is a Sunday
    for member_id, zone in zones.items():
        who = MemberKey("T1", member_id)
        await weekly.store.write(membership.meet, who, Profile(zone, coachable=True), october)
        await weekly.does(teams.add, october, NewTeam(f"S{member_id}", zone, "C1", who), who=who)
        await weekly.does(partial(teams.decide, yes=True), october, who=who)
    await weekly.joins(NORA, at=october)
    told = [each for each in await foretold(weekly, october, 40) if each[2] is Kind.LEAD]
    assert len(told) == 6
    november, december = [await happened(weekly, october + days * DAY, 2, HOUR) for days in (2, 31)]
    assert [each for each in november + december if each[2] is Kind.LEAD] == told


# `content year` prints what the planner and the sender really do.


async def test_the_year_of_authors_is_what_the_planner_sends(weekly: Weekly) -> None:
    catalog, printed = weekly.catalog, {}
    sent: dict[MemberKey, list[Week]] = {who: [] for who in PEOPLE}
    for who, (slug, level, does) in PEOPLE.items():
        role = catalog.roles[slug]
        weeks = year(catalog, newcomer(catalog, role, level, role.usual.of(level)), does, WEEKS)
        printed[who] = [message_of(week) for week in weeks if week.choice or week.offers]
        await weekly.joins(who)
        await weekly.does(learning.set_role, TUESDAY, role, who=who)
        await weekly.does(practice.set_level, TUESDAY, level, who=who)
        has = {need: need in role.usual.of(level) for need in catalog.needs}
        await weekly.does(practice.declare_situation, TUESDAY, has, who=who)
    for number in range(1, WEEKS + 1):
        for claimed in await weekly.ticks(TUESDAY + (number - 1) * WEEK):
            if claimed.delivery.kind is Kind.NUDGE:
                sent[claimed.delivery.member].append(week_of(number, claimed))
                await acts(weekly, claimed, number)
    assert sent == printed
    asked = {week.question.partition(":")[0] == "still" for weeks in sent.values() for week in weeks if week.question}
    assert asked == {True, False}
    assert sum(bool(week.offers) for week in sent[MemberKey("T1", "U4")]) > 1, "a choice without an answer, too"


def message_of(week: Week) -> Week:
    """Return what comes in a week, without what its member does with it."""
    if week.offers:
        return Week(week.number, offers=week.offers)
    return week._replace(is_done=False, lacks=())


def week_of(number: int, claimed: Claimed) -> Week:
    post = claimed.content
    if isinstance(post, ChoosePost):
        return Week(number, offers=post.projects)
    assert isinstance(post, TipPost)
    return Week(number, post.choice, WeeklyQuestion(post.check, post.still, post.asks_rhythm))


async def acts(weekly: Weekly, claimed: Claimed, number: int) -> None:
    """Do with a message what its member does, an hour after it came."""
    who, post, now = claimed.delivery.member, claimed.content, TUESDAY + (number - 1) * WEEK + HOUR
    does, asking = PEOPLE[who][2], claimed.delivery.key
    if not acts_in(does, number):
        return
    if isinstance(post, ChoosePost):
        seen = await weekly.does(projects.begin, now, post.projects[0].main_steps[0].id, asking, who=who)
        tip = seen.lesson.tip.id
    else:
        tip = tip_of(claimed)
    if isinstance(post, TipPost) and post.still:
        answer = Answer.AGAIN if share_of(does) == 1 else Answer.ONCE
        await weekly.does(checks.answer_still, now, tip, asking, post.still.tip.id, answer, None, who=who)
    if isinstance(post, TipPost) and post.check:
        check = post.check.check
        right = next(index for index, option in enumerate(check.options) if option.right)
        option = ChosenOption(check.id, check.version, asking, right)
        await weekly.does(checks.answer_in_tip, now, tip, option, who=who)
    await weekly.does(practice.did, now, tip, asking, who=who)
    if does is Does.MARKS:
        await weekly.does(practice.learn, now, tip, asking, who=who)
