"""Bots and workers side by side, which are killed and replaced again and again; clicks, and what members are told."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from bot.coach import challenges
from bot.coach.posts import answers
from bot.outbox import sending
from bot.playground.emulator.delivery import Answer, HttpDelivery
from bot.playground.emulator.hub import Post
from bot.playground.emulator.one_time_tokens import OneTimeTokens
from bot.slack.sorry import LATE
from tests.faults.kill_points import KillPoint
from tests.faults.processes import Worker
from tests.faults.stage import PATIENCE, Stage
from tests.faults.steps import WHENS
from tests.faults.web import listens
from tests.ports import free_port

LIFE = (0.4, 3.0)  # seconds until a process is killed
MAX_KILLS = 30  # in a run; on a busy machine, processes would otherwise never live long enough to do anything
AT_A_POINT = 0.3  # share of processes that kill themselves at a kill point
_PRESSED = (challenges.post, challenges.close, challenges.join, challenges.did, challenges.take_back, answers.answer)
IN_BOT = tuple(KillPoint(use_case, when) for use_case in _PRESSED for when in WHENS[1:])
IN_WORKER = (
    KillPoint(challenges.close_due, "during"), KillPoint(challenges.close_due, "after"),
    KillPoint(sending.claim, "after"), KillPoint(sending.begin, "after"),
    KillPoint(sending.finish, "before"), KillPoint(sending.finish, "during"), KillPoint(sending.finish, "after"),
    KillPoint(sending.settle, "during"), KillPoint(sending.settle, "after"),
    KillPoint(challenges.claim_update, "after"), KillPoint(challenges.showed, "before"),
)  # fmt: skip
WITH_JOBS, WITHOUT, JOBS_ALONE = "bot with jobs", "bot", "worker"
ROLES = (WITH_JOBS, JOBS_ALONE, WITHOUT, JOBS_ALONE)


@dataclass(frozen=True)
class Bot:
    """One life of a bot, from when it listens until it is killed."""

    process: Worker
    delivery: HttpDelivery


@dataclass
class Copy:
    """One press as Slack delivered it: what the bot answered at once, and what it said at the `response_url`."""

    at: datetime
    bot: Bot
    answer: Answer
    said: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def words(self) -> str:
        """Return what the member read; "" if the bot was killed before it answered."""
        return self.said.result() if self.said.done() else ""


class Fleet:
    """Processes that are killed after a while and replaced, until `calm` is called."""

    def __init__(self, on: Stage, name: str) -> None:
        self._on, self._name = on, name
        self._draw = random.Random(f"{name} presses")  # noqa: S311 - a seed must replay
        self._calm = self._stopping = False
        self._listening = asyncio.Event()
        self._bots: list[Bot] = []
        self._said: dict[str, asyncio.Future[str]] = {}  # by the secret of their `response_url`
        on.slack.workspace.one_time_tokens = tokens = _Tokens(on.slack.clock)
        on.slack.posts = on.slack.hub.posts = _Posts(tokens, self._said)
        self._may_press = asyncio.Lock()
        self._under_way: set[asyncio.Task[Copy]] = set()

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, on: Stage, name: str, count: int) -> AsyncIterator[Self]:
        """Keep processes running until the block ends."""
        fleet = cls(on, name)
        async with asyncio.TaskGroup() as keeping:
            for number, role in enumerate(ROLES[:count]):
                keeping.create_task(fleet._keep(number, role))
            try:
                yield fleet
            finally:
                fleet._stopping = True
                await on.stop()

    def calm(self) -> None:
        """Kill no process from now on."""
        self._calm = True

    async def press(self, payload: Callable[[], Any], copies: int = 1) -> list[Copy]:
        """Deliver copies of a press at once, to random bots. Return when each is answered or its bot has died."""
        async with self._may_press:
            pressed = [asyncio.create_task(self._press(payload())) for _ in range(copies)]
            self._under_way.update(pressed)
        try:
            return await asyncio.gather(*pressed)
        finally:
            self._under_way.difference_update(pressed)

    @contextlib.asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Wait until all presses are answered, and hold new ones back until the block ends.

        The clock may only be set in such a block: a `response_url` works for 30 minutes of that clock.
        """
        async with self._may_press:
            if self._under_way:
                await asyncio.wait(self._under_way)
            yield

    async def tell(self, payload: Any) -> Answer:
        return await (await self._any_bot()).delivery.send("events_api", payload)

    async def _any_bot(self) -> Bot:
        while not self._bots:
            self._listening.clear()
            await self._listening.wait()
        return self._draw.choice(self._bots)

    async def _press(self, payload: Any) -> Copy:
        bot = await self._any_bot()
        copy = Copy(self._on.slack.clock(), bot, Answer())
        if "response_url" in payload:
            self._said[payload["response_url"].rsplit("/", 1)[-1]] = copy.said
        copy.answer = await bot.delivery.send("interactive", payload)
        if "response_url" in payload:
            ends: set[asyncio.Future[Any]] = {copy.said, bot.process.ended}
            await asyncio.wait(ends, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        return copy

    async def _keep(self, number: int, role: str) -> None:
        draw = random.Random(f"{self._name} process {number}")  # noqa: S311 - a seed must replay
        port = free_port()
        while not self._stopping:
            self._calm = self._calm or self._on.kills >= MAX_KILLS
            process = await self._on.fork(**self._order(role, port, draw))
            bot = None
            if role != JOBS_ALONE and await listens(process, port):
                delivery = self._on.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
                assert isinstance(delivery, HttpDelivery)
                self._bots.append(bot := Bot(process, delivery))
                self._listening.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), draw.uniform(*LIFE))
            if self._calm:
                await process.wait()
            if bot:
                self._bots.remove(bot)
            await process.kill()

    def _order(self, role: str, port: int, draw: random.Random) -> dict[str, Any]:
        order: dict[str, Any] = {}
        if role != JOBS_ALONE:
            own = {"PORT": str(port), "SLACK_APP_TOKEN": None, "ROLESHIFT_WITH_JOBS": str(int(role == WITH_JOBS))}
            order |= {"what": "bot", "settings": self._on.settings | own}
        points = {WITH_JOBS: IN_BOT + IN_WORKER, WITHOUT: IN_BOT, JOBS_ALONE: IN_WORKER}[role]
        point, nth = draw.choice(points), draw.randint(1, 2)
        if draw.random() < AT_A_POINT and not self._calm:
            order["kill"] = point.order(nth)
        return order


