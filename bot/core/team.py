"""Decide which figures of a workspace may be shown, so that they never tell what fewer than five people did.

A figure says how many members did something in one week. Rules:

1. A week is counted once, for ever. What somebody did counts in the week in which they did it, and in no other; nothing
   that only grows is counted, and nothing about teams.
2. A week has figures if 15 members or more did anything in it, and the workspace has five members more.
3. A count below five is not shown. Others are rounded to the nearest five.
4. No figure tells that all who did anything in the week did this, nor that fewer than five of them did not; nor that
   fewer than five members did nothing at all.
5. Nothing that is counted implies another count: a member may have done any of it without the rest. So a tip that is
   still in use counts as done, because only somebody who did it before can say so. Right and wrong answers are counted
   apart, and never together.

So each count may be any that its figure allows, whatever the others are, and members can be exchanged in it (P17, shown
by the proof `observer`). This can't hide everything: .github/SECURITY.md names what who knows more can conclude.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Need, Skill
from bot.core.member import MemberKey
from bot.core.practice import Blocker

MIN_GROUP = 5  # people behind a figure; figures are also rounded to multiples of it

Figures = Mapping[str, int]  # name → a multiple of five; figures that may not be shown are missing
DID = "did a tip"  # or said that one is still in use
BLOCKED_BY, LACKS, RIGHT, WRONG = "blocked:", "lacks:", "right:", "wrong:"  # and the reason, the need, the skill


@dataclass(frozen=True, slots=True)
class Counts:
    """True counts of members for one week: in all, of those who did anything, and by a figure's name. Never shown."""

    members: int
    active: int
    did: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Team:
    workspace_id: str
    team_id: str
    source: str  # the user group or the channel in Slack
    name: str
    channel: str  # in which their challenges are posted
    trouble: str | None = None  # why Slack did not say who is in it, if it did not


class Lead(NamedTuple):
    """Who leads a team, and whether they said yes to a message a month. None: they have not answered."""

    who: MemberKey
    team: Team
    yes: bool | None = None
    next_at: datetime | None = None  # when the next message is planned
    dm_channel: str | None = None  # the direct messages that tell them so, as an admin wished


class CheckedSkill(NamedTuple):
    skill: Skill
    right: int | None  # members who answered a check on it right; None: fewer than five
    wrong: int | None


class Blocking(NamedTuple):
    what: Need | Blocker
    by: int  # members whom it kept from doing tips


class WeekCounts(NamedTuple):
    ended_at: datetime
    figures: Figures

    @property
    def did(self) -> int | None:
        """Return how many did a tip or said that one is still in use. None: fewer than five."""
        return self.figures.get(DID)

    def blocking(self, catalog: Catalog) -> tuple[Blocking, ...]:
        """Return what blocked most members first."""
        what: dict[str, Need | Blocker] = {LACKS + slug: need for slug, need in catalog.needs.items()}
        what |= {BLOCKED_BY + why: why for why in Blocker}
        blocking = [Blocking(each, self.figures[name]) for name, each in what.items() if name in self.figures]
        together = {each.what for each in blocking if isinstance(each.what, Need) and each.what.challenge is not None}
        return tuple(sorted(blocking, key=lambda each: (-each.by, each.what not in together)))

    def checked(self, catalog: Catalog) -> tuple[CheckedSkill, ...]:
        every = (
            CheckedSkill(skill, self.figures.get(RIGHT + slug), self.figures.get(WRONG + slug))
            for slug, skill in catalog.skills.items()
        )
        return tuple(each for each in every if each.right or each.wrong)


def rounded(count: int) -> int:
    return (count + MIN_GROUP // 2) // MIN_GROUP * MIN_GROUP if count >= MIN_GROUP else 0


def figures(week: Counts) -> dict[str, int]:
    among = min(week.active, week.members - MIN_GROUP)
    if among < 3 * MIN_GROUP:
        return {}
    top = (among - MIN_GROUP + MIN_GROUP // 2) // MIN_GROUP * MIN_GROUP  # it may stand for all, or for five fewer
    shown = {name: min(rounded(count), top) for name, count in week.did.items()}
    return {name: count for name, count in shown.items() if count}
