"""`content check`: the loader's mistakes, and with --strict whatever does not pass the bar, each at its line."""

from collections.abc import Sequence
from pathlib import Path

from bot.author.screens import limit_findings
from bot.content.library import PlacesOf, load_with_places
from bot.content.read import Mistake
from bot.core.catalog import Catalog
from bot.core.lint import Finding, findings


def check(folder: Path, packs: Sequence[Path] = (), *, strict: bool) -> Catalog:
    """Return the catalogue of a folder with packs over it.

    Raise ContentError with its mistakes, or Findings with what the strict check found.
    """
    catalog, places = load_with_places(folder, packs)
    if strict and (found := strict_findings(catalog, places, folder)):
        raise Findings(found)
    return catalog


class Findings(Exception):
    """What the loader accepts and the bar does not, sorted by file and line."""

    def __init__(self, found: list[Mistake]) -> None:
        self.found = found
        super().__init__("\n".join(map(str, found)))


def strict_findings(catalog: Catalog, places: PlacesOf, folder: Path) -> list[Mistake]:
    """Return everything that does not pass the bar, at its line."""
    found = [*findings(catalog), *limit_findings(catalog)]
    return sorted({_at(each, places, folder) for each in found})


def _at(finding: Finding, places: PlacesOf, folder: Path) -> Mistake:
    if finding.item is None:
        return Mistake(folder.resolve().name, 1, 1, finding.text)
    return places[type(finding.item), finding.item.slug].mistake(finding.where, finding.text)


def summary(catalog: Catalog) -> str:
    """Return how much there is of each kind, such as `11 roles, 42 skills, …`."""
    skills = catalog.skills.values()
    counts = {
        "role": len(catalog.roles),
        "skill": len(skills),
        "tip": sum(len(skill.tips) for skill in skills),
        "check": sum(len(skill.checks) for skill in skills),
        "challenge": len(catalog.challenges),
        "need": len(catalog.needs),
    }
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items())
