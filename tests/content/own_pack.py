"""A pack as a team would write it over the built-in content, for tests of a running bot."""

from pathlib import Path

HIDDEN_TIP, REPLACED_CHALLENGE = "corrections-in-one-request", "watch-one-person-work"

ROLE = """\
name: Solutions Engineer
becomes: AI Solutions Engineer
before: Showed what the product can do
after: Shows what it should not be asked
skills: [how-models-behave, first-test-set, test-llm-outputs, token-usage-and-costs]
aliases: [presales engineer]
"""

CHALLENGE = """\
name: Fix one customer demo
theme: {theme}
skill: {skill}
do: Take the demo that failed most often last month. Find the answer that went wrong, and change one thing.
done_when: the demo works ten times in a row.
minutes: 45
evidence: What went wrong before?
"""

BROKEN = {"roles/solutions-engineer.yaml": ROLE + "skils: [x]\n"}
BROKEN_AT = "ours/roles/solutions-engineer.yaml:7:1 unknown key 'skils'"


def whole(theme: str, skill: str) -> dict[str, str]:
    """Return a pack that adds a role, hides a tip and replaces a challenge about this skill."""
    return {
        "roles/solutions-engineer.yaml": ROLE,
        f"challenges/{REPLACED_CHALLENGE}.yaml": CHALLENGE.format(theme=theme, skill=skill),
        "pack.yaml": f"hide: {{tips: [{HIDDEN_TIP}]}}\n",
    }


def pack(parent: Path, files: dict[str, str], name: str = "ours") -> Path:
    """Write the files of a pack into a folder of this name."""
    folder = parent / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder
