"""Whether a member still does what a tip taught: the question three weeks after *Did it*, and the answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Skill

ASK_AFTER = timedelta(weeks=3)  # after *Did it*
AGAIN_AFTER = timedelta(days=1)  # a second *Did it* within a day is the same one, pressed twice


class Answer(StrEnum):
    """What a log says about a tip that was done: it was asked about, or the member answered."""

    ASKED = "asked"
    AGAIN = "again"
    ONCE = "once"
    NO = "no"
    UNDONE = "undone"  # the answer before it was taken back


class WhyNot(StrEnum):
    """Why a member does not do it any more."""

    NO_TIME = "no-time"
    NO_CASE = "no-case"  # nothing to do it with
    NO_HELP = "no-help"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Use:
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
        return tuple(sorted((each for those in standing.values() for each in those), key=_at))

    def in_message(self, asking: str) -> Use | None:
        return next((each for tip in self.of_tip for each in self.answers(tip) if each.asking == asking), None)

    def again(self, tip: str) -> tuple[datetime, ...]:
        """Return when a member said that they did a tip again."""
        return tuple(each.at for each in self.answers(tip) if each.answer is Answer.AGAIN)

    def second(self, tip: str) -> Use | None:
        """Return the last second *Did it* that stands."""
        return next((each for each in reversed(self.answers(tip)) if not each.asking), None)

    def kept_at(self, skill: Skill) -> datetime | None:
        """Return when a member first said that they still do what a tip of the skill taught."""
        return min((at for tip in skill.tips for at in self.again(tip.id)), default=None)

    def kept(self, catalog: Catalog) -> frozenset[str]:
        """Return the skills that are still in use."""
        lessons = (catalog.lessons[tip] for tip in self.of_tip if tip in catalog.lessons and self.again(tip))
        return frozenset(lesson.skill.slug for lesson in lessons)


def _at(use: Use) -> datetime:
    return use.at


def due(catalog: Catalog, done: Mapping[str, datetime], uses: Uses, now: datetime) -> Lesson | None:
    """Return the tip about which to ask now: the one done longest ago. None: nothing is due.

    `done`: when each tip was done. Each is asked about once, and none of a skill that is still in use, as its member
    said so already.
    """
    kept = uses.kept(catalog)
    for tip, at in sorted(done.items(), key=lambda each: (each[1], each[0])):
        if now < at + ASK_AFTER:
            return None
        lesson = catalog.lessons.get(tip)
        was_asked = any(each.at > at for each in uses.of_tip.get(tip, ()))
        if lesson is not None and lesson.skill.slug not in kept and not was_asked:
            return lesson
    return None
