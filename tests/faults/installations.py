"""P18: a workspace that Slack serves loses no row and no week; one that is gone is deleted after its days.

A history is sixty days of an organisation and its four workspaces. The app is installed in workspaces and for the
organisation, given to workspaces, withdrawn and removed, in any order and both ways at once. Slack's events come at
once, twice, days late, or never; what it answers about tokens is wrong for hours or days; members ask, or only read.
The judge knows what happened at Slack, and nothing of what the bot heard of it.
"""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, literal, select, union

import jobs
from bot.core.outbox import Kind
from bot.core.outcomes import GONE
from bot.core.rhythm import ASKS_AFTER, MONTHLY_AFTER
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.oauth import ORGANISATION
from bot.playground.emulator.people import Person, Room, Roster
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.web_api import METHODS, Method
from bot.run.app import Bot
from bot.slack import edge, installed_workspaces
from bot.store.member_schema import delivery
from bot.store.schema import ABOUT_NO_WORKSPACE, installation, metadata
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.settle import settle
from jobs.sweep import sweep
from jobs.tokens import check_tokens
from tests.driver.standin import StandIn
from tests.faults.processes import Processes
from tests.faults.stage import Databases, id_of
from tests.faults.tally import Case, Result
from tests.running import bot_for_many
from tests.slack.visitor import Visitor

PLACES = ("T0AMBER", "T0BIRCH", "T0CORAL", "T0DUNE")
WHO, ROOM = "U1", "C0GENERAL"
REFUSALS = ("i am not installed in this workspace", "nothing was")
STEP, WEEK = timedelta(hours=12), timedelta(weeks=1)
KEPT = timedelta(days=30)
NOTICED = timedelta(days=3)  # in which the bot notices a removal whose event was lost
SETTLED = timedelta(days=2)  # in which it notices that an organisation gave it a workspace
LATEST = timedelta(hours=40)  # of an event
# What is asked about tokens follows what was sent, and is sent again.
LOOK = next(run for name, _, run in jobs.JOBS if name == "look_at_installations")
JOBS = (LOOK, check_tokens, settle, plan_nudges, deliver, check_tokens, deliver, sweep)
ASKED = 0.5  # chance that a member asks something in a step
# What happens in a step, and how often it does beside the others.
ACTS = {
    "nothing": 50, "install": 4, "end": 6, "install for all": 2, "end for all": 1, "give": 6, "withdraw": 5,
    "lie": 3, "lie for long": 1,
}  # fmt: skip
FATES = {"now": 10, "twice": 2, "late": 5, "lost": 5}  # of an event
LIES = ("account_inactive", "token_revoked", "team_added_to_org", "invalid_auth", "internal_error")
POSTS = "posts in "  # a workspace; about these Slack lies, too
ABOUT_ITS_MEMBER = {"member", "schedule", "skill_mark"}  # tables in which a workspace has rows once its member joined


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    async with databases.fresh(case.database) as address:
        days = int(case.about.split()[0])
        return await processes.prove(case, "tests.faults.installations:lives", address, case.seed, days)


async def lives(address: str, seed: int, days: int) -> tuple[Counter[str], list[str]]:
    with tempfile.TemporaryDirectory(prefix="roleshift-installations-") as folder:
        clock = Path(folder) / "clock"
        starting = bot_for_many(Path(folder), *map(_roster, PLACES), clock_file=clock, DATABASE_URL=address)
        async with starting as (slack, bot, url):
            history = History(slack, bot, url, random.Random(seed))  # noqa: S311 - a seed must replay
            with (  # these hold something back by the machine's clock, and only the bot's moves
                patch.object(edge, "LOOKED_EVERY", 0),
                patch.object(installed_workspaces, "FRESH", 0),
                patch.dict(METHODS, history.lying()),
            ):
                await history.live(days)
    return history.counts, history.broken


def _roster(place: str) -> Roster:
    people = (Person("U0OWNER", "Owner", kind="owner"), Person(WHO, "Member"))
    return Roster(place, f"Workspace {place}", people, (Room(ROOM, "general", "Talk"),))


# What is so at Slack.


@dataclass
class Span:
    """Since when something is so, or until when it was. Both are None before the first time."""

    since: datetime | None = None
    ended: datetime | None = None

    def turn(self, now: datetime, *, is_so: bool) -> None:
        if is_so != (self.since is not None):
            self.since, self.ended = (now, None) if is_so else (None, now)

    def __str__(self) -> str:
        return f"{'since' if self.since else 'until'} {self.since or self.ended}"

    def holds(self, since: datetime) -> bool:
        return self.since is not None and self.since < since


