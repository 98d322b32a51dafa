"""The modals a person has open, one above the other, and their Home tab."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.emulator.blocks import Json, Spot, state_values, with_ids
from bot.playground.emulator.changes import Change
from bot.playground.emulator.refusal import SlackRefusal

MOST_VIEWS = 3


@dataclass
class View:
    """A modal or a Home tab; `spec` is what the app sent, its blocks with their ids."""

    id: str
    person: str
    spec: Json
    hash: str
    root_id: str
    opened: str  # its timestamp
    previous_id: str | None = None
    conversation: Spot | None = None  # which one the person was looking at
    state: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.spec["blocks"]
        return blocks

    def show(self, spec: Json) -> None:
        """Show new content. Fields with the same block_id and action_id keep what was filled in."""
        self.spec = {**spec, "blocks": with_ids(spec["blocks"])}
        self.state = state_values(self.blocks, self.state, self.conversation)


class Screens:
    """The views of every person of one workspace."""

    def __init__(self, tell: Callable[[Change], None], stamp: Callable[[], str]) -> None:
        self.tell, self.stamp = tell, stamp
        self.stacks: dict[str, list[View]] = defaultdict(list)
        self.homes: dict[str, View] = {}

    def open(self, person: str, spec: Json, conversation: Spot | None = None) -> View:
        self._refuse_known_external_id(spec)
        view = self._new(person, spec, conversation=conversation)
        self.stacks[person] = [view]
        self._told(person)
        return view

    def push(self, person: str, spec: Json) -> View:
        stack = self.stacks[person]
        if not stack:
            raise SlackRefusal("not_found", "no view is open to push onto")
        if len(stack) >= MOST_VIEWS:
            raise SlackRefusal("push_limit_reached")
        self._refuse_known_external_id(spec)
        view = self._new(person, spec, under=stack[-1])
        stack.append(view)
        self._told(person)
        return view

    def update(self, view: View, spec: Json, expected_hash: str | None = None) -> View:
        if expected_hash is not None and expected_hash != view.hash:
            raise SlackRefusal("hash_conflict")
        self._refuse_known_external_id(spec, but=view)
        if spec["type"] != view.spec["type"]:
            raise SlackRefusal("invalid_arguments", "a view keeps its type")
        view.hash = self._hash()
        view.show(spec)
        self._told(view.person, home=view.spec["type"] == "home")
        return view

    def publish(self, person: str, spec: Json, expected_hash: str | None = None) -> View:
        home = self.homes.get(person)
        if home is None:
            if expected_hash is not None:
                raise SlackRefusal("hash_conflict")
            home = self.homes[person] = self._new(person, spec)
            self._told(person, home=True)
            return home
        return self.update(home, spec, expected_hash)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        for view in self._every():
            if (view_id and view.id == view_id) or (external_id and view.spec.get("external_id") == external_id):
                return view
        raise SlackRefusal("not_found")

    def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Close a modal and those above it, or the whole stack."""
        stack = self.stacks[view.person]
        del stack[0 if whole_stack else stack.index(view) :]
        self._told(view.person)

    def _every(self) -> list[View]:
        return [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]

    def _new(self, person: str, spec: Json, under: View | None = None, conversation: Spot | None = None) -> View:
        view_id = f"V{secrets.token_hex(5).upper()}"
        root, previous = (under.root_id, under.id) if under else (view_id, None)
        where = under.conversation if under else conversation
        view = View(view_id, person, {}, self._hash(), root, self.stamp(), previous, where)
        view.show(spec)
        return view

    def _refuse_known_external_id(self, spec: Json, but: View | None = None) -> None:
        if external_id := spec.get("external_id"):
            for view in self._every():
                if view is not but and view.spec.get("external_id") == external_id:
                    raise SlackRefusal("duplicate_external_id")

    def _hash(self) -> str:
        return f"{self.stamp().split('.')[0]}.{secrets.token_urlsafe(6)}"

    def _told(self, person: str, *, home: bool = False) -> None:
        self.tell(Change("home" if home else "views", frozenset({person}), person))
