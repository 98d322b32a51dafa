"""Read the content folder into a Catalog, or report every mistake at once as file:line:column."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.core.catalog import Boundary, Catalog, ChallengeTemplate, Motto, Need, Role, Skill, Theme
from bot.core.content_item import ContentItem
from bot.core.matching import plain
from bot.strict_yaml import Mistake, Places, Unreadable, Where, read

FOLDER = Path(__file__).parent.parent / "content"
SWAPPED = {"id": "slug", "slug": "id"}  # files say `id`, the code says `slug`; a file's own key `slug` is unknown

E = TypeVar("E", bound=ContentItem)


class ContentError(Exception):
    """The content holds mistakes, so none of it is used. `mistakes` are sorted by file and line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


def load(folder: Path = FOLDER) -> Catalog:
    """Return the whole catalogue, checked. Raise ContentError with every mistake."""
    reading = _Reading(folder)
    lists = reading.lists(folder / "themes.yaml", "themes", "mottos", "boundaries")
    needs = reading.lists(folder / "needs.yaml", "needs")
    catalog = Catalog(
        themes={theme.slug: theme for theme in reading.listed(lists, "themes", Theme)},
        mottos=tuple(reading.listed(lists, "mottos", Motto)),
        boundaries=tuple(reading.listed(lists, "boundaries", Boundary)),
        roles={role.slug: role for role in sorted(reading.filed("roles", Role), key=lambda role: role.catch_all)},
        skills={skill.slug: skill for skill in reading.filed("skills", Skill)},
        challenges={template.slug: template for template in reading.filed("challenges", ChallengeTemplate)},
        needs={need.slug: need for need in reading.listed(needs, "needs", Need)},
    )
    reading.check_references(catalog)
    reading.check_prerequisites(catalog)
    reading.check_catch_all(catalog)
    reading.check_names(catalog)
    if reading.mistakes:
        raise ContentError(reading.mistakes)
    return catalog


@dataclass(frozen=True, slots=True)
class _File:
    """A content file that is a mapping."""

    data: dict[str, object]
    places: Places