@dataclass
class Truth:
    """Where the app is installed, to which workspaces its organisation gave it, and about what Slack lies."""

    own: dict[str, Span] = field(default_factory=lambda: {place: Span() for place in PLACES})
    whole: Span = field(default_factory=Span)
    given: dict[str, Span] = field(default_factory=lambda: {place: Span() for place in PLACES})
    served: dict[str, Span] = field(default_factory=lambda: {place: Span() for place in PLACES})
    lies: dict[str, list[tuple[datetime, datetime, str]]] = field(default_factory=dict)  # about a place, and when

    def settle(self, now: datetime) -> None:
        for place, served in self.served.items():
            is_given = bool(self.whole.since and self.given[place].since)
            served.turn(now, is_so=is_given or self.own[place].since is not None)

    def lie(self, place: str, since: datetime, until: datetime) -> str | None:
        """Return with which error Slack lied about a place at any time between these moments."""
        return next((why for began, end, why in self.lies.get(place, ()) if began <= until and end >= since), None)

    def is_plain(self, place: str, since: datetime, until: datetime) -> bool:
        """Return whether Slack told the truth all the time about an installation that served a workspace."""
        own, whole = self.lie(place, since, until), self.lie(ORGANISATION, since, until)
        by_whole = self.whole.holds(since) and self.given[place].holds(since)
        return not (own or whole) or (not own and self.own[place].holds(since)) or (not whole and by_whole)

    def is_over(self, span: Span, place: str, now: datetime) -> bool:
        """Return whether the days of something that ended are over.

        They begin anew while Slack says that the app is still there.
        """
        if span.ended is None:
            return False
        about = (place, ORGANISATION) if place == ORGANISATION or self.given[place] != Span() else (place,)
        lies = [end for subject in about for _, end, why in self.lies.get(subject, ()) if why not in GONE]
        return now - max([span.ended, *lies]) > KEPT + NOTICED


