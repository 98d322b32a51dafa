"""Send the weekly tips that are due through the driver alone, in the bot's durable steps: claim, begin, post, confirm.

Each step is one transaction, as in the bot. It keeps every promise of the claim: lease and fencing token by the
database's clock, the rate limit of each workspace, consent, decent hours, pauses. The bot's own rules choose the tip
and the check, and its screen draws them, so Slack gets the same bytes. It knows weekly tips alone, and no refusal.
"""

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import aiohttp

from bot.coach.posts.tips import TipPost
from bot.coach.sending import MAX_PER_WORKSPACE
from bot.core.calendar import Slot, next_decent
from bot.core.catalog import Catalog
from bot.core.nudges import Learner, choose_tip
from bot.core.outbox import Delivery, Kind
from bot.core.practice import Asked, Checked, due_check
from bot.slack.screens.weekly import weekly
from bot.store.tips import NOT_USEFUL
from bot.store.workspaces import quiet_hours_of
from tests.benchmarks.leanest.drivers import Driver, Rows

NEXT_SEND = "CASE WHEN w.next_send_at <= {now} + 2 + $2 THEN w.next_send_at ELSE 0 END"
PAUSED = "coalesce(w.paused_until, 0) BETWEEN {now} AND {now} + 3600"
STATEMENTS = {
    "ready": f"""SELECT w.workspace_id, {NEXT_SEND}, {{now}} FROM workspace w
        WHERE w.disconnected_at IS NULL AND {{now}} + 1 >= {NEXT_SEND} AND NOT {PAUSED} AND EXISTS (
          SELECT 1 FROM delivery d WHERE d.workspace_id = w.workspace_id AND d.state = 'planned' AND d.try_at <= $1
          AND d.window_ends_at > $1)
        ORDER BY 2 LIMIT 10 {{of_workspace}}""",  # noqa: S608 - parts of our own
    "take": """UPDATE delivery SET state = 'sending', claim_token = $1, lease_until = {now} + 60, started_at = NULL
        WHERE (workspace_id, key) IN (SELECT workspace_id, key FROM delivery WHERE state = 'planned'
          AND workspace_id = $2 AND try_at <= $3 AND window_ends_at > $3 ORDER BY try_at, key LIMIT $4 {skip})
        RETURNING due_at, key, id, member_id, channel, week, window_ends_at""",
    "members": """SELECT s.member_id, m.role, s.weekday, s.minute, s.zone, w.weekend,
          w.quiet_from, w.quiet_to
        FROM schedule s JOIN workspace w ON w.workspace_id = s.workspace_id
        JOIN member m ON m.workspace_id = s.workspace_id AND m.member_id = s.member_id
        WHERE s.workspace_id = $1 AND s.consent = 'yes' AND s.member_id IN {texts_2}""",
    "marks": """SELECT member_id, skill, learned_at FROM skill_mark
        WHERE workspace_id = $1 AND undone_at IS NULL AND member_id IN {texts_2}""",
    "given": """SELECT member_id, tip, times, verdict, given_at FROM tip_given
        WHERE workspace_id = $1 AND member_id IN {texts_2} ORDER BY given_at, tip""",
    "asked": """SELECT member_id, check_id, skill, asked_at, due, answered_at, "right" FROM quiz
        WHERE workspace_id = $1 AND member_id IN {texts_2} ORDER BY asked_at""",
    "lacks": """SELECT member_id, need FROM situation
        WHERE workspace_id = $1 AND has IS FALSE AND member_id IN {texts_2}
        UNION ALL SELECT NULL, tip FROM tip_set_aside WHERE workspace_id = $1""",
    "choose": """UPDATE delivery SET subject = x.tip, check_name = x.its_check
        FROM (SELECT value ->> 0 AS w, value ->> 1 AS key, value ->> 2 AS tip, value ->> 3 AS its_check
          FROM {rows_1}) AS x
        WHERE delivery.workspace_id = x.w AND delivery.key = x.key AND claim_token = $2""",
    "next": "UPDATE workspace SET next_send_at = $2 WHERE workspace_id = $1",
    "begin": f"""UPDATE delivery SET started_at = $1 WHERE workspace_id = $2 AND key IN {{texts_3}}
        AND claim_token = $4 AND state = 'sending' AND started_at IS NULL AND lease_until > {{now}}
        AND EXISTS (SELECT 1 FROM schedule s WHERE s.workspace_id = delivery.workspace_id
          AND s.member_id = delivery.member_id AND s.consent = 'yes')
        AND NOT EXISTS (SELECT 1 FROM workspace w WHERE w.workspace_id = delivery.workspace_id
          AND ({PAUSED} OR w.disconnected_at IS NOT NULL))
        RETURNING key""",  # noqa: S608 - parts of our own
    "lock": """SELECT member_id FROM member WHERE workspace_id = $1 AND member_id IN {texts_2} ORDER BY member_id
        {share}""",
    "confirm": """UPDATE delivery
        SET state = 'sent', channel = x.its_channel, ts = x.its_ts, ended_at = $3, reason = NULL
        FROM (SELECT value ->> 0 AS w, value ->> 1 AS key, value ->> 2 AS its_channel, value ->> 3 AS its_ts
          FROM {rows_1}) AS x
        WHERE delivery.workspace_id = x.w AND delivery.key = x.key AND claim_token = $2 RETURNING delivery.key""",
    "give": """INSERT INTO tip_given (workspace_id, member_id, tip, times, given_at)
        SELECT workspace_id, member_id, subject, 1, $3 FROM delivery WHERE workspace_id = $1 AND key IN {texts_2}
        ON CONFLICT (workspace_id, member_id, tip)
        DO UPDATE SET times = tip_given.times + 1, given_at = excluded.given_at""",
    "ask": """INSERT INTO quiz (workspace_id, member_id, asking, skill, check_id, due, asked_at)
        SELECT workspace_id, member_id, key, {skill}, {check}, true, $3 FROM delivery
        WHERE workspace_id = $1 AND key IN {texts_2} AND check_name IS NOT NULL ON CONFLICT DO NOTHING""",
    "homes": "UPDATE home SET due_at = $3 WHERE workspace_id = $1 AND member_id IN {texts_2}",
}


