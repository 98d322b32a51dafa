"""Read content folders as entries that are not checked yet, and lay packs over the built-in folder.

Each value of an entry keeps its place, also one that a pack put in, so that a mistake names the right file. A
`pack.yaml` changes the folders below its own: it hides entries, adds to skills and replaces paths.
"""

import contextlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from bot.content.read import Mistake, Places, Unreadable, Where, mistakes_in, read
from bot.core.content_types import ByLevel, Name, Part, Slug

LISTS: Mapping[str, tuple[str, ...]] = {
    "themes.yaml": ("themes", "mottos", "boundaries"),
    "needs.yaml": ("needs",),
    "leads.yaml": ("leads",),
    "ask.yaml": ("personal", "replies", "not_ours"),
    "labs.yaml": ("labs",),
    "retired.yaml": ("retired",),
}
WITH_CODE = {"labs.yaml", "retired.yaml"}  # which come with the bot, so packs have none
FOLDERS = ("roles", "skills", "challenges", "projects")
MAY_BE_EMPTY = {"projects", "retired.yaml"}
KINDS = (*(kind for kinds in LISTS.values() for kind in kinds), *FOLDERS)
PACK, POLICY = "pack.yaml", "policy.yaml"
YAML = {".yaml", ".yml"}

Item = tuple[object, Places]
Added = Mapping[Slug, tuple[dict[str, object], ...]]


@dataclass(frozen=True, slots=True)
class Raw:
    """An entry as its file has it, with the places of its values. Layer 0 is the built-in folder."""

    data: dict[str, object]
    places: Places
    layer: int = 0

    def items(self, key: str) -> list[Item]:
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


Entries = Mapping[str, dict[Hashable, Raw]]  # by kind and by slug


def said_of_retired(entries: Entries, slug: str) -> str:
    """Return what a mistake adds about a name that is retired, or that a step replaces: the step in its place."""
    replacing = (
        step.get("id")
        for project in entries["projects"].values()
        for step, _ in project.items("steps")
        if isinstance(step, dict) and isinstance(was := step.get("was"), list) and slug in was
    )
    retired = entries["retired"].get(slug)
    step = next(replacing, None) or (retired.data.get("step") if retired else None)
    if step:
        return f"; the step {step!r} took its place"
    return "; it is no longer given" if retired else ""


class Hide(Part):
    roles: tuple[Slug, ...] = ()
    skills: tuple[Slug, ...] = ()
    challenges: tuple[Slug, ...] = ()
    projects: tuple[Slug, ...] = ()
    mottos: tuple[Slug, ...] = ()
    boundaries: tuple[Slug, ...] = ()
    tips: tuple[Slug, ...] = ()
    checks: tuple[Slug, ...] = ()


