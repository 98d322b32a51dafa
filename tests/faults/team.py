"""A team in a challenge: one who starts and ends it, six who take part, what they press, and what they are told."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.coach import challenges
from bot.coach.challenges import find
from bot.core.challenges import Challenge, ChallengeState
from bot.core.member import Consent, MemberKey, Schedule
from bot.playground.emulator.hub import Post
from bot.playground.emulator.workspace import Message
from bot.slack.challenge.run import CLOSE, POST_AGAIN, preview
from bot.store import schedules
from bot.store.member_schema import entry
from bot.store.schema import challenge
from tests.acting import act_of, acting
from tests.faults.fleet import Copy, Fleet, Press, Where
from tests.faults.stage import MUTANTS_PATIENCE, PATIENCE, SLOT, Stage, is_ended
from tests.faults.tally import Case

BY_TIME, BY_PRESS = "ends by its time", "closed by a press"
CHANNEL, ID = "C0GENERAL", "c0ffee0123456789"
KEY, RECAP = f"challenge:{ID}:1", f"recap:{ID}"
LASTS = timedelta(days=8)
# Buttons in the live message, and in a member's own messages.
IN_LIVE, IN_OWN = ("join", "did-challenge"), ("undo-challenge", "leave")
PAUSE = 0.4  # seconds at most between two presses of a member
AWAY = timedelta(days=28)  # until the next tip of anybody


class Team:
    """Who starts a challenge and who takes part, what they press, and what they are told."""

    def __init__(self, on: Stage, fleet: Fleet, case: Case) -> None:
        self.on, self.fleet, self.case = on, fleet, case
        self.draw = random.Random(case.name)  # noqa: S311 - a seed must replay
        self.starter, *self.players = on.members
        self.willing = set(self.draw.sample(self.players, len(self.players) // 2))
        self.presses: dict[MemberKey, list[Press]] = {who: [] for who in self.players}
        self.again: Counter[str] = Counter()  # double presses of *Post again*, by what is to be posted
        self.ending = self.over = False
        self.at_the_end: dict[str, Where] = {}
        self.broken: list[str] = []

    async def goes_through_it(self) -> None:
        """Run the challenge from the draft to the recap. At the end, no process is killed any more."""
        await self.on.store.write(_settle_in, self.starter, self.players, self.willing, self.on.slack.clock())
        await self._post()
        looking = asyncio.create_task(self._look_after("challenge", KEY, self.announcements))
        await self.happens(lambda: bool(self.announcements()), "it stands")
        await self._play(3)
        await self.happens(self._is_known, "that somebody has seen it")
        await asyncio.gather(self._play(6), self._end())
        self.at_the_end = await self.on.store.read(entries)
        self.over = True
        recap = [self._look_after("recap", RECAP, self.recaps)] if self.at_the_end else []  # nobody joined
        await asyncio.gather(self._play(1), *recap, looking)
        self.fleet.calm()
        await self.happens(self._all_is_told, "all is told")

    async def happens(self, what: Callable[[], bool | Awaitable[bool]], name: str) -> bool:
        """Wait until it happens. Return False at a time-out, as with a mutant."""
        happened = await self.on.until(what, MUTANTS_PATIENCE if self.case.mutant else PATIENCE)
        self.broken += [] if happened else [f"waited in vain: {name}"]
        return happened

    def announcements(self) -> list[Post]:
        return [post for post in self._posted() if post.text.startswith("Team challenge: ")]

    def recaps(self) -> list[Post]:
        return [post for post in self._posted() if post.text.startswith("Recap: ")]

    def changes(self) -> list[Post]:
        return [post for post in self.on.slack.posts if post.method == "chat.update"]

    def notices(self, what: str) -> list[Post]:
        """Return the notices to the starter about a post that Slack did not confirm."""
        start, posts = f"Slack did not confirm the post of your {what}", self.on.slack.posts
        return [
            post
            for post in posts
            if post.metadata and post.person == self.starter.member_id and post.text.startswith(start)
        ]

    def _posted(self) -> list[Post]:
        return [post for post in self.on.slack.posts if post.method == "chat.postMessage" and post.channel == CHANNEL]

    async def _is_known(self) -> bool:
        """Return whether the bot knows that the message was posted, from Slack's answer or a press of its buttons."""
        row = await self.on.store.read(stored)
        if row.ts is None:
            await self._press(self.players[0], "join", 1)
        return row.ts is not None

    async def _all_is_told(self) -> bool:
        row, rows = await self.on.store.read(stored), await self.on.rows()
        return row.update_after is None and all(is_ended(each) for each in rows)

    # The starter

    async def _post(self) -> None:
        """Press *Post it* two to four times at once, until a press is answered by closing the form."""
        workspace, person = self.on.slack.workspace, self.on.slack.workspace.person(self.starter.member_id)
        draft = await self.on.store.read(acting(find, self.starter), ID)
        view = workspace.screens.open(person.id, preview(draft))

        async def is_answered() -> bool:
            payloads = self.on.slack.hub.payloads(workspace)
            copies = await self.fleet.press(lambda: payloads.submission(person, view), self.draw.randint(2, 4))
            return any(copy.answer.failure is None and "You started" in str(copy.answer.body) for copy in copies)

        await self.happens(is_answered, "an answer to *Post it*")

    async def _look_after(self, kind: str, key: str, posts: Callable[[], list[Post]]) -> None:
        """Read the notice if there is one. If the post is not in the channel, press *Post again*."""

        async def is_at_its_end() -> bool:
            return any(row.key == key and is_ended(row) for row in await self.on.rows())

        while await self.happens(is_at_its_end, f"the end of the {kind}'s post") and not posts():
            if not await self.happens(lambda: bool(self.notices(kind)), f"a notice, as no {kind} stands"):
                return
            self.again[kind] += 1
            await self._press_as_starter(POST_AGAIN, key)

    async def _end(self) -> None:
        """End the challenge: move the clock shortly before its end, or press *Close now* until a press is answered."""
        if self.case.about == BY_TIME:
            ends_at, clock = (await self.on.store.read(stored)).ends_at, self.on.slack.clock
            async with self.fleet.at_rest():
                left = (ends_at - clock()).total_seconds()
                clock.advance(timedelta(seconds=int(left) - self.draw.randint(1, 3)))
            self.ending = True

            async def is_closed() -> bool:
                return bool((await self.on.store.read(stored)).state == ChallengeState.CLOSED)

            await self.happens(is_closed, "its end")
            return
        await asyncio.sleep(self.draw.uniform(0.1, 1))
        self.ending = True

        async def is_answered() -> bool:
            return any("is closed" in copy.words for copy in await self._press_as_starter(CLOSE, ID))

        await self.happens(is_answered, "an answer to *Close now*")

    async def _press_as_starter(self, verb: str, value: str) -> list[Copy]:
        message = self._own_message(self.starter)
        return await self.fleet.press(lambda: self._click(self.starter, message, verb, value), self.draw.randint(2, 4))

    # Those who take part

    async def _play(self, presses: int) -> None:
        async def play(who: MemberKey) -> None:
            for _ in range(presses):
                await asyncio.sleep(self.draw.uniform(0, PAUSE))
                live = self.draw.random() < 0.7 or not self.presses[who]
                await self._press(who, self.draw.choice(IN_LIVE if live else IN_OWN), self.draw.randint(1, 4))

        await asyncio.gather(*map(play, self.players))

    async def _press(self, who: MemberKey, verb: str, copies: int) -> None:
        live = self.on.slack.workspace.find(CHANNEL, self.announcements()[0].ts or "")
        message = live if verb in IN_LIVE else self._own_message(who)
        began_over = self.over
        pressed = await self.fleet.press(lambda: self._click(who, message, verb, ID), copies)
        self.presses[who].append(Press(verb, pressed, before=not self.ending, after=began_over))

    def _own_message(self, who: MemberKey) -> Message:
        """Return a message with buttons that the bot sent to this member alone."""
        workspace = self.on.slack.workspace
        return workspace.post(CHANNEL, workspace.bot_user, "Yours", reader=who.member_id)

    def _click(self, who: MemberKey, message: Message, verb: str, value: str) -> Any:
        action = {"type": "button", "action_id": f"roleshift:{verb}", "block_id": "b", "value": value, "action_ts": "1"}
        workspace = self.on.slack.workspace
        return self.on.slack.hub.payloads(workspace).message_click(
            workspace.person(who.member_id), message, action, None
        )


def stored(tx: Connection) -> Any:
    return tx.execute(select(challenge)).one()


def entries(tx: Connection) -> dict[str, Where]:
    """Return each member who takes part, and whether they have done it."""
    return {row.member_id: Where.IN if row.done_at is None else Where.DONE for row in tx.execute(select(entry))}


def _settle_in(
    tx: Connection, starter: MemberKey, players: Iterable[MemberKey], willing: set[MemberKey], now: datetime
) -> None:
    """Store a draft that only has to be posted. Half of the members opted in, and no tip is due."""
    yes = Schedule(Consent.YES, SLOT, "UTC", zone_is_own=True, next_due_at=now + AWAY)
    for who in (starter, *players):
        schedules.save(tx, who, yes if who in willing else replace(yes, consent=Consent.NO, next_due_at=None), now)
    written = Challenge(
        starter.workspace_id, ID, starter.member_id, "Flag it", "Change one prompt.", "you can say what got better",
        CHANNEL, now + LASTS,
    )  # fmt: skip
    challenges.keep(act_of(tx, starter), written)
