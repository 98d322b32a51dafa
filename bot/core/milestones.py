"""Milestones: one sentence in the answer to a click, when a member has reached something."""

from bot.core.content_types import Skill
from bot.core.learning import Path
from bot.core.practice import History

FIRST_TIP = "That is your first tip done."


def after_done(history: History) -> str | None:
    """Return the sentence after a tip was done, from the history with it; None unless it was the first."""
    return FIRST_TIP if len(history.done) == 1 else None


def after_learned(skill: Skill, path: Path | None) -> str | None:
    """Return the sentence after a skill was newly marked, from the path with it; None between milestones."""
    if path is None or skill.slug not in path.role.skills:
        return None
    done, total = path.tally.done, path.tally.total
    if done == total:
        return f"You finished the path to {path.role.becomes}."
    if 2 * (done - 1) < total <= 2 * done:
        return f"Half of the path to {path.role.becomes}: {done} of {total} skills."
    return None
