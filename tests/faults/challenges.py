"""P3, P4, P7: challenges that are posted, joined, ended and recapped while 2 to 4 processes are killed."""

import json
import re
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from bot.coach import challenges
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.hub import Post
from tests.faults.fleet import OVER, Fleet, Standing, Where
from tests.faults.kills import lose_some
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, stage
from tests.faults.tally import Case, Result
from tests.faults.team import BY_PRESS, BY_TIME, KEY, RECAP, Team, entries, stored

ABOUTS = (BY_TIME, BY_PRESS)
MEMBERS = 7  # one starts it, six take part
LOST, LOST_CHANGES = 0.3, 0.2  # of the answers to posts, and to changes of the live message
NUMBERS = re.compile(r"(\d+) of the (\d+) who joined did it")


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Run a challenge, from *Post it*, pressed several times, to its recap."""
    with tempfile.NamedTemporaryFile(prefix="roleshift-trace-") as trace:
        async with stage(Plan(case, MEMBERS, per_minute=2400), databases, processes) as on:
            on.trace = trace.name
            lost = [*lose_some(on, LOST), *lose_some(on, LOST_CHANGES, ("chat.update",))]
            async with Fleet.opened(on, case.name, 2 + case.seed % 3) as fleet:
                team = Team(on, fleet, case)
                await team.goes_through_it()
            result = (await Judge.of(team, trace.read())).judged(case)
            result.counts |= {"kills": on.kills, "lost answers": sum(fault.struck for fault in lost)}
            return result


@dataclass
class Judge:
    """Compares what people were told, what is stored, and what Slack shows."""

    team: Team
    row: Any  # the challenge's
    rows: list[Any]  # of all deliveries
    entries: dict[str, Where]
    told: list[dict[str, Any]]  # by the processes
    broken: list[str]
    open: int = 0  # members who were told nothing after a kill

    @classmethod
    async def of(cls, team: Team, trace: bytes) -> Self:
        """End all processes, and read what is stored."""
        rows, broken = await team.on.over()
        told = [json.loads(line) for line in trace.splitlines()]
        read = team.on.store.read
        return cls(team, await read(stored), rows, await read(entries), told, team.broken + broken)

    def judged(self, case: Case) -> Result:
        """Check every promise about challenges."""
        self._posts()
        self._entries()
        self._changes()
        team = self.team
        presses = [press for each in team.presses.values() for press in each]
        counts = {
            "presses": len(presses),
            "clicks of them": sum(len(press.copies) for press in presses),
            "refused after the end": sum(press.starting(OVER) for press in presses),
            "said twice, stored once": sum(press.said_twice for press in presses),
            "left unconfirmed, and told so": len(team.notices("challenge")) + len(team.notices("recap")),
            "posted again": sum(team.again.values()),
            "members of whom a kill leaves open where they stand": self.open,
        }
        return Result(case.name, counts, self.broken)

    def _posts(self) -> None:
        recap = [("recap", RECAP, self.team.recaps())] if self.entries else []  # nobody joined: the starter is told
        for kind, key, posts in (("challenge", KEY, self.team.announcements()), *recap):
            if len(posts) != 1:
                self.broken.append(f"{len(posts)} posts of the {kind}")
            notices, rounds = len(self.team.notices(kind)), 1 + self.team.again[kind]
            (row,) = [each for each in self.rows if each.key == key] or [None]
            if notices > rounds:
                self.broken.append(f"{notices} notices for {rounds} posts of the {kind}")
            if row is None or row.state not in {DeliveryState.SENT, DeliveryState.UNCONFIRMED}:
                self.broken.append(f"the {kind} is {row and row.state} ({row and row.reason})")
            elif row.state == DeliveryState.UNCONFIRMED and not notices:
                self.broken.append(f"the {kind} is left unconfirmed in silence")
        announced = {row.key: row.state for row in self.rows if row.kind == Kind.CHALLENGE}
        if self.row.ts is not None and announced.get(KEY) != DeliveryState.SENT:
            self.broken.append(f"somebody saw the challenge, and it is {announced.get(KEY)}")

    def _entries(self) -> None:
        """Check that what members were told is stored, and that the recap and the live message count what is stored."""
        for who, presses in self.team.presses.items():
            told = Standing.after(presses)
            self.broken += [f"{who.member_id}: {each}" for each in told.broken]
            self.open += len(told.possible) > 1
            found = self.entries.get(who.member_id, Where.OUT)
            if found not in told.possible:
                self.broken.append(f"{who.member_id} was told {sorted(told.possible)}, and is {found}")
        if self.entries != self.team.at_the_end:
            self.broken.append(f"changed after the end: {self.team.at_the_end} to {self.entries}")
        truth = (sum(where is Where.DONE for where in self.entries.values()), len(self.entries))
        for post in self.team.recaps():
            if (says := numbers(post)) != truth:
                self.broken.append(f"the recap says {says}, and it is {truth}")
        last = self.team.changes()[-1:]
        for post in last:
            if "(closed)" not in post.text or numbers(post) != truth:
                self.broken.append(f"the live message ends as {post.text} {numbers(post)}, and it is {truth}")
        if not last:
            self.broken.append("the live message was never changed")

    def _changes(self) -> None:
        """Check that each change of the live message was claimed, and that claims keep the pauses between changes."""
        claims = [(each["may change"], each["for"]) for each in self.told if "may change" in each]
        rights = sorted(claims)
        gaps = [(then[0] - earlier[0], earlier[1]) for earlier, then in pairwise(rights)]
        # A process that read its clock before it was moved by days, and claims afterwards, ends a lease that was taken
        # between: it seems to be of a clock that was set back.
        moved = sum(then[0] < earlier[0] - challenges.MAX_PAUSE.total_seconds() for earlier, then in pairwise(claims))
        quickly = [f"two changes within {gap:.2f} s" for gap, least in gaps if gap < least]
        self.broken += quickly[moved:]
        if len(self.team.changes()) > len(rights):
            self.broken.append(f"{len(self.team.changes())} changes, with a right to {len(rights)}")


def numbers(post: Post) -> tuple[int, int] | None:
    """Return how many did it and how many joined, as the message says."""
    words = json.dumps(post.blocks)
    if "It is over." in words:
        return (0, 0)
    if "The one who joined" in words:
        return (int("has not done it" not in words), 1)
    found = NUMBERS.search(words)
    return (int(found[1]), int(found[2])) if found else None
