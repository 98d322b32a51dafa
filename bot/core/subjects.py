"""What a delivery is about. Each subject is stored as text, which is parsed once, in the store."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class TipSubject:
    """A delivery about a tip."""

    tip: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` returns."""
        return cls(text)

    def __str__(self) -> str:
        return self.tip


@dataclass(frozen=True, slots=True)
class ChallengeSubject:
    """A delivery about a challenge."""

    challenge_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` returns."""
        return cls(text)

    def __str__(self) -> str:
        return self.challenge_id


@dataclass(frozen=True, slots=True)
class LineSubject:
    """A delivery about the line that a member wrote about a challenge."""

    challenge_id: str
    entry_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` returns."""
        challenge_id, _, entry_id = text.partition("/")
        return cls(challenge_id, entry_id)

    def __str__(self) -> str:
        return f"{self.challenge_id}/{self.entry_id}"


@dataclass(frozen=True, slots=True)
class NoticeSubject:
    """A delivery about another delivery that failed. `key` is the idempotency key of the failed one."""

    key: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` returns."""
        return cls(text)

    def __str__(self) -> str:
        return self.key


Subject = TipSubject | ChallengeSubject | LineSubject | NoticeSubject
