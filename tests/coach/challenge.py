"""Helpers for tests of challenges without Slack, on a clock that the test sets."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.coach import challenges, membership
from bot.coach.challenges import MessageRef
from bot.coach.posts.challenges import Posting
from bot.core.challenges import Challenge, Standing
from bot.core.errors import UserError
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Outcome, Sent
from bot.outbox.sending import Claimed
from bot.store import admins, challenges as rows
from bot.store.challenges import Live
from tests.acting import acting
from tests.coach.members import BERLIN, EMIL, NORA
from tests.coach.weekly import HOUR, MONDAY, TUESDAY, WEEK, Weekly

ID, OTHER_ID = "0123456789abcdef", "fedcba9876543210"
CHANNEL, TS = "C1", "1.000001"  # Slack's id of every post in these tests
LIVE = MessageRef(CHANNEL, TS)
KENJI = MemberKey("T1", "U3")

DRAFT = Challenge(
    workspace_id="T1",
    challenge_id=ID,
    started_by=NORA.member_id,
    title="Read one log",
    task="Read a log aloud.",
    done_when="somebody laughed.",
    channel=CHANNEL,
    ends_at=TUESDAY + WEEK + 8 * HOUR,
    question="What made you laugh?",
)


def posting_of(claimed: Claimed) -> Posting:
    assert isinstance(claimed.content, Posting)
    return claimed.content


class Challenged(Weekly):
    """A workspace whose members take up challenges."""

    async def meets(self, *people: MemberKey) -> None:
        for who in people:
            await self.store.write(membership.meet, who, BERLIN, MONDAY)

    async def keeps(self, who: MemberKey = NORA, **fields: Any) -> Challenge:
        """Store a draft of a challenge and return it. Meet its writer first."""
        await self.meets(who)
        draft = replace(DRAFT, workspace_id=who.workspace_id, started_by=who.member_id, **fields)
        return await self.store.write(acting(challenges.keep, who), draft)

    async def orders(self, who: MemberKey = NORA, at: datetime = TUESDAY, **fields: Any) -> Challenge:
        draft = await self.keeps(who, **fields)
        return await self.does(challenges.post, at, draft.challenge_id, who=who)

    async def posts(
        self, who: MemberKey = NORA, at: datetime = TUESDAY, outcome: Outcome | None = None, **fields: Any
    ) -> Challenge:
        ordered = await self.orders(who, at, **fields)
        await self.sends(at, outcome or Sent(ordered.channel, TS))
        return await self.now(ordered)

    async def now(self, challenge: Challenge) -> Challenge:
        found = await self.store.read(rows.find, challenge.workspace_id, challenge.challenge_id)
        assert found is not None
        return found

    async def joins_in(
        self, who: MemberKey = EMIL, challenge_id: str = ID, use_case: Any = challenges.join
    ) -> challenges.Taken:
        await self.meets(who)
        taken: challenges.Taken = await self.does(use_case, TUESDAY, challenge_id, LIVE, who=who)
        return taken

    async def has_done_it(self, who: MemberKey = EMIL) -> challenges.Taken:
        return await self.joins_in(who, use_case=challenges.did)

    async def writes(self, line: str, who: MemberKey = EMIL) -> challenges.Taken:
        """Press *I did it* and write a line."""
        await self.has_done_it(who)
        return await self.does(challenges.write_line, TUESDAY, ID, line, who=who)

    async def outdated(self, at: datetime) -> list[Live]:
        return await self.store.read(challenges.outdated, at)

    async def standing(self, challenge: Challenge = DRAFT) -> Standing:
        return await self.store.read(rows.standing, challenge)

    async def acts(self) -> list[AdminAct]:
        return [acted.act for _, acted in await self.store.read(admins.acts, "T1", "", 9)]

    async def said(self, kind: Kind) -> list[tuple[DeliveryState, str | None]]:
        """Return the state and reason of every delivery of a kind, in all workspaces."""
        return [(state, reason) for _, state, reason in await self.rows(kind)]

    async def refuses(self, use_case: Any, *args: Any) -> str:
        try:
            await self.store.write(use_case, *args)
        except UserError as error:
            return str(error)
        raise AssertionError("it was not refused")
