"""One skill: why it matters, how to practise it, and how to recognise it."""

from functools import lru_cache

from bot.coach.learning import SkillSeen
from bot.core.content_types import Skill
from bot.core.practice import Stage
from bot.slack.blocks import actions, bullets, button, columns, context, section
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.request import Request
from bot.slack.tip.card import help_with

TEMPLATE = "skill-template"


def seen(found: SkillSeen) -> Message:
    """Answer `/roleshift skill <skill>`."""
    return Message(
        escape(found.skill.name),
        [*_body(found.skill), context(_standing(found)), _buttons(found.skill, learned=found.learned)],
    )


async def show_template(request: Request, slug: str) -> Message:
    """Answer *Template and example* on a skill. Raise UserError if the skill is no longer taught."""
    return template(request.catalog.skill_named(slug))


def template(skill: Skill) -> Message:
    """Return a skill's template and its worked example, to copy."""
    back = actions(button("About this skill", "skill", skill.slug), button("A tip for it", "tip", skill.slug))
    return Message(escape(skill.name), [section(f"*{escape(skill.name)}*"), *help_with(skill), back])


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
    copied = [button("Template and example", TEMPLATE, skill.slug)] if skill.template or skill.example else []
    return Rendered(actions(mark, button("A tip for it", "tip", skill.slug), *copied, button("All skills", "skills")))
