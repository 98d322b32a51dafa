"""What the parts of the emulator share: the app, its workspaces, the accepted posts, and the delivery to the app."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.clock import MovableClock
from bot.playground.emulator.exchanges import Exchanges
from bot.playground.emulator.faults import Faults, Limits
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.oauth import ORGANISATION, OAuth
from bot.playground.emulator.payloads import Payloads
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import Channel, File, Message, Workspace

if TYPE_CHECKING:
    from bot.playground.emulator.delivery import Answer, Delivery, PayloadKind, Retry


@dataclass(frozen=True)
class Post:
    """One accepted call that shows something to someone, just as the app sent it."""

    number: int
    at: str
    workspace: str
    method: str
    channel: str | None
    person: str | None
    ts: str | None
    text: str
    blocks: list[Json] | None
    metadata: Json | None
    thread_ts: str | None = None


@dataclass
class Refused:
    """Something that the app sent and Slack would refuse. A clean run has none."""

    what: str
    error: str
    detail: str


@dataclass
class Hub:
    """The shared parts of one emulator. `url` is its address."""

    app: SlackApp
    url: str
    clock: MovableClock
    workspaces: dict[str, Workspace]
    delivery: Delivery
    posts: list[Post] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    refused: list[Refused] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)  # by their ids

    def __post_init__(self) -> None:
        self.oauth = OAuth(self.app, self.clock, self.app.token_rotation)
        self.exchanges = Exchanges(self._secrets)

    def _secrets(self) -> set[str]:
        tokens = {workspace.bot_token for workspace in self.workspaces.values()}
        return tokens | self.oauth.secrets() | {self.app.app_token, self.app.signing_secret}

    def scopes(self, workspace: Workspace) -> frozenset[str]:
        return self.app.scopes if workspace.scopes is None else workspace.scopes

    async def send(self, kind: PayloadKind, payload: Json, retry: Retry | None = None) -> Answer:
        """Send a payload to the app, and keep the exchange."""
        exchange = self.exchanges.begin("slack", _name(kind, payload, retry), payload)
        answer = await self.delivery.send(kind, payload, retry)
        failure = SlackRefusal("operation_timeout", answer.failure) if answer.failure else None
        self.exchanges.end(exchange, answer=answer.body, refusal=failure)
        return replace(answer, exchange=exchange.number)

    def forget(self) -> None:
        """Forget what was posted, uploaded, refused and exchanged."""
        self.posts.clear()
        self.refused.clear()
        self.files.clear()
        self.exchanges.clear()

    def payloads(self, workspace: Workspace) -> Payloads:
        organisation = ORGANISATION if self.oauth.has_organisation else None
        is_for_all = self.oauth.serves(workspace) and not workspace.installed  # its own comes first
        return Payloads(self.app, workspace, self.url, organisation, is_for_all)

    def refuse(self, what: str, refusal: SlackRefusal) -> None:
        self.refused.append(Refused(what, refusal.error, refusal.detail))

    def post_answer(
        self,
        workspace: Workspace,
        method: str,
        channel_id: str,
        person_id: str,
        answer: Json,
        thread_ts: str | None = None,
    ) -> None:
        """Post what the app answered to what a person did. Only they see it unless it says `in_channel`."""
        reader = None if answer.get("response_type") == "in_channel" else person_id
        fields: Json = {"blocks": answer.get("blocks"), "metadata": answer.get("metadata"), "thread_ts": thread_ts}
        text = answer.get("text") or ""
        message = workspace.post(channel_id, workspace.bot_user, text, reader=reader, **fields)
        self.recorded(workspace, method, message, answer)

    def recorded(self, workspace: Workspace, method: str, message: Message, sent: Json) -> None:
        """Record an accepted post as the app sent it, without the ids that Slack adds."""
        post = Post(
            number=len(self.posts) + 1,
            at=workspace.clock().isoformat(),
            workspace=workspace.id,
            method=method,
            channel=message.channel,
            person=message.reader or workspace.channel(message.channel).person,
            ts=message.ts,
            text=sent.get("text") or "",
            blocks=sent.get("blocks"),
            metadata=sent.get("metadata"),
            thread_ts=message.thread_ts,
        )
        self.posts.append(post)


def writable(app: SlackApp, channel: Channel) -> bool:
    """Return whether people can type there. In a read-only Messages tab they can type no command either."""
    closed = app.messages_read_only or not app.messages_tab
    return not (channel.archived or (channel.kind == "dm" and closed))


def _name(kind: PayloadKind, payload: Json, retry: Retry | None) -> str:
    """Return what a payload is about, in the words of Slack's documentation."""
    if kind == "slash_commands":
        return f"{payload['command']} {payload['text']}".strip()
    if kind == "events_api":
        again = f" (try {retry.number + 1})" if retry else ""
        return f"event {payload['event']['type']}{again}"
    actions, view = payload.get("actions") or [{}], payload.get("view", {})
    about = actions[0].get("action_id") or view.get("callback_id") or payload.get("callback_id", "")
    return f"{payload['type']} {about}".strip()
