"""Read content folders as entries that are not checked yet, and lay packs over the built-in folder.

Each value of an entry keeps its place, also one that a pack put in, so that a mistake names the right file. A
`pack.yaml` changes the folders below its own: it hides entries, adds to skills and replaces paths.
"""

import contextlib
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from bot.content.read import TEXT, Mistake, Places, Unreadable, Where, mistakes_in, read
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
YAML = {".yaml", ".yml"}
FOLDERS = {"roles": YAML, "skills": YAML, "challenges": YAML, "projects": YAML, "heard": {TEXT}}
MAY_BE_EMPTY = {"projects", "heard", "retired.yaml"}
KINDS = (*(kind for kinds in LISTS.values() for kind in kinds), *FOLDERS)
PACK, POLICY = "pack.yaml", "policy.yaml"

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

    def with_items(self, key: str, items: Sequence[Item], because: Places) -> "Raw":
        """Return the entry with another list. What is wrong with the list as a whole is wrong at `because`."""
        moved: dict[Where, Places] = {(key,): because, **{(key, n): places for n, (_, places) in enumerate(items)}}
        return replace(self, data={**self.data, key: [item for item, _ in items]}, places=self.places.moving(moved))

    def without(self, key: str, gone: Collection[object], because: Places) -> "Raw":
        """Return the entry without these items of a list; the same entry if it has none of them."""
        had = self.items(key)
        kept = [(item, places) for item, places in had if item not in gone]
        return self if len(kept) == len(had) else self.with_items(key, kept, because)

    def inside(self, key: str) -> "Raw":
        value = self.data[key]
        assert isinstance(value, dict)  # noqa: S101 - `Pack` has checked it
        return Raw(value, self.places.below(key), self.layer)


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
    """A `pack.yaml`. `tips` and `checks` are added to a skill; `paths` and `projects` replace those of a role."""

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
        return TypeAdapter(Name).validate_python(data.get("title") if isinstance(data, dict) else None)
    return f"Pack {number}"