@dataclass
class _Reading:
    """A pass over a content folder. It collects mistakes instead of stopping at the first."""

    folder: Path
    mistakes: list[Mistake] = field(default_factory=list)
    places: dict[tuple[type[ContentItem], str], Places] = field(default_factory=dict)
    broken: set[tuple[type[ContentItem], str]] = field(default_factory=set)  # these exist, but hold mistakes
    unlisted: set[type[ContentItem]] = field(default_factory=set)  # kinds whose slugs are not all known

    def mapping(self, path: Path) -> _File | None:
        name = self.name_of(path)
        try:
            data, places = read(path, name)
        except Unreadable as unreadable:
            self.mistakes.append(unreadable.mistake)
            return None
        if not isinstance(data, dict):
            self.mistakes.append(places.mistake((), "must be a mapping of keys to values"))
            return None
        return _File(data, places)

    def name_of(self, path: Path) -> str:
        """Return what mistakes call a file. It does not depend on the working folder."""
        return f"{self.folder.resolve().name}/{path.relative_to(self.folder).as_posix()}"

    def lists(self, path: Path, *keys: str) -> _File | None:
        """Read a file that may hold these lists and nothing else."""
        file = self.mapping(path)
        for key in file.data if file else ():
            if file and key not in keys:
                self.mistakes.append(file.places.mistake((key,), f"unknown key {key!r}; it holds {', '.join(keys)}"))
        return file

    def listed(self, file: _File | None, key: str, model: type[E]) -> Iterator[E]:
        """Yield the entries of a list in a file. Each has its slug as `id`."""
        items = file.data.get(key) if file else None
        if file is None or not isinstance(items, list):
            self.unlisted.add(model)
            if file:
                self.mistakes.append(file.places.mistake((key,), f"needs a list `{key}:`"))
            return
        for index, item in enumerate(items):
            yield from self._entry(model, item, file.places.below(key, index))

    def filed(self, kind: str, model: type[E]) -> Iterator[E]:
        """Yield one entry for each file of a folder. The file's stem is its slug."""
        paths = sorted(path for path in (self.folder / kind).glob("*") if path.suffix in {".yaml", ".yml"})
        if not paths:
            self.unlisted.add(model)
            self.mistakes.append(Mistake(self.name_of(self.folder / kind), 1, 1, "holds no .yaml file"))
        for path in paths:
            file = self.mapping(path)
            if file is None:
                self.broken.add((model, path.stem))
                continue
            if "id" in file.data:
                self.mistakes.append(file.places.mistake(("id",), "unknown key 'id'; the file's name is the id"))
            yield from self._entry(model, {**file.data, "id": path.stem}, file.places)

    def check_references(self, catalog: Catalog) -> None:
        """Report each theme, skill and need that an entry names and that does not exist."""
        for motto in catalog.mottos:
            self._must_know(motto, ("theme",), motto.theme, Theme, catalog.themes)
        for skill in catalog.skills.values():
            self._check_skill(skill, catalog)
        for role in catalog.roles.values():
            self._check_path(role, catalog)
        for template in catalog.challenges.values():
            self._must_know(template, ("theme",), template.theme, Theme, catalog.themes)
            self._must_know(template, ("skill",), template.skill, Skill, catalog.skills)
            self._must_share_theme(template, catalog)

    def _check_skill(self, skill: Skill, catalog: Catalog) -> None:
        self._must_know(skill, ("theme",), skill.theme, Theme, catalog.themes)
        if skill.origin == "source" and skill.source_line is None:
            self._mistake(skill, ("origin",), "`origin: source` needs a `source_line:`")
        for index, slug in enumerate(skill.needs_skills):
            self._must_know(skill, ("needs_skills", index), slug, Skill, catalog.skills)
        for index, tip in enumerate(skill.tips):
            for number, need in enumerate(tip.needs):
                self._must_know(skill, ("tips", index, "needs", number), need, Need, catalog.needs)

    def _check_path(self, role: Role, catalog: Catalog) -> None:
        """Report skills of a path that are unknown, doubled, or before those that they build on."""
        for index, slug in enumerate(role.skills):
            where, before = ("skills", index), role.skills[:index]
            self._must_know(role, where, slug, Skill, catalog.skills)
            if slug in before:
                self._mistake(role, where, f"skill {slug!r} is on the path already")
            for needed in catalog.skills[slug].needs_skills if slug in catalog.skills else ():
                if needed not in before:
                    self._mistake(role, where, f"skill {slug!r} needs {needed!r} before it on the path")
        for index, share in enumerate(role.shares):
            self._must_know(role, ("shares", index, "role"), share.role, Role, catalog.roles)
            self._must_know(role, ("shares", index, "skill"), share.skill, Skill, catalog.skills)
            if share.skill not in role.skills:
                self._mistake(role, ("shares", index, "skill"), f"skill {share.skill!r} is not on the path")

    def check_prerequisites(self, catalog: Catalog) -> None:
        """No skill may need itself, directly or through others."""
        graph = TopologicalSorter({slug: skill.needs_skills for slug, skill in catalog.skills.items()})
        try:
            graph.prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            self._mistake(catalog.skills[circle[0]], ("needs_skills",), f"needs itself: {' needs '.join(circle[::-1])}")

    def check_catch_all(self, catalog: Catalog) -> None:
        """Only one role may be for people whose title fits no other."""
        catch_alls = [role for role in catalog.roles.values() if role.catch_all]
        for role in catch_alls[1:]:
            self._mistake(role, ("catch_all",), f"{catch_alls[0].slug!r} is already the role for all other titles")

    def check_names(self, catalog: Catalog) -> None:
        """Report each name, alias and tip's id that means two things."""
        roles, skills, tips, challenges = map(Names, ("role name", "skill name", "tip id", "challenge name"))
        checks = Names("check id")
        for role in catalog.roles.values():
            names = (role.slug, role.name, role.becomes, *role.aliases)
            self._claim(roles, role, ("aliases",), role.slug, names)
        for skill in catalog.skills.values():
            names = (skill.slug, skill.name, *((skill.source_line,) if skill.source_line else ()), *skill.aliases)
            self._claim(skills, skill, ("aliases",), skill.slug, names)
            for index, tip in enumerate(skill.tips):
                owner = f"tip {index + 1} of {skill.slug}"
                self._claim(tips, skill, ("tips", index, "id"), owner, (tip.id, *tip.aliases))
            for index, check in enumerate(skill.checks):
                owner = f"check {index + 1} of {skill.slug}"
                self._claim(checks, skill, ("checks", index, "id"), owner, (check.id, *check.aliases))
        for template in catalog.challenges.values():
            self._claim(challenges, template, ("name",), template.slug, (template.slug, template.name))

    def _claim(self, names: "Names", entry: ContentItem, where: Where, owner: str, wanted: Iterable[str]) -> None:
        for name in wanted:
            if (other := names.claim(name, owner)) is not None:
                self._mistake(entry, where, f"{names.kind} {name!r} is taken by {other}")

    def _must_know(
        self, entry: ContentItem, where: Where, slug: str, model: type[ContentItem], known: Mapping[str, ContentItem]
    ) -> None:
        if slug not in known and (model, slug) not in self.broken and model not in self.unlisted:
            self._mistake(entry, where, f"unknown {model.__name__.lower()} {slug!r}")

    def _must_share_theme(self, template: ChallengeTemplate, catalog: Catalog) -> None:
        """Report a template with another theme than its skill, unless an unknown theme was reported already."""
        skill = catalog.skills.get(template.skill)
        if skill and skill.theme != template.theme and {skill.theme, template.theme} <= catalog.themes.keys():
            self._mistake(template, ("theme",), f"theme {template.theme!r} is not that of its skill, {skill.theme!r}")

    def _mistake(self, entry: ContentItem, where: Where, text: str) -> None:
        self.mistakes.append(self.places[type(entry), entry.slug].mistake(where, text))

    def _entry(self, model: type[E], data: object, places: Places) -> Iterator[E]:
        if not isinstance(data, dict):
            self.mistakes.append(places.mistake((), "must be a mapping of keys to values"))
            return
        slug = data.get("id")
        if isinstance(slug, str) and (model, slug) in self.places:
            first = _first_at(self.places[model, slug], places)
            self.mistakes.append(places.mistake(("id",), f"duplicate id {slug!r} (first at {first})"))
            return
        try:
            entry = model.model_validate({SWAPPED.get(key, key): value for key, value in data.items()})
        except ValidationError as error:
            if isinstance(slug, str):
                self.broken.add((model, slug))
            else:
                self.unlisted.add(model)
            self.mistakes += [_fault(places, fault) for fault in _own_faults(error)]
            return
        self.places[model, entry.slug] = places
        yield entry


