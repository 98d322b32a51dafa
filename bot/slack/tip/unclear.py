"""What helps a member who does not see how to do a tip: its skill's template and worked example."""

from functools import lru_cache

from bot.core.content_types import Skill
from bot.slack.blocks import section, worded
from bot.slack.message import Block, Rendered, escape


@lru_cache(maxsize=256)
def help_with(skill: Skill) -> tuple[Block, ...]:
    """Return the template and the worked example of a skill; without them, where to start and how it looks."""
    titled = (("Copy this and fill it in", skill.template), ("A worked example", skill.example))
    found = [Rendered(worded(f"*{title}*\n{_code(text)}")) for title, text in titled if text]
    if found:
        return tuple(found)
    start = f"*Start here*\n{escape(skill.first_exercise)}"
    return (Rendered(section(f"{start}\n*You know it when* {escape(skill.looks_like.working)}")),)


def _code(text: str) -> str:
    """Return a code block. Three backticks inside it would end it."""
    return f"```\n{escape(text.strip()).replace('```', chr(39) * 3)}\n```"
