"""What weekly messages ask besides checks: *Still doing it?*, three weeks after *Did it*."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Skill

ASK_AFTER, ASK_UNTIL = timedelta(weeks=3), timedelta(weeks=13)  # after *Did it*
AGAIN_AFTER = timedelta(days=1)  # a second *Did it* within a day is the same one, pressed twice


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
        return tuple(sorted((each for those in standing.values() for each in those), key=lambda use: use.at))

    def in_message(self, asking: str) -> Use | None:
        return next((each for tip in self.of_tip for each in self.answers(tip) if each.asking == asking), None)

    def again(self, tip: str) -> tuple[datetime, ...]:
        return tuple(each.at for each in self.answers(tip) if each.answer is Answer.AGAIN)

    def second(self, tip: str) -> Use | None:
        return next((each for each in reversed(self.answers(tip)) if not each.asking), None)

    def kept_at(self, skill: Skill) -> datetime | None:
        """Return when a member first said that they still do what a tip of the skill taught."""
        return min((at for tip in skill.tips for at in self.again(tip.id)), default=None)

    def kept(self, catalog: Catalog) -> frozenset[str]:
        lessons = (catalog.lessons[tip] for tip in self.of_tip if tip in catalog.lessons and self.again(tip))
        return frozenset(lesson.skill.slug for lesson in lessons)


def waiting(done: Mapping[str, datetime], uses: Uses, now: datetime) -> list[str]:
    """Return the tips that were done some weeks ago and not asked about since, the oldest first."""
    ripe = sorted((at, tip) for tip, at in done.items() if ASK_AFTER <= now - at <= ASK_UNTIL)
    return [tip for at, tip in ripe if not any(each.at > at for each in uses.of_tip.get(tip, ()))]


def due(catalog: Catalog, waiting: Iterable[str], kept: Collection[str]) -> Lesson | None:
    """Return the first tip that waits for the question; none that is done `once`, and none of a skill that is kept."""
    lessons = (catalog.lessons[tip] for tip in waiting if tip in catalog.lessons)
    return next((lesson for lesson in lessons if not lesson.tip.once and lesson.skill.slug not in kept), None)
