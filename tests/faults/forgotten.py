"""P13; P6 in two workspaces: members who take back a line, or use *forget me*, while messages about them are sent.

Recaps, nudges and a notice are owed; workers are killed. Each act notes, in its own transaction, which of these
had begun. What had not begun must not quote the member any more, nor, once they are forgotten, reach them. Colleagues
press *See one done* all the time: what they press after the answer must not show the line. Assistants of all members
call all the time, and note a step as done: after the answer, no token opens anything any more, and nothing is left.
"""

import asyncio
import contextlib
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, or_, select, update

from bot.coach import assistants, challenges, lines, membership, practice
from bot.content import library
from bot.core.challenges import Challenge
from bot.core.errors import NotMet
from bot.core.member import MemberKey
from bot.core.practice import Readers
from bot.playground.emulator.hub import Post
from bot.store.member_schema import delivery, entry, member
from bot.store.schema import challenge
from tests.acting import act_of, acting
from tests.faults.kills import live_and_die, lose_some
from tests.faults.processes import Processes
from tests.faults.stage import MUTANTS_PATIENCE, PAUSE, Databases, Plan, Stage, id_of, patiently, stage
from tests.faults.tally import Case, Result
from tests.store.rows import everything

CATALOG = library.load()
MEMBERS, ACTING = 12, 8
CHANNEL, NOWHERE = "C0GENERAL", "C0NOWHERE"
TIP_DONE = next(iter(CATALOG.lessons))  # as assistants note
OF_TIP = "a tip"  # what the lines are about that colleagues read at a click
RECAPS, REFUSED = tuple(f"c0ffee00000000{number:02}" for number in range(8)), "c0ffee00000000ff"
BETWEEN_CLICKS = 0.01  # seconds
ACTING_FOR = 1.5  # seconds, in which most of what is owed goes out
DAY = timedelta(days=1)
ACTS = ("forget", "forget", "leave", "blank", "private")


@dataclass(frozen=True)
class Done:
    """An act that was answered after so many posts; `begun` holds the ids of what was on its way by then."""

    who: MemberKey
    act: str
    posts: int
    begun: frozenset[str]
    answered: float  # by the loop's clock

    def broken_by(self, post: Post) -> bool:
        """Return whether a post that was made after the answer, and had not begun before it, is one too many.

        A closed challenge can't be left, but its member can be forgotten: then no recap may quote them.
        """
        if self.act != "forget" or id_of(post) in self.begun:
            return False
        quotes = any(words_of(self.who, each) in json.dumps([post.text, post.blocks]) for each in RECAPS)
        return quotes or (post.workspace, post.person) == self.who


class Click(NamedTuple):
    """A press on *See one done* at this moment of the loop's clock, and the lines that it showed."""

    at: float
    who: MemberKey  # whose line stands at the tip
    shown: str


class Call(NamedTuple):
    """A call of an assistant at this moment of the loop's clock, and the member whom its token named."""

    at: float
    who: MemberKey | None


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Let eight of twelve members act at random moments of a fan-out, while workers are killed."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    plan = Plan(case, MEMBERS)
    async with stage(plan, databases, processes) as on:
        for workspace_id in plan.workspaces:
            client = AsyncWebClient(on.slack.workspaces[workspace_id].bot_token, base_url=on.settings["SLACK_API_URL"])
            ts = (await client.chat_postMessage(channel=CHANNEL, text="Try it"))["ts"]
            await on.store.write(owe_everything, on.members_of(workspace_id), ts, on.slack.clock())
        lose_some(on, 0.05)
        leaving = [on.members[1], *draw.sample([who for who in on.members if who != on.members[1]], ACTING - 1)]
        clicks, calls = list[Click](), list[Call]()
        makes = (acting(assistants.make, who, on.slack.clock(), CATALOG) for who in on.members)
        tokens = [await on.store.write(make) for make in makes]
        async with asyncio.TaskGroup() as group:
            group.create_task(live_and_die(on, draw, (2, 3), (0.2, 1.2)))
            reading = group.create_task(_read(on, [who for who in on.members if who not in leaving], clicks))
            calling = group.create_task(_call(on, tokens, calls))
            done = await asyncio.gather(
                *(_act(on, who, draw.choice(ACTS), draw.uniform(0, ACTING_FOR)) for who in leaving)
            )
            await asyncio.sleep(PAUSE)
            reading.cancel()
            calling.cancel()
        await on.ended(nudges=len(on.members) - sum(each.act == "forget" for each in done))
        return await _judged(case, on, done, clicks, calls)


