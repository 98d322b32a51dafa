"""The content folder `small`, which can be seen at a glance, for tests that put mistakes into it."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.content.library import ContentError, load

Changed = dict[str, str | bytes | None]

SMALL = Path(__file__).parent / "small"
FILES = {path.relative_to(SMALL).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SMALL.rglob("*.yaml"))}
ROLE = FILES["roles/tester.yaml"]
SKILL = FILES["skills/first.yaml"].replace("first-", "{slug}-").replace("First skill", "{name}")
CHALLENGE = FILES["challenges/logs.yaml"].replace("Open the logs", "{name}")
FILES["skills/second.yaml"] = SKILL.format(slug="second", name="Second skill")

THEME = """\
  - id: care
    name: Care
    in_short: Read it first.
    origin: extension
    lines: [Teams read what they send]
"""

CHECK = """\
checks:
  - id: which-log
    ask: Which log comes first?
    options:
      - {text: The newest, right: true, because: It shows today.}
      - {text: The oldest, because: It shows last year.}
      - {text: The longest, because: Length says nothing.}
"""


def write(parent: Path, changed: Changed | None = None) -> Path:
    """Write a folder named `content` with these files. `changed` replaces files; None leaves one out."""
    folder = parent / "content"
    for name, text in {**FILES, **(changed or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        elif text is not None:
            path.write_text(dedent(text), encoding="utf-8")
    return folder


def edited(name: str, old: str, new: str) -> Changed:
    assert FILES[name].count(old) == 1, f"{old!r} must stand once in {name}"
    return {name: FILES[name].replace(old, new)}


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as refused:
        load(folder)
    return str(refused.value).splitlines()
