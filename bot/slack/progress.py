"""How far a member is: by theme and over time; and their dated record, to paste into a review."""

import re
from collections.abc import Iterator
from itertools import chain

from bot.coach import learning
from bot.core.errors import NextStep, UserError, quoted
from bot.core.learning import Achievements, Practice, Progress, ProjectDone, SkillReached, TipDone
from bot.slack import role
from bot.slack.blocks import actions, button, context, counted, day, menu, saying, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.tip import clicks, tips
from bot.slack.tip.practice import WHICH
from bot.slack.tip.ref import TipRef

LATEST_SHOWN = 2
MAX_GIVEN = 10  # options of the menu
MAX_PART = 2_900  # characters of a code block; Slack takes 3,000 with the fences
MAX_PARTS = 3  # code blocks of a message, whose blocks hold about 12,000 characters together
_PART = re.compile(r"(?:all|everything)? *(\d{1,3})?", re.IGNORECASE)
GONE_TIP, GONE_SKILL = "a tip that is no longer taught", "a skill that is no longer taught"
INDENT = " " * 4

STAGES = (
    "Practised: you did a tip of it, or answered right. Learned: you marked it. Kept: you still do it, or knew it "
    "four weeks later."
)

noun = Noun()


@noun.verb("progress", "See how far you are: projects, lines of your role, and skills.")
async def progress(request: Request, _words: str) -> Message:
    return progress_card(await request.read(learning.progress))


@noun.verb("record [all]", "See your record, ready for a review: what you did, when, and what came out.")
async def record(request: Request, words: str) -> Message:
    number = read_part(words)
    found = await request.read(learning.achievements)
    return record_card(found, number)


def progress_card(found: Progress) -> Message:
    own = found.mine
    of = f", {own.tally.done} of {own.tally.total} on the path to {own.role.becomes}" if own else ""
    learned = counted(len(found.learned), "skill") if found.learned else "no skill yet"
    text = escape(f"You have learned {learned}{of}.")
    head = f"{escape(own.role.becomes)}: {role.proved(found.lines)}" if own else text
    blocks = [section(f"*Your progress*\n{head}"), *_projects(found)]
    blocks += [*_at_work(found.practice), *_what_is_next(found), *(tips.question(found.schedule) if own else ())]
    return Message(text, blocks)


def _projects(found: Progress) -> Iterator[Block]:
    """Yield the project that is open, and those that are finished."""
    if found.place is not None:
        project, at = found.place.project, f"step {found.place.number} of {found.place.of}"
        yield section(f"*{escape(project.name)}* · {at}", button("Go on", "next", style="primary"))
    if found.ended:
        shown = found.ended[: -LATEST_SHOWN - 1 : -1]
        lines = [f"{escape(each.project.name)}, {day(each.at, found.zone)}" for each in shown]
        left_out = len(found.ended) - len(shown)
        more = [f"…and {left_out} earlier"] if left_out else []
        yield section("\n".join(["*Finished*", *lines, *more]))


def _at_work(found: Practice) -> list[Block]:
    """Return what the member did and showed, with their record; nothing while there is nothing."""
    done = f"{counted(found.done, 'tip')} done, {found.this_month} of them this month" if found.done else ""
    shown = f"{counted(found.shown, 'skill')} shown, {found.confirmed} confirmed by a colleague" if found.shown else ""
    said = ". ".join(each for each in (done, shown) if each)
    return [section(f"{said}.", button("My record", "record"))] if said else []


def _what_is_next(found: Progress) -> list[Block]:
    if found.mine is None:
        return [
            section("You have no role yet. Choose one and I can show you what is next."),
            actions(button("Choose my role", "myrole", style="primary"), button("All skills", "skills")),
        ]
    skills = button("My skills", role.MY_SKILLS)
    if found.mine.ahead:
        return [actions(button("My role", "myrole"), skills)]
    return [section(role.path_finished(found.mine)), actions(button("Compare roles", "roles"), skills)]


@noun.click(role.MY_SKILLS, no_value)
async def my_skills(request: Request, _: None) -> Message:
    return skills_of(await request.read(learning.progress))


def skills_of(found: Progress) -> Message:
    """Return what is learned and practised of skills, by theme and over time."""
    own = f": {role.tally(found.mine)}" if found.mine else ""
    themes = (f"{escape(theme.name)}: {tally.done} of {tally.total}" for theme, tally in found.themes)
    blocks = [
        section(f"*Your skills*{own}\n_{STAGES}_"),
        section("\n".join(themes)),
        *_over_time(found),
        *_practised(found),
        actions(button("Back", "progress"), button("All skills", "skills")),
    ]
    return Message(f"Your skills{own}", blocks)


def _over_time(found: Progress) -> list[Block]:
    learned, zone = found.learned, found.zone
    if not learned:
        return []
    latest = "\n".join(
        f"{escape(item.skill.name)}, {day(item.at, zone)}{', kept' if item.skill.slug in found.kept else ''}"
        for item in learned[:LATEST_SHOWN]
    )
    more = f"\n…and {len(learned) - LATEST_SHOWN} earlier" if len(learned) > LATEST_SHOWN else ""
    return [section(f"*Learned*\n{latest}{more}")]


def _practised(found: Progress) -> list[Block]:
    if not found.practised:
        return []
    names = " · ".join(escape(skill.name) for skill in found.practised[:LATEST_SHOWN])
    more = f" · …and {len(found.practised) - LATEST_SHOWN} more" if len(found.practised) > LATEST_SHOWN else ""
    return [context(f"Practised, not learned yet: {names}{more}")]


