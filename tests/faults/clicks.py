"""P3, P4: every command and click is delivered one to four times at once, to a bot that is killed now and then."""

import asyncio
import random
import signal
from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.content import library
from bot.core.member import MemberKey
from bot.playground.emulator.delivery import HttpDelivery, PayloadKind
from bot.slack.blocks import PREFIX
from bot.store import record as record_rows
from bot.store.member_schema import practice, skill_history, skill_mark
from tests.faults.processes import Processes, Worker
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result
from tests.faults.web import listens
from tests.ports import free_port

MEMBERS, WAVE, CLICKS = 5, 10, 100  # a case may name another number of clicks
LEARN, DID = "learn", "did"
SHARES = {LEARN: 0.6, DID: 0.4}  # of the clicks
YES = ("Done: *", "You already marked")


class What(NamedTuple):
    """A member, what they say, and about which skill or tip."""

    who: str
    verb: str
    about: str


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Send clicks in waves. In one wave of three, kill the bot."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    async with stage(Plan(case, MEMBERS), databases, processes) as on:
        port = free_port()
        on.settings |= {"PORT": str(port), "SLACK_APP_TOKEN": None, "ROLESHIFT_WITH_JOBS": "0"}
        clicks = Clicks(on, f"http://127.0.0.1:{port}/slack/events")
        bot = await started(on, port)
        for wave in waves(on, draw, int(case.about or CLICKS)):
            sending = asyncio.gather(*(clicks.click(what, draw) for what in wave))
            if draw.random() < 0.34:
                await asyncio.sleep(draw.uniform(0, 0.12))
                await bot.kill()
                await sending
                bot = await started(on, port)
            await sending
        bot.signal(signal.SIGTERM)  # it still answers at each response_url before it ends
        await bot.wait()
        return await judged(case, on, clicks)


class Clicks:
    """Sends clicks, and keeps what people were told."""

    def __init__(self, on: Stage, url: str) -> None:
        self.on, self.delivery = on, on.slack.deliver_to(url)
        self.names = {skill.slug: skill.name for skill in library.load().skills.values()}
        self.count = self.deliveries = self.unanswered = 0
        self.told: list[What] = []

    async def click(self, what: What, draw: random.Random) -> None:
        """Deliver a command, or a press of a button, one to four times at once."""
        workspace, person = self.on.slack.workspace, self.on.slack.workspace.person(what.who)
        payloads, dm = self.on.slack.hub.payloads(workspace), workspace.dm(what.who)
        kind: PayloadKind = "slash_commands"
        if what.verb == LEARN and draw.random() < 0.5:
            message = workspace.post(dm.id, workspace.bot_user, "A tip")
            action = {"type": "button", "action_id": f"{PREFIX}learn", "block_id": "b", "value": what.about}
            payload = payloads.message_click(person, message, action | {"action_ts": "1"}, None)
            kind = "interactive"
        else:
            payload = payloads.command(person, dm, "/roleshift", f"{what.verb} {what.about}")
        copies = draw.randint(1, 4)
        self.count += 1
        self.deliveries += copies
        assert isinstance(self.delivery, HttpDelivery)
        answers = await asyncio.gather(*(self.delivery.send(kind, payload) for _ in range(copies)))
        self.unanswered += sum(answer.failure is not None for answer in answers)
        yes = YES if what.verb == LEARN else ("Done: ",)
        self.told += [
            what
            for answer in answers
            if answer.failure is None and any(word in answer.body.get("text", "") for word in yes)
        ]

    def said(self) -> set[What]:
        """Return who was told that what is stored, in an answer or at the `response_url`."""
        by_name = {name: slug for slug, name in self.names.items()}
        said = set(self.told)
        for post in self.on.slack.posts:
            name = post.text.split("*")[1] if any(word in post.text for word in YES) else None
            if name in by_name and post.person:
                said.add(What(post.person, LEARN, by_name[name]))
        return said


def waves(on: Stage, draw: random.Random, count: int) -> list[list[What]]:
    """Return so many clicks, the same for each member."""
    catalog = library.load()
    abouts = {LEARN: sorted(catalog.skills), DID: sorted({each.tip.id for each in catalog.lessons.values()})}
    chosen = {verb: draw.sample(abouts[verb], round(share * count / len(on.members))) for verb, share in SHARES.items()}
    every = [What(who.member_id, verb, about) for who in on.members for verb in SHARES for about in chosen[verb]]
    draw.shuffle(every)
    return [every[start : start + WAVE] for start in range(0, len(every), WAVE)]


async def started(on: Stage, port: int) -> Worker:
    bot = await on.fork(what="bot")
    assert await listens(bot, port), "the bot did not start"
    return bot


async def judged(case: Case, on: Stage, clicks: Clicks) -> Result:
    # On a slow machine four copies of a click, each answered twice, use its URL more often than Slack allows.
    _, broken = await on.over("used_url")
    stored, history = await on.store.read(_stored)
    said = clicks.said()
    broken += [f"answered, not stored: {what}" for what in said - stored.keys()]
    broken += [f"stored {count} times: {what}" for what, count in stored.items() if count != 1]
    broken += [f"counted {count} times: {what}" for what, count in history.items() if count != 1]
    broken += [f"without history: {what}" for what in stored if what.verb == LEARN and what not in history]
    counts = {
        "clicks": clicks.count,
        "deliveries of them": clicks.deliveries,
        "kills": on.kills,
        "answered yes": len(said),
        "stored": len(stored),
        "answered, not stored": len(said - stored.keys()),
        "counted twice": sum(count > 1 for count in (*stored.values(), *history.values())),
    }
    return Result(case.name, counts, broken)


def _stored(tx: Connection) -> tuple[Counter[What], Counter[What]]:
    """Return how often each thing is stored, and how often each skill was learned."""
    marks = [What(row.member_id, LEARN, row.skill) for row in tx.execute(select(skill_mark)) if row.undone_at is None]
    members = {MemberKey(row.workspace_id, row.member_id) for row in tx.execute(select(practice))}
    done = [What(who.member_id, DID, step.tip) for who in members for step in record_rows.read(tx, who).done]
    steps = tx.execute(select(skill_history).where(skill_history.c.step == "learned"))
    return Counter((*marks, *done)), Counter(What(row.member_id, LEARN, row.skill) for row in steps)
