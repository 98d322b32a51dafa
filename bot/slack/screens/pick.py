"""Menus of skills, for verbs that were typed without one."""

from collections.abc import Iterable

from bot.coach.learning import SkillList
from bot.core.catalog import Skill
from bot.slack.message import Message
from bot.slack.screens.blocks import actions, button, menu, section

MAX_OPTIONS = 100  # that Slack takes in a menu


def to_learn(found: SkillList) -> Message:
    """`/roleshift learn` alone: the skills that are not learned yet, those of the path first."""
    ahead = [skill for skill in _in_order(found) if skill.slug not in found.learned]
    if not ahead:
        return _nothing("You have learned every skill there is.")
    return _asked("Which skill have you learned?", "learn", ahead)


def to_unlearn(found: SkillList) -> Message:
    """`/roleshift unlearn` alone: the skills that are marked as learned."""
    learned = [skill for skill in _in_order(found) if skill.slug in found.learned]
    if not learned:
        return _nothing("You have not marked any skill as learned yet.")
    return _asked("Which skill do you want to unmark?", "unlearn", learned)


def to_see(found: SkillList) -> Message:
    """`/roleshift skill` alone: all skills, those of the path first."""
    return _asked("Which skill do you want to see?", "skill", _in_order(found))


def _in_order(found: SkillList) -> list[Skill]:
    on_path = {skill.slug for skill in found.skills}
    return [*found.skills, *(skill for skill in found.catalog.skills.values() if skill.slug not in on_path)]


def _asked(question: str, verb: str, skills: Iterable[Skill]) -> Message:
    options = [(skill.name, skill.slug) for skill in skills][:MAX_OPTIONS]
    return Message(question, [section(question), actions(menu("Choose a skill", verb, options), _ALL)])


def _nothing(said: str) -> Message:
    return Message(said, [section(said), actions(_ALL, button("My progress", "progress"))])


_ALL = button("All skills", "skills")