class History:
    def __init__(self, slack: StandIn, bot: Bot, url: str, draw: random.Random) -> None:
        self._slack, self._bot, self._url, self._draw = slack, bot, url, draw
        self._truth = Truth()
        self._late: list[tuple[datetime, Json]] = []  # events, and when they come
        self._joined: dict[str, datetime] = {}  # since when the member of a workspace has rows
        self._seen: dict[str, datetime] = {}  # when the bot could last know that a workspace is served
        self._asks = {place: draw.random() < 0.5 for place in PLACES}  # whether its member does, or only reads
        self._tips: set[str] = set()  # the ids of their deliveries
        self._over: set[tuple[str, str, datetime | None]] = set()  # what was found deleted
        self._begun: datetime | None = None  # the week that is judged when it is over
        self._without = Counter[str]()  # for how many judged weeks in turn a member got no tip
        self.counts: Counter[str] = Counter(histories=1)
        self.broken: list[str] = []
        slack.hub.oauth.has_organisation = True
        for workspace in slack.workspaces.values():
            workspace.installed = False

    @property
    def _now(self) -> datetime:
        return self._slack.clock()

    async def live(self, days: int) -> None:
        self._slack.clock.go_to(_monday(self._now) + WEEK + STEP * self._draw.random())
        for place in self._draw.sample(PLACES, 3):
            await self._install(place)
        await self._install(ORGANISATION)
        for place in self._draw.sample(PLACES, 3):
            await self._give(place, is_given=True)
        end = self._now + timedelta(days=days)
        while self._now < end and not self.broken:
            self._slack.clock.advance(STEP)
            await self._act()
            due = [event for at, event in self._late if at <= self._now]
            self._late = [(at, event) for at, event in self._late if at > self._now]
            for event in due:
                await self._send(event)
            await self._members()
            for job in JOBS:
                await job(self._bot.services, asyncio.Event())
            await self._judge()
        self.counts.update(f"{what} gone" for what, *_ in self._over)

    async def _act(self) -> None:
        """Let something happen at Slack. Its times are whole seconds, so nothing else happens in that second."""
        draw, truth, place = self._draw, self._truth, self._draw.choice(PLACES)
        (act,) = draw.choices(list(ACTS), list(ACTS.values()))
        self._slack.clock.advance(timedelta(seconds=2))
        match act:
            case "install":
                await self._install(place)
            case "end" if truth.own[place].since:
                await self._end(place)
            case "install for all" if not truth.lie(ORGANISATION, self._now, self._now):
                await self._install(ORGANISATION)
            case "end for all" if truth.whole.since:
                await self._end_for_all()
            case "give" | "withdraw" if truth.whole.since and bool(truth.given[place].since) == (act == "withdraw"):
                await self._give(place, is_given=act == "give")
            case "lie" | "lie for long":
                about = [place, ORGANISATION] if act == "lie for long" else [place, ORGANISATION, POSTS + place]
                hours = draw.uniform(24, 240) if act == "lie for long" else draw.uniform(1, 12)
                until, why = self._now + timedelta(hours=hours), draw.choice(LIES)
                truth.lies.setdefault(draw.choice(about), []).append((self._now, until, why))
                self.counts["lies"] += 1
        self._slack.clock.advance(timedelta(seconds=2))

    async def _install(self, place: str) -> None:
        """Install the app through the pages, in a workspace or for the organisation."""
        async with Visitor.at(self._url) as browser:
            shown = await browser.install(place)
        self.counts["installs"] += 1
        if shown.status != 200:
            self.broken.append(f"{self._now}: {place} could not be installed: {shown.title}")
        span = self._truth.whole if place == ORGANISATION else self._truth.own[place]
        span.turn(self._now, is_so=True)
        self._truth.settle(self._now)

    async def _end(self, place: str) -> None:
        """Remove the app from a workspace. Where both serve it, nobody knows what Slack's event says of which."""
        workspace, oauth = self._slack.workspaces[place], self._slack.hub.oauth
        named = [
            self._slack.hub.payloads(workspace).event({"type": kind, "tokens": {"bot": [workspace.bot_user]}})
            for kind in ("tokens_revoked", "app_uninstalled")
        ]
        if oauth.serves(workspace) and self._draw.random() < 0.3:
            for event in named:
                event["authorizations"][0]["is_enterprise_install"] = True
        oauth.remove(workspace)
        workspace.installed = False
        self._truth.own[place].turn(self._now, is_so=False)
        self._truth.settle(self._now)
        for event in named:
            await self._tell(event)

    async def _end_for_all(self) -> None:
        """Remove the organisation's installation. Nobody knows whether what it gave outlives that."""
        self._slack.hub.oauth.remove(None)
        if self._draw.random() < 0.5:
            self._slack.hub.oauth.granted.clear()
            for given in self._truth.given.values():
                given.turn(self._now, is_so=False)
        self._truth.whole.turn(self._now, is_so=False)
        self._truth.settle(self._now)
        await self._tell(self._of_all({"type": "app_uninstalled"}))

    async def _give(self, place: str, *, is_given: bool) -> None:
        granted = self._slack.hub.oauth.granted
        granted.add(place) if is_given else granted.discard(place)
        self._truth.given[place].turn(self._now, is_so=is_given)
        self._truth.settle(self._now)
        kind = "team_access_granted" if is_given else "team_access_revoked"
        await self._tell(self._of_all({"type": kind, "team_ids": [place]}))

    def _of_all(self, event: Json) -> Json:
        """Return an event about the organisation, which names no workspace."""
        payload = self._slack.hub.payloads(self._slack.workspaces[PLACES[0]]).event(event)
        whole = {"enterprise_id": ORGANISATION, "team_id": None, "is_bot": True, "is_enterprise_install": True}
        return payload | {"team_id": None, "enterprise_id": ORGANISATION, "authorizations": [whole]}

    async def _tell(self, event: Json) -> None:
        (fate,) = self._draw.choices(list(FATES), list(FATES.values()))
        self.counts[f"events {fate}"] += 1
        if fate in {"now", "twice"}:
            await self._send(event)
        if fate in {"late", "twice"}:
            self._late.append((self._now + LATEST * self._draw.random(), event))

    async def _send(self, event: Json) -> None:
        """Send an event; if the bot does not take it, again in the next step."""
        if (await self._slack.hub.send("events_api", event)).failure is not None:
            self._late.append((self._now, event))

    def lying(self) -> dict[str, Method]:
        """Return the methods by which Slack lies about a place, each at its times."""

        def method(name: str, place_of: Callable[[Any], str]) -> Method:
            true = METHODS[name]

            def run(call: Any) -> Json:
                if why := self._truth.lie(place_of(call), self._now, self._now):
                    raise SlackRefusal(why)
                return true.run(call)

            return Method(run, true.scope)

        return {
            "auth.test": method("auth.test", lambda call: str(call.workspace.id)),
            "auth.teams.list": method("auth.teams.list", lambda _: ORGANISATION),
            "chat.postMessage": method("chat.postMessage", lambda call: POSTS + str(call.workspace.id)),
        }

    async def _members(self) -> None:
        """Let members join, and then ask: Slack passes on what they type while the app is installed there."""
        for place, served in self._truth.served.items():
            if served.since is not None and place not in self._joined:
                lines = ("myrole sre", "tips on", "learn cost spikes")
                if all([await self._is_answered(place, line) for line in lines]):
                    self._joined[place] = self._now
            elif served.since is not None and self._asks[place] and self._draw.random() < ASKED:
                await self._is_answered(place, "progress")

    async def _is_answered(self, place: str, line: str) -> bool:
        workspace = self._slack.workspaces[place]
        person, room = workspace.person(WHO), workspace.channels[ROOM]
        payload = self._slack.hub.payloads(workspace).command(person, room, "/roleshift", line)
        answer = await self._slack.hub.send("slash_commands", payload)
        is_refused = answer.failure is not None or any(refusal in str(answer.body).casefold() for refusal in REFUSALS)
        self.counts["requests"] += 1
        if is_refused and self._is_known(place) and self._truth.is_plain(place, self._now, self._now):
            self.broken.append(f"{self._now}: {place} is served, and `{line}` was refused: {answer}")
        if not is_refused:
            self._seen[place] = self._now
        return not is_refused

    def _is_known(self, place: str) -> bool:
        """Return whether the bot could notice by now which installation serves a workspace."""
        own, given = self._truth.own[place], self._truth.given[place]
        return own.since is not None or all(span.holds(self._now - SETTLED) for span in (given, self._truth.whole))

    # What the judge sees.

    async def _judge(self) -> None:
        now, truth = self._now, self._truth
        rows, tips = await self._bot.services.store.read(_rows)
        self._tips |= tips
        for place, served in truth.served.items():
            if served.holds(now - SETTLED) and truth.is_plain(place, now - SETTLED, now):
                self._seen[place] = now
            lost = ABOUT_ITS_MEMBER - rows[place]
            if lost and place in self._joined:
                if now - self._seen[place] < KEPT - STEP:
                    self.broken.append(f"{now}: {place} has lost its rows in {lost}: {served}")
                del self._joined[place]
            if truth.is_over(served, place, now):
                self._over.add(("workspaces", place, served.ended))
                if rows[place]:
                    self.broken.append(f"{now}: {place} has rows in {rows[place]}, and is gone: {served}")
        for place, span in {ORGANISATION: truth.whole, **truth.own}.items():
            if truth.is_over(span, place, now):
                self._over.add(("installations", place, span.ended))
                if installation.name in rows[place]:
                    self.broken.append(f"{now}: the installation of {place} is stored, and is gone: {span}")
        self._judge_week(now)

    def _judge_week(self, now: datetime) -> None:
        """Look once at the week that is over: nobody got two tips, and who was served all the time got theirs."""
        began, self._begun = self._begun, _monday(now)
        if began is None or began == self._begun:
            return
        for place, served in self._truth.served.items():
            posts = [post for post in self._slack.posts if post.workspace == place and id_of(post) in self._tips]
            times = [datetime.fromisoformat(post.at) for post in posts]
            tips, joined = sum(began <= at < self._begun for at in times), self._joined.get(place, now)
            if tips > 1:
                self.broken.append(f"{now}: {place} got {tips} tips in the week of {began}")
            is_plain = served.holds(began - SETTLED) and self._truth.is_plain(place, began - SETTLED, now)
            if tips or not is_plain or joined >= began - WEEK:
                self._without[place] = 0
                self.counts["weeks with a tip"] += tips
                continue
            self._without[place] += 1
            # Tips come less often once the bot asked how to go on and nobody answers.
            unanswered = 0 if self._asks[place] else sum(joined <= at < began for at in times)
            if self._without[place] >= (1 if unanswered <= ASKS_AFTER else 2 if unanswered < MONTHLY_AFTER else 4):
                self.broken.append(f"{now}: {place} got no tip in the week of {began}: {served}")


def _monday(now: datetime) -> datetime:
    return (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


_TABLES = [table for table in metadata.sorted_tables if table not in ABOUT_NO_WORKSPACE]
_PLACES = union(*(select(table.c.workspace_id, literal(table.name)) for table in _TABLES))
_TIPS = select(delivery.c.id).where(delivery.c.kind == Kind.NUDGE)


def _rows(tx: Connection) -> tuple[dict[str, set[str]], set[str]]:
    """Return in which tables each workspace and the organisation have rows, and the ids of all weekly tips."""
    found: dict[str, set[str]] = {place: set() for place in (*PLACES, ORGANISATION)}
    for place, table in tx.execute(_PLACES):
        found[place].add(table)
    return found, set(tx.scalars(_TIPS))
