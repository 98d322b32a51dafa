"""Read the content into a Catalog, or name every mistake as file:line:column; serve the packs that hold none."""

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.content.packs import Layers, said_of_retired, title_of
from bot.content.read import SWAPPED, Mistake, Places, Where, mistakes_in
from bot.core import content_types
from bot.core.catalog import Catalog, PackState, Policy, Retired
from bot.core.content_types import ByLevel, ContentItem, Level, Part, Role, Tip
from bot.core.errors import CommandError
from bot.core.labs import Lab
from bot.core.matching import plain
from bot.core.projects import LAB, Project

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parents[2] / "content"
MODELS: Mapping[str, type[ContentItem]] = {
    "themes": content_types.Theme,
    "mottos": content_types.Motto,
    "boundaries": content_types.Boundary,
    "needs": content_types.Need,
    "leads": content_types.LeadText,
    "roles": Role,
    "skills": content_types.Skill,
    "challenges": content_types.ChallengeTemplate,
    "projects": Project,
    "not_ours": content_types.NotOurs,
    "personal": content_types.Personal,
    "replies": content_types.Reply,
    "heard": content_types.Heard,
    "labs": Lab,
    "retired": Retired,
}
LISTED = ("mottos", "boundaries", "leads", "not_ours", "personal", "replies")  # the catalogue has tuples of these
PROJECT_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)+")  # a single word without a hyphen is no project
NAMED = {  # the kind of entry that a field names, in every entry and every part of one
    "challenge": "challenges", "theme": "themes", "step": "tips", "singles": "tips", "projects": "projects",
    "role": "roles", "roles": "roles", "pair": "roles",
    "skill": "skills", "skills": "skills", "needs_skills": "skills",
    "needs": "needs", "grants": "needs", "usual": "needs", "lends": "needs", "ask_for": "needs", "without": "needs",
}  # fmt: skip
PARTS = ("tips", "shares", "steps")
MAY_BE_HIDDEN = {"roles", "pair", "singles", "projects", "step"}  # it is no mistake if a pack hides what these name

Claim = tuple[ContentItem, Where, str, str, Sequence[str]]  # at a place: a kind, who claims, which names
PlacesOf = Mapping[tuple[type[ContentItem], str], Places]  # by kind and slug


class ContentError(CommandError):
    """The content holds mistakes, so none of it is used. `packs`: how many of them each pack holds."""

    code = 1

    def __init__(self, mistakes: Iterable[Mistake], packs: Mapping[Path, int] | None = None) -> None:
        self.mistakes, self.packs = tuple(sorted(set(mistakes))), packs or {}
        super().__init__("\n".join(map(str, self.mistakes)))


def load(folder: Path = FOLDER, packs: Sequence[Path] = ()) -> Catalog:
    """Return the whole catalogue, checked: a folder with packs laid over it. Raise ContentError with every mistake."""
    return load_with_places(folder, packs)[0]


def load_with_places(
    folder: Path = FOLDER,
    packs: Sequence[Path] = (),
    *,
    only_policy: frozenset[Path] = frozenset(),
    leave_out: frozenset[Path] = frozenset(),
) -> tuple[Catalog, PlacesOf]:
    """Return what `load` does, and the places of each entry's values. Raise ContentError with every mistake.

    `only_policy`: the packs of which nothing but the policy is taken. `leave_out`: files of entries that are not read.
    """
    layers = Layers(leave_out=leave_out)
    layers.lay(folder)
    for pack in packs:
        layers.lay(pack, only_policy=pack in only_policy)
    reading = _Reading(layers)
    entries: dict[str, Any] = {kind: reading.entries(kind) for kind in MODELS}
    roles = sorted(_told_apart(entries["roles"], layers), key=lambda role: role[1].catch_all)
    listed = {kind: tuple(entries[kind].values()) for kind in LISTED}
    policy = None
    if layers.policy is not None:
        try:
            policy = Policy.model_validate(layers.policy.data)
        except ValidationError as error:
            layers.mistakes += mistakes_in(error, layers.policy.places)
    catalog = Catalog(**entries | listed | {"roles": dict(roles)}, policy=policy)
    reading.check_references(catalog)
    reading.check_skills(catalog)
    reading.check_roles(catalog)
    reading.check_names(catalog)
    reading.check_policy(catalog)
    if reading.mistakes:
        at = Counter(layers.layer_of(mistake) for mistake in set(reading.mistakes))
        raise ContentError(reading.mistakes, {pack: at[layer] for layer, pack in enumerate(packs, 1) if at[layer]})
    return catalog, reading.places


