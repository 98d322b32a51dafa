"""`content new`: an entry that the loader takes, with WRITE wherever words are missing."""

import re
from collections.abc import Mapping
from pathlib import Path

from bot.core.catalog import Catalog
from bot.core.errors import CommandError

FOLDER = Path(__file__).parent / "skeletons"
MAX_SLUG = 60
START = 3  # skills on the path of a new role


def skeleton(catalog: Catalog, kind: str, slug: str) -> str:
    """Return the YAML of a new role, skill, challenge, tip or check. Raise CommandError."""
    _check(catalog, kind, slug)
    text = _template(kind).replace("<tip>", _item("tip", f"{slug}-first"))
    text = text.replace("<check>", _item("check", f"{slug}-check"))
    first = next(iter(catalog.skills.values()))
    free = [skill.slug for skill in catalog.skills.values() if not skill.needs_skills]
    values = {
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "name": slug.replace("-", " ").capitalize(),
        "theme": first.theme,
        "themes": ", ".join(catalog.themes),
        "skill": first.slug,
        "path": "".join(f"  - {each}\n" for each in free[:START]),
        "needs": ", ".join(catalog.needs) or "none is defined yet",
    }
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], text)


def _check(catalog: Catalog, kind: str, slug: str) -> None:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) is None or len(slug) > MAX_SLUG:
        raise CommandError(
            f"{slug!r} must be kebab-case, such as `token-usage-and-costs`, and at most {MAX_SLUG} long."
        )
    taken: Mapping[str, Mapping[str, object]] = {
        "role": catalog.roles,
        "skill": catalog.skills,
        "challenge": catalog.challenges,
        "tip": catalog.lessons,
        "check": catalog.quizzes,
    }
    if slug in taken[kind]:
        raise CommandError(f"There is a {kind} {slug!r} already. Choose another id.")


def _template(kind: str) -> str:
    return (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")


def _item(kind: str, slug: str) -> str:
    """Return an item for a list, without the line that tells where it belongs."""
    return _template(kind).partition("\n")[2].replace("<slug>", slug)
