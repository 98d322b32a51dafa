"""Team challenges: what one is, who may still take part, when it ends, and what is told of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import Step, UserError
from bot.core.member import MemberKey

DAY = timedelta(days=1)
MAX_LENGTH = timedelta(days=92)
MAX_DAYS_AHEAD = timedelta(days=92)
LIST = Step("Show challenges", "challenge")
LAST_CALL = timedelta(days=2)  # before the end
MAX_QUOTES = 5  # in a recap
MAX_UNCHOSEN_LINES = 3  # in a recap whose organiser chose none
MAX_LINE = 300  # letters


class ChallengeState(StrEnum):
    """Where a challenge stands; one that could not be posted is a draft again, with all that was written."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Sharing(StrEnum):
    """Who may read a line that a member wrote about what they did."""

    NAMED = "named"  # in the thread and in the recap, with their name
    UNNAMED = "unnamed"  # in the recap, without it
    PRIVATE = "private"  # whoever runs the challenge, and nobody else


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a team is asked to try until `ends_at`, and how that is told.

    `starts_at` None: as soon as it is posted. `ts`: Slack's name for the live message, once it is known to be there.
    """

    workspace_id: str
    challenge_id: str
    started_by: str | None
    title: str
    task: str
    done_when: str
    channel: str
    ends_at: datetime
    starts_at: datetime | None = None
    template: str | None = None
    minutes: int | None = None
    skill: str | None = None
    question: str | None = None  # asked of whoever did it; None: no line is asked for
    goal: int | None = None
    shows_entries: bool = False
    calls_last: bool = False
    private: bool = False  # its channel is private: nobody but its starter and those who take part reads about it
    state: ChallengeState = ChallengeState.DRAFT
    postings: int = 0
    ts: str | None = None

    @property
    def key(self) -> str:
        """Of its delivery: another one each time that it is to be posted."""
        return f"challenge:{self.challenge_id}:{self.postings}"

    def is_visible_to(self, member_id: str, entry: "Entry | None") -> bool:
        """Return whether a member may read about it; `entry` is theirs. Only its writer reads a draft."""
        if self.started_by == member_id:
            return True
        return self.state is not ChallengeState.DRAFT and (not self.private or entry is not None)

    def is_on(self, now: datetime) -> bool:
        """Whether members may take part at this moment."""
        begun = self.starts_at is None or self.starts_at <= now
        return self.state is ChallengeState.OPEN and begun and now < self.ends_at

    def is_over(self, now: datetime) -> bool:
        """Whether its end has come and nobody has closed it yet."""
        return self.state is ChallengeState.OPEN and self.ends_at <= now

    def check_on(self, now: datetime) -> None:
        """Raises UserError, which says why nobody can take part."""
        if self.state is ChallengeState.CANCELLED:
            raise UserError("That challenge was cancelled.", LIST)
        if not self.is_on(now):
            raise UserError("That challenge is not open now.", LIST)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many joined, and how many of them have done it."""

    joined: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What one member has to do with a challenge; `entry_id` is random and stands where no member's id may."""

    who: MemberKey
    challenge_id: str
    entry_id: str
    joined_at: datetime
    done_at: datetime | None = None
    line: str | None = None
    sharing: Sharing | None = None
    picked: bool = False

    @property
    def may_be_quoted(self) -> bool:
        """Whether the recap may bear this line."""
        return self.done_at is not None and self.line is not None and self.sharing in {Sharing.NAMED, Sharing.UNNAMED}


def recap_lines(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that a recap quotes: those that the organiser picked, or the first three shared by name.

    `entries`: the earliest first. An anonymous line is quoted only if the organiser picked it.
    """
    quotable = [entry for entry in entries if entry.may_be_quoted]
    picked = [entry for entry in quotable if entry.picked]
    if picked:
        return tuple(picked[:MAX_QUOTES])
    return tuple([entry for entry in quotable if entry.sharing is Sharing.NAMED][:MAX_UNCHOSEN_LINES])


def is_last_day(challenge: Challenge, now: datetime) -> bool:
    """Return whether a challenge is open and ends within 24 hours."""
    return challenge.is_on(now) and days_left(challenge, now) == 0


def days_left(challenge: Challenge, now: datetime) -> int:
    """Whole days until the end; 0 on the last day and after it."""
    return max((challenge.ends_at - now) // DAY, 0)


def shown(challenge: Challenge, standing: Standing) -> str:
    """Return everything that can change in the live message as a short key: an equal key needs no update."""
    return f"{challenge.state}:{standing.joined}:{standing.done}"


def has_last_call(challenge: Challenge, now: datetime) -> bool:
    """Whether two days before the end come after the start; a shorter challenge needs no reminder."""
    return challenge.calls_last and challenge.ends_at - LAST_CALL > (challenge.starts_at or now)


def id_in(key: str) -> str:
    """The challenge in the key of a delivery about it, such as `challenge:3f…:1` or `recap:3f…`; empty if none."""
    return key.partition(":")[2].partition(":")[0]
