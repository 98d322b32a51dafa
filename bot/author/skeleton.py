"""`content new`: an entry that the loader takes, with WRITE wherever words are missing."""

import re
from collections.abc import Mapping
from pathlib import Path

from bot.core.catalog import Catalog
from bot.core.errors import CommandError

FOLDER = Path(__file__).parent / "skeletons"
MAX_SLUG = 60


def skeleton(catalog: Catalog, kind: str, slug: str) -> str:
    """Return the YAML of a new role, skill, challenge, tip or check. Raise CommandError."""
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) is None or len(slug) > MAX_SLUG:
        raise CommandError(f"{slug!r} must be kebab-case, such as `token-usage-and-costs`, at most {MAX_SLUG} long.")
    taken: Mapping[str, object] = getattr(catalog, {"tip": "lessons", "check": "quizzes"}.get(kind, f"{kind}s"))
    if slug in taken:
        raise CommandError(f"There is a {kind} {slug!r} already. Choose another id.")
    text = _template(kind)
    for item, its_slug in (("tip", f"{slug}-first"), ("check", f"{slug}-check")):
        lines = _template(item).partition("\n")[2]  # without the line that tells where it belongs
        text = text.replace(f"<{item}>", lines.replace("<slug>", its_slug))
    text = re.sub(r"<step (\d)>\n", lambda found: _step(catalog, slug, int(found[1])), text)
    first = next(iter(catalog.skills.values()))
    free = [skill.slug for skill in catalog.skills.values() if not skill.needs_skills]
    values = {
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "name": slug.replace("-", " ").capitalize(),
        "theme": first.theme,
        "themes": ", ".join(catalog.themes),
        "skill": first.slug,
        "path": "".join(f"  - {each}\n" for each in free[:3]),
        "needs": ", ".join(catalog.needs) or "none is defined yet",
    }
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], text)


def _template(kind: str) -> str:
    return (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")


def _step(catalog: Catalog, slug: str, number: int) -> str:
    """Return a step of a project. The first builds on nothing, the second is done with somebody else."""
    uses = "" if number == 1 else f"    uses: WRITE thing {number - 1}\n"
    needs = "[partner]" if number == 2 and "partner" in catalog.needs else "[]"
    lines = _template("step").replace("<slug>", f"{slug}-{number}").replace("<uses>", uses)
    return lines.replace("<needs>", needs).replace("<number>", str(number))
