"""One skill: why it matters, how to practise it, and how to recognise it."""

from functools import lru_cache

from bot.coach.learning import SkillSeen
from bot.core.content_types import Skill
from bot.core.practice import Stage
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.screens.blocks import actions, bullets, button, columns, context, section


def seen(found: SkillSeen) -> Message:
    """Answer `/roleshift skill <skill>`."""
    return Message(
        escape(found.skill.name),
        [*_body(found.skill), context(_standing(found)), _buttons(found.skill, learned=found.learned)],
    )


def _standing(found: SkillSeen) -> str:
    """Return how firmly the member knows the skill, in words."""
    did = f"You did {found.done} of its {len(found.skill.tips)} tips."
    match found.stage:
        case Stage.OPEN:
            return "Open: you did none of its tips yet."
        case Stage.PRACTISED:
            return f"Practised: {did[0].lower()}{did[1:]}"
        case Stage.LEARNED:
            return f"Learned: you marked it. {did}"
        case Stage.KEPT:
            return f"Kept: your answers were right after 1, 4 and 12 weeks. {did}"


@lru_cache(maxsize=1024)
def _body(skill: Skill) -> tuple[Block, ...]:
    looks = skill.looks_like
    blocks = [
        section(f"*{escape(skill.name)}*\n{escape(skill.why)}"),
        section(f"*Start here*\n{escape(skill.first_exercise)}"),
        columns(
            f"*You know it when*\n{escape(looks.aware)}",
            f"*You work with it when*\n{escape(looks.working)}",
            f"*You teach it when*\n{escape(looks.teaching)}",
            f"*What goes wrong*\n{bullets(skill.mistakes)}",
        ),
    ]
    if skill.source_line and skill.source_line != skill.name:
        blocks.append(context(f"In the new job description: _{escape(skill.source_line)}_"))
    return tuple(Rendered(block) for block in blocks)


@lru_cache(maxsize=1024)
def _buttons(skill: Skill, *, learned: bool) -> Block:
    mark = (
        button("Undo: not learned yet", "unlearn", skill.slug)
        if learned
        else button("Mark as learned", "learn", skill.slug, style="primary")
    )
    return Rendered(actions(mark, button("A tip for it", "tip", skill.slug), button("All skills", "skills")))
