"""Teams without Slack: who is in them, by one worker at a time; and what their leads get, once a month."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from bot.coach import challenges, membership, teams
from bot.coach.posts.leads import LeadPost, NamedPost
from bot.coach.teams import NewTeam
from bot.core.challenges import Challenge
from bot.core.member import MemberKey, Profile
from bot.store import Store, members, teams as rows, workspaces
from bot.store.member_schema import lead, schedule
from tests.acting import acting
from tests.coach.members import BERLIN, EMIL, GUEST, NORA, NOW
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, WEEK, Weekly

PEOPLE = {"S1": ["U1", "U2", "U9"], "S2": ["U2", "U3"]}


@BOTH
async def test_one_worker_reads_the_teams_of_a_workspace_and_members_move_with_slack(store: Store) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    for member_id in ("U1", "U2", "U3"):
        await store.write(membership.meet, MemberKey("T1", member_id), BERLIN, NOW)
    for number, source in enumerate(PEOPLE):
        new = NewTeam(source, source, "C1", NORA if source == "S1" else None)
        await store.write(acting(teams.add, NORA, NOW - timedelta(hours=1 - number)), new)
    (reading,) = await store.write(teams.claim, NOW)
    assert await store.write(teams.claim, NOW) == [], "another worker has it"
    first, second = (each.team_id for each in reading.teams)
    assert await moved(store, reading, PEOPLE) == {"U1": first, "U2": first, "U3": second}, "U9 is unknown"
    assert await store.write(teams.claim, NOW + timedelta(hours=23)) == []
    (reading,) = await store.write(teams.claim, NOW + timedelta(days=1))
    after = await moved(store, reading, {"S1": ["U3"], "S2": "no_such_subteam"})
    assert after == {"U3": first}, "U3 was in the second one, which can't be read and keeps nobody else"
    assert [each.trouble for each in await store.read(rows.of_workspace, "T1")] == [None, "no_such_subteam"]
    await store.write(membership.forget, MemberKey("T1", "U3"), NOW)
    assert await store.read(rows.members_of, "T1") == {}


async def moved(store: Store, reading: teams.Reading, people: Mapping[str, list[str] | str]) -> dict[str, str]:
    """Store what Slack says, as the job does, and return who is in which team."""
    told = {each.team_id: people[each.source] for each in reading.teams}
    was, known = await store.read(rows.members_of, "T1"), await store.read(members.met, "T1")
    for to, those in teams.moves(reading, told, was, known):
        await store.write(rows.move, "T1", to, those)
    await store.write(teams.end, reading, told, {}, NOW)
    return await store.read(rows.members_of, "T1")


# Their leads.

MULTI_CHANNEL_GUEST = replace(BERLIN, is_guest=True)
OPS = NewTeam("S1", "Ops", "C1", EMIL)
DECEMBER = MONDAY + WEEK + DAY  # 10:00 in Berlin on the first of the month


@pytest.mark.parametrize("profile", [GUEST, MULTI_CHANNEL_GUEST], ids=["not coached", "a guest"])
async def test_a_lead_who_left_or_became_a_guest_leads_no_team_and_gets_nothing(
    weekly: Weekly, profile: Profile
) -> None:
    await named(weekly)
    await weekly.store.write(teams.plan_messages, DECEMBER)
    await weekly.store.write(membership.see_profile, EMIL, profile, DECEMBER)
    assert await weekly.store.read(rows.led_by, EMIL) is None
    assert await weekly.store.read(rows.leads_of, "T1") == {}
    assert await weekly.store.write(teams.plan_messages, DECEMBER + 31 * DAY) == 0
    assert await weekly.sends(DECEMBER) == []
    await weekly.store.write(membership.see_profile, EMIL, BERLIN, DECEMBER + 31 * DAY)
    assert await weekly.store.write(teams.plan_messages, DECEMBER + 31 * DAY) == 0, "an admin names them again"


@pytest.mark.parametrize("then", ["becomes a guest", "leads another team", "says no"])
async def test_a_message_to_a_lead_is_asked_about_again_when_its_send_begins(weekly: Weekly, then: str) -> None:
    await named(weekly)
    await weekly.store.write(teams.plan_messages, DECEMBER)
    claimed = await weekly.claims(DECEMBER)
    assert [each.delivery.member for each in claimed] == [EMIL]
    if then == "becomes a guest":
        await weekly.store.write(membership.see_profile, EMIL, MULTI_CHANNEL_GUEST, DECEMBER)
    elif then == "leads another team":
        await weekly.does(teams.add, DECEMBER, OPS._replace(source="S2"))
        await weekly.does(partial(teams.decide, yes=True), DECEMBER, who=EMIL)
    else:
        await weekly.does(partial(teams.decide, yes=False), DECEMBER, who=EMIL)
    assert await weekly.begins(claimed, DECEMBER) == []


async def test_the_note_to_a_new_lead_obeys_the_quiet_hours_that_hold_when_it_is_sent(weekly: Weekly) -> None:
    await weekly.store.write(membership.meet, NORA, BERLIN, MONDAY)
    team_id = (await weekly.does(teams.add, MONDAY, OPS)).teams[0].team_id
    evening, eight = MONDAY + 10 * HOUR, MONDAY + 22 * HOUR  # 20:00 and 08:00 in Berlin
    await weekly.does(teams.tell, evening, team_id, "D1", "Europe/Berlin")
    assert await weekly.sends(evening) == []
    await weekly.opens(quiet_to=9 * 60)
    assert await weekly.sends(eight) == [], "an admin made the quiet hours longer"
    (told,) = await weekly.sends(eight + HOUR)
    assert isinstance(told.content, NamedPost)
    assert await weekly.sends(eight + DAY) == [], "it comes once"


@pytest.mark.parametrize("days", [(), (40,)])
async def test_the_message_of_a_month_says_that_the_project_ended_unless_another_is_on(
    weekly: Weekly, days: tuple[int, ...]
) -> None:
    await named(weekly)
    (team,) = await weekly.store.read(rows.of_workspace, "T1")
    draft = Challenge("T1", "0123456789abcdef", EMIL.member_id, "Count", "Count.", "counted", "C1", DECEMBER)
    told = []
    for day in sorted((0, *days, 8, 30, 42)):
        at = MONDAY + day * DAY
        if day in {0, *days}:
            of_day = replace(draft, team_id=team.team_id, challenge_id=f"{day:016x}", ends_at=at + 28 * DAY)
            await weekly.does(challenges.keep, at, of_day, who=EMIL)
            await weekly.does(challenges.post, at, of_day.challenge_id, who=EMIL)
        else:
            told += [each.content for each in await weekly.ticks(at)]
    ended = [each.ended and each.ended.ends_at for each in told if isinstance(each, LeadPost)]
    assert ended == [None, None if days else MONDAY + 28 * DAY + timedelta(hours=6)], "in December it is still on"


async def test_who_is_named_as_a_lead_did_not_answer_a_tip_by_that(weekly: Weekly) -> None:
    await weekly.joins(EMIL)
    await weekly.store.write(lambda tx: tx.execute(update(schedule).values(unanswered=6)))
    await weekly.store.write(membership.meet, NORA, BERLIN, MONDAY)
    await weekly.does(teams.add, MONDAY, OPS)
    assert await weekly.store.read(lambda tx: tx.scalar(select(schedule.c.unanswered))) == 6


@BOTH
async def test_two_planners_at_once_plan_one_message_and_skip_no_text(
    weekly: Weekly, monkeypatch: pytest.MonkeyPatch
) -> None:
    await named(weekly)
    due = await weekly.store.read(rows.due_leads, DECEMBER)
    monkeypatch.setattr(rows, "due_leads", lambda *_: due)  # both read it before one of them writes
    assert [await weekly.store.write(teams.plan_messages, DECEMBER) for _ in range(2)] == [1, 0]
    assert await weekly.store.read(lambda tx: tx.scalar(select(lead.c.turn))) == 1
    next_at = await weekly.store.read(lambda tx: tx.scalar(select(lead.c.next_at)))
    assert next_at is not None
    assert next_at.date() == date(2027, 1, 4), "not on New Year's Day, and no weekend"


async def named(weekly: Weekly) -> None:
    """Name Emil as the lead of a team; he says yes."""
    for who in (NORA, EMIL):
        await weekly.store.write(membership.meet, who, BERLIN, MONDAY)
    await weekly.does(teams.add, MONDAY, OPS)
    await weekly.does(partial(teams.decide, yes=True), MONDAY, who=EMIL)
