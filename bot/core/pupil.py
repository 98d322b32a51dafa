"""What a weekly message brings a member: a tip that fits their rhythm, and one question."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.core import weekly_questions
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.nudges import Learner
from bot.core.practice import Checked, due_check
from bot.core.rhythm import AS_USUAL, SHORT, Rhythm


class WeeklyQuestion(NamedTuple):
    """The one question of a message: a check, whether a tip is `still` done, how to go on, or none."""

    check: Quiz | None = None
    still: Lesson | None = None
    asks_rhythm: bool = False


@dataclass(frozen=True, slots=True)
class Pupil:
    """A member for whom a tip is chosen: the learner, when they learned each skill, their checks and their rhythm."""

    learner: Learner
    learned: Mapping[str, datetime]
    checked: Checked
    rhythm: Rhythm = AS_USUAL
    last_at: datetime | None = None  # when they were last given a tip

    def weekly_learner(self, now: datetime) -> Learner:
        """Return the learner for the weekly tip: the first one after a gap is short."""
        is_back = self.rhythm.greets(self.last_at, now)
        return replace(self.learner, max_minutes=SHORT) if is_back else self.learner

    def question(self, catalog: Catalog, done: Iterable[str], kept: Collection[str], now: datetime) -> WeeklyQuestion:
        """Return what to ask: how to go on, before *Still doing it?*, before a check.

        `done` are tips that wait for the question, the oldest first, and `kept` the skills that are still in use.
        """
        if self.rhythm.asks:
            return WeeklyQuestion(asks_rhythm=True)
        if (still := weekly_questions.due(catalog, done, kept)) is not None:
            return WeeklyQuestion(still=still)
        return WeeklyQuestion(due_check(catalog, self.learned, self.checked, now, kept))

    def after_nudge(self, lesson: Lesson, due_at: datetime) -> "Pupil":
        """Return the pupil after a weekly tip to which they say nothing."""
        rhythm = self.rhythm.after_nudge(due_at)
        return replace(self, learner=self.learner.after(lesson), rhythm=rhythm, last_at=due_at)