def _first_at(first: Places, second: Places) -> str:
    line = first.at(("id",))[0]
    return f"line {line}" if first.file == second.file else f"{first.file}:{line}"


@dataclass
class Names:
    """The owner of each name. Case and punctuation do not count, as when a name is looked up."""

    kind: str
    owners: dict[str, str] = field(default_factory=dict)

    def claim(self, name: str, owner: str) -> str | None:
        """Claim a name for its owner. Return the other owner if it is taken already."""
        first = self.owners.setdefault(plain(name), owner)
        return None if first == owner else first


def _own_faults(error: ValidationError) -> list[ErrorDetails]:
    """Return the faults, except of lists that are too short only because one of their items is at fault."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short" or not any(_inside(place, fault["loc"]) for place in places)
    ]


def _inside(place: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _fault(places: Places, fault: ErrorDetails) -> Mistake:
    """Return pydantic's fault as a mistake at its line, in words for the author."""
    first, *rest = fault["loc"]
    where: Where = (SWAPPED.get(str(first), first), *rest)
    key = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
    match fault["type"]:
        case "extra_forbidden":
            text = f"unknown key {key!r}"
        case "missing":
            text = f"needs `{key}:`"
        case "string_pattern_mismatch":
            text = f"`{key}` must be kebab-case, such as `token-usage-and-costs`"
        case "value_error":  # raised by a model of ours, in words for authors
            text = f"`{key}`: {fault['ctx']['error']}"
        case _:
            text = f"`{key}`: {fault['msg'][0].lower()}{fault['msg'][1:]}"
    return places.mistake(where, text)
