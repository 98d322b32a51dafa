"""What members said of tips, for authors, under the rules of the desk: see core/team.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Skill, Tip
from bot.core.member import MemberKey
from bot.core.practice import Step
from bot.core.team import MIN_MEMBERS, figure

STEPS = (Step.NOT_MY_WORK, Step.BLOCKED)


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
