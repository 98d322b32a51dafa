"""A content folder small enough to see at a glance, for tests that put mistakes into it."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.content.library import ContentError, load

Changed = dict[str, str | bytes | None]

THEMES = """\
themes:
  - id: speed
    name: Speed
    in_short: Ship it this week.
    origin: source
    lines: [Teams adapt or fall behind]
mottos:
  - id: ship-first
    emoji: "🚀"
    text: Ship first
    theme: speed
    origin: source
boundaries:
  - id: collapse
    name: Collapse
    intro: Roles fade
    origin: source
    lines: [Product managers write prompts]
"""

THEME = """\
  - id: care
    name: Care
    in_short: Read it first.
    origin: extension
    lines: [Teams read what they send]
"""

ROLE = """\
name: Tester
becomes: AI Tester
origin: source
before: Tests by hand
after: Tests what models say
what_changed: [Wrote test plans]
skills: [first, second]
aliases: [QA]
"""

SKILL = """\
name: {name}
theme: speed
origin: extension
why: It pays.
looks_like:
  aware: You can say what it is.
  working: You do it weekly.
  teaching: Others copy you.
first_exercise: Open the log.
mistakes: [Doing it by hand]
tips:
  - id: {slug}-one
    title: Do one
    do: [Open one log., Read it.]
    done_when: it is open.
    minutes: 15
  - id: {slug}-two
    title: Do two
    do: [Open two logs., Read both.]
    done_when: both are open.
    minutes: 30
"""

NEEDS = """\
needs:
  - id: logs
    origin: extension
    name: Logs
    says: I may read the logs.
"""

ASK = """\
personal:
  - id: next
    origin: extension
    verb: menu
    asks: [what next, what now, and then]
replies:
  - id: thanks
    origin: extension
    says: You are welcome.
    asks: [thanks, thank you, many thanks]
not_ours:
  - id: weather
    origin: extension
    says: I don't follow the weather.
    asks: [will it rain, is it hot, will it snow]
"""

LEADS = """\
leads:
  - {id: show-a-log, origin: extension, do: Show a log., ask: Which log do you read?}
"""

LAB = """\
labs:
  - id: sort
    origin: extension
    name: Sort some logs
    skill: first
    lends: [logs]
    minutes: 20
    text: Here are some logs.
    ask: Which are empty?
    units: [logs, log]
    faults: {empty: It is empty.}
    right: Empty logs say nothing.
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

CHALLENGE = """\
name: {name}
theme: speed
skill: first
origin: extension
do: Open every log.
done_when: all of them are open.
minutes: 45
evidence: Which log was empty?
"""

FILES = {
    "themes.yaml": THEMES,
    "needs.yaml": NEEDS,
    "ask.yaml": ASK,
    "leads.yaml": LEADS,
    "labs.yaml": LAB,
    "roles/tester.yaml": ROLE,
    "skills/first.yaml": SKILL.format(slug="first", name="First skill"),
    "skills/second.yaml": SKILL.format(slug="second", name="Second skill"),
    "challenges/logs.yaml": CHALLENGE.format(name="Open the logs"),
}


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
