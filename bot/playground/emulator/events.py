"""Send events to the app: only those that its manifest asks for, and again until they are acknowledged."""

from __future__ import annotations

import asyncio

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.delivery import NO_ANSWER, Answer, Retry
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.oauth import ORGANISATION
from bot.playground.emulator.workspace import Workspace

MESSAGES = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}  # by the channel's type
SCOPES = {  # without which Slack sends no such event
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
}
RETRY_AFTER = (0.0, 60.0, 300.0)  # seconds before each further try of an event that was not acknowledged


class Events:
    """The events of one workspace."""

    def __init__(self, hub: Hub, workspace: Workspace, retry_after: tuple[float, ...]) -> None:
        self.hub, self.workspace, self.retry_after = hub, workspace, retry_after
        self._retrying: set[asyncio.Task[Answer]] = set()

    async def tell(self, event: Json) -> Answer:
        """Send an event and return the answer to the first try. Further tries follow in the background."""
        if not self._wanted(event):
            return Answer()
        payload = self.hub.payloads(self.workspace).event(event)
        answer = await self.hub.send("events_api", payload)
        if answer.failure is not None:
            task = asyncio.create_task(self._retry(payload, answer))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return answer

    async def deliver(self, event: Json, times: int = 1) -> list[Answer]:
        """Send copies of an event at the same time, with one event_id, and return the last answer to each."""
        if not self._wanted(event):
            return []
        payload = self.hub.payloads(self.workspace).event(event)
        return list(await asyncio.gather(*(self._deliver(payload) for _ in range(times))))

    async def tell_organisation(self, event: Json) -> Answer:
        """Tell the app what happened to the installation of the whole organisation. It is about no workspace."""
        payload = self.hub.payloads(self.workspace).event(event)
        whole = {"enterprise_id": ORGANISATION, "team_id": None, "is_bot": True, "is_enterprise_install": True}
        about = {"team_id": None, "enterprise_id": ORGANISATION, "authorizations": [whole]}
        return await self.hub.send("events_api", payload | about)

    async def stop(self) -> None:
        for task in list(self._retrying):
            task.cancel()
        await asyncio.gather(*self._retrying, return_exceptions=True)

    def _wanted(self, event: Json) -> bool:
        name = MESSAGES[event["channel_type"]] if event["type"] == "message" else event["type"]
        app = self.hub.app
        may_hear = SCOPES.get(name) is None or SCOPES[name] in self.hub.scopes(self.workspace)
        is_installed = self.workspace.installed or self.hub.oauth.serves(self.workspace)
        return is_installed and name in app.events and may_hear

    async def _deliver(self, payload: Json) -> Answer:
        return await self._retry(payload, await self.hub.send("events_api", payload))

    async def _retry(self, payload: Json, answer: Answer) -> Answer:
        for number, wait in enumerate(self.retry_after, start=1):
            if answer.failure is None or answer.no_retry:
                break
            await asyncio.sleep(wait)
            reason = "http_timeout" if answer == NO_ANSWER else "http_error"
            answer = await self.hub.send("events_api", payload, Retry(number, reason))
        return answer