@dataclass(frozen=True, slots=True)
class _Change:
    """A `pack.yaml` that changes the entries, those of its own folder included."""

    file: Raw
    entries: Entries
    mistakes: list[Mistake]

    def carry_out(self) -> None:
        try:
            pack = Pack.model_validate(self.file.data)
        except ValidationError as error:
            self.mistakes.extend(mistakes_in(error, self.file.places))
            return
        roles, places = self.entries["roles"], self.file.places
        for slug in pack.paths:
            if (role := self._found("roles", slug, ("paths", slug))) is not None:
                path = self.file.inside("paths").items(slug)
                roles[slug] = role.with_items("skills", path, places.below("paths", slug))
        for slug in pack.projects:
            if (role := self._found("roles", slug, ("projects", slug))) is not None:
                listed = self.file.inside("projects").data[slug]
                moved = role.places.moving({("projects",): places.below("projects", slug)})
                roles[slug] = replace(role, data={**role.data, "projects": listed}, places=moved)
        for kind in ("tips", "checks"):
            self._change_skills(kind, getattr(pack, kind), getattr(pack.hide, kind))
        self._hide(pack)

    def _change_skills(self, kind: str, adds: Added, hides: tuple[str, ...]) -> None:
        skills, places = self.entries["skills"], self.file.places
        for slug in adds:
            if (skill := self._found("skills", slug, (kind, slug))) is not None:
                added, had = self.file.inside(kind).items(slug), skill.items(kind)
                by_id, ids = {_id(item): (item, at) for item, at in added}, {_id(item) for item, _ in had}
                items = [by_id.get(_id(item), (item, at)) for item, at in had]
                items += [(item, at) for item, at in added if _id(item) not in ids]
                skills[slug] = skill.with_items(kind, items, places.below(kind, slug))
        owners = {_id(item): slug for slug, skill in skills.items() for item, _ in skill.items(kind)}
        for number, hidden in enumerate(hides):
            if hidden in owners:
                skill = skills[owners[hidden]]
                gone = [item for item, _ in skill.items(kind) if _id(item) == hidden]
                skills[owners[hidden]] = skill.without(kind, gone, places.below("hide", kind))
            else:
                self._miss(kind, hidden, ("hide", kind, number))

    def _hide(self, pack: Pack) -> None:
        """Hide entries, and take hidden skills and roles out of what the folders below say."""
        for kind in ("roles", "skills", "challenges", "projects", "mottos", "boundaries"):
            for number, slug in enumerate(getattr(pack.hide, kind)):
                if self._found(kind, slug, ("hide", kind, number)) is not None:
                    del self.entries[kind][slug]
        hidden, because = pack.hide.skills, self.file.places.below("hide", "skills")
        below = {
            kind: {slug: entry for slug, entry in entries.items() if entry.layer < self.file.layer}
            for kind, entries in self.entries.items()
        }
        for slug, role in below["roles"].items():
            tidied = role.without("skills", () if slug in pack.paths else hidden, because)
            path = [item for item, _ in tidied.items("skills")]
            gone = [
                share
                for share, _ in role.items("shares")  # what is no mapping is left for the check
                if isinstance(share, dict) and (share.get("skill") not in path or share.get("role") in pack.hide.roles)
            ]
            self.entries["roles"][slug] = tidied.without("shares", gone, role.places.below("shares"))
        for slug, skill in below["skills"].items():
            self.entries["skills"][slug] = skill.without("needs_skills", hidden, skill.places.below("needs_skills"))
        for kind in ("challenges", "labs", "projects"):
            for slug, entry in below[kind].items():
                steps = [step.get("skill") for step, _ in entry.items("steps") if isinstance(step, dict)]
                if any(skill in hidden for skill in (entry.data.get("skill"), *steps)):
                    del self.entries[kind][slug]

    def _found(self, kind: str, slug: str, where: Where) -> Raw | None:
        if slug not in self.entries[kind]:
            self._miss(kind, slug, where)
        return self.entries[kind].get(slug)

    def _miss(self, kind: str, slug: str, where: Where) -> None:
        said = f"there is no {slug!r} among the {kind}{said_of_retired(self.entries, slug)}"
        self.mistakes.append(self.file.places.mistake(where, said))


