"""What members did with tips and did again, when they want to do one, and the checks that repeat a skill."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from bot.core.calendar import at_local, zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Quiz, Skill, Tip
from bot.core.errors import UserError

WEEK = timedelta(weeks=1)
CHECK_AFTER = (1 * WEEK, 4 * WEEK)  # after a skill was learned
IF_IGNORED = (1 * WEEK, 4 * WEEK, 12 * WEEK)  # until the next check, after so many without an answer
RIGHT_TO_KEEP = len(CHECK_AFTER)  # right answers, each once it was due
MAX_LINE = 300  # characters of the member's own line about what came of a tip
MAX_CUE = 80  # characters of "when …"


class Step(StrEnum):
    """What a member said about a tip. The last step counts."""

    DONE = "done"
    BLOCKED = "blocked"
    NOT_MY_WORK = "not-my-work"
    HAD = "had"  # of a project: there was such a thing already
    SKIPPED = "skipped"  # of a project: the member goes on without it
    UNDONE = "undone"  # the step before it was taken back


HAS_RESULT = frozenset({Step.DONE, Step.HAD})
MOVES_ON = frozenset({Step.DONE, Step.HAD, Step.SKIPPED})  # to the next step of a project


class Blocker(StrEnum):
    LACKS = "lacks"  # something that the tip needs
    NO_TIME = "no-time"
    UNCLEAR = "unclear"
    OTHER = "other"


class Readers(StrEnum):
    """Who else may read what came of a tip: colleagues who look at the same tip."""

    UNNAMED = "unnamed"
    NAMED = "named"


class Stage(StrEnum):
    """How firmly a member knows a skill; each stage includes those before it."""

    OPEN = "open"
    PRACTISED = "practised"  # one tip done, or a check answered right
    LEARNED = "learned"  # the member's own mark
    KEPT = "kept"  # still in use, or its checks answered right after 1 and 4 weeks


@dataclass(frozen=True, slots=True)
class Practised:
    """One step of a member with a tip. `line`: what came of it, in their words. `readers` None: for them alone."""

    tip: str
    step: Step
    at: datetime
    blocker: Blocker | None = None
    line: str | None = None
    readers: Readers | None = None


class TeamProject(NamedTuple):
    """The project of the month of a member's team. `is_shown`: the member showed what they made of it."""

    challenge_id: str
    project: str
    channel: str
    posted_at: datetime
    is_shown: bool = False


class ProjectState(NamedTuple):
    offered_at: datetime | None = None
    begun_at: datetime | None = None
    left_at: datetime | None = None  # they said that they want it no more
    ended_at: datetime | None = None
    parked_at: datetime | None = None  # others were offered, as they pressed nothing for weeks; it waits until they do

    @property
    def is_open(self) -> bool:
        return self.begun_at is not None and self.left_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Plan:
    """When a member wants to do a tip. `cue`: "when …", in their words. `ended`: they did it or took it back."""

    tip: str
    plan_id: str
    at: datetime
    cue: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    check: str
    skill: str
    at: datetime
    due: bool = True  # False where the member wanted a question before its time
    answered_at: datetime | None = None
    right: bool | None = None  # None until it is answered
    chosen: int | None = None  # the number of the option, from 0
    asking: str = ""  # the message in which it was asked


@dataclass(frozen=True, slots=True)
class Checked:
    """All checks that a member was asked, the oldest first, by skill."""

    of_skill: Mapping[str, Sequence[Asked]] = field(default_factory=dict)

    def asked_in(self, asking: str) -> Asked | None:
        return next((each for asked in self.of_skill.values() for each in asked if each.asking == asking), None)

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> "Checked":
        found: dict[str, list[Asked]] = {}
        for each in sorted(asked, key=lambda each: each.at):
            found.setdefault(each.skill, []).append(each)
        return cls(found)

    def kept_at(self, skill: str) -> datetime | None:
        """Return when the last answer was given that a skill needed to be kept; None if it is not kept."""
        last = self.passed(skill)[RIGHT_TO_KEEP - 1 : RIGHT_TO_KEEP]
        return last[0].answered_at if last else None

    def passed(self, skill: str) -> list[Asked]:
        """Return the checks that were answered right when due; no answer counts after the next check was asked."""
        due = [each for each in self.of_skill.get(skill, ()) if each.due]
        following = [*due[1:], None]
        return [
            each
            for each, after in zip(due, following, strict=False)  # a skill without checks has no next check
            if each.right and each.answered_at is not None and (after is None or each.answered_at < after.at)
        ]

    def due_at(self, skill: str, learned_at: datetime) -> datetime | None:
        """Return when the next check of a learned skill is due; None once the skill is kept."""
        passed = len(self.passed(skill))
        if passed >= RIGHT_TO_KEEP:
            return None
        due_at = learned_at + CHECK_AFTER[passed]
        if not (asked := self.of_skill.get(skill)):
            return due_at
        due = [each for each in asked if each.due]
        ignored = sum(1 for _ in takewhile(lambda each: each.answered_at is None, reversed(due)))
        pause = IF_IGNORED[min(ignored, len(IF_IGNORED) - 1)]
        return max(due_at, asked[-1].at + WEEK, *(each.at + pause for each in due[-1:]))

    def next_of(self, skill: Skill) -> Quiz | None:
        """Return the check of a skill that was asked least often, and of those the one asked longest ago."""
        before = [each.check for each in self.of_skill.get(skill.slug, ())]
        last = {check: place for place, check in enumerate(before)}
        quizzes = (Quiz(skill, check) for check in skill.checks)
        return min(quizzes, key=lambda quiz: (before.count(quiz.check.id), last.get(quiz.check.id, -1)), default=None)


