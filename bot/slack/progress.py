"""How far a member is: by theme and over time; and their dated record, to paste into a review."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from bot.coach import learning
from bot.core.errors import NextStep, UserError, quoted
from bot.core.learning import Achievements, Progress, TipDone
from bot.slack import role
from bot.slack.blocks import actions, button, context, counted, day, first_of, menu, saying, section, worded
from bot.slack.message import Message, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.tip import clicks, practice, ref, tips

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
    """Show a part of the record, from 1: `all 2` means the second. Raise UserError."""
    part = _PART.fullmatch(words.strip())
    if part is None:
        said = f"Your record is one list, not {quoted(words)}. I know `record` and `record all`."
        raise UserError(said, NextStep("My record", "record"))
    return record_card(await request.read(learning.achievements), max(int(part[1] or 1), 1))


def progress_card(found: Progress) -> Message:
    own = found.mine
    of = f", {own.tally.done} of {own.tally.total} on the path to {own.role.becomes}" if own else ""
    learned = counted(len(found.learned), "skill") if found.learned else "no skill yet"
    text = escape(f"You have learned {learned}{of}.")
    head = f"{escape(own.role.becomes)}: {role.proved(found.lines)}" if own else text
    blocks = [section(f"*Your progress*\n{head}")]
    if found.place is not None:
        project, at = found.place.project, f"step {found.place.number} of {found.place.of}"
        blocks.append(section(f"*{escape(project.name)}* · {at}", button("Go on", "next", style="primary")))
    if found.ended:
        lines = [f"{escape(ended.project.name)}, {day(ended.at, found.zone)}" for ended in reversed(found.ended)]
        blocks.append(section("\n".join(["*Finished*", *first_of(lines, LATEST_SHOWN, "earlier")])))
    at_work = [f"{counted(found.done, 'tip')} done, {found.done_this_month} of them this month"] if found.done else []
    if found.shown:
        at_work.append(f"{counted(found.shown, 'skill')} shown, {found.confirmed} confirmed by a colleague")
    if at_work:
        blocks.append(section(f"{'. '.join(at_work)}.", button("My record", "record")))
    skills = button("My skills", role.MY_SKILLS)
    if own is None:
        choose = button("Choose my role", "myrole", style="primary"), button("All skills", "skills")
        blocks += [section("You have no role yet. Choose one and I can show you what is next."), actions(*choose)]
    elif own.ahead:
        blocks.append(actions(button("My role", "myrole"), skills))
    else:
        blocks += [section(role.path_finished(own)), actions(button("Compare roles", "roles"), skills)]
    return Message(text, [*blocks, *(tips.question(found.schedule) if own else ())])


@noun.click(role.MY_SKILLS, no_value)
async def my_skills(request: Request, _: None) -> Message:
    return skills_of(await request.read(learning.progress))


def skills_of(found: Progress) -> Message:
    own = f": {role.tally(found.mine)}" if found.mine else ""
    themes = (f"{escape(theme.name)}: {tally.done} of {tally.total}" for theme, tally in found.themes)
    blocks = [section(f"*Your skills*{own}\n_{STAGES}_"), section("\n".join(themes))]
    if found.learned:
        lines = [
            f"{escape(skill.name)}, {day(at, found.zone)}{', kept' * (skill.slug in found.kept)}"
            for skill, at in found.learned
        ]
        blocks.append(section("\n".join(["*Learned*", *first_of(lines, LATEST_SHOWN, "earlier")])))
    if found.practised:
        names = first_of([escape(skill.name) for skill in found.practised], LATEST_SHOWN, "more")
        blocks.append(context(f"Practised, not learned yet: {' · '.join(names)}"))
    blocks.append(actions(button("Back", "progress"), button("All skills", "skills")))
    return Message(f"Your skills{own}", blocks)


_ADD = button("Add a tip I did", "did", practice.WHICH)


def record_card(found: Achievements, number: int = 1) -> Message:
    """Answer `record`. Messages after the first stand beside it, so that all can be copied. No entry is split."""
    if not any((found.projects, found.done, found.labs, found.learned, found.kept, found.shown)):
        text = "Your record is empty. It fills when you do a tip, mark a skill or show one to a colleague."
        return saying(text, button("A tip now", "tip"), _ADD)
    parts = [""]
    for text in _entries(found):
        entry = escape(text.replace("`", "'"))  # three of them would end the block
        if len(parts[-1]) + len(entry) > MAX_PART:
            parts.append("")
        parts[-1] += entry
    messages = [parts[start : start + MAX_PARTS] for start in range(0, len(parts), MAX_PARTS)]
    number = min(number, len(messages))
    text = escape(f"Your record until {day(found.today, found.zone)}: {_counts(found)}.")
    of = f" Part {number} of {len(messages)}." if len(messages) > 1 else ""
    following = f"More: part {number + 1}", "record", f"all {number + 1}"
    buttons = [button(*following, style="primary")] if number < len(messages) else []
    done = chain(found.done, *(project.steps for project in found.projects))
    latest = sorted(done, key=lambda tip: tip.at, reverse=True)
    options = [(tip.title, ref.TipRef.asked(tip.tip).value) for tip in latest if tip.tip and tip.title]  # still given
    if number == 1 and options:
        buttons.append(menu("Have it reviewed", clicks.REVIEW, options[:MAX_GIVEN]))
    codes = (part.strip("\n") for part in messages[number - 1])
    blocks = [
        section(f"*Your record*{of}"),
        *(worded(f"```{code}```") for code in codes),
        context("Only you see this. Copy it into your review."),
        actions(*buttons, _ADD),
    ]
    return Message(text, blocks, replaces=False if number > 1 else None)


def _counts(found: Achievements) -> str:
    reached = (("learned", found.learned), ("kept", found.kept), ("shown", found.shown))
    skills = [f"{counted(len(skills), 'skill')} {word}" for word, skills in reached if skills]
    finished = sum(project.at is not None for project in found.projects)
    projects = [f"{counted(finished, 'project')} finished"] if finished else []
    steps = sum(len(project.steps) for project in found.projects)
    return ", ".join([*projects, f"{counted(len(found.done) + steps, 'tip')} done", *skills])


def _entries(found: Achievements) -> Iterator[str]:
    zone = found.zone
    yield f"My record until {day(found.today, zone)}\n{_counts(found)}\n"
    if found.projects:
        yield "\nProjects\n"
    for project in found.projects:  # what it left, when, who saw it, and when to look at it again; then its steps
        confirmed = _confirmed(project.confirmed_at, zone)
        shown = f", shown on {day(project.shown_at, zone)}{confirmed}" if project.shown_at else ""
        again = f", to look at again on {day(project.again_on, zone)}" if project.again_on else ""
        if project.at is None:
            yield f"{project.name}: {len(project.steps)} of {project.of} steps{shown}\n"
        else:
            yield f"{day(project.at, zone)} · {project.name}: {project.keeps}{shown}{again}\n"
        for step in project.steps:
            yield "".join(f"{INDENT}{line}\n" for line in _tip_done(step, zone).splitlines())
    for title, entries in (
        ("Tips done", found.done),
        ("Practised on a sample", found.labs),
        ("Skills learned", found.learned),
        ("Skills kept: still in use, or checked after 1 and 4 weeks", found.kept),
        ("Skills shown to colleagues", found.shown),
    ):
        if entries:
            yield f"\n{title}\n"
        for entry in entries:
            if isinstance(entry, TipDone):
                yield _tip_done(entry, zone)
            else:
                yield f"{day(entry.at, zone)} · {entry.name or GONE_SKILL}{_confirmed(entry.confirmed_at, zone)}\n"


def _confirmed(at: datetime | None, zone: str | None) -> str:
    return f", confirmed by a colleague on {day(at, zone)}" if at else ""


def _tip_done(done: TipDone, zone: str | None) -> str:
    title = done.title or GONE_TIP
    title += f" ({done.skill})" if done.skill else ""
    lines = "".join(f"{INDENT}{line.strip()}\n" for line in (done.line or "").splitlines() if line.strip())
    again = ", ".join(day(at, zone) for at in done.again)
    used = f"{INDENT}used again on {again}\n" if again else ""
    return f"{day(done.at, zone)} · {title}\n{lines}{used}"
