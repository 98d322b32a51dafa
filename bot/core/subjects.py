"""What a delivery is about. Each subject is a model, which the outbox stores as JSON."""

from typing import ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Subject(BaseModel):
    model_config = ConfigDict(frozen=True)
    is_written: ClassVar[bool] = False  # it holds words, which are deleted once they are sent or cancelled

    def stored(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class CheckName(NamedTuple):
    """The slug of a skill and the id of a check on it. The skill is kept in case the check is no longer there."""

    skill: str
    check: str


class TipSubject(Subject):
    """A delivery about a tip, or its `small` version, or with projects to choose from.

    `begins`: the project that begins with it. It also asks a `check`, whether a tip is `still` done, or how to go on.
    """

    tip: str | None = None
    small: bool = False
    begins: str | None = None
    choose: tuple[str, ...] = Field(default=(), max_length=3)
    check: CheckName | None = None
    still: str | None = None
    asks_rhythm: bool = False

    @model_validator(mode="after")
    def _is_a_tip_or_a_choice(self) -> Self:
        if bool(self.tip) is bool(self.choose) or ((self.small or self.begins) and not self.tip):
            raise ValueError("it needs either a tip or projects to choose from")
        return self


class ChallengeSubject(Subject):
    challenge_id: str


class NoticeSubject(Subject):
    """A delivery about another delivery that failed. `key` is the idempotency key of the failed one."""

    key: str


class DrawnSubject(Subject):
    """An answer to what a person wrote, drawn when they wrote it: a text, and blocks as JSON."""

    is_written = True
    text: str
    blocks: str = "[]"


class AdminSubject(Subject):
    """What an admin has to do, or what became of something. `words` are ids, codes, and words that somebody wrote."""

    is_written = True
    task: str
    words: tuple[str, ...] = ()


class TeamSubject(Subject):
    """A message to the lead of a team. `turn` counts those that were planned; 0 tells them that they were named."""

    team_id: str
    turn: int
