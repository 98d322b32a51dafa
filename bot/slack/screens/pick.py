"""Menus of skills, for commands that were typed without naming a skill."""

from collections.abc import Iterable

from bot.coach.learning import SkillList
from bot.core.content_types import Skill
from bot.slack.blocks import actions, button, menu, section
from bot.slack.message import Message

MAX_OPTIONS = 100  # Slack's limit for a menu


def to_learn(found: SkillList) -> Message:
    """Answer `/roleshift learn` without a skill: offer those not learned yet, the member's path first."""
    ahead = [skill for skill in _in_order(found) if skill.slug not in found.learned]
    if not ahead:
        return _nothing("You have learned every skill there is.")
    return _asked("Which skill have you learned?", "learn", ahead)


def to_unlearn(found: SkillList) -> Message:
    """Answer `/roleshift unlearn` without a skill: offer those marked as learned."""
    learned = [skill for skill in _in_order(found) if skill.slug in found.learned]
    if not learned:
        return _nothing("You have not marked any skill as learned yet.")
    return _asked("Which skill do you want to unmark?", "unlearn", learned)


def to_see(found: SkillList) -> Message:
    """Answer `/roleshift skill` without a skill: offer all, the member's path first."""
    return _asked("Which skill do you want to see?", "skill", _in_order(found))


def to_show(found: SkillList) -> Message:
    """Answer `/roleshift show` without a skill: offer all, the member's path first."""
    return _asked("Which skill do you want to show in this channel?", "show", _in_order(found))


def _in_order(found: SkillList) -> list[Skill]:
    on_path = {skill.slug for skill in found.skills}
    return [*found.skills, *(skill for skill in found.catalog.skills.values() if skill.slug not in on_path)]


def _asked(question: str, verb: str, skills: Iterable[Skill]) -> Message:
    options = [(skill.name, skill.slug) for skill in skills][:MAX_OPTIONS]
    return Message(question, [section(question), actions(menu("Choose a skill", verb, options), _ALL)])


def _nothing(said: str) -> Message:
    return Message(said, [section(said), actions(_ALL, button("My progress", "progress"))])


_ALL = button("All skills", "skills")
