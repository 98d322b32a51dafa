"""P3, P4: every command and click is delivered one to four times at once, to a bot that is killed now and then."""

import asyncio
import random
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select

from bot import content
from bot.playground.emulator.delivery import HttpDelivery
from bot.playground.emulator.payloads import Payloads
from bot.slack.screens.blocks import PREFIX
from bot.store.tables import skill_history, skill_mark
from tests.end_to_end.process import free_port
from tests.faults.kills import is_expected
from tests.faults.processes import Processes, Worker
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

MEMBERS, SKILLS, WAVE = 5, 20, 10
YES = ("Done: ", "You already marked")


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Send a hundred clicks in waves. In one wave of three, kill the bot."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    plan = Plan(members=MEMBERS, database=case.database, mutant=case.mutant)
    async with stage(plan, databases, processes) as on:
        port = free_port()
        on.settings |= {"PORT": str(port), "SLACK_APP_TOKEN": None, "ROLESHIFT_WITH_JOBS": "0"}
        clicks = Clicks(on, f"http://127.0.0.1:{port}/slack/events")
        bot = await _started(on, port)
        waves = _waves(on, draw)
        for wave in waves:
            sending = asyncio.gather(*(clicks.click(who, skill, draw) for who, skill in wave))
            if draw.random() < 0.34:
                await asyncio.sleep(draw.uniform(0, 0.12))
                await bot.kill()
                await sending
                bot = await _started(on, port)
            await sending
        bot.signal(signal.SIGTERM)  # it still answers at each response_url before it ends
        await bot.wait()
        return await _judged(case, on, clicks)


class Clicks:
    """Sends clicks, and keeps what people were told."""

    def __init__(self, on: Stage, url: str) -> None:
        self.on, self.delivery = on, on.slack.deliver_to(url)
        self.names = {skill.slug: skill.name for skill in content.load().skills.values()}
        self.count = self.deliveries = 0
        self.told: list[tuple[str, str]] = []

    async def click(self, who: str, skill: str, draw: random.Random) -> None:
        """Deliver a command, or a press of a button, one to four times at once."""
        kind, payload = (self._typed if draw.random() < 0.5 else self._pressed)(who, skill)
        copies = draw.randint(1, 4)
        self.count += 1
        self.deliveries += copies
        assert isinstance(self.delivery, HttpDelivery)
        answers = await asyncio.gather(*(self.delivery.send(kind, payload) for _ in range(copies)))
        for answer in answers:
            if answer.failure is None and any(word in answer.body.get("text", "") for word in YES):
                self.told.append((who, skill))

    def _typed(self, who: str, skill: str) -> tuple[Any, Any]:
        workspace = self.on.slack.workspace
        person = workspace.person(who)
        return "slash_commands", self._payloads().command(person, workspace.dm(who), "/roleshift", f"learn {skill}")

    def _pressed(self, who: str, skill: str) -> tuple[Any, Any]:
        workspace = self.on.slack.workspace
        message = workspace.post(workspace.dm(who).id, workspace.bot_user, "A tip")
        action = {"type": "button", "action_id": f"{PREFIX}learn", "block_id": "b", "value": skill, "action_ts": "1"}
        return "interactive", self._payloads().message_click(workspace.person(who), message, action, None)

    def _payloads(self) -> Payloads:
        return self.on.slack.hub.payloads(self.on.slack.workspace)

    def said(self) -> set[tuple[str, str]]:
        """Return who was told which skill is learned, in an answer or at the `response_url`."""
        by_name = {name: slug for slug, name in self.names.items()}
        said = set(self.told)
        for post in self.on.slack.posts:
            name = post.text.split("*")[1] if any(word in post.text for word in YES) else None
            if name in by_name and post.person:
                said.add((post.person, by_name[name]))
        return said


def _waves(on: Stage, draw: random.Random) -> list[list[tuple[str, str]]]:
    skills = draw.sample(sorted(content.load().skills), SKILLS)
    pairs = [(who.member_id, skill) for who in on.members for skill in skills]
    draw.shuffle(pairs)
    return [pairs[start : start + WAVE] for start in range(0, len(pairs), WAVE)]


async def _started(on: Stage, port: int) -> Worker:
    bot = await on.fork(what="bot")

    assert await on.until(lambda: takes_requests(port)), "the bot did not start"
    return bot


async def takes_requests(port: int) -> bool:
    """Return whether a bot has started: until then it answers each request with 503."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n")
        status = (await reader.readline()).split(b" ")[1:2]
        writer.close()
        return status not in ([], [b"503"])
    return False


async def _judged(case: Case, on: Stage, clicks: Clicks) -> Result:
    kills = on.kills
    await on.stop()
    marks, history = await on.store.read(_stored)
    said = clicks.said()
    broken = [f"answered, not stored: {who} {skill}" for who, skill in said - set(marks)]
    broken += [f"counted {count} times: {each}" for each, count in history.items() if count != 1]
    broken += [f"without history: {each}" for each in set(marks) - set(history)]
    broken += [f"refused by Slack: {each}" for each in on.slack.refused if not is_expected(each)]
    counts = {
        "clicks": clicks.count,
        "deliveries of them": clicks.deliveries,
        "kills": kills,
        "answered yes": len(said),
        "stored": len(marks),
        "answered, not stored": len(said - set(marks)),
        "counted twice": sum(count > 1 for count in history.values()),
    }
    return Result(case.name, counts, broken)


def _stored(tx: Connection) -> tuple[list[tuple[str, str]], Counter[tuple[str, str]]]:
    marks = [(row.member_id, row.skill) for row in tx.execute(select(skill_mark)) if row.undone_at is None]
    steps = tx.execute(select(skill_history))
    return marks, Counter((row.member_id, row.skill) for row in steps if row.step == "learned")