def _told_apart(roles: Mapping[str, Role], layers: Layers) -> Iterator[tuple[str, Role]]:
    """Yield the roles without the aliases that belong to another role.

    A title belongs to the role of the latest folder that has it, and to the role for all other titles only if no
    other has it. A role whose own name belongs to another role is replaced by that.
    """
    layer = {slug: layers.entries["roles"][slug].layer for slug in roles}
    taken = dict[str, frozenset[str]]()
    for slug, role in roles.items():
        rivals = [
            other
            for other in roles.values()
            if layer[other.slug] > layer[slug] or (role.catch_all and not other.catch_all)
        ]
        taken[slug] = frozenset(plain(name) for rival in rivals for name in (rival.slug, *rival.titles))
    gone = {slug for slug, role in roles.items() if not taken[slug].isdisjoint({plain(slug), plain(role.name)})}
    for slug, role in roles.items():
        if slug not in gone:
            aliases = tuple(alias for alias in role.aliases if plain(alias) not in taken[slug])
            shares = tuple(share for share in role.shares if share.role not in gone)
            yield slug, role.model_copy(update={"aliases": aliases, "shares": shares})


class _Reading:
    """A check of the entries of all folders. It collects mistakes instead of stopping at the first."""

    def __init__(self, layers: Layers) -> None:
        self.layers, self.mistakes = layers, layers.mistakes
        self.places: dict[tuple[type[ContentItem], str], Places] = {}

    def entries(self, kind: str) -> dict[str, ContentItem]:
        """Return the entries of a kind that hold no mistake of their own, by slug."""
        model, entries = MODELS[kind], dict[str, ContentItem]()
        for raw in self.layers.entries[kind].values():
            slug = raw.data.get("id")
            try:
                entry = model.model_validate({SWAPPED.get(key, key): value for key, value in raw.data.items()})
            except ValidationError as error:
                if isinstance(slug, str):
                    self.layers.broken.add((kind, slug))
                else:
                    self.layers.unlisted.add(kind)
                for mistake in mistakes_in(error, raw.places):  # one in another file says which entry it spoils
                    spoils = "" if mistake.file == raw.places.file else f"spoils {slug!r}: "
                    self.mistakes.append(replace(mistake, text=f"{spoils}{mistake.text}"))
            else:
                self.places[model, entry.slug], entries[entry.slug] = raw.places, entry
        return entries

    def check_references(self, catalog: Catalog) -> None:
        known: dict[str, Collection[str]] = {kind: getattr(catalog, kind) for kind in MODELS if kind not in LISTED}
        known["tips"] = [tip.id for _, _, tip in _tips(catalog)]
        for entry, where, kind, slug, may_be_hidden in _references(catalog):
            if slug in known[kind] or (may_be_hidden and slug in self.layers.below):
                continue
            # A tip may be in any skill or project that holds mistakes, so that it is not known here.
            holders = {"skills", "projects"} if kind == "tips" else {kind}
            broken = any(other in holders and (kind == "tips" or name == slug) for other, name in self.layers.broken)
            if not broken and not holders & self.layers.unlisted:
                meant = get_close_matches(slug, known[kind], 1)
                hint = said_of_retired(self.layers.entries, slug) or (f"; did you mean {meant[0]!r}?" if meant else "")
                self._mistake(entry, where, f"unknown {kind.removesuffix('s')} {slug!r}{hint}")

        topics = (*catalog.skills.values(), *catalog.personal, *catalog.replies, *catalog.not_ours)
        ids = {entry.slug for entry in topics} | self.layers.below | {slug for _, slug in self.layers.broken}
        for heard in catalog.heard.values():
            if heard.slug not in ids:
                self._mistake(heard, ("id",), f"no skill and no topic is called {heard.slug!r}")

    def check_skills(self, catalog: Catalog) -> None:
        """Report skills without a source or a lesson, or that need themselves, and challenges with another theme."""
        taught = {slug for project in catalog.projects.values() for slug in project.skills}
        for skill in catalog.skills.values():
            if skill.origin == "source" and skill.source_line is None:
                self._mistake(skill, ("origin",), "`origin: source` needs a `source_line:`")
            if not skill.tips and skill.slug not in taught:
                said = f"nothing teaches {skill.slug!r}; write a tip, or a project with it in `skills`"
                self._mistake(skill, ("tips",), said)
        try:
            TopologicalSorter({slug: skill.needs_skills for slug, skill in catalog.skills.items()}).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            self._mistake(catalog.skills[circle[0]], ("needs_skills",), f"needs itself: {' needs '.join(circle[::-1])}")
        for template in catalog.challenges.values():
            theme, of_skill = template.theme, catalog.skills.get(template.skill)
            # An unknown theme was reported already.
            if of_skill and of_skill.theme != theme and {of_skill.theme, theme} <= catalog.themes.keys():
                self._mistake(template, ("theme",), f"theme {theme!r} is not that of its skill, {of_skill.theme!r}")

    def check_roles(self, catalog: Catalog) -> None:
        """Report a second role for all other titles, and skills that a path has twice, too early, or not at all."""
        catch_alls = [role for role in catalog.roles.values() if role.catch_all]
        for role in catch_alls[1:]:
            self._mistake(role, ("catch_all",), f"{catch_alls[0].slug!r} is already the role for all other titles")
        for role in catalog.roles.values():
            for index, slug in enumerate(role.skills):
                where, before = ("skills", index), role.skills[:index]
                if slug in before:
                    self._mistake(role, where, f"skill {slug!r} is on the path already")
                for needed in catalog.skills[slug].needs_skills if slug in catalog.skills else ():
                    if needed not in before:
                        self._mistake(role, where, f"skill {slug!r} needs {needed!r} before it on the path")
            for index, share in enumerate(role.shares):
                if share.skill not in role.skills:
                    self._mistake(role, ("shares", index, "skill"), f"skill {share.skill!r} is not on the path")

    def check_names(self, catalog: Catalog) -> None:
        """Report each name, alias and tip's id that means two things, at the later of the two."""
        owners: dict[tuple[str, str], str] = {}  # by kind and plain name, as when a name is looked up

        # A folder claims its names before the packs over it, so that a mistake is in the pack that took the name.
        def layer(claim: Claim) -> int:
            entry, where, *_ = claim
            return self.layers.layer_of(self.places[type(entry), entry.slug].mistake(where, ""))

        for entry, where, kind, claimer, names in sorted(_claims(catalog), key=layer):
            for name in names:
                owner = owners.setdefault((kind, plain(name)), claimer)
                if owner != claimer:
                    hint = "" if isinstance(entry, Retired) else said_of_retired(self.layers.entries, name)
                    self._mistake(entry, where, f"{kind} {name!r} is taken by {owner}{hint}")

    def check_policy(self, catalog: Catalog) -> None:
        """Report unknown tools and needs, names that mean two things, and skills of which no tip is left."""
        policy, raw = catalog.policy, self.layers.policy
        if policy is None or raw is None:
            return
        tools = {tool.id for tool in policy.tools}
        with_steps = {step.skill for project in catalog.projects.values() for step in project.steps}
        found = list[tuple[Where, str]]()
        for index, data in enumerate(policy.data):
            unknown = [(number, tool) for number, tool in enumerate(data.may_go) if tool not in tools]
            found += [(("data", index, "may_go", number), f"unknown tool {tool!r}") for number, tool in unknown]
        unknown = [(number, need) for number, need in enumerate(policy.forbids) if need not in catalog.needs]
        found += [(("forbids", number), f"unknown need {need!r}") for number, need in unknown]
        for skill in catalog.skills.values():
            if skill.slug not in with_steps and all(set(policy.forbids) & set(tip.needs) for tip in skill.tips):
                found.append((("forbids",), f"leaves no tip of the skill {skill.slug!r}"))
        owners: dict[str, Where] = {}
        for key in ("tools", "data"):
            for index, entry in enumerate(getattr(policy, key)):
                for name in (entry.id, entry.name, *entry.aliases):
                    if owners.setdefault(plain(name), (key, index)) != (key, index):
                        found.append(((key, index), f"the name {name!r} is taken"))
        self.mistakes += [raw.places.mistake(where, text) for where, text in found]

    def _mistake(self, entry: ContentItem, where: Where, text: str) -> None:
        self.mistakes.append(self.places[type(entry), entry.slug].mistake(where, text))


