"""How far a member is: by path, by theme, and over time."""

from itertools import groupby

from bot.core.learning import Learned, Practice, Progress, Tally, closest
from bot.slack.blocks import actions, bar, button, context, section
from bot.slack.dates import day, month
from bot.slack.message import Block, Message, escape
from bot.slack.screens import finished
from bot.slack.tip import tips

LATEST_SHOWN = 8
MONTHS_SHOWN = 6


def shown(found: Progress) -> Message:
    """Answer `/roleshift progress`."""
    own = found.mine
    of = f", {own.tally.done} of {own.tally.total} on the path to {own.role.becomes}" if own else ""
    text = escape(f"You have learned {_count(len(found.learned))}{of}.")
    return Message(
        text,
        [
            section(f"*Your progress*\n{text}"),
            section("*By role*\n" + "\n".join(_line(path.role.becomes, path.tally) for path in found.paths)),
            section("*By theme*\n" + "\n".join(_line(theme.name, tally) for theme, tally in found.themes)),
            *_over_time(found),
            *_practised(found),
            *_at_work(found.practice),
            *_next(found),
            *(tips.footer(found.schedule) if found.mine else ()),
        ],
    )


def _line(name: str, tally: Tally) -> str:
    return f"{bar(tally.done, tally.total)} {tally.done} of {tally.total}  {escape(name)}"


def _over_time(found: Progress) -> list[Block]:
    learned, zone = found.learned, found.zone
    if not learned:
        return []
    latest = "\n".join(
        f"✓ {escape(item.skill.name)}, {day(item.at, zone)}{_kept(found, item)}" for item in learned[:LATEST_SHOWN]
    )
    more = f"\n…and {len(learned) - LATEST_SHOWN} earlier" if len(learned) > LATEST_SHOWN else ""
    months = [f"{name}: {len(list(those))}" for name, those in groupby(learned, key=lambda item: month(item.at, zone))]
    return [section(f"*Learned*\n{latest}{more}"), context("By month: " + " · ".join(months[:MONTHS_SHOWN]))]


def _kept(found: Progress, learned: Learned) -> str:
    return ", kept" if learned.skill.slug in found.kept else ""


def _practised(found: Progress) -> list[Block]:
    """Return the skills of which the member did a tip, but which they have not learned."""
    if not found.practised:
        return []
    names = " · ".join(escape(skill.name) for skill in found.practised[:LATEST_SHOWN])
    more = f" · …and {len(found.practised) - LATEST_SHOWN} more" if len(found.practised) > LATEST_SHOWN else ""
    return [context(f"Practised, not learned yet: {names}{more}")]


def _at_work(found: Practice) -> list[Block]:
    """Return what the member did and showed, with their record; nothing while there is nothing."""
    done = f"{_of(found.done, 'tip')} done, {found.this_month} of them this month" if found.done else ""
    shown = f"{_of(found.shown, 'skill')} shown, {found.confirmed} confirmed by a colleague" if found.shown else ""
    said = ". ".join(each for each in (done, shown) if each)
    return [section(f"*At work*\n{said}.", button("My record", "record"))] if said else []


def _of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _next(found: Progress) -> list[Block]:
    if found.mine is None:
        return [
            section("You have no role yet. Choose one and I can show you what is next."),
            actions(button("Choose my role", "myrole", style="primary"), button("All skills", "skills")),
        ]
    if not found.mine.ahead:
        other = closest(found.paths, found.mine.role)
        return [
            section(finished.said(found.mine, other)),
            actions(*finished.buttons(other), button("Compare roles", "roles")),
        ]
    first = found.mine.ahead[0]
    return [
        section(f"*Next: {escape(first.name)}*\n{escape(first.why)}"),
        actions(
            button("Mark as learned", "learn", first.slug, style="primary"),
            button("How?", "skill", first.slug),
            button("My role", "myrole"),
        ),
    ]


def _count(skills: int) -> str:
    return "no skill yet" if skills == 0 else "1 skill" if skills == 1 else f"{skills} skills"