_ADD = button("Add a tip I did", "did", WHICH)


def read_part(words: str) -> int:
    """Return which part of the record is wanted, from 1: `all 2` means the second. Raise UserError."""
    found = _PART.fullmatch(words.strip())
    if found is None:
        said = f"Your record is one list, not {quoted(words)}. I know `record` and `record all`."
        raise UserError(said, NextStep("My record", "record"))
    return max(int(found[1] or 1), 1)


def record_card(found: Achievements, number: int = 1) -> Message:
    """Answer `record`. Messages after the first stand beside it, so that all can be copied."""
    if found.is_empty:
        text = "Your record is empty. It fills when you do a tip, mark a skill or show one to a colleague."
        return saying(text, button("A tip now", "tip"), _ADD)
    messages = _messages(found)
    number = min(number, len(messages))
    text = escape(f"Your record until {day(found.today, found.zone)}: {_counts(found)}.")
    of = f" Part {number} of {len(messages)}." if len(messages) > 1 else ""
    following = f"More: part {number + 1}", "record", f"all {number + 1}"
    more = [button(*following, style="primary")] if number < len(messages) else []
    review = [menu("Have it reviewed", clicks.REVIEW, options)] if number == 1 and (options := _given(found)) else []
    blocks = [
        section(f"*Your record*{of}"),
        *(worded(f"```{part}```") for part in messages[number - 1]),
        context("Only you see this. Copy it into your review."),
        actions(*more, *review, _ADD),
    ]
    return Message(text, blocks, replaces=False if number > 1 else None)


def _given(found: Achievements) -> list[tuple[str, str]]:
    """Return the latest tips and steps that are still given, as the options of a menu."""
    done = chain(found.done, *(project.steps for project in found.projects))
    latest = sorted(done, key=lambda each: each.at, reverse=True)
    return [(each.title, TipRef.of_step(each.tip).value) for each in latest if each.tip and each.title][:MAX_GIVEN]


def _counts(found: Achievements) -> str:
    reached = (("learned", found.learned), ("kept", found.kept), ("shown", found.shown))
    skills = [f"{counted(len(skills), 'skill')} {word}" for word, skills in reached if skills]
    finished = sum(project.at is not None for project in found.projects)
    projects = [f"{counted(finished, 'project')} finished"] if finished else []
    steps = sum(len(project.steps) for project in found.projects)
    return ", ".join([*projects, f"{counted(len(found.done) + steps, 'tip')} done", *skills])


def _messages(found: Achievements) -> list[list[str]]:
    """Return the record as code blocks, grouped into messages. No entry is split."""
    parts = [""]
    for entry in _entries(found):
        if len(parts[-1]) + len(entry) > MAX_PART:
            parts.append("")
        parts[-1] += entry
    parts = [part.strip("\n") for part in parts]
    return [parts[start : start + MAX_PARTS] for start in range(0, len(parts), MAX_PARTS)]


def _entries(found: Achievements) -> Iterator[str]:
    yield _literal(f"My record until {day(found.today, found.zone)}\n{_counts(found)}\n")
    if found.projects:
        yield "\nProjects\n"
    for project in found.projects:
        yield from (_literal(entry) for entry in _project(project, found.zone))
    for title, entries in (
        ("Tips done", found.done),
        ("Practised on a sample", found.labs),
        ("Skills learned", found.learned),
        ("Skills kept: still in use, or checked after 1 and 4 weeks", found.kept),
        ("Skills shown to colleagues", found.shown),
    ):
        if entries:
            yield f"\n{title}\n"
        for each in entries:
            line = _tip_done(each, found.zone) if isinstance(each, TipDone) else _skill_reached(each, found.zone)
            yield _literal(line)


def _project(project: ProjectDone, zone: str | None) -> Iterator[str]:
    """Yield a project: what it left, when, who saw it, and when to look at it again; then its steps."""
    seen = f", confirmed by a colleague on {day(project.confirmed_at, zone)}" if project.confirmed_at else ""
    shown = f", shown on {day(project.shown_at, zone)}{seen}" if project.shown_at else ""
    if project.at is None:
        yield f"{project.name}: {len(project.steps)} of {project.of} steps{shown}\n"
    else:
        again = f", again on {day(project.again_on, zone)}" if project.again_on else ""
        yield f"{day(project.at, zone)} · {project.name}: {project.keeps}{shown}{again}\n"
    for step in project.steps:
        yield "".join(f"{INDENT}{line}\n" for line in _tip_done(step, zone).splitlines())


def _tip_done(done: TipDone, zone: str | None) -> str:
    title = done.title or GONE_TIP
    title += f" ({done.skill})" if done.skill else ""
    lines = "".join(f"{INDENT}{line.strip()}\n" for line in (done.line or "").splitlines() if line.strip())
    again = ", ".join(day(at, zone) for at in done.again)
    used = f"{INDENT}used again on {again}\n" if again else ""
    return f"{day(done.at, zone)} · {title}\n{lines}{used}"


def _skill_reached(reached: SkillReached, zone: str | None) -> str:
    seen = f", confirmed by a colleague on {day(reached.confirmed_at, zone)}" if reached.confirmed_at else ""
    return f"{day(reached.at, zone)} · {reached.name or GONE_SKILL}{seen}\n"


def _literal(text: str) -> str:
    """Escape text for a code block. A backtick becomes an apostrophe, as three of them would end the block."""
    return escape(text.replace("`", "'"))