def _references(catalog: Catalog) -> Iterator[tuple[ContentItem, Where, str, str, bool]]:
    """Yield an entry, a place in it, the kind and the slug that it names there, and whether a pack may hide that."""
    by_slug = (catalog.skills, catalog.roles, catalog.challenges, catalog.projects, catalog.labs, catalog.retired)
    for entry in chain(catalog.mottos, catalog.needs.values(), *(entries.values() for entries in by_slug)):
        parts: list[tuple[Where, Part]] = [((), entry)]
        parts += [((key, index), part) for key in PARTS for index, part in enumerate(getattr(entry, key, ()))]
        for where, part in parts:
            for key in NAMED.keys() & type(part).model_fields:
                for below, slug in _slugs(getattr(part, key)):
                    may_be_hidden = key in MAY_BE_HIDDEN or isinstance(part, Retired)
                    yield entry, (*where, key, *below), NAMED[key], slug, may_be_hidden
    for project in catalog.projects.values():
        for need, way_round in project.without.items():
            if way_round.startswith(LAB):
                yield project, ("without", need), "labs", way_round.removeprefix(LAB), True
            elif PROJECT_SLUG.fullmatch(way_round):
                yield project, ("without", need), "projects", way_round, True


def _slugs(value: object) -> Iterator[tuple[Where, str]]:
    match value:
        case str():
            yield (), value
        case tuple():
            yield from (((number,), slug) for number, slug in enumerate(value))
        case ByLevel():
            yield from (((level, number), slug) for level in Level for number, slug in enumerate(value.of(level)))
        case Mapping():
            yield from (((slug,), slug) for slug in value)


