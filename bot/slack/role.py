"""One role: how it changes, and the skills on its path."""

from functools import lru_cache

from bot.coach.roles import RoleSeen
from bot.core.content_types import Role, Skill
from bot.core.learning import Meeting, Path, Tally
from bot.slack.blocks import actions, bar, bullets, button, columns, context, section
from bot.slack.message import Block, Message, Rendered, escape

COLUMNS = 2  # Slack draws fields two in a row
SHOWN_AHEAD = 3


def seen(found: RoleSeen) -> Message:
    """Answer `/roleshift role <role>`: any role, with what the reader has learned of it."""
    path = found.path
    return Message(
        text=title(path.role),
        blocks=[
            *head(path.role),
            *_further_lists(path.role),
            *_met(found.meetings),
            *way(path),
            _buttons(path.role),
        ],
    )


def title(role: Role) -> str:
    """Return the role's title, such as `DevOps Engineer → AI Platform Enabler`, escaped."""
    return escape(f"{role.name} → {role.becomes}")


@lru_cache(maxsize=256)
def head(role: Role, *, own: bool = False) -> tuple[Block, ...]:
    """Return what the role was, what it is now, and its two most important lists. `own`: it is the reader's role."""
    return (
        Rendered(
            section(f"*{title(role)}*\n_Was_ {escape(role.before)}\n_Now_ {escape(role.after)}"),
        ),
        *_lists(role, 0, own=own),
    )


def way(path: Path) -> tuple[Block, ...]:
    """Return how far the reader is on the path, and which skills come next."""
    return (_tally(path.tally), *(_next(path.ahead[:SHOWN_AHEAD]) if path.ahead else (_FINISHED,)))


@lru_cache(maxsize=256)
def _further_lists(role: Role) -> tuple[Block, ...]:
    return tuple(block for start in range(COLUMNS, len(role.lists), COLUMNS) for block in _lists(role, start))


@lru_cache(maxsize=256)
def _met(meetings: tuple[Meeting, ...]) -> tuple[Block, ...]:
    """Return what to ask people of other roles, where this role's work meets theirs."""
    lines = [f"• *{escape(each.role.name)}*, on {escape(each.skill.name)}: _{escape(each.ask)}_" for each in meetings]
    return (Rendered(section("\n".join(("*Where your work meets others'*", *lines)))),) if lines else ()


def _lists(role: Role, start: int, *, own: bool = False) -> tuple[Block, ...]:
    shown = [
        (name.replace("they", "you") if own else name, lines) for name, lines in role.lists[start : start + COLUMNS]
    ]
    return (Rendered(columns(*(f"*{name}*\n{bullets(lines)}" for name, lines in shown))),) if shown else ()


@lru_cache(maxsize=1024)
def _tally(tally: Tally) -> Block:
    return Rendered(section(f"{bar(tally.done, tally.total)} {tally.done} of {tally.total} skills"))


@lru_cache(maxsize=4096)
def _next(ahead: tuple[Skill, ...]) -> tuple[Block, ...]:
    first, *then = ahead
    blocks = [
        section(f"*Next on this path: {escape(first.name)}*\n{escape(first.why)}"),
        actions(button("Mark as learned", "learn", first.slug, style="primary"), button("How?", "skill", first.slug)),
    ]
    if then:
        blocks.append(context("Then: " + " · ".join(escape(skill.name) for skill in then)))
    return tuple(Rendered(block) for block in blocks)


@lru_cache(maxsize=256)
def _buttons(role: Role) -> Block:
    return Rendered(
        actions(
            button("This is my role", "myrole", role.slug),
            button("Its skills", "skills", role.slug),
            button("Compare roles", "roles"),
        )
    )


_FINISHED = Rendered(section("You finished this path. Next: tips that go further, or another role's path."))
