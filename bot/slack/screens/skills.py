"""A list of skills, those of a role's path or all, with what the reader has learned."""

from functools import lru_cache

from bot.coach.learning import SkillList
from bot.core.content_types import Skill
from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.tip import tips

MAX_ROWS = 30  # Slack takes some 12,000 characters in all blocks of a message


def listed(found: SkillList) -> Message:
    """Answer `/roleshift skills [role]`: a line for each skill, with ✓ if it is learned."""
    done = sum(skill.slug in found.learned for skill in found.skills)
    of = f"on the path to {found.role.becomes}" if found.role else "in all"
    title = escape(f"Skills {of}: {done} of {len(found.skills)} learned")
    return Message(
        text=title,
        blocks=[
            section(f"*{title}*"),
            *(_row(skill, learned=skill.slug in found.learned) for skill in found.skills[:MAX_ROWS]),
            *_more(len(found.skills) - MAX_ROWS),
            _HINT,
            _BUTTONS,
            *(tips.question(found.schedule) if found.role else ()),
        ],
    )


def _more(left_out: int) -> list[Block]:
    if left_out <= 0:
        return []
    return [context(f"…and {left_out} more. `/roleshift skills` and a role shows those on its path.")]


@lru_cache(maxsize=1024)
def _row(skill: Skill, *, learned: bool) -> Block:
    mark, label = ("✓ ", "Look again") if learned else ("", "How?")
    return Rendered(
        section(f"{mark}*{escape(skill.name)}*\n{escape(skill.why)}", button(label, "skill", skill.slug)),
    )


_HINT = Rendered(context("Know one already? Mark it as learned."))
_BUTTONS = Rendered(
    actions(button("Mark as learned", "learn"), button("My progress", "progress"), button("Compare roles", "roles"))
)