class Pack(Part):
    """A `pack.yaml`: `tips` and `checks` are added to the skill that is named.

    `paths` and `projects` replace those of the role that is named.
    """

    title: Name | None = None  # what admins read in place of the folder's name
    hide: Hide = Hide()
    tips: Added = Field(default={})
    checks: Added = Field(default={})
    paths: Mapping[Slug, tuple[Slug, ...]] = Field(default={})
    projects: Mapping[Slug, ByLevel[Slug]] = Field(default={})


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
        for slug in pack.projects:
            self._replace_projects(slug)
        for kind, added in (("tips", pack.tips), ("checks", pack.checks)):
            for slug in added:
                self._add(kind, slug)
        self._hide_inside("tips", pack.hide.tips)
        self._hide_inside("checks", pack.hide.checks)
        for kind in ("roles", "skills", "challenges", "projects", "mottos", "boundaries"):
            self._hide(kind, getattr(pack.hide, kind))
        self._tidy_roles(pack)
        self._tidy_skills(pack.hide.skills)

    def _replace_path(self, slug: str) -> None:
        role, because = self._found("roles", slug, ("paths", slug)), self.file.places.below("paths", slug)
        if role is not None:
            items = Raw(_mapping(self.file.data["paths"]), self.file.places.below("paths")).items(slug)
            self.entries["roles"][slug] = role.with_items("skills", items, because)

    def _replace_projects(self, slug: str) -> None:
        role, where = self._found("roles", slug, ("projects", slug)), ("projects", slug)
        if role is not None:
            listed, places = _mapping(self.file.data["projects"])[slug], self.file.places.below(*where)
            moved = role.places.moving({("projects",): places})
            self.entries["roles"][slug] = replace(role, data={**role.data, "projects": listed}, places=moved)

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
        skills, because = self.entries["skills"], self.file.places.below("hide", kind)
        owners = {_id(item): slug for slug, skill in skills.items() for item, _ in skill.items(kind)}
        for number, hidden in enumerate(slugs):
            if hidden not in owners:
                said = said_of_retired(self.entries, hidden)
                self._report(("hide", kind, number), f"there is no {hidden!r} among the {kind}{said}")
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
        """Hide what else is about hidden skills, and let no skill of a folder below need one."""
        for slug, skill in list(self.entries["skills"].items()):
            if skill.layer < self.file.layer:
                because = skill.places.below("needs_skills")
                self.entries["skills"][slug] = skill.without("needs_skills", hidden.__contains__, because)
        for kind in ("challenges", "labs"):
            for slug, entry in list(self.entries[kind].items()):
                if entry.layer < self.file.layer and entry.data.get("skill") in hidden:
                    del self.entries[kind][slug]
        for slug, project in list(self.entries["projects"].items()):
            taught = {step.get("skill") for step, _ in project.items("steps") if isinstance(step, dict)}
            if project.layer < self.file.layer and not taught.isdisjoint(hidden):
                del self.entries["projects"][slug]

    def _found(self, kind: str, slug: str, where: Where) -> Raw | None:
        if slug not in self.entries[kind]:
            self._report(where, f"there is no {slug!r} among the {kind}{said_of_retired(self.entries, slug)}")
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


