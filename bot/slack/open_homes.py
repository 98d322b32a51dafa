"""Home tabs that were opened in this process, and what each shows."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.core.member import MemberKey

MAX_OPEN = 10_000  # in memory; one that is dropped is published when it is opened again


@dataclass(slots=True)
class OpenHome:
    """`shown`: a hash of what it shows; None if that is not known. Publications take turns: the newest comes last."""

    shown: str | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class OpenHomes:
    """Those opened last."""

    def __init__(self) -> None:
        self._open: OrderedDict[MemberKey, OpenHome] = OrderedDict()

    def get(self, who: MemberKey) -> OpenHome | None:
        return self._open.get(who)

    def add(self, who: MemberKey, shown: str | None) -> None:
        home = self._open.pop(who, None) or OpenHome()
        home.shown = shown
        self._open[who] = home
        if len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