async def _act(on: Stage, who: MemberKey, act: str, after: float) -> Done:
    await on.until(lambda: len(on.slack.posts) > len(on.slack.workspaces), MUTANTS_PATIENCE)  # after the live messages
    await asyncio.sleep(after)
    begun = await patiently(on.store, take_back, who, act, on.slack.clock())
    return Done(who, act, len(on.slack.posts), begun, asyncio.get_running_loop().time())


async def _read(on: Stage, readers: Sequence[MemberKey], clicks: list[Click]) -> None:
    """Press *See one done* again and again at each tip, in the workspace of its author."""
    while True:
        for who in on.members:
            reader = next(each for each in readers if each.workspace_id == who.workspace_id and each != who)
            at = asyncio.get_running_loop().time()
            _, shared = await on.store.read(acting(lines.one_done, reader, on.slack.clock(), CATALOG), _tip_of(who))
            clicks.append(Click(at, who, "".join(each.text for each in shared)))
            await asyncio.sleep(BETWEEN_CLICKS)


async def _call(on: Stage, tokens: Sequence[str], calls: list[Call]) -> None:
    """Note a tip as done with each token again and again, as an assistant does."""
    while True:
        for token in tokens:
            at = asyncio.get_running_loop().time()
            who = await on.store.read(assistants.owner, token, on.slack.clock())
            calls.append(Call(at, who))
            with contextlib.suppress(NotMet):  # they were forgotten meanwhile
                if who is not None:
                    await patiently(on.store, acting(practice.report, who, on.slack.clock(), CATALOG), TIP_DONE)
            await asyncio.sleep(BETWEEN_CLICKS)


def _tip_of(who: MemberKey) -> str:
    """Return the tip about which a member wrote a line; two members hardly ever have the same."""
    return list(CATALOG.lessons)[int(hashlib.sha256(who.member_id.encode()).hexdigest(), 16) % len(CATALOG.lessons)]


def take_back(tx: Connection, who: MemberKey, act: str, now: datetime) -> frozenset[str]:
    """Do what a member asks for, and return the ids of the deliveries that had begun by then.

    These are locked first, in the order in which the bot locks them, so that nothing begins between look and act.
    """
    mine = (entry.c.workspace_id == who.workspace_id) & (entry.c.member_id == who.member_id)
    theirs = (member.c.workspace_id == who.workspace_id) & (member.c.member_id == who.member_id)
    tx.execute(select(member).where(theirs).with_for_update())
    own = tx.scalars(select(entry.c.challenge_id).where(mine).with_for_update()).all()
    quoting = delivery.c.key.in_([f"recap:{challenge_id}" for challenge_id in own])
    about = or_(delivery.c.member_id == who.member_id, quoting)
    here = delivery.c.workspace_id == who.workspace_id
    rows = tx.execute(select(delivery.c.id, delivery.c.started_at).where(here, about).with_for_update()).all()
    if act == "forget":
        membership.forget(tx, who, now)
    elif act == "leave":
        practice.undo(act_of(tx, who, now, CATALOG), _tip_of(who), None)
    else:
        line = "" if act == "blank" else words_of(who, OF_TIP)
        lines.write(act_of(tx, who, now, CATALOG), _tip_of(who), None, line)
    return frozenset(row.id for row in rows if row.started_at is not None)


def words_of(who: MemberKey, challenge_id: str) -> str:
    return f"Words of {who.member_id} in {who.workspace_id} on {challenge_id}."


