"""Read content folders as entries that are not checked yet, and lay packs over the built-in folder.

Each value of an entry keeps its place, also one that a pack put in, so that a mistake names the right file.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.pack import PACK, Raw, change
from bot.strict_yaml import Mistake, Places, Unreadable, read

LISTS: Mapping[str, tuple[str, ...]] = {
    "themes.yaml": ("themes", "mottos", "boundaries"),
    "needs.yaml": ("needs",),
    "ask.yaml": ("not_ours", "same_words"),
}
FOLDERS = ("roles", "skills", "challenges")
KINDS = (*(kind for kinds in LISTS.values() for kind in kinds), *FOLDERS)
POLICY = "policy.yaml"
YAML = {".yaml", ".yml"}


@dataclass
class Layers:
    """The entries of the built-in folder and of the packs over it. It collects mistakes instead of stopping."""

    entries: dict[str, dict[Hashable, Raw]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    mistakes: list[Mistake] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)  # kind and slug: these exist, but can't be read
    unlisted: set[str] = field(default_factory=set)  # kinds whose slugs are not all known
    policy: Raw | None = None  # of the last pack that has one
    leave_out: frozenset[Path] = frozenset()  # files of entries that are not read
    names: list[str] = field(default_factory=list)  # what mistakes call each folder

    def lay(self, folder: Path, *, only_policy: bool = False) -> None:
        """Read a folder. The first is the built-in one, which must be complete; the others are packs over it."""
        self.names.append(self._name(folder.resolve()))
        if not only_policy:
            self._lay_entries(folder)
        if not self.is_base and (folder / POLICY).exists():
            self.policy = self._mapping(folder / POLICY, self._called(POLICY)) or self.policy

    def _lay_entries(self, folder: Path) -> None:
        if not self.is_base:
            self._check_files(folder)
        for name in LISTS:
            if self.is_base or (folder / name).exists():
                self._lay_lists(folder / name, name)
        for kind in FOLDERS:
            self._lay_files(folder / kind, kind)
        if not self.is_base and (folder / PACK).exists():
            file = self._mapping(folder / PACK, self._called(PACK))
            if file is not None:
                change(file, self.entries, self.mistakes)

    @property
    def is_base(self) -> bool:
        """Return whether the folder that is being read is the built-in one."""
        return len(self.names) == 1

    def layer_of(self, mistake: Mistake) -> int:
        """Return the number of the folder that a mistake is in."""
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
            self.mistakes.append(Mistake(self.names[-1], 1, 1, "is not a folder"))
            return
        found = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.suffix in YAML]
        files = [path for path in found if not any(part.startswith(".") for part in path.parts)]
        if not files:
            self.mistakes.append(Mistake(self.names[-1], 1, 1, "holds no .yaml file"))
        for path in files:
            is_entry = path.parent.as_posix() in FOLDERS
            if not is_entry and path.as_posix() not in {PACK, POLICY, *LISTS}:
                text = f"is not read; a pack holds {PACK}, {POLICY}, {', '.join(LISTS)}, {'/, '.join(FOLDERS)}/"
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
        if not paths and self.is_base:
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
                first = _first_at(here[slug].places, raw.places)
                self.mistakes.append(raw.places.mistake(("id",), f"duplicate id {slug!r} (first at {first})"))
                continue
            key = slug if isinstance(slug, str) else (raw.layer, number)
            here[key] = self.entries[kind][key] = raw if self.is_base else raw.extending()


def _first_at(first: Places, second: Places) -> str:
    line = first.at(("id",))[0]
    return f"line {line}" if first.file == second.file else f"{first.file}:{line}"