class _Due(NamedTuple):
    """A row of `take`, and the tip for it."""

    due_at: datetime
    key: str
    id: str
    member_id: str
    channel: str
    week: str
    post: TipPost

    @property
    def check_name(self) -> str | None:
        """Return skill and id of the check that is asked, as the outbox has them."""
        check = self.post.check
        return None if check is None else f"{check.skill.slug}/{check.check.id}"


class LeanDelivery:
    """A worker for weekly tips on one connection."""

    def __init__(self, catalog: Catalog, driver: Driver, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._catalog, self._driver, self._session, self._url = catalog, driver, session, url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        words = dict(driver.words)
        for name in ("rows", "texts"):
            words |= {f"{name}_{place}": words[name].format(f"${place}") for place in (1, 2, 3)}
        self._sql = {name: driver.ready(statement.format(**words)) for name, statement in STATEMENTS.items()}

    async def deliver(self, now: datetime, gap: float) -> int:
        """Send what is due, with `gap` seconds between two posts. Return the number of posts."""
        sent = 0
        while claimed := await self._claim(now, gap, token := secrets.token_hex(12)):
            for workspace_id, tips in claimed:
                sent += await self._send(workspace_id, tips, token, now)
        return sent

    async def _fetch(self, name: str, *values: object) -> Rows:
        return await self._driver.fetch(self._sql[name], *values)

    async def _claim(self, now: datetime, gap: float, token: str) -> list[tuple[str, list[_Due]]]:
        claimed, at = [], self._driver.moment(now)
        async with self._driver.transaction():
            for workspace_id, next_send_at, db_now in await self._fetch("ready", at, gap):
                first = max(next_send_at, db_now)
                most = min(1 + int((db_now + 1 - first) / gap), MAX_PER_WORKSPACE)
                rows = await self._fetch("take", token, workspace_id, at, most)
                tips = await self._choose(workspace_id, sorted(rows, key=lambda row: (row[0], row[1])), now)
                chosen = [(workspace_id, tip.key, tip.post.choice.lesson.tip.id, tip.check_name) for tip in tips]
                await self._fetch("choose", json.dumps(chosen), token)
                await self._fetch("next", workspace_id, first + len(tips) * gap)
                claimed.append((workspace_id, tips))
        return claimed

    async def _choose(self, workspace_id: str, rows: Rows, now: datetime) -> list[_Due]:
        read, catalog = self._driver.read, self._catalog
        who = workspace_id, json.dumps([row[3] for row in rows])
        members = {row[0]: row[1:] for row in await self._fetch("members", *who)}
        learned, given, asked, lacks = [_grouped(await self._fetch(name, *who)) for name in _READ]
        aside, found = [tip for (tip,) in lacks[None]], []
        for due_at, key, id_, member_id, channel, week, _ in rows:
            role_slug, weekday, minute, zone, *quiet = members[member_id]
            assert next_decent(now, Slot(weekday, minute), quiet_hours_of(*quiet), zone) == now
            role, marks = catalog.role_of(role_slug), {skill: _sure(read(at)) for skill, at in learned[member_id]}
            checked = _checked(asked[member_id], read)
            theirs = given[member_id]
            learner = Learner(
                role, marks, {tip: times for tip, times, _, _ in theirs}, [need for (need,) in lacks[member_id]],
                [tip for tip, _, verdict, _ in theirs if verdict == NOT_USEFUL],
                _failed(catalog, checked, {tip: at for tip, _, _, at in theirs}, read), aside,
            )  # fmt: skip
            quiz = due_check(catalog, marks, checked, now)
            post = TipPost(choose_tip(catalog, learner), quiz, marks[quiz.skill.slug] if quiz else None)
            found.append(_Due(_sure(read(due_at)), key, id_, member_id, channel, week, post))
        return found

    async def _send(self, workspace_id: str, tips: Sequence[_Due], token: str, now: datetime) -> int:
        at, keys = self._driver.moment(now), json.dumps([tip.key for tip in tips])
        async with self._driver.transaction():
            begun = {key for (key,) in await self._fetch("begin", at, workspace_id, keys, token)}
            bodies = [(tip, self._body(workspace_id, tip)) for tip in tips if tip.key in begun]
        answers = await asyncio.gather(*(self._post(body) for _, body in bodies))
        whose = workspace_id, json.dumps([tip.member_id for tip, _ in bodies])
        arrived = [(workspace_id, tip.key, *answer) for (tip, _), answer in zip(bodies, answers, strict=True)]
        async with self._driver.transaction():
            if self._driver.words["share"]:
                await self._fetch("lock", *whose)
            mine = [key for (key,) in await self._fetch("confirm", json.dumps(arrived), token, at)]
            await self._fetch("give", workspace_id, json.dumps(mine), at)
            await self._fetch("ask", workspace_id, json.dumps(mine), at)
            await self._fetch("homes", *whose, at)
        return len(mine)

    def _body(self, workspace_id: str, tip: _Due) -> bytes:
        due = Delivery(
            workspace_id, tip.key, tip.id, Kind.NUDGE, tip.member_id, tip.channel, tip.week, None, None, tip.due_at,
            tip.due_at, 0, None,
        )  # fmt: skip
        metadata = {"event_type": "roleshift_delivery", "event_payload": {"k": tip.id}}
        plain = {"link_names": False, "unfurl_links": False, "unfurl_media": False}
        return weekly(self._catalog, due, tip.post).body(channel=tip.channel, metadata=metadata, **plain).encode()

    async def _post(self, body: bytes) -> tuple[str, str]:
        async with self._session.post(self._url, data=body, headers=self._headers) as response:
            answer = json.loads(await response.read())
        assert answer["ok"], answer
        return answer["channel"], answer["ts"]


_READ = ("marks", "given", "asked", "lacks")


def _grouped(rows: Rows) -> defaultdict[str | None, list[Sequence[Any]]]:
    grouped: defaultdict[str | None, list[Sequence[Any]]] = defaultdict(list)
    for first, *others in rows:
        grouped[first].append(others)
    return grouped


def _checked(rows: Rows, read: Callable[[Any], datetime | None]) -> Checked:
    of_skill: dict[str, list[Asked]] = {}
    for check, skill, at, due, answered_at, right in rows:
        asked = Asked(
            check, skill, _sure(read(at)), bool(due), read(answered_at), None if right is None else bool(right)
        )
        of_skill.setdefault(skill, []).append(asked)
    return Checked(of_skill)


def _failed(
    catalog: Catalog, checked: Checked, given_at: dict[str, Any], read: Callable[[Any], datetime | None]
) -> list[str]:
    failed = []
    for slug in checked.of_skill:
        wrong_at, skill = checked.went_wrong_at(slug), catalog.skills.get(slug)
        if skill is not None and wrong_at is not None:
            since = (_sure(read(given_at[tip.id])) > wrong_at for tip in skill.tips if tip.id in given_at)
            failed += [] if any(since) else [slug]
    return failed


def _sure(at: datetime | None) -> datetime:
    assert at is not None
    return at
