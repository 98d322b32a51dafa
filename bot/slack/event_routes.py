"""Every event that the bot hears, with its handler. Some messages are typed commands, so this needs `routes.py`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.slack import events, messages
from bot.slack.payloads import HomeOpened, Payload, Removal, UserChange, Written
from bot.slack.request import Event

PayloadT = TypeVar("PayloadT", bound=Payload)


@dataclass(frozen=True, slots=True)
class OnEvent(Generic[PayloadT]):
    """The route of an event: the fields that its handler reads, and the handler. It may return what to do after it."""

    payload: type[PayloadT]
    handler: Callable[[Event, PayloadT], Awaitable[events.Opened | None]]


EVENTS: Mapping[str, OnEvent[Any]] = {
    "app_home_opened": OnEvent(HomeOpened, events.home_opened),
    "app_mention": OnEvent(Written, messages.mentioned),
    "app_uninstalled": OnEvent(Removal, events.app_removed),
    "message": OnEvent(Written, messages.written),
    "tokens_revoked": OnEvent(Removal, events.app_removed),
    "user_change": OnEvent(UserChange, events.user_changed),
}
REMOVALS = {"app_uninstalled", "tokens_revoked"}