def owe_everything(tx: Connection, members: Sequence[MemberKey], ts: str, now: datetime) -> None:
    """Plan recaps that quote five each, and a post that Slack refuses, with its notice."""
    starter, unlucky = members[:2]
    for challenge_id, by, channel in (*((each, starter, CHANNEL) for each in RECAPS), (REFUSED, unlucky, NOWHERE)):
        written = Challenge(
            by.workspace_id, challenge_id, by.member_id, "Try it", "A task.", "it is done", channel, now + 7 * DAY
        )
        challenges.keep(act_of(tx, by), replace(written, question="How was it?"))
        challenges.post(act_of(tx, by, now), challenge_id)
    seen = (challenge.c.workspace_id == starter.workspace_id) & (challenge.c.challenge_id != REFUSED)
    tx.execute(update(challenge).where(seen).values(ts=ts, update_after=None))
    said = delivery.c.key.in_([f"challenge:{challenge_id}:1" for challenge_id in RECAPS])
    tx.execute(
        update(delivery)
        .where(delivery.c.workspace_id == starter.workspace_id, said)
        .values(state="sent", started_at=now, ended_at=now, ts=ts)
    )
    for who in members:
        practice.did(act_of(tx, who, now, CATALOG), _tip_of(who), None)
        lines.write(act_of(tx, who, now, CATALOG), _tip_of(who), None, words_of(who, OF_TIP), Readers.NAMED)
    for place, challenge_id in enumerate(RECAPS):
        for number in range(5):
            who = members[(1 + place + number) % len(members)]
            entry_id = hashlib.sha256(words_of(who, challenge_id).encode()).hexdigest()[:16]
            own = {**who._asdict(), "entry_id": entry_id, "challenge_id": challenge_id}
            tx.execute(entry.insert(), {**own, "joined_at": now, "done_at": now})
            challenges.write_line(act_of(tx, who, now), challenge_id, words_of(who, challenge_id))
        challenges.close(act_of(tx, starter, now), challenge_id)


async def _judged(
    case: Case, on: Stage, done: Sequence[Done], clicks: Sequence[Click], calls: Sequence[Call]
) -> Result:
    _, broken = await on.over("channel_not_found")
    broken += [
        f"{each.who.member_id} ({each.act}): {post.text!r} began after the answer"
        for each in done
        for post in on.slack.posts[each.posts :]
        if each.broken_by(post)
    ]
    broken += [
        f"{each.who.member_id} ({each.act}): their line was shown at a click after the answer"
        for each in done
        for click in clicks
        if click.at > each.answered and words_of(each.who, OF_TIP) in click.shown
    ]
    broken += [
        f"{each.who.member_id}: a token of theirs worked after the answer"
        for each in done
        for call in calls
        if each.act == "forget" and call.at > each.answered and call.who == each.who
    ]
    gone = {each.who for each in done if each.act == "forget"}
    left = [
        row
        for row in await on.store.read(everything)
        for who in gone  # other workspaces have members of the same ids
        if row.workspace_id in {"", who.workspace_id} and who.member_id in repr(row.values)
    ]
    broken += [
        f"shown in {post.workspace}: words of {other}"
        for post in on.slack.posts
        for other in on.slack.workspaces
        if other != post.workspace and f" in {other} on " in json.dumps([post.text, post.blocks])
    ]
    broken += [f"left of somebody forgotten: a row of {row.table}" for row in left]
    counts = {
        "acts": len(done),
        "of these to be forgotten": len(gone),
        "posts": len(on.slack.posts),
        "begun after the answer": sum("began after" in each for each in broken),
        "rows left": len(left),
        "clicks that showed a line": sum(bool(click.shown) for click in clicks),
        "clicks that showed none any more": sum(not click.shown for click in clicks),
        "calls of assistants": sum(call.who is not None for call in calls),
        "calls with a token of nobody any more": sum(call.who is None for call in calls),
        "kills": on.kills,
    }
    return Result(case.name, counts, broken)
