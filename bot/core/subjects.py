"""What a delivery is about. Each subject is stored as texts (`stored`), which are parsed once, in the store."""

import json
from dataclasses import dataclass
from typing import NamedTuple, Self

_STILL, _RHYTHM = "still:", "rhythm"


class Stored(NamedTuple):
    """The texts that are stored of a subject: what it is, the check that is asked with it, and what an answer says."""

    subject: str
    check_name: str | None = None
    words: str | None = None


class CheckName(NamedTuple):
    """The slug of a skill and the id of a check on it. The skill is kept in case the check is no longer there."""

    skill: str
    check: str


@dataclass(frozen=True, slots=True)
class TipSubject:
    """A delivery about a tip. It also asks a `check`, whether a tip is `still` done, or how to go on."""

    tip: str
    check: CheckName | None = None
    still: str | None = None
    asks_rhythm: bool = False

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        tip, question = stored.subject, stored.check_name or ""
        if question == _RHYTHM:
            return cls(tip, asks_rhythm=True)
        if question.startswith(_STILL):
            return cls(tip, still=question.removeprefix(_STILL))
        skill, _, check_id = question.partition("/")
        return cls(tip, CheckName(skill, check_id) if question else None)

    @property
    def question(self) -> str | None:
        if self.asks_rhythm:
            return _RHYTHM
        if self.still is not None:
            return f"{_STILL}{self.still}"
        return "/".join(self.check) if self.check else None

    def stored(self) -> Stored:
        return Stored(self.tip, check_name=self.question)


@dataclass(frozen=True, slots=True)
class ChallengeSubject:
    challenge_id: str

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        return cls(stored.subject)

    def stored(self) -> Stored:
        return Stored(self.challenge_id)


@dataclass(frozen=True, slots=True)
class LineSubject:
    challenge_id: str
    entry_id: str

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        challenge_id, _, entry_id = stored.subject.partition("/")
        return cls(challenge_id, entry_id)

    def stored(self) -> Stored:
        return Stored(f"{self.challenge_id}/{self.entry_id}")


@dataclass(frozen=True, slots=True)
class NoticeSubject:
    """A delivery about another delivery that failed. `key` is the idempotency key of the failed one."""

    key: str

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        return cls(stored.subject)

    def stored(self) -> Stored:
        return Stored(self.key)


@dataclass(frozen=True, slots=True)
class DrawnSubject:
    """An answer to what a person wrote, drawn when they wrote it: a text, and blocks as JSON; empty once it is sent."""

    text: str = ""
    blocks: str = "[]"

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        return cls(*json.loads(stored.words)) if stored.words else cls()

    def stored(self) -> Stored:
        return Stored("", words=json.dumps([self.text, self.blocks], ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class AdminSubject:
    """Something that an admin has to do. `words` are ids, addresses and codes without spaces."""

    task: str
    words: tuple[str, ...] = ()

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        task, *words = (stored.words or "").split() or [""]
        return cls(task, tuple(words))

    def stored(self) -> Stored:
        return Stored("", words=" ".join((self.task, *self.words)))


@dataclass(frozen=True, slots=True)
class TeamSubject:
    """A message to the lead of a team. `turn` counts those that were planned."""

    team_id: str
    turn: int

    @classmethod
    def parse(cls, stored: Stored) -> Self:
        team_id, _, turn = stored.subject.partition("/")
        return cls(team_id, int(turn))

    def stored(self) -> Stored:
        return Stored(f"{self.team_id}/{self.turn}")


Subject = TipSubject | ChallengeSubject | LineSubject | NoticeSubject | DrawnSubject | AdminSubject | TeamSubject
