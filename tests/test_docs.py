"""The documents name every setting, command and file that exists, and no other."""

import re
from pathlib import Path

import pytest
import yaml

from bot.__main__ import _parser
from bot.core.outbox import KINDS, Kind
from bot.run.settings import variables
from bot.slack.app import NOUNS
from tests.every import check_every
from tests.faults.proofs import PROOFS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
USING = (ROOT / ".github" / "USING.md").read_text(encoding="utf-8")
RUNNING = (ROOT / ".github" / "RUNNING.md").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
FOLDERS = ("*.md", "*/README.md", "bot/*/README.md", ".github/*.md")
DOCUMENTS = sorted(path for each in FOLDERS for path in ROOT.glob(each) if ".venv" not in path.parts)


def section(document: str, title: str) -> str:
    return document.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_documents_stay_short() -> None:
    assert len(README.splitlines()) <= 100
    folder = [path for path in DOCUMENTS if path.parent.name == ".github"]
    assert [path.name for path in folder if len(path.read_text(encoding="utf-8").splitlines()) > 200] == []


def test_every_setting_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", section(RUNNING, "Settings"), re.MULTILINE)
    examples = re.findall(r"^#?([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE)
    assert sorted(rows) == sorted(examples) == sorted(variables())
    assert not re.search(r"xox[bp]-\w|xapp-\w|[0-9a-f]{32}", ENV_EXAMPLE), "it looks like a secret"
    assert [name for name, text in variables().items() if len(text) < 10 or not text.endswith(".")] == []


TO_MEMBERS = {  # messages to a member who need not have opted in, and how the page says it
    Kind.ANSWER: "the answer to what a member writes to it",
    Kind.LEAD: "to leads who said yes to it by itself",
    Kind.NOTICE: "to the member who started a challenge, or the admin who wanted an introduction",
    Kind.UNJOINED: "to the member who started a challenge that nobody joined",
    Kind.TASK: "if Slack's key to a workspace got lost",
}
IN_CHANNELS = {Kind.CHALLENGE, Kind.RECAP, Kind.REPLY, Kind.INTRODUCTION}


def test_every_message_that_needs_no_opt_in_is_named_where_operators_read() -> None:
    assert {kind for kind, rules in KINDS.items() if not rules.needs_consent} == TO_MEMBERS.keys() | IN_CHANNELS
    assert [said for said in TO_MEMBERS.values() if said not in RUNNING] == []


def test_every_command_is_documented_and_no_other() -> None:
    codes = re.findall(r"`([^`\n]+)`", section(USING, "What members can say"))
    named = {words[0] for code in codes if (words := code.removeprefix("/roleshift").split())}
    missing = {verb.word for verb in NOUNS.verbs.values()} - named - {"menu"}  # /roleshift alone is the menu
    assert missing == set()
    typed = re.findall(r"`/roleshift ([a-z]+)", README + USING)
    assert set(typed) <= NOUNS.verbs.keys()


def test_every_file_module_command_line_and_proof_that_is_shown_is_there() -> None:
    files = [each for room in ("bot", "jobs", "tests") for each in (ROOT / room).rglob("*.py")]
    modules = [f"/{each.relative_to(ROOT)}" for each in files]

    def check(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
        assert [link for link in local if not (path.parent / link).exists()] == []
        named = re.findall(r"(?<![\w/*])[a-z][\w/]*\.py\b", text)
        assert [name for name in named if not any(module.endswith(f"/{name}") for module in modules)] == []
        assert set(re.findall(r"python -m tests\.faults ([a-z][\w-]*)", text)) - PROOFS.keys() == set()
        for line in re.findall(r"python3? -m bot ([a-z][\w ./-]*)", text):
            words = line.split(" > ")[0].split()
            shown = {"content": len(words), "ask": 2, "audit": 2, "forget": 2, "keys": 2}.get(words[0], 1)
            try:
                _parser().parse_args(words[:shown])
            except SystemExit:
                pytest.fail(f"not understood: {line}")

    check_every(DOCUMENTS, check)


def test_the_tip_that_authors_are_shown_is_that_of_the_content() -> None:
    shown = re.findall(r"```yaml\n(.*?)```", (ROOT / "content" / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    examples = [yaml.safe_load(each) for each in shown if not each.startswith("#")]
    (tip,) = next(each for each in examples if isinstance(each, list))
    skill = yaml.safe_load((ROOT / "content/skills/token-usage-and-costs.yaml").read_text(encoding="utf-8"))
    assert tip in skill["tips"]


def test_the_readme_counts_the_roles() -> None:
    assert len(list((ROOT / "content" / "roles").glob("*.yaml"))) == 14
    assert "fourteen roles' paths" in README


def test_the_changelog_begins_with_what_is_new() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    told = re.findall(r"^## (.+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told[0] == "Unreleased" or told[0].startswith(version[1])
