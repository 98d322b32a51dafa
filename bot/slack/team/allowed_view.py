"""What the team's policy allows: all of it, one tool, or one kind of data."""

from collections.abc import Iterable

from bot.core.policy import ALL, DataClass, Policy, Tool
from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Block, Message, escape

NOTHING = "nothing"
MAX_TEXT = 2900  # letters of a section; Slack takes 3,000


def every(policy: Policy) -> Message:
    """Answer `/roleshift allowed`."""
    tools = [f"• {_line(tool)}" for tool in policy.tools] or [NOTHING]
    data = [f"• {_line(each)} → {_names(policy.places_for(each), 'nowhere')}" for each in policy.data]
    blocks = [*_lists("*Approved tools*", tools), *_lists("*Where data may go*", data)]
    return Message("What your team allows.", [*blocks, *_footer(policy)])


def one(policy: Policy, entry: Tool | DataClass) -> Message:
    """Answer `/roleshift allowed <tool or data>`."""
    name = escape(entry.name)
    if isinstance(entry, Tool):
        said = f"*{name}* is an approved tool. Into it may go: {_names(policy.may_hold(entry), NOTHING)}."
    elif places := policy.places_for(entry):
        said = f"*{name}* may go into: {_names(places, NOTHING)}."
    else:
        said = f"*{name}* may not go into any AI tool."
    note = f"\n{escape(entry.note)}" if entry.note else ""
    return Message(said, [section(f"{said}{note}"), *_footer(policy), actions(button(ALL.label, ALL.verb))])


def _lists(title: str, lines: list[str]) -> list[Block]:
    """Return the lines in as few sections as Slack's limit allows."""
    texts = [title]
    for line in lines:
        if len(texts[-1]) + len(line) < MAX_TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def _line(entry: Tool | DataClass) -> str:
    return f"*{escape(entry.name)}*: {escape(entry.note)}" if entry.note else f"*{escape(entry.name)}*"


def _names(entries: Iterable[Tool | DataClass], nothing: str) -> str:
    return ", ".join(escape(entry.name) for entry in entries) or nothing


def _footer(policy: Policy) -> list[Block]:
    if policy.contact is None:
        return [context("What is not listed is not allowed. Ask before you use it.")]
    return [context(f"What is not listed is not allowed. Ask {escape(policy.contact)} first.")]