class _Tokens(OneTimeTokens):
    last = ""

    def find_url(self, secret: str) -> Any:
        self.last = secret
        return super().find_url(secret)


class _Posts(list[Post]):
    """Assigns answers to their `response_url`, which the emulator's posts do not contain."""

    def __init__(self, tokens: _Tokens, said: dict[str, asyncio.Future[str]]) -> None:
        super().__init__()
        self._tokens, self._said = tokens, said

    def append(self, post: Post) -> None:
        super().append(post)
        if post.method == "response_url" and not post.text.startswith(LATE):  # a late answer follows that one
            # Nothing else runs between the look-up of the url and this post.
            self._said[self._tokens.last].set_result(post.text)


# What members were told about their presses, and what must be stored about them as a consequence.


class Where(StrEnum):
    """Where a member stands with a challenge."""

    OUT = "not in"
    IN = "in"
    DONE = "done"


class Verb(NamedTuple):
    """A button: where it leads from each place, and how the bot says whether something has changed."""

    leads_to: dict[Where, Where]  # a place that is not named stays
    changed: str
    unchanged: tuple[str, ...]


OUT, IN, DONE = Where
VERBS = {
    "join": Verb({OUT: IN}, "You're in: ", ("You're in already", "You did it already.")),
    "did-challenge": Verb({OUT: DONE, IN: DONE}, "Noted: you did it.", ("You did it already; it counts once.",)),
    "undo-challenge": Verb({DONE: IN}, "Taken back: ", ("It was not done anyway.",)),
    "leave": Verb({IN: OUT, DONE: OUT}, "You're out. ", ("You weren't in.",)),
}
OVER = "That challenge is not open now."
TRY_AGAIN = "Nothing was changed. Try again in a minute."


@dataclass(frozen=True)
class Press:
    """One press of a member with all its copies. `before` and `after`: whether all came before or after the end."""

    verb: str
    copies: Sequence[Copy]
    before: bool
    after: bool

    @property
    def words(self) -> list[str]:
        return [copy.words for copy in self.copies if copy.words]

    @property
    def unanswered(self) -> int:
        """Return how many copies may or may not have been stored."""
        return len(self.copies) - len(self.words)

    @property
    def said_twice(self) -> bool:
        """Return whether two bots with the same microsecond each said that theirs was the first. One bot never does."""
        bots = Counter(copy.bot.process.pid for copy in self.copies if copy.words.startswith(VERBS[self.verb].changed))
        return bots.total() > 1 and max(bots.values()) == 1

    def starting(self, *starts: str) -> int:
        return sum(words.startswith(starts) for words in self.words)


@dataclass
class Standing:
    """Where a member may stand after what they were told. After a kill, several places may be possible."""

    possible: frozenset[Where]
    broken: list[str]

    @classmethod
    def after(cls, presses: Iterable[Press]) -> "Standing":
        """Return where a member may stand after these presses."""
        standing = cls(frozenset({Where.OUT}), [])
        for press in presses:
            standing._follow(press)
        return standing

    def _follow(self, press: Press) -> None:
        verb = VERBS[press.verb]
        changed, unchanged = press.starting(verb.changed), press.starting(*verb.unchanged)
        refused, again = press.starting(OVER), press.starting(TRY_AGAIN)
        if changed + unchanged + refused + again != len(press.words):
            self.broken.append(f"not an answer to {press.verb}: {press.words}")
        if changed > 1 and not press.said_twice:
            self.broken.append(f"counted {changed} times: {press.verb}")
        if refused and press.before:
            self.broken.append(f"refused while it was open: {press.verb}")
        if changed + unchanged and press.after:
            self.broken.append(f"stored after the end was answered: {press.verb}")
        before = frozenset(where for where in self.possible if self._fits(press, where, changed, refused + again))
        if not before:
            self.broken.append(f"{press.verb} was answered {press.words}, though they were {sorted(self.possible)}")
            before = self.possible
        after = frozenset(verb.leads_to.get(where, where) for where in before)
        sure = changed + unchanged > 0
        kept = frozenset() if sure else before
        self.possible = kept | after if sure or (press.unanswered and not press.after) else before

    def _fits(self, press: Press, where: Where, changed: int, refused: int) -> bool:
        """Return whether a member at this place can get these answers: exactly one says that something changed."""
        changes = where in VERBS[press.verb].leads_to
        if changed:
            return changes
        return not changes or press.unanswered > 0 or refused == len(press.words)
