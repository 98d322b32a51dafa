"""The Home tab: where a member stands and what comes next; before that, a first visit of a few clicks."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from bot.coach.home import Home, OpenChallenge, WeekTip
from bot.coach.team import Desk
from bot.core.catalog import Catalog
from bot.core.content_types import Role, Skill
from bot.core.learning import Path, to_ask
from bot.core.member import Consent, Schedule
from bot.core.nudges import Reason
from bot.core.team import Report
from bot.slack import situation
from bot.slack.blocks import (
    actions,
    button,
    context,
    day,
    divider,
    header,
    menu,
    moment,
    moment_for_all,
    overflow,
    section,
    short_day,
    worded,
)
from bot.slack.challenge import card, entry
from bot.slack.challenge.list import NEW
from bot.slack.message import Block, Rendered, escape
from bot.slack.role import CHANGE, standing, title
from bot.slack.team.settings import OPEN as SETTINGS
from bot.slack.tip import tips
from bot.slack.tip.card import card_of, reminder_time
from bot.slack.tip.ref import CheckRef, Origin, TipRef

SKILLS_SHOWN = 3
MAX_PLANNED = 3
MAX_ROLE_BUTTONS = 24  # more roles make a menu; Slack takes 25 in a row
_STOP = "Stop with one click."
ACTIVE, IDLE = "■", "□"


def home_blocks(found: Home) -> list[Block]:
    return list(_first_visit(found) if found.is_first_visit else _dashboard(found))


def _first_visit(found: Home) -> Iterator[Block]:
    yield _WELCOME
    yield _WHAT_IT_IS
    yield divider()
    yield from _step(found)
    yield divider()
    yield _ABOUT


def _step(found: Home) -> Iterator[Block]:
    """Yield the next of the steps: the role, what the member has, and one tip a week or not."""
    steps = 3 if to_ask(found.catalog) else 2
    if found.path is None:
        yield section(f"*Step 1 of {steps}: which role is yours?*\nPick the nearest. You can change it at any time.")
        yield from role_choice(found.catalog)
        return
    yield section(f"✓ Your role: *{title(found.path.role)}*", button("Change", CHANGE))
    if found.asks_situation:
        needs = situation.names(found.catalog)
        yield section(f"*Step 2 of 3: what do you have?*\nYou only get tips that you can do. Some need {needs}.")
        yield situation.AT_ONCE
        return
    yield section(f"*Step {steps} of {steps}: one tip a week?*\nBy direct message, at your local time. {_STOP}")
    yield _WEEKLY_OR_NOT


def _dashboard(found: Home) -> Iterator[Block]:
    assert found.path is not None  # noqa: S101 - else it is the first visit
    yield from _role(found.path)
    yield from _skills(found, found.path)
    yield divider()
    yield from _tip(found)
    yield divider()
    yield from _challenges(found.challenges)
    yield from _weeks(found.weeks)
    if found.desk is not None:
        yield divider()
        yield from _desk(found.desk, found.zone)
    yield divider()
    yield _LINKS
    yield _ONLY_YOU


def _role(path: Path) -> Iterator[Block]:
    role = path.role
    said = f"*{title(role)}*\n_Was_ {escape(role.before)}\n_Now_ {escape(role.after)}"
    yield section(said, button("Change", CHANGE))
    yield section(standing(path))


def _skills(found: Home, path: Path) -> Iterator[Block]:
    ahead = path.upcoming[:SKILLS_SHOWN]
    if ahead:
        yield _NEXT_ON_PATH
        yield from (skill_row(skill, is_practised=skill.slug in path.practised) for skill in ahead)
        yield actions(
            button("How do I start?", "skill", ahead[0].slug),
            button("A tip now", "tip"),
            button("My role in full", "role", path.role.slug),
        )
    else:
        yield section("*You finished this path.* Next: a tip that goes further, or the path of another role.")
        yield actions(button("A tip now", "tip"), button("Compare roles", "roles"))
    if found.latest is not None:
        skill, at = found.latest
        said = f"✓ Learned last: *{escape(skill.name)}*, on {short_day(at, found.zone)}"
        yield section(said, button("Undo", "unlearn", skill.slug))


@lru_cache(maxsize=1024)
def skill_row(skill: Skill, *, is_practised: bool) -> Block:
    """Return a skill that is next, with *Mark as learned*, which hides in a menu until it is practised."""
    said = f"*{escape(skill.name)}*\n{escape(skill.why)}"
    mark, tip = ("Mark as learned", "learn", skill.slug), ("A tip for it", "tip", skill.slug)
    return Rendered(section(said, button(*mark) if is_practised else overflow(tip, mark, of=skill.slug)))


def _tip(found: Home) -> Iterator[Block]:
    if found.tip is not None:
        yield _THIS_WEEK
        yield from week_card(found, found.tip)
    yield from weekly_tips(found.schedule, has_tip=found.tip is not None)
    if found.asks_situation:
        yield situation.QUESTION
    yield from _to_do(found)


def _to_do(found: Home) -> Iterator[Block]:
    """Yield what waits for the member: reminders that they planned, and a question that is due."""
    planned = found.planned[:MAX_PLANNED]
    if planned:
        lines = [f"• {reminder_time(each.plan, found.zone)}: *{escape(each.lesson.tip.title)}*" for each in planned]
        more = f"\n…and {len(found.planned) - MAX_PLANNED} more" if len(found.planned) > MAX_PLANNED else ""
        yield worded("*What you planned*\n" + "\n".join(lines) + more, button("Change", "plan"))
    if found.due_check is not None:
        said = f"*A question is due*\nOn *{escape(found.due_check.skill.name)}*. It takes a minute."
        yield section(said, button("Answer it", "check"))


def week_card(found: Home, tip: WeekTip) -> Iterable[Block]:
    """Return the tip of this week, with its buttons."""
    lesson = tip.seen.lesson
    reason = _reason(tip.seen.role, lesson.skill)
    check = CheckRef(tip.check.check.id, tip.check.check.version, tip.weeks) if tip.check else None
    ref = TipRef(lesson.tip.id, reason, Origin.WEEKLY, tip.week, check)
    return card_of(found.catalog, ref, tip.seen).blocks()


def _reason(role: Role | None, skill: Skill) -> Reason:
    if role is None:
        return Reason.NO_ROLE
    return Reason.NEXT_ON_PATH if skill.slug in role.skills else Reason.BEYOND_PATH


def weekly_tips(schedule: Schedule | None, *, has_tip: bool) -> Iterator[Block]:
    """Yield whether weekly tips come, when the next one does, and how to change that."""
    if schedule is None or schedule.consent is not Consent.YES:
        yield section(f"*Weekly tips are off.* One tip a week, by direct message. {_STOP}")
        yield _START
        return
    usual = f"*Weekly tips:* {tips.when(schedule)}."
    if schedule.paused_until:
        said = f"{usual} Paused until {day(schedule.paused_until, schedule.zone)}."
        yield section(said, button("Change", tips.CHOOSE))
        yield _PAUSED
        return
    coming = "" if schedule.next_due_at is None else moment(schedule.next_due_at, schedule.zone)
    lead = "The next one" if has_tip else "Your next tip"
    yield section(f"{usual} {lead} comes on {coming}." if coming else usual, button("Change", tips.CHOOSE))
    yield _RUNNING


def _challenges(open_: Sequence[OpenChallenge]) -> Iterator[Block]:
    if not open_:
        yield section("*Team challenges*\nNone is open right now.", _ALL_OF_THEM)
        return
    yield section("*Team challenges*", _ALL_OF_THEM)
    for each in open_:
        challenge = each.challenge
        until = f"Until {moment_for_all(challenge.ends_at)}. {entry.my_part(each.entry)}"
        yield worded(f"*{escape(challenge.title)}* in <#{challenge.channel}>\n{until}")
        yield actions(*entry.buttons(challenge, each.entry, card.details_button(challenge)))


def _weeks(weeks: Sequence[bool]) -> Iterator[Block]:
    squares = " ".join(ACTIVE if active else IDLE for active in weeks)
    active = sum(weeks)
    said = f"You practised in {active} of the last {len(weeks)} weeks."
    if not active:
        said = "Nothing yet. A tip that you did, or a skill that you learned, fills its week."
    yield section(f"*Your last {len(weeks)} weeks*\n{squares}\n{said}")


def _desk(desk: Desk, zone: str | None) -> Iterator[Block]:
    said = "There will be figures here as soon as five members have used me."
    if desk.report is not None and desk.taken_at is not None:
        said = f"{_figures(desk.report)} As of {day(desk.taken_at, zone)}, rounded to fives."
    yield section(f"*Your team*\n{said}")
    yield _DESK


def _figures(report: Report) -> str:
    figures = [f"About {report.members} members"]
    if report.said_yes is not None:
        figures.append(f"about {report.said_yes} with weekly tips")
    if report.did is not None:
        figures.append(f"about {report.did} did one")
    return f"{', '.join(figures)}."


@lru_cache(maxsize=8)
def role_choice(catalog: Catalog) -> tuple[Block, ...]:
    roles = catalog.roles.values()
    if len(roles) > MAX_ROLE_BUTTONS:
        return (Rendered(actions(menu("Choose your role", "myrole", ((each.choice, each.slug) for each in roles)))),)
    return (Rendered(actions(*(button(each.choice, "myrole", each.slug) for each in roles))),)


_WELCOME = Rendered(header("How is your role changing?"))
_WHAT_IT_IS = Rendered(
    section(
        "roleshift shows how AI changes your job, and gives you one small exercise a week. "
        "A few clicks, and it knows what fits you."
    )
)
_WEEKLY_OR_NOT = Rendered(
    actions(button("Start weekly tips", "tips", "on", style="primary"), button("Not now", "tips", "off"))
)
_ABOUT = Rendered(
    actions(button("Compare roles", "roles"), button("What you keep about me", "privacy"), button("Help", "help"))
)
_NEXT_ON_PATH = Rendered(section("*Next on your path*"))
_THIS_WEEK = Rendered(section("*Your tip of this week*"))
_START = Rendered(
    actions(button("Start weekly tips", "tips", "on", style="primary"), button("Choose day and time", tips.CHOOSE))
)
_RUNNING = Rendered(actions(button("Pause 2 weeks", "pause", "2 weeks"), button("Stop", "tips", "off")))
_PAUSED = Rendered(actions(button("Resume", "resume", style="primary"), button("Stop", "tips", "off")))
_ALL_OF_THEM = button("All challenges", "challenge")
_DESK = Rendered(
    actions(
        button("The team's desk", "team"), button("Start a challenge", "challenge", NEW), button("Settings", SETTINGS)
    )
)
_LINKS = Rendered(
    actions(
        button("All skills", "skills"),
        button("My progress", "progress"),
        button("My record", "record"),
        button("What you keep about me", "privacy"),
        button("Help", "help"),
    )
)
_ONLY_YOU = Rendered(context("Only you see this page. It changes by itself, whatever you do and wherever you do it."))

NOT_COACHED: list[Block] = [
    _WELCOME,
    section("I can only coach members of this workspace, so nothing is stored about you. You can still look around."),
    actions(button("Compare roles", "roles"), button("All skills", "skills"), button("Help", "help")),
]