@dataclass
class Layers:
    """The entries of the built-in folder and of the packs over it. It collects mistakes instead of stopping."""

    entries: dict[str, dict[Hashable, Raw]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    mistakes: list[Mistake] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)  # kind and slug: these exist, but can't be read
    unlisted: set[str] = field(default_factory=set)  # kinds whose slugs are not all known
    policy: Raw | None = None  # of the last pack that has one
    leave_out: frozenset[Path] = frozenset()  # files of entries that are not read
    below: set[Hashable] = field(default_factory=set)  # ids in each folder, also if a pack hides them
    names: list[str] = field(default_factory=list)  # what mistakes call each folder

    def lay(self, folder: Path, *, only_policy: bool = False) -> None:
        """Read a folder. The first is the built-in one, which must be complete; the others are packs over it."""
        self.names.append(self._name(folder.resolve()))
        if not only_policy:
            self._lay_entries(folder)
        self.below = self.below.union(*(self.entries[kind] for kind in ("roles", "skills", "projects", "labs")))
        self.below |= {_id(tip) for skill in self.entries["skills"].values() for tip, _ in skill.items("tips")}
        self.below |= {_id(step) for project in self.entries["projects"].values() for step, _ in project.items("steps")}
        if not self.is_base and (folder / POLICY).exists():
            self.policy = self._mapping(folder / POLICY, self._called(POLICY)) or self.policy

    def _lay_entries(self, folder: Path) -> None:
        if not self.is_base:
            self._check_files(folder)
        for name in LISTS:
            if (self.is_base and name not in MAY_BE_EMPTY) or (folder / name).exists():
                self._lay_lists(folder / name, name)
        for kind in FOLDERS:
            self._lay_files(folder / kind, kind)
        if not self.is_base and (folder / PACK).exists():
            file = self._mapping(folder / PACK, self._called(PACK))
            if file is not None:
                change(file, self.entries, self.mistakes)

    @property
    def is_base(self) -> bool:
        return len(self.names) == 1

    def layer_of(self, mistake: Mistake) -> int:
        return max((n for n, name in enumerate(self.names) if mistake.file.startswith(f"{name}/")), default=0)

    def _name(self, folder: Path) -> str:
        """Return a folder's name, with that of its parent if another folder has the same one."""
        shorter = folder.name, f"{folder.parent.name}/{folder.name}"
        return next((name for name in shorter if name not in self.names), str(folder))

    def _called(self, *parts: str) -> str:
        return "/".join((self.names[-1], *parts))

    def _check_files(self, folder: Path) -> None:
        """Report a pack that is not there or empty, and YAML files that nobody would read."""
        if not folder.is_dir():
            self.mistakes.append(Mistake(self.names[-1], 1, 1, f"is not a folder: {folder.resolve()}"))
            return
        found = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.suffix in YAML]
        files = [path for path in found if not any(part.startswith(".") for part in path.parts)]
        if not files:
            self.mistakes.append(Mistake(self.names[-1], 1, 1, "holds no .yaml file"))
        for path in files:
            is_entry = path.parent.as_posix() in FOLDERS
            lists = [name for name in LISTS if name not in WITH_CODE]
            if not is_entry and path.as_posix() not in {PACK, POLICY, *lists}:
                text = f"is not read; a pack holds {PACK}, {POLICY}, {', '.join(lists)}, {'/, '.join(FOLDERS)}/"
                self.mistakes.append(Mistake(self._called(path.as_posix()), 1, 1, text))

    def _mapping(self, path: Path, name: str) -> Raw | None:
        try:
            data, places = read(path, name)
        except Unreadable as unreadable:
            self.mistakes.append(unreadable.mistake)
            return None
        return self._raw(data, places)

    def _raw(self, data: object, places: Places) -> Raw | None:
        if not isinstance(data, dict):
            self.mistakes.append(places.mistake((), "must be a mapping of keys to values"))
            return None
        return Raw(data, places, len(self.names) - 1)

    def _lay_lists(self, path: Path, name: str) -> None:
        """Read a file of lists. Each entry has its slug as `id`. A pack may leave lists out."""
        kinds, file = LISTS[name], self._mapping(path, self._called(name))
        for key in file.data if file else ():
            if file and key not in kinds:
                text = f"unknown key {key!r}; it holds {', '.join(kinds)}"
                self.mistakes.append(file.places.mistake((key,), text))
        for kind in kinds:
            if (
                file is None
                or (kind not in file.data and self.is_base)
                or not isinstance(file.data.get(kind, []), list)
            ):
                self.unlisted.add(kind)
                if file:
                    self.mistakes.append(file.places.mistake((kind,), f"needs a list `{kind}:`"))
                continue
            raws = (self._raw(item, places) for item, places in file.items(kind))
            self._put(kind, [raw for raw in raws if raw is not None])

    def _lay_files(self, folder: Path, kind: str) -> None:
        """Read one entry from each file of a folder. The file's stem is its slug."""
        paths = sorted(path for path in folder.glob("*") if path.suffix in YAML and path not in self.leave_out)
        if not paths and self.is_base and kind not in MAY_BE_EMPTY:
            self.unlisted.add(kind)
            self.mistakes.append(Mistake(self._called(kind), 1, 1, "holds no .yaml file"))
        raws = []
        for path in paths:
            raw = self._mapping(path, self._called(kind, path.name))
            if raw is None:
                self.broken.add((kind, path.stem))
                continue
            if "id" in raw.data:
                self.mistakes.append(raw.places.mistake(("id",), "unknown key 'id'; the file's name is the id"))
            raws.append(Raw({**raw.data, "id": path.stem}, raw.places, raw.layer))
        self._put(kind, raws)

    def _put(self, kind: str, raws: list[Raw]) -> None:
        """Add entries, or replace those of folders below that have the same id."""
        here: dict[object, Raw] = {}
        for number, raw in enumerate(raws):
            slug = raw.data.get("id")
            if isinstance(slug, str) and slug in here:
                place, line = here[slug].places, here[slug].places.at(("id",))[0]
                first = f"line {line}" if place.file == raw.places.file else f"{place.file}:{line}"
                self.mistakes.append(raw.places.mistake(("id",), f"duplicate id {slug!r} (first at {first})"))
                continue
            key = slug if isinstance(slug, str) else (raw.layer, number)
            data = raw.data if self.is_base else {"origin": "extension", **raw.data}  # a pack need not say it
            here[key] = self.entries[kind][key] = replace(raw, data=data)
