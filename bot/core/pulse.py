"""The pulse: two questions a quarter about the team, in the place of a check. Answers are counted in fives."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum


class Question(StrEnum):
    """What is asked, in this order."""

    ALLOWED = "allowed"
    BACKED = "backed"


class Opinion(StrEnum):
    AGREE = "agree"
    PARTLY = "partly"
    NO = "no"


SAYS: Mapping[Question, str] = {
    Question.ALLOWED: "I know what I may use AI for here.",
    Question.BACKED: "My lead backs it.",
}


def quarter_of(at: datetime) -> str:
    return f"{at.year}-Q{(at.month + 2) // 3}"


def due(asked: Collection[str]) -> Question | None:
    return next((each for each in Question if each not in asked), None)
