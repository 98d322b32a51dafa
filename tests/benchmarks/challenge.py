"""A challenge for a whole team, made with the bot's own verbs, and what is stored about it afterwards."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, insert, select

from bot.coach import challenges, membership
from bot.coach.posts import challenges as posts
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, Standing
from bot.core.member import MemberKey, Profile
from bot.slack.screens.blocks import PREFIX
from bot.slack.screens.challenge import card as view
from bot.slack.screens.challenge.entry import DID
from bot.store.member_schema import entry, member, skill_mark

LASTS = timedelta(days=7)
LEARNED = 3  # skills that known members have learned
OWNER, CHANNEL = "U0000000", "C0GENERAL"  # as the emulator generates them


def lay_down(tx: Connection, catalog: Catalog, workspace_id: str) -> Challenge:
    """Store a challenge that its starter has just posted. Its message is planned."""
    now, who = datetime.now(UTC), MemberKey(workspace_id, OWNER)
    membership.connect(tx, workspace_id, now)
    membership.meet(tx, who, Profile("Europe/Berlin", coachable=True), now)
    slug, template = next(iter(catalog.challenges.items()))
    draft = Challenge(
        workspace_id, secrets.token_hex(8), OWNER, template.name, template.do, template.done_when, CHANNEL,
        now + LASTS, template=slug, minutes=template.minutes, skill=template.skill, question=template.evidence,
    )  # fmt: skip
    challenges.keep(tx, who, draft)
    return challenges.post(tx, who, draft.challenge_id, now)


def appear(tx: Connection, challenge: Challenge, ts: str) -> None:
    """Store the ts of the live message."""
    posts.seen(tx, challenge, ts, datetime.now(UTC))


def gather(tx: Connection, catalog: Catalog, workspace_id: str, ids: Iterable[str]) -> None:
    """Store members who have a role and have learned something."""
    now, role = datetime.now(UTC), next(iter(catalog.roles.values()))
    who = [{"workspace_id": workspace_id, "member_id": member_id} for member_id in ids]
    tx.execute(insert(member), [{**key, "role": role.slug, "met_at": now, "profile_at": now} for key in who])
    learned = [{**key, "skill": skill, "learned_at": now} for key in who for skill in role.skills[:LEARNED]]
    tx.execute(insert(skill_mark), learned)


def who_did(tx: Connection, challenge: Challenge) -> set[str]:
    """Return the ids of all members who are stored as having done it."""
    mine = entry.c.challenge_id == challenge.challenge_id, entry.c.workspace_id == challenge.workspace_id
    return set(tx.execute(select(entry.c.member_id).where(*mine, entry.c.done_at.is_not(None))).scalars())


@dataclass(frozen=True, slots=True)
class Button:
    """*I did it* on the live message."""

    challenge: Challenge
    ts: str

    def pressed(self, member_id: str, answers: str) -> bytes:
        """Return the body that Slack sends when a member presses the button. `answers` is the `response_url`."""
        return urlencode({"payload": json.dumps(self._payload(member_id, f"{answers}/{member_id}"))}).encode()

    def _payload(self, member_id: str, response_url: str) -> dict[str, Any]:
        challenge = self.challenge
        message = view.live(challenge, Standing())
        value, team = challenge.challenge_id, {"id": challenge.workspace_id, "domain": "bench"}
        return {
            "type": "block_actions",
            "team": team,
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": member_id, "username": "ada", "name": "ada", "team_id": challenge.workspace_id},
            "api_app_id": "A0BENCH",
            "token": "verification",
            "container": {
                "type": "message", "message_ts": self.ts, "channel_id": challenge.channel, "is_ephemeral": False,
            },
            "channel": {"id": challenge.channel, "name": "general"},
            "trigger_id": "1234567890123.1234567890.0123456789abcdef0123456789abcdef",
            "message": {"type": "message", "ts": self.ts, "text": message.text, "blocks": list(message.blocks)},
            "state": {"values": {}},
            "response_url": response_url,
            "actions": [
                {
                    "type": "button", "action_id": f"{PREFIX}{DID}:{value}", "block_id": "b1", "value": value,
                    "action_ts": self.ts, "text": {"type": "plain_text", "text": "I did it"}, "style": "primary",
                }
            ],
        }  # fmt: skip
