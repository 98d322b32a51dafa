"""Decide which figures of a workspace and its teams may be shown, so that they never tell what fewer than five did.

A figure says how many members of a group did something. Rules:

1. A count below five is not shown. Others are rounded to the nearest five.
2. No figure tells that all members of its group did it, nor that fewer than five did not (`top`).
3. Groups that have figures are disjoint: large teams, and all others together as the rest. A team is large if it has 15
   members and five members or more are outside of all large teams; teams that were added last give way.
4. Where a team's count is below five, the team belongs to the rest for that figure.
5. The figure of the whole is not counted by itself. It is the sum of the shown figures of the teams and of the rest: a
   count of its own, less those of the teams, could tell what a few of the rest did.

So each figure follows from the counts of one group alone, and two of them together tell no more than each by itself
(P17, shown by the proof `observer`). Only the sizes of teams, which everybody knows, decide which of them are large.

What members said of tips, for authors, follows the first two rules.

This can't hide everything; .github/SECURITY.md names what a reader can conclude who knows more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeGuard

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Need, Skill, Tip
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.core.practice import Blocker, Step

MIN_GROUP = 5  # people behind a figure; figures are also rounded to multiples of it
MIN_MEMBERS = 3 * MIN_GROUP  # of a group with figures

Figures = Mapping[str, int]  # name → a multiple of five; figures that may not be shown are missing
WHOLE = ""  # the group of all members; other groups are teams, by their id
MEMBERS = "members"
SAID_YES, SENT, DID = "said yes to weekly tips", "got a tip", "did a tip"  # the last two: in the week before
SAID_STILL, STILL = "said whether a tip is still in use", "tip still in use"  # in the four weeks before
BLOCKED_BY, LACKS = "blocked:", "lacks:"  # and why, in four weeks; and what, at any time
KNOWS, ASKED, RIGHT = "knows:", "asked:", "right:"  # and the skill; of the workspace alone
# What the names begin with of figures that teams have, too.
OF_TEAMS = (SAID_YES, SENT, DID, SAID_STILL, STILL, BLOCKED_BY, LACKS)


@dataclass(frozen=True, slots=True)
class Group:
    """The true counts of members: in all, and of those who did something, by the figure's name. Never shown."""

    members: int
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Team:
    """Members of a user group or a channel in Slack (`source`), and the channel in which their challenges are posted.

    `trouble`: why Slack did not say who is in it, if it did not.
    """

    workspace_id: str
    team_id: str
    source: str
    name: str
    channel: str
    trouble: str | None = None


class Lead(NamedTuple):
    """Who leads a team, and whether they said yes to a message a month. None: they have not answered."""

    who: MemberKey
    team: Team
    yes: bool | None = None
    next_at: datetime | None = None  # when the next message is planned


class Known(NamedTuple):
    """How many members know a skill, answered a check on it, and the last one right. None: fewer than five."""

    skill: Skill
    by: int | None
    asked: int | None
    right: int | None


class Blocking(NamedTuple):
    """What keeps members from doing tips: something that they lack, or a reason that they gave."""

    what: Need | Blocker
    by: int


@dataclass(frozen=True, slots=True)
class Report:
    """What may be seen of a group. Numbers of people are rounded to fives; None: fewer than five."""

    said_yes: int | None
    sent: int | None  # in the week before
    did: int | None
    blocking: tuple[Blocking, ...]  # most members first
    members: int | None = None  # of the workspace alone, as is the rest
    known: tuple[Known, ...] = ()  # those known by most first
    said_still: int | None = None  # whether a tip that they did three weeks before is still in use
    still: int | None = None


class Week(NamedTuple):
    """How many members did a tip in the week before a snapshot. None: fewer than five."""

    taken_at: datetime
    did: int | None


class Ended(NamedTuple):
    """Nudges that did not arrive: how they ended, why, and for how many members."""

    state: DeliveryState
    reason: str | None
    members: int


