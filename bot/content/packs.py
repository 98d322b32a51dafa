"""Read a `pack.yaml`: what it changes in the folders below it: hide entries, add to skills, replace paths."""

import contextlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from bot.core.content_item import Name, Part, Slug
from bot.strict_yaml import Mistake, Places, Unreadable, Where, read
from bot.yaml_faults import mistakes_in

PACK = "pack.yaml"
Item = tuple[object, Places]
Added = Mapping[Slug, tuple[dict[str, object], ...]]


@dataclass(frozen=True, slots=True)
class Raw:
    """An entry as its file has it, with the places of its values. Layer 0 is the built-in folder."""

    data: dict[str, object]
    places: Places
    layer: int = 0

    def items(self, key: str) -> list[Item]:
        """Return the items of a list, each with its places; none if there is no such list."""
        values = self.data.get(key)
        return [(item, self.places.below(key, n)) for n, item in enumerate(values)] if isinstance(values, list) else []

    def with_items(self, key: str, items: Iterable[Item], because: Places) -> "Raw":
        """Return the entry with another list. What is wrong with the list as a whole is wrong at `because`."""
        listed = list(items)
        moved: dict[Where, Places] = {(key,): because, **{(key, n): places for n, (_, places) in enumerate(listed)}}
        return Raw({**self.data, key: [item for item, _ in listed]}, self.places.moving(moved), self.layer)

    def without(self, key: str, is_gone: Callable[[object], bool], because: Places) -> "Raw":
        """Return the entry without these items of a list; the same entry if it has none of them."""
        had = self.items(key)
        kept = [each for each in had if not is_gone(each[0])]
        return self if len(kept) == len(had) else self.with_items(key, kept, because)

    def extending(self) -> "Raw":
        """Return the entry of a pack, whose `origin` goes without saying."""
        return replace(self, data={"origin": "extension", **self.data})


Entries = Mapping[str, dict[Hashable, Raw]]  # by kind and by slug


class Hide(Part):
    """The ids of what the pack leaves out."""

    roles: tuple[Slug, ...] = ()
    skills: tuple[Slug, ...] = ()
    challenges: tuple[Slug, ...] = ()
    mottos: tuple[Slug, ...] = ()
    boundaries: tuple[Slug, ...] = ()
    tips: tuple[Slug, ...] = ()
    checks: tuple[Slug, ...] = ()


class Pack(Part):
    """A `pack.yaml`: `tips` and `checks` are added to the skill that is named, `paths` replace that of a role."""

    title: Name | None = None  # what admins read in place of the folder's name
    hide: Hide = Hide()
    tips: Added = Field(default={})
    checks: Added = Field(default={})
    paths: Mapping[Slug, tuple[Slug, ...]] = Field(default={})


def title_of(folder: Path, number: int) -> str:
    """Return the title that a pack has in its `pack.yaml`, or its number if it has none that can be read."""
    with contextlib.suppress(Unreadable, ValidationError):
        data, _ = read(folder / PACK, PACK)
        return _Titled.model_validate(data).title
    return f"Pack {number}"


class _Titled(BaseModel):
    title: Name


def change(file: Raw, entries: Entries, mistakes: list[Mistake]) -> None:
    """Carry out a `pack.yaml` on the entries, those of its own folder included. Report what can't be done."""
    try:
        pack = Pack.model_validate(file.data)
    except ValidationError as error:
        mistakes += mistakes_in(error, file.places)
        return
    _Changing(file, entries, mistakes).carry_out(pack)


