"""Short-lived tokens: trigger ids (3 seconds, one use) and response urls (30 minutes, five uses)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.playground.emulator.blocks import Spot
from bot.playground.emulator.clock import Clock
from bot.playground.emulator.refusal import SlackRefusal

TRIGGER_LIFE = timedelta(seconds=3)
URL_LIFE = timedelta(minutes=30)
URL_USES = 5


@dataclass
class Trigger:
    """Stands for one thing a person just did; with it the app may open one modal."""

    person: str
    born_at: datetime
    conversation: Spot | None = None
    used: bool = False


@dataclass
class ReplyUrl:
    """Where the app may answer one command or click, and which message that click was on."""

    person: str
    channel: str
    born_at: datetime
    message_ts: str | None = None
    uses: int = 0


class OneTimeTokens:
    """All trigger ids and response urls of one workspace."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.triggers: dict[str, Trigger] = {}
        self.urls: dict[str, ReplyUrl] = {}

    def trigger(self, person: str, conversation: Spot | None = None) -> str:
        """Return a new trigger id for an act in a conversation, or in a modal that was opened from a conversation."""
        trigger_id = f"{len(self.triggers) + 1}.{secrets.token_hex(8)}"
        self.triggers[trigger_id] = Trigger(person, self.clock(), conversation)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger id. Raise Slack's error if it is unknown, expired or used already."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if self.clock() - trigger.born_at > TRIGGER_LIFE:
            raise SlackRefusal("expired_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        trigger.used = True
        return trigger

    def url(self, person: str, channel: str, message_ts: str | None = None) -> str:
        """Return the secret last part of a new response url."""
        secret = secrets.token_urlsafe(18)
        self.urls[secret] = ReplyUrl(person, channel, self.clock(), message_ts)
        return secret

    def find_url(self, secret: str) -> ReplyUrl:
        """Return the url with this secret, if it may still be used. The caller counts the use after it succeeds."""
        url = self.urls.get(secret)
        if url is None or self.clock() - url.born_at > URL_LIFE:
            raise SlackRefusal("expired_url")
        if url.uses >= URL_USES:
            raise SlackRefusal("used_url")
        return url