def _id(item: object) -> object:
    """Return an item's id; the item's identity where it has none, so that no two such items are the same."""
    slug = item.get("id") if isinstance(item, dict) else None
    return slug if isinstance(slug, str) else id(item)


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
        full = folder.resolve()
        shorter = full.name, f"{full.parent.name}/{full.name}"
        self.names.append(next((name for name in shorter if name not in self.names), str(full)))
        if not only_policy:
            if not self.is_base:
                self._check_files(folder)
            for name in LISTS:
                if (self.is_base and name not in MAY_BE_EMPTY) or (folder / name).exists():
                    self._lay_lists(folder / name, name)
            for kind in FOLDERS:
                self._lay_files(folder / kind, kind)
            if not self.is_base and (folder / PACK).exists() and (file := self._mapping(folder / PACK, PACK)):
                _Change(file, self.entries, self.mistakes).carry_out()
        self.below = self.below.union(*(self.entries[kind] for kind in ("roles", "skills", "projects", "labs")))
        for kind, key in (("skills", "tips"), ("projects", "steps")):
            self.below |= {_id(item) for entry in self.entries[kind].values() for item, _ in entry.items(key)}
        if not self.is_base and (folder / POLICY).exists():
            self.policy = self._mapping(folder / POLICY, POLICY) or self.policy

    @property
    def is_base(self) -> bool:
        return len(self.names) == 1

    def layer_of(self, mistake: Mistake) -> int:
        return max((n for n, name in enumerate(self.names) if mistake.file.startswith(f"{name}/")), default=0)

    def _check_files(self, folder: Path) -> None:
        if not folder.is_dir():
            self.mistakes.append(Mistake(self.names[-1], 1, 1, f"is not a folder: {folder.resolve()}"))
            return
        found = [path.relative_to(folder) for path in sorted(folder.rglob("*"))]
        files = [
            path
            for path in found
            if path.suffix in YAML | FOLDERS.get(path.parent.as_posix(), set())
            and not any(part.startswith(".") for part in path.parts)
        ]
        if not files:
            self.mistakes.append(Mistake(self.names[-1], 1, 1, "holds no .yaml file"))
        lists = [name for name in LISTS if name not in WITH_CODE]
        for path in files:
            is_entry = path.suffix in FOLDERS.get(path.parent.as_posix(), ())
            if not is_entry and path.as_posix() not in {PACK, POLICY, *lists}:
                text = f"is not read; a pack holds {PACK}, {POLICY}, {', '.join(lists)}, {'/, '.join(FOLDERS)}/*{TEXT}"
                self.mistakes.append(Mistake(f"{self.names[-1]}/{path.as_posix()}", 1, 1, text))

    def _mapping(self, path: Path, name: str) -> Raw | None:
        """Return what a file of this folder holds; None if that is no mapping. `name`: the file's in the folder."""
        try:
            return self._raw(*read(path, f"{self.names[-1]}/{name}"))
        except Unreadable as unreadable:
            self.mistakes.append(unreadable.mistake)
            return None

    def _raw(self, data: object, places: Places) -> Raw | None:
        if isinstance(data, dict):
            return Raw(data, places, len(self.names) - 1)
        self.mistakes.append(places.mistake((), "must be a mapping of keys to values"))
        return None

    def _lay_lists(self, path: Path, name: str) -> None:
        """Read a file of lists. Each entry has its slug as `id`. A pack may leave lists out."""
        kinds, file = LISTS[name], self._mapping(path, name)
        if file is None:
            self.unlisted.update(kinds)
            return
        for key in file.data:
            if key not in kinds:
                text = f"unknown key {key!r}; it holds {', '.join(kinds)}"
                self.mistakes.append(file.places.mistake((key,), text))
        for kind in kinds:
            if isinstance(file.data.get(kind, None if self.is_base else []), list):
                raws = (self._raw(item, places) for item, places in file.items(kind))
                self._put(kind, [raw for raw in raws if raw is not None])
            else:
                self.unlisted.add(kind)
                self.mistakes.append(file.places.mistake((kind,), f"needs a list `{kind}:`"))

    def _lay_files(self, folder: Path, kind: str) -> None:
        paths = sorted(path for path in folder.glob("*") if path.suffix in FOLDERS[kind] and path not in self.leave_out)
        if not paths and self.is_base and kind not in MAY_BE_EMPTY:
            self.unlisted.add(kind)
            self.mistakes.append(Mistake(f"{self.names[-1]}/{kind}", 1, 1, "holds no .yaml file"))
        raws = []
        for path in paths:
            raw = self._mapping(path, f"{kind}/{path.name}")
            if raw is None:
                self.broken.add((kind, path.stem))
                continue
            if "id" in raw.data:
                self.mistakes.append(raw.places.mistake(("id",), "unknown key 'id'; the file's name is the id"))
            raws.append(Raw({**raw.data, "id": path.stem}, raw.places, raw.layer))
        self._put(kind, raws)

    def _put(self, kind: str, raws: list[Raw]) -> None:
        here: dict[object, Raw] = {}
        for number, raw in enumerate(raws):
            slug = raw.data.get("id")
            if isinstance(slug, str) and slug in here:
                place = here[slug].places.mistake(("id",), "")
                first = f"line {place.line}" if place.file == raw.places.file else f"{place.file}:{place.line}"
                self.mistakes.append(raw.places.mistake(("id",), f"duplicate id {slug!r} (first at {first})"))
                continue
            key = slug if isinstance(slug, str) else (raw.layer, number)
            data = raw.data if self.is_base else {"origin": "extension", **raw.data}  # a pack need not say it
            here[key] = self.entries[kind][key] = replace(raw, data=data)
