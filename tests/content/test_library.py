"""Content is read completely or not at all. An author gets all mistakes at once, each with its line."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.content.library import FOLDER, load
from tests.content.folder import CHECK, FILES, SKILL, Changed, edited, mistakes, write

FIRST = "skills/first.yaml"
MOTTO = "  - {id: ship-first, emoji: x, text: Ship last, theme: speed, origin: source}\n"


def test_the_check_in_the_readme_is_one_that_the_loader_takes(tmp_path: Path) -> None:
    _, _, after = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n```yaml\nchecks:\n")
    example = "checks:\n" + after.partition("```")[0]
    catalog = load(write(tmp_path, {FIRST: FILES[FIRST] + example}))
    assert list(catalog.quizzes) == ["rule-that-nobody-can-explain"]


def test_a_sound_folder_becomes_a_catalogue(tmp_path: Path) -> None:
    catalog = load(write(tmp_path))
    assert list(catalog.roles) == ["tester"]
    assert list(catalog.skills) == ["first", "second"]
    assert catalog.lessons["first-two"].skill is catalog.skills["first"]
    assert catalog.path(catalog.roles["tester"]) == tuple(catalog.skills.values())
    assert catalog.challenges["logs"].evidence == "Which log was empty?"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            edited(FIRST, "why: It pays.", "why: [It pays."),
            ["content/skills/first.yaml:5:11 not YAML: did not find expected ',' or ']'"],
            id="syntax error",
        ),
        pytest.param(
            edited("themes.yaml", "boundaries:\n", f"{MOTTO}boundaries:\n"),
            ["content/themes.yaml:13:6 duplicate id 'ship-first' (first at line 8)"],
            id="duplicate id in a list",
        ),
        pytest.param(
            edited(FIRST, "id: first-two", "id: first-one"),
            ["content/skills/first.yaml:17:5 tip id 'first-one' is taken by tip 1 of first"],
            id="duplicate tip id",
        ),
        pytest.param(
            edited(FIRST, "id: first-two", "id: second-one"),
            ["content/skills/second.yaml:12:5 tip id 'second-one' is taken by tip 2 of first"],
            id="tip id of another skill",
        ),
        pytest.param(
            edited(FIRST, "done_when: it is open.", "done_when: it is open.\n    needs: [logs, cogs]"),
            ["content/skills/first.yaml:16:19 unknown need 'cogs'; did you mean 'logs'?"],
            id="unknown need",
        ),
        pytest.param(
            edited(
                FIRST,
                "done_when: both are open.",
                "done_when: both are open.\n    own_work: maybe\n    grants: [log]\n    grants_after: first-on\n"
                "    roles: [teste]\n    pair: quester",
            )
            | edited("roles/tester.yaml", "aliases:", "arcs: [[first]]\naliases:"),
            [
                "content/roles/tester.yaml:8:8 `arcs`: 2 or more are needed, not 1",
                "content/skills/first.yaml:21:5 `own_work` needs `true` or `false`",
            ],
            id="new keys of another type",
        ),
        pytest.param(
            edited(
                FIRST,
                "done_when: both are open.",
                "done_when: both are open.\n    grants: [log]\n    grants_after: first-on\n"
                "    roles: [teste]\n    pair: quest",
            ),
            [
                "content/skills/first.yaml:21:14 unknown need 'log'; did you mean 'logs'?",
                "content/skills/first.yaml:22:5 unknown tip 'first-on'; did you mean 'first-one'?",
                "content/skills/first.yaml:23:13 unknown role 'teste'; did you mean 'tester'?",
                "content/skills/first.yaml:24:5 unknown role 'quest'",
            ],
            id="what a tip names",
        ),
        pytest.param(
            edited(
                "roles/tester.yaml",
                "aliases:",
                "usual: {new: [logz]}\nfirst: {daily: [{tip: first-on, free: third-one}]}\n"
                "arcs: [[first, third]]\naliases:",
            ),
            [
                "content/roles/tester.yaml:8:15 unknown need 'logz'; did you mean 'logs'?",
                "content/roles/tester.yaml:9:18 unknown tip 'first-on'; did you mean 'first-one'?",
                "content/roles/tester.yaml:9:33 unknown tip 'third-one'; did you mean 'first-one'?",
                "content/roles/tester.yaml:10:16 skill 'third' is not on the path",
            ],
            id="what a role begins with",
        ),
        pytest.param(
            edited(FIRST, "tips:", "sources: [{title: A, by: B, url: example.org, licence: C, read_on: today}]\ntips:"),
            [
                "content/skills/first.yaml:11:29 `url`: must begin with https://",
                "content/skills/first.yaml:11:59 `read_on`: must be a day such as 2026-11-25",
            ],
            id="a source",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: It pays.\nneeds_skills: [third]"),
            [
                "content/roles/tester.yaml:7:10 skill 'first' needs 'third' before it on the path",
                "content/skills/first.yaml:5:16 unknown skill 'third'",
            ],
            id="unknown skill to be met before",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: It pays.\nneeds_skills: [second]"),
            ["content/roles/tester.yaml:7:10 skill 'first' needs 'second' before it on the path"],
            id="a path in the wrong order",
        ),
        pytest.param(
            {
                **edited(FIRST, "why: It pays.", "why: It pays.\nneeds_skills: [second]"),
                **edited("skills/second.yaml", "why: It pays.", "why: It pays.\nneeds_skills: [first]"),
            },
            [
                "content/roles/tester.yaml:7:10 skill 'first' needs 'second' before it on the path",
                "content/skills/first.yaml:5:1 needs itself: first needs second needs first",
            ],
            id="two skills that need each other",
        ),
        pytest.param(
            {
                "roles/other.yaml": FILES["roles/tester.yaml"].replace("Tester", "Other") + "catch_all: true\n",
                **edited("roles/tester.yaml", "aliases: [QA]", "aliases: [quality]\ncatch_all: true"),
            },
            ["content/roles/tester.yaml:9:1 'other' is already the role for all other titles"],
            id="two roles for all other titles",
        ),
        pytest.param(
            {FIRST: FILES[FIRST] + CHECK.replace("The oldest,", "The oldest, right: true,")},
            ["content/skills/first.yaml:23:5 `checks`: exactly one of the three options needs `right: true`"],
            id="a check with two right answers",
        ),
        pytest.param(
            {FIRST: FILES[FIRST] + CHECK.replace("The oldest", "The newest")},
            ["content/skills/first.yaml:23:5 `checks`: two options have the same text"],
            id="a check with one answer twice",
        ),
        pytest.param(
            {FIRST: FILES[FIRST] + CHECK, "skills/second.yaml": FILES["skills/second.yaml"] + CHECK},
            ["content/skills/second.yaml:23:5 check id 'which-log' is taken by check 1 of first"],
            id="check id of another skill",
        ),
        pytest.param(
            {"skills/first.yml": FILES[FIRST]},
            ["content/skills/first.yml:1:1 duplicate id 'first' (first at content/skills/first.yaml:1)"],
            id="two files of one stem",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: It pays.\nwhy: Twice."),
            ["content/skills/first.yaml:5:1 duplicate key 'why' (first at line 4)"],
            id="duplicate key",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: &a It pays."),
            ["content/skills/first.yaml:4:6 anchors (`&name`) are not allowed"],
            id="alias bomb's first anchor",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: !!str It pays."),
            ["content/skills/first.yaml:4:6 tags (`!name`) are not allowed"],
            id="tag",
        ),
        pytest.param(
            edited(FIRST, "[Doing it by hand]", "Doing it by hand"),
            ["content/skills/first.yaml:10:1 `mistakes` needs a list, such as `[one, two]`"],
            id="wrong type",
        ),
        pytest.param(
            edited(FIRST, "minutes: 15", "minutes: 90"),
            ["content/skills/first.yaml:16:5 `minutes`: input should be less than or equal to 60"],
            id="too much",
        ),
        pytest.param(
            edited(FIRST, "minutes: 15", "minuts: 15"),
            ["content/skills/first.yaml:12:5 needs `minutes:`", "content/skills/first.yaml:16:5 unknown key 'minuts'"],
            id="unknown key in a tip",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: It pays.\nid: other\nslug: third"),
            [
                "content/skills/first.yaml:5:1 unknown key 'id'; the file's name is the id",
                "content/skills/first.yaml:6:1 unknown key 'slug'",
            ],
            id="a file that gives itself another id",
        ),
        pytest.param(
            edited("themes.yaml", "mottos:", "extras: []\nmottos:"),
            ["content/themes.yaml:7:1 unknown key 'extras'; it holds themes, mottos, boundaries"],
            id="unknown list",
        ),
        pytest.param(
            edited(FIRST, "theme: speed", "theme: sped"),
            ["content/skills/first.yaml:2:1 unknown theme 'sped'; did you mean 'speed'?"],
            id="unknown theme",
        ),
        pytest.param(
            edited("roles/tester.yaml", "[first, second]", "[first, secnd]"),
            ["content/roles/tester.yaml:7:17 unknown skill 'secnd'; did you mean 'second'?"],
            id="unknown skill",
        ),
        pytest.param(
            edited("roles/tester.yaml", "[first, second]", "[first, second, first]"),
            ["content/roles/tester.yaml:7:25 skill 'first' is on the path already"],
            id="a skill twice on one path",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", f"why: {'x' * 201}"),
            ["content/skills/first.yaml:4:1 `why`: string should have at most 200 characters"],
            id="too long",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: '  '"),
            ["content/skills/first.yaml:4:1 `why`: string should have at least 1 character"],
            id="blank",
        ),
        pytest.param(
            edited(FIRST, "id: first-one", "id: First One"),
            ["content/skills/first.yaml:12:5 `id` must be kebab-case, such as `first-one`"],
            id="an id that is no slug",
        ),
        pytest.param(
            {"skills/Third Skill.yaml": FILES[FIRST].replace("-one", "-three").replace("-two", "-four")},
            ["content/skills/Third Skill.yaml:1:1 the file's name must be kebab-case, such as `third-skill`"],
            id="a file whose name is no slug",
        ),
        pytest.param(
            edited(FIRST, "minutes: 15", "minutes: about 15"),
            ["content/skills/first.yaml:16:5 `minutes` needs a whole number, such as 15"],
            id="no number",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: Pay: it does."),
            [
                (
                    "content/skills/first.yaml:4:9 not YAML: mapping values are not allowed in this context"
                    "; quote a text that holds `: `"
                )
            ],
            id="a colon in a text without quotes",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "\twhy: It pays."),
            [
                (
                    "content/skills/first.yaml:4:1 not YAML: found a tab character that violates indentation"
                    "; indent with spaces"
                )
            ],
            id="a tab",
        ),
        pytest.param(
            edited(FIRST, "origin: extension", "origin: source"),
            ["content/skills/first.yaml:3:1 `origin: source` needs a `source_line:`"],
            id="a source line that is not quoted",
        ),
        pytest.param(
            edited(FIRST, "origin: extension", "origin: extension\naliases: [Second - Skill]"),
            ["content/skills/second.yaml:1:1 skill name 'Second skill' is taken by first"],
            id="an alias that is another skill's name but for its punctuation",
        ),
        pytest.param({FIRST: b"\x89PNG\r\n\x1a\n"}, ["content/skills/first.yaml:1:1 not UTF-8 text"], id="binary"),
        pytest.param(
            {FIRST: FILES[FIRST].encode().replace(b"It pays", b"It p\xffys")},
            ["content/skills/first.yaml:4:1 not UTF-8 text"],
            id="not UTF-8",
        ),
        pytest.param(
            edited(FIRST, "why: It pays.", "why: " + "[" * 3_000),
            ["content/skills/first.yaml:4:1005 not YAML: exceeded maximum nesting depth"],
            id="3,000 nested brackets",
        ),
        pytest.param(
            {FIRST: FILES[FIRST] + "#" * 256 * 1024},
            ["content/skills/first.yaml:1:1 too large (256 KB at most)"],
            id="over 256 KB",
        ),
        pytest.param({FIRST: ""}, ["content/skills/first.yaml:1:1 is empty"], id="empty file"),
        pytest.param(
            {FIRST: FILES[FIRST] + "---\n" + FILES[FIRST]},
            ["content/skills/first.yaml:22:1 only one document a file"],
            id="two documents",
        ),
        pytest.param(
            {FIRST: None},
            [
                "content/challenges/logs.yaml:3:1 unknown skill 'first'",
                "content/roles/tester.yaml:7:10 unknown skill 'first'",
            ],
            id="missing skill file",
        ),
        pytest.param({"roles/tester.yaml": None}, ["content/roles:1:1 holds no .yaml file"], id="no role at all"),
        pytest.param(
            {"themes.yaml": None},
            ["content/themes.yaml:1:1 can't be read: No such file or directory"],
            id="missing themes, and no echo of that at every skill",
        ),
        pytest.param(
            {FIRST: "just words"},
            ["content/skills/first.yaml:1:1 must be a mapping of keys to values"],
            id="no mapping",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_column_and_nothing_else_is(
    tmp_path: Path, changed: Changed, said: list[str]
) -> None:
    assert mistakes(write(tmp_path, changed)) == said


def test_every_mistake_of_every_file_is_named_at_once_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    changed = {
        **edited("themes.yaml", "emoji:", "emojis:"),
        **edited("roles/tester.yaml", "before: Tests by hand\n", ""),
        **edited(FIRST, "minutes: 15", "minutes: never"),
        "skills/second.yaml": "a: [",
        "skills/third.yaml": SKILL.format(slug="third", name="Third skill").replace("theme: speed", "theme: sped"),
    }
    places = [mistake.split(" ")[0] for mistake in mistakes(write(tmp_path, changed))]
    assert places == [
        "content/roles/tester.yaml:1:1",
        "content/skills/first.yaml:16:5",
        "content/skills/second.yaml:2:1",
        "content/skills/third.yaml:2:1",
        "content/themes.yaml:8:5",
        "content/themes.yaml:9:5",
    ]


def test_the_check_prints_every_mistake_and_exits_with_1(tmp_path: Path) -> None:
    changed = {**edited(FIRST, "theme: speed", "theme: sped"), "roles/tester.yaml": ""}
    check = (sys.executable, "-m", "bot", "content", "check", "--base", str(write(tmp_path, changed)))
    done = subprocess.run(check, cwd=FOLDER.parent, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "content/roles/tester.yaml:1:1 is empty",
        "content/skills/first.yaml:2:1 unknown theme 'sped'; did you mean 'speed'?",
    ]


def test_the_check_of_sound_content_counts_it_and_exits_with_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path))
    assert main(["content", "check", "--base", "."]) == 0
    assert capsys.readouterr().out == ".: 1 role, 2 skills, 4 tips, 0 checks, 1 challenge, 1 need, no mistakes.\n"


def test_mistakes_bear_the_folders_name_from_wherever_the_check_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path, {FIRST: ""}))
    assert mistakes(Path()) == ["content/skills/first.yaml:1:1 is empty"]


def test_a_folder_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    assert [mistake.split(" ")[0] for mistake in mistakes(tmp_path / "nowhere")] == [
        "nowhere/ask.yaml:1:1",
        "nowhere/challenges:1:1",
        "nowhere/leads.yaml:1:1",
        "nowhere/needs.yaml:1:1",
        "nowhere/roles:1:1",
        "nowhere/skills:1:1",
        "nowhere/themes.yaml:1:1",
    ]