def one_team_each(teams: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return the team of each member. Who is in several counts in the one that was added first."""
    found: dict[str, str] = {}
    for team, people in teams:
        for member_id in people:
            found.setdefault(member_id, team)
    return found


def rounded(count: int) -> int | None:
    """Return the nearest multiple of five; None below five."""
    return (count + MIN_GROUP // 2) // MIN_GROUP * MIN_GROUP if count >= MIN_GROUP else None


def top(members: int) -> int:
    """Return the largest figure of so many members: it may stand for all of them, or for five fewer. 0: none may."""
    return (members - MIN_GROUP + MIN_GROUP // 2) // MIN_GROUP * MIN_GROUP if members >= 2 * MIN_GROUP else 0


def figure(count: int, members: int) -> int | None:
    """Return the figure for a count of some members; None if it may not be shown."""
    return min(rounded(count) or 0, top(members)) or None


def figures(groups: Mapping[str, Group]) -> dict[str, dict[str, int]]:
    """Return by group all figures that may be shown; none for fewer than five members.

    `groups`: the whole, and its teams in the order in which they were added.
    """
    whole = groups[WHOLE]
    members = rounded(whole.members)
    if members is None:
        return {}
    shown: dict[str, dict[str, int]] = {WHOLE: {MEMBERS: members}}
    if whole.members < MIN_MEMBERS:
        return shown
    teams = large(groups)
    shown |= {team: {} for team in teams}
    for name, count in whole.counts.items():
        parts = parts_of(count, whole.members, name, teams if name.startswith(OF_TEAMS) else {})
        for team, part in parts.items():
            if team != WHOLE:
                shown[team][name] = part
        if total := sum(parts.values()):
            shown[WHOLE][name] = total
    return shown


def large(groups: Mapping[str, Group]) -> dict[str, Group]:
    found = {team: group for team, group in groups.items() if team != WHOLE and group.members >= MIN_MEMBERS}
    while found and groups[WHOLE].members - sum(group.members for group in found.values()) < MIN_GROUP:
        found.popitem()
    return found


def parts_of(count: int, members: int, name: str, teams: Mapping[str, Group]) -> dict[str, int]:
    """Return the shown parts of a figure: of the teams that may show it, and under WHOLE that of the rest."""
    counts = {team: group.counts.get(name, 0) for team, group in teams.items()}
    parts = {team: part for team, own in counts.items() if (part := figure(own, teams[team].members)) is not None}
    room = members - sum(group.members for group in teams.values()) + (len(teams) - len(parts)) * (MIN_GROUP - 1)
    rest = figure(count - sum(counts[team] for team in parts), room)
    return parts if rest is None else parts | {WHOLE: rest}


def report(catalog: Catalog, found: Figures) -> Report:
    blocking = [Blocking(need, found[name]) for slug, need in catalog.needs.items() if (name := LACKS + slug) in found]
    blocking += [Blocking(why, found[name]) for why in Blocker if (name := BLOCKED_BY + why) in found]
    known = [
        Known(skill, *(found.get(what + slug) for what in (KNOWS, ASKED, RIGHT)))
        for slug, skill in catalog.skills.items()
    ]
    shown = [each for each in known if each.by or each.asked]
    return Report(
        said_yes=found.get(SAID_YES),
        sent=found.get(SENT),
        did=found.get(DID),
        blocking=tuple(sorted(blocking, key=lambda each: (-each.by, not has_challenge(each.what)))),
        members=found.get(MEMBERS),
        said_still=found.get(SAID_STILL),
        still=found.get(STILL),
        known=tuple(sorted(shown, key=lambda each: (-(each.by or 0), each.skill.name))),
    )


def lacked(found: Report) -> frozenset[str]:
    """Return the needs that half of a group lack, as far as may be shown."""
    needs = ((each.what, each.by) for each in found.blocking)
    return frozenset(what.slug for what, by in needs if isinstance(what, Need) and 2 * by >= (found.members or 0))


def has_challenge(what: Need | Blocker) -> TypeGuard[Need]:
    """Return whether a team can do something about it together."""
    return isinstance(what, Need) and what.challenge is not None


def shown_of(ended: list[Ended], members: int) -> tuple[Ended, ...]:
    """Return the nudges with numbers that may be shown. Their order reveals nothing more."""
    shown = [each._replace(members=count) for each in ended if (count := figure(each.members, members)) is not None]
    return tuple(sorted(shown, key=lambda group: (group.state, group.reason or "")))


STEPS = (Step.NOT_MY_WORK, Step.BLOCKED)  # what authors see of a tip: only what may be a fault of its text


class Reaction(NamedTuple):
    """What a member said last about a tip: it is not their work, or it is blocked. Never shown or stored."""

    step: Step
    who: MemberKey
    tip: str


@dataclass(frozen=True, slots=True)
class TipFeedback:
    """How many members said so about a tip, rounded to fives. None: fewer than five, or too few got the tip."""

    tip: Tip
    not_my_work: int | None
    blocked: int | None


@dataclass(frozen=True, slots=True)
class SkillFeedback:
    """What was said of a skill's tips: the sums of the shown figures, and the tips that have one."""

    skill: Skill
    tips: tuple[TipFeedback, ...]

    @property
    def not_my_work(self) -> int:
        return sum(each.not_my_work or 0 for each in self.tips)

    @property
    def blocked(self) -> int:
        return sum(each.blocked or 0 for each in self.tips)


def feedback(catalog: Catalog, given: Mapping[str, int], reactions: Iterable[Reaction]) -> tuple[SkillFeedback, ...]:
    """Return the skills whose tips have figures that may be shown, those with the largest figures first.

    `given`: how many members got each tip. Tips count under their present id.
    """
    who_said: dict[tuple[str, Step], set[MemberKey]] = {}
    for reaction in reactions:
        if reaction.tip in catalog.lessons:
            who_said.setdefault((catalog.lessons[reaction.tip].tip.id, reaction.step), set()).add(reaction.who)

    def of_tip(lesson: Lesson) -> TipFeedback:
        names = (lesson.tip.id, *lesson.tip.aliases)
        members = max(given.get(name, 0) for name in names)  # some may have got it under both names
        if members < MIN_MEMBERS:
            return TipFeedback(lesson.tip, None, None)
        # A figure reveals neither fewer than five who said it, nor fewer than five who did not.
        return TipFeedback(
            lesson.tip, *(figure(len(who_said.get((lesson.tip.id, step), ())), members) for step in STEPS)
        )

    found = []
    for slug, skill in catalog.skills.items():
        tips = tuple(map(of_tip, catalog.lessons_of[slug]))
        shown = tuple(each for each in tips if each.not_my_work or each.blocked)
        if shown:
            found.append(SkillFeedback(skill, shown))
    return tuple(sorted(found, key=lambda each: each.not_my_work + each.blocked, reverse=True))