def _claims(catalog: Catalog) -> Iterator[Claim]:
    for role in catalog.roles.values():
        yield role, ("aliases",), "role name", role.slug, (role.slug, *role.titles)
    for skill in catalog.skills.values():
        yield skill, ("aliases",), "skill name", skill.slug, (skill.slug, *skill.names)
        for index, check in enumerate(skill.checks):
            owner = f"check {index + 1} of {skill.slug}"
            yield skill, ("checks", index, "id"), "check id", owner, (check.id, *check.aliases)
    for entry, (key, index), tip in _tips(catalog):
        owner = f"{key.removesuffix('s')} {index + 1} of {entry.slug}"
        yield entry, (key, index, "id"), "tip id", owner, (tip.id, *tip.aliases)
    for project in catalog.projects.values():
        yield project, ("name",), "project name", project.slug, (project.slug, project.name)
    for template in catalog.challenges.values():
        yield template, ("name",), "challenge name", template.slug, (template.slug, template.name)
    for retired in catalog.retired.values():
        yield from ((retired, ("id",), kind, "a retired one", (retired.slug,)) for kind in ("tip id", "challenge name"))


def _tips(catalog: Catalog) -> Iterator[tuple[ContentItem, tuple[str, int], Tip]]:
    for skill in catalog.skills.values():
        yield from ((skill, ("tips", index), tip) for index, tip in enumerate(skill.tips))
    for project in catalog.projects.values():
        yield from ((project, ("steps", index), step) for index, step in enumerate(project.steps))


class Library:
    def __init__(self, catalog: Catalog, packs: Sequence[PackState] = ()) -> None:
        self._catalog, self.packs = catalog, tuple(packs)
        self._day: date | None = None

    def catalog_on(self, today: date) -> Catalog:
        """Return the catalogue as it is today. It is another object only on a day on which other skills are stale."""
        if today != self._day:
            self._day, self._catalog = today, self._catalog.as_of(today)
        return self._catalog


def open_library(packs: Sequence[Path]) -> Library:
    """Read the built-in content with these packs over it, without those that hold mistakes.

    The policy of a pack that is left out holds if it can be read: what it forbids stays forbidden. Raise ContentError
    if the built-in content itself holds mistakes.
    """
    used, only_policy = list(packs), frozenset[Path]()
    refused: dict[Path, int] = {}  # how many mistakes each pack holds that is left out
    mistakes: dict[Mistake, None] = {}
    while True:
        try:
            catalog, _ = load_with_places(FOLDER, used, only_policy=only_policy)
            break
        except ContentError as error:
            if not used:
                raise
            mistakes |= dict.fromkeys(error.mistakes)
            # Mistakes that came with a pack, but stand in the built-in folder, are of the last pack that is read whole.
            last = next((pack for pack in reversed(used) if pack not in only_policy), used[-1])
            for pack, count in (error.packs or {last: len(error.mistakes)}).items():
                refused.setdefault(pack, count)
                if pack in only_policy:
                    used.remove(pack)
            only_policy |= refused.keys()
    if mistakes:
        told = [str(mistake) for mistake in mistakes][:20]  # in one line
        log.error("content.refused", extra={"mistakes": told, "count": len(mistakes)})
    states = (PackState(title_of(pack, number), refused.get(pack, 0)) for number, pack in enumerate(packs, 1))
    return Library(catalog, list(states))
