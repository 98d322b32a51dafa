"""Team challenges: their states and limits, who may take part, when they end, and what their messages say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.core.outbox import Kind, key_of

MIN_LENGTH, MAX_LENGTH = timedelta(minutes=30), timedelta(days=92)
MAX_TITLE, MAX_TASK, MAX_SENTENCE = 80, 2000, 200  # characters; a sentence: done when …, and the question
LIST = NextStep("Show challenges", "challenge")
MAX_LINE = 300  # characters
MONTH, CLOSING = timedelta(weeks=4), 16 * 60  # of a team's project: the last day's weekday, and its minute
A_MONTH = timedelta(days=31)  # for which a team sees what was shown
MAX_SHOWN = 20  # lines in a message about a team's project
MAX_SUGGESTION = 200  # characters


class ChallengeState(StrEnum):
    """The state of a challenge. If Slack refuses to post it, it becomes a draft again with all its texts."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Suggestion(NamedTuple):
    """A challenge that a member suggests to those who may start one. `template` None: in their own words alone."""

    suggestion_id: str
    member_id: str
    template: str | None
    words: str
    started: bool | None = None  # by an admin; False: dismissed, None: it waits


@dataclass(frozen=True, slots=True)
class Challenge:
    workspace_id: str
    challenge_id: str
    started_by: str | None
    title: str
    task: str
    done_when: str
    channel: str
    ends_at: datetime
    starts_at: datetime | None = None  # when it was posted
    template: str | None = None
    minutes: int | None = None
    skill: str | None = None
    question: str | None = None  # for members who did it; None: it asks for no line
    private: bool = False  # in a private channel: only its starter and those who take part may read about it
    team_id: str | None = None  # it is the project of the month of this team, and each shows what they made
    state: ChallengeState = ChallengeState.DRAFT
    postings: int = 0
    ts: str | None = None  # Slack's id of the live message, once it is known to be there
    recap_ts: str | None = None
    revision: int = 0  # how often what members show of a team's project has changed

    @property
    def key(self) -> str:
        """Return the idempotency key of its live message. Each posting has its own."""
        return key_of(Kind.CHALLENGE, self.challenge_id, self.postings)

    def is_on(self, now: datetime) -> bool:
        return self.state is ChallengeState.OPEN and now < self.ends_at

    def check_on(self, now: datetime) -> None:
        """Raise UserError, with the reason, if nobody can take part now."""
        if self.state is ChallengeState.CANCELLED:
            raise UserError("That challenge was cancelled.", LIST)
        if not self.is_on(now):
            raise UserError("That challenge is not open now.", LIST)


class Standing(NamedTuple):
    joined: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """How a member takes part in a challenge. `entry_id` is random, for places where no member's id may appear."""

    who: MemberKey
    entry_id: str
    joined_at: datetime
    done_at: datetime | None = None
    line: str | None = None
    goes_on: bool = False  # of a team's project: they want to go on, and the recap may say so


def shown(challenge: Challenge, standing: Standing) -> str:
    """Return a short key of everything that can change in the live message. It needs an update only if this differs."""
    says = f"{challenge.revision}" if challenge.team_id else f"{standing.joined}:{standing.done}"
    return f"{challenge.state}:{says}"