@dataclass(frozen=True, slots=True)
class _Changing:
    file: Raw
    entries: Entries
    mistakes: list[Mistake]

    def carry_out(self, pack: Pack) -> None:
        for slug in pack.paths:
            self._replace_path(slug)
        for kind, added in (("tips", pack.tips), ("checks", pack.checks)):
            for slug in added:
                self._add(kind, slug)
        self._hide_inside("tips", pack.hide.tips)
        self._hide_inside("checks", pack.hide.checks)
        for kind in ("roles", "skills", "challenges", "mottos", "boundaries"):
            self._hide(kind, getattr(pack.hide, kind))
        self._tidy_roles(pack)
        self._tidy_skills(pack.hide.skills)

    def _replace_path(self, slug: str) -> None:
        role, because = self._found("roles", slug, ("paths", slug)), self.file.places.below("paths", slug)
        if role is not None:
            items = Raw(_mapping(self.file.data["paths"]), self.file.places.below("paths")).items(slug)
            self.entries["roles"][slug] = role.with_items("skills", items, because)

    def _add(self, kind: str, slug: str) -> None:
        """Add tips or checks to a skill. One that it has already is replaced."""
        skill, because = self._found("skills", slug, (kind, slug)), self.file.places.below(kind, slug)
        if skill is None:
            return
        added = Raw(_mapping(self.file.data[kind]), self.file.places.below(kind)).items(slug)
        by_id = {_id(item): (item, places) for item, places in added}
        had = skill.items(kind)
        kept = [by_id.get(_id(item), (item, places)) for item, places in had]
        new = [(item, places) for item, places in added if _id(item) not in {_id(each) for each, _ in had}]
        self.entries["skills"][slug] = skill.with_items(kind, [*kept, *new], because)

    def _hide_inside(self, kind: str, slugs: tuple[str, ...]) -> None:
        """Leave tips or checks out of their skills."""
        skills, because = self.entries["skills"], self.file.places.below("hide", kind)
        owners = {_id(item): slug for slug, skill in skills.items() for item, _ in skill.items(kind)}
        for number, hidden in enumerate(slugs):
            if hidden not in owners:
                self._report(("hide", kind, number), f"there is no {hidden!r} among the {kind}")
                continue
            skill = skills[owners[hidden]]
            skills[owners[hidden]] = skill.without(kind, partial(_has_id, hidden), because)

    def _hide(self, kind: str, slugs: tuple[str, ...]) -> None:
        for number, slug in enumerate(slugs):
            if self._found(kind, slug, ("hide", kind, number)) is not None:
                del self.entries[kind][slug]

    def _tidy_roles(self, pack: Pack) -> None:
        """Take hidden skills off the paths of folders below, and leave out what their roles shared about them."""
        because = self.file.places.below("hide", "skills")
        for slug, role in list(self.entries["roles"].items()):
            if role.layer == self.file.layer:
                continue
            hidden = () if slug in pack.paths else pack.hide.skills
            tidied = role.without("skills", hidden.__contains__, because)
            path = [item for item, _ in tidied.items("skills")]
            is_gone = partial(_is_gone, path, pack.hide.roles)
            self.entries["roles"][slug] = tidied.without("shares", is_gone, role.places.below("shares"))

    def _tidy_skills(self, hidden: tuple[str, ...]) -> None:
        """Hide the challenges of hidden skills too, and let no skill of a folder below need one."""
        for slug, skill in list(self.entries["skills"].items()):
            if skill.layer < self.file.layer:
                because = skill.places.below("needs_skills")
                self.entries["skills"][slug] = skill.without("needs_skills", hidden.__contains__, because)
        for slug, challenge in list(self.entries["challenges"].items()):
            if challenge.layer < self.file.layer and challenge.data.get("skill") in hidden:
                del self.entries["challenges"][slug]

    def _found(self, kind: str, slug: str, where: Where) -> Raw | None:
        if slug not in self.entries[kind]:
            self._report(where, f"there is no {slug!r} among the {kind}")
        return self.entries[kind].get(slug)

    def _report(self, where: Where, text: str) -> None:
        self.mistakes.append(self.file.places.mistake(where, text))


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)  # noqa: S101 - `Pack` has checked it
    return value


def _id(item: object) -> object:
    """Return an item's id; the item's identity where it has none, so that no two such items are the same."""
    slug = item.get("id") if isinstance(item, dict) else None
    return slug if isinstance(slug, str) else id(item)


def _has_id(slug: str, item: object) -> bool:
    return _id(item) == slug


def _is_gone(path: list[object], hidden_roles: Collection[str], share: object) -> bool:
    """Return whether a share is about a skill or a role that is gone. What is no mapping is left for the check."""
    return isinstance(share, dict) and (share.get("skill") not in path or share.get("role") in hidden_roles)
