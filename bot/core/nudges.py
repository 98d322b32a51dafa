"""Which tip a member gets, and why: pure, so that a forecast is what happens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.catalog import Catalog, Lesson, Role, Skill


class Reason(StrEnum):
    """Why this tip and no other."""

    NEXT_ON_PATH = "next on your path"
    PATH_WALKED = "your path is walked; this one goes further"
    ASKED = "you asked for it"
    NO_ROLE = "you have no role yet, so this one is for everybody"


@dataclass(frozen=True, slots=True)
class Choice:
    """A tip, the skill that it teaches, and why it was chosen."""

    lesson: Lesson
    reason: Reason
    role: Role | None


def choose_tip(
    catalog: Catalog,
    role: Role | None,
    learned: Collection[str],
    given: Mapping[str, int],
    *,
    about: Skill | None = None,
    after: str | None = None,
) -> Choice:
    """The next tip for a member: of the nearest unlearned skill, the least often given.

    `given` counts how often each tip id was given; `about` asks for one skill; `after` is the tip that the member has
    just seen and wants to move on from.
    """
    skills = [about] if about else _in_order(catalog, role, learned)
    tips = [Lesson(skill, tip) for skill in skills for tip in skill.tips if tip.id != after]
    lesson = min(tips, key=lambda lesson: given.get(lesson.tip.id, 0))  # the first of the least: min is stable
    return Choice(lesson, Reason.ASKED if about else _reason(role, lesson.skill, learned), role)


def _in_order(catalog: Catalog, role: Role | None, learned: Collection[str]) -> list[Skill]:
    path = catalog.path(role) if role else tuple(catalog.skills.values())
    ahead = [skill for skill in path if skill.slug not in learned]
    if ahead:
        return ahead
    beyond = [skill for skill in catalog.skills.values() if skill.slug not in learned]
    return beyond or list(path)


def _reason(role: Role | None, skill: Skill, learned: Collection[str]) -> Reason:
    if role is None:
        return Reason.NO_ROLE
    on_path = skill.slug in role.skills and skill.slug not in learned
    return Reason.NEXT_ON_PATH if on_path else Reason.PATH_WALKED