class Answer(StrEnum):
    """What a log says about a tip that was done: it was asked about, or the member answered."""

    ASKED = "asked"
    AGAIN = "again"
    ONCE = "once"
    NO = "no"
    UNDONE = "undone"  # the answer before it was taken back


class WhyNot(StrEnum):
    NO_TIME = "no-time"
    NO_CASE = "no-case"  # nothing to do it with
    NO_HELP = "no-help"
    OTHER = "other"


class Use(NamedTuple):
    """One line of the log. `asking` names the message that asked; empty for a second *Did it*."""

    tip: str
    answer: Answer
    at: datetime
    asking: str = ""
    why: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class Uses:
    """The whole log of a member, the earliest first, by tip."""

    of_tip: Mapping[str, Sequence[Use]] = field(default_factory=dict)

    @classmethod
    def of(cls, log: Iterable[Use]) -> "Uses":
        found: dict[str, list[Use]] = {}
        for each in sorted(log, key=lambda each: each.at):
            found.setdefault(each.tip, []).append(each)
        return cls(found)

    def answers(self, tip: str) -> tuple[Use, ...]:
        """Return the answers about a tip that stand: the last one to each question, and each second *Did it*."""
        standing: dict[str, list[Use]] = {}
        for each in self.of_tip.get(tip, ()):
            before = standing.setdefault(each.asking, [])
            if each.answer is Answer.UNDONE:
                del before[-1:]
            elif each.answer is not Answer.ASKED:
                standing[each.asking] = [*before, each] if not each.asking else [each]
        return tuple(sorted((each for those in standing.values() for each in those), key=lambda use: use.at))

    def again(self, tip: str) -> tuple[datetime, ...]:
        return tuple(each.at for each in self.answers(tip) if each.answer is Answer.AGAIN)

    def second(self, tip: str) -> Use | None:
        return next((each for each in reversed(self.answers(tip)) if not each.asking), None)

    def kept_at(self, catalog: Catalog, skill: Skill) -> datetime | None:
        """Return when a member first said that they still do what a tip of the skill taught."""
        of_skill = (tip for tip in self.of_tip if catalog.skill_of(tip) == skill)
        return min((at for tip in of_skill for at in self.again(tip)), default=None)

    def kept(self, catalog: Catalog) -> frozenset[str]:
        skills = (catalog.skill_of(tip) for tip in self.of_tip if self.again(tip))
        return frozenset(skill.slug for skill in skills if skill)


def last_steps(steps: Iterable[Practised]) -> dict[str, Practised]:
    """Return the last step with each tip that was not taken back. A tip done twice keeps the first moment and line."""
    last: dict[str, Practised] = {}
    for each in sorted(steps, key=lambda each: each.at):
        before = last.get(each.tip)
        if each.step is Step.UNDONE:
            last.pop(each.tip, None)
        elif before is None or before.step is not each.step or each.step is not Step.DONE:
            last[each.tip] = each
    return last


class WishPart(StrEnum):
    """The part of a wish that must change if no reminder can come then."""

    DAY = "day"
    TIME = "time"


class CannotPlan(UserError):
    """No reminder would come at that moment. `part` is what the member must change."""

    def __init__(self, part: WishPart, text: str) -> None:
        self.part = part
        super().__init__(text)


def days_ahead(now: datetime, zone: str | None) -> list[date]:
    today = now.astimezone(zone_of(zone)).date()
    return [today + timedelta(days=number) for number in range(4 * 7 + 1)]


class ReminderWish(NamedTuple):
    """When a member wants to be reminded, in their own zone. `cue` is "when …", in their words."""

    day: date
    minute: int
    cue: str | None = None

    def at(self, zone: str | None, now: datetime) -> datetime:
        """Return the moment that is wished for. Raise CannotPlan if it is over or too far ahead."""
        days = days_ahead(now, zone)
        if self.day > days[-1]:
            raise CannotPlan(WishPart.DAY, "I can remind you at most four weeks ahead. Pick an earlier day.")
        if self.day < days[0]:
            raise CannotPlan(WishPart.DAY, "That day is over. Pick a later one.")
        at = at_local(self.day, self.minute, zone)
        if at <= now:
            raise CannotPlan(WishPart.TIME, "That time is over. Pick a later one.")
        return at


def calendar_file(plan: Plan, tip: Tip, now: datetime) -> str:
    """Return a reminder as an iCalendar file (RFC 5545), which any calendar opens."""
    about = "\n".join((*(f"{number}. {each}" for number, each in enumerate(tip.do, 1)), f"Done when {tip.done_when}"))
    stamps = [f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (now, plan.at)]
    title, description = (re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n") for text in (tip.title, about))
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//roleshift//EN", "BEGIN:VEVENT", f"UID:{plan.plan_id}@roleshift",
        f"DTSTAMP:{stamps[0]}", f"DTSTART:{stamps[1]}", f"DURATION:PT{tip.minutes}M",
        f"SUMMARY:{title}", f"DESCRIPTION:{description}", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    rows = list[str]()
    for line in lines:
        rows.append("")
        for letter in line:
            if len((rows[-1] + letter).encode()) > 75:  # octets of a line
                rows.append(" ")  # what begins with a space continues the one before it
            rows[-1] += letter
    return "".join(f"{row}\r\n" for row in rows)
