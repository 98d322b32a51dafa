"""Content is read completely or not at all. An author gets all mistakes at once, each with its line."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.content.library import FOLDER, load
from tests import real_content
from tests.content.folder import CHECK, FILES, THEME, Changed, edited, mistakes, write

FIRST, SECOND = "skills/first.yaml", "skills/second.yaml"
ROLE, LOGS = "roles/tester.yaml", "challenges/logs.yaml"
MOTTO = "  - {id: ship-first, emoji: x, text: Ship last, theme: speed, origin: source}\n"


def test_a_sound_folder_becomes_a_catalogue_also_with_the_check_in_the_readme(tmp_path: Path) -> None:
    _, _, after = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n```yaml\nchecks:\n")
    catalog = load(write(tmp_path, {FIRST: f"{FILES[FIRST]}checks:\n{after.partition('```')[0]}"}))
    assert list(catalog.quizzes) == ["rule-that-nobody-can-explain"]
    assert list(catalog.roles) == ["tester"]
    assert list(catalog.skills) == ["first", "second"]
    assert catalog.lessons["first-two"].skill is catalog.skills["first"]
    assert catalog.path(catalog.roles["tester"]) == tuple(catalog.skills.values())
    assert catalog.challenges["logs"].evidence == "Which log was empty?"


# The file, what stands there, what is written in its place, and what is said: in that file unless another is named.
EDITS: list[tuple[str, str, str, *tuple[str, ...]]] = [
    (FIRST, "why: It pays.", "why: [It pays.", "5:11 not YAML: did not find expected ',' or ']'"),
    ("themes.yaml", "boundaries:\n", f"{MOTTO}boundaries:\n", "13:6 duplicate id 'ship-first' (first at line 8)"),
    (FIRST, "id: first-two", "id: first-one", "17:5 tip id 'first-one' is taken by tip 1 of first"),
    (
        FIRST,
        "minutes: 15",
        "minutes: 15\n    needs: [cogs]\n    grants: [log]\n    roles: [teste]\n    pair: x",
        "17:13 unknown need 'cogs'; did you mean 'logs'?",
        "18:14 unknown need 'log'; did you mean 'logs'?",
        "19:13 unknown role 'teste'; did you mean 'tester'?",
        "20:5 unknown role 'x'",
    ),
    (
        ROLE,
        "aliases:",
        "usual: {new: [logz]}\nsingles: [first-on]\naliases:",
        "8:15 unknown need 'logz'; did you mean 'logs'?",
        "9:11 unknown tip 'first-on'; did you mean 'first-one'?",
    ),
    (
        FIRST,
        "tips:",
        "sources: [{title: A, by: B, url: example.org, licence: C, read_on: today}]\ntips:",
        "11:29 `url`: must begin with https://",
        "11:59 `read_on`: must be a day such as 2026-11-25",
    ),
    (
        FIRST,
        "why: It pays.",
        "why: It pays.\nneeds_skills: [third]",
        "content/roles/tester.yaml:7:10 skill 'first' needs 'third' before it on the path",
        "5:16 unknown skill 'third'",
    ),
    (FIRST, "[Doing it by hand]", "Doing it by hand", "10:1 `mistakes` needs a list, such as `[one, two]`"),
    (FIRST, "[Open one log., Read it.]", "[Read it.]", "14:5 `do`: 2 or more are needed, not 1"),
    (FIRST, "minutes: 15", "minutes: 15\n    own_work: maybe", "17:5 `own_work` needs `true` or `false`"),
    (FIRST, "minutes: 15", "minuts: 15", "12:5 needs `minutes:`", "16:5 unknown key 'minuts'"),
    (
        FIRST,
        "why:",
        "id: x\nslug: y\nwhy:",
        "4:1 unknown key 'id'; the file's name is the id",
        "5:1 unknown key 'slug'",
    ),
    ("labs.yaml", "lends: [logs]", "lends: [log]", "6:13 unknown need 'log'; did you mean 'logs'?"),
    ("themes.yaml", "mottos:", "extras: []\nmottos:", "7:1 unknown key 'extras'; it holds themes, mottos, boundaries"),
    (ROLE, "[first, second]", "[first, secnd]", "7:17 unknown skill 'secnd'; did you mean 'second'?"),
    (ROLE, "[first, second]", "[first, second, first]", "7:25 skill 'first' is on the path already"),
    (FIRST, "why: It pays.", f"why: {'x' * 201}", "4:1 `why`: string should have at most 200 characters"),
    (FIRST, "id: first-one", "id: First One", "12:5 `id` must be kebab-case, such as `first-one`"),
    # What is named wrongly beside a value of a wrong type is not looked at.
    (FIRST, "minutes: 15", "minutes: 1h\n    grants: [log]", "16:5 `minutes` needs a whole number, such as 15"),
    (
        FIRST,
        "It pays.",
        "Pay: it.",
        "4:9 not YAML: mapping values are not allowed in this context; quote a text that holds `: `",
    ),
    (FIRST, "why:", "\twhy:", "4:1 not YAML: found a tab character that violates indentation; indent with spaces"),
    (FIRST, "origin: extension", "origin: source", "3:1 `origin: source` needs a `source_line:`"),
    (SECOND, "name: Second skill", "name: First - Skill", "1:1 skill name 'First - Skill' is taken by first"),
]
FOLDERS: dict[str, tuple[Changed, list[str]]] = {
    "two skills that need each other": (
        {
            **edited(FIRST, "why: It pays.", "why: It pays.\nneeds_skills: [second]"),
            **edited("skills/second.yaml", "why: It pays.", "why: It pays.\nneeds_skills: [first]"),
        },
        [
            "content/roles/tester.yaml:7:10 skill 'first' needs 'second' before it on the path",
            "content/skills/first.yaml:5:1 needs itself: first needs second needs first",
        ],
    ),
    "messages about what nobody teaches": (
        {"heard/first.txt": "my log is empty\n\n", "heard/frist.txt": "my log is full\n"},
        [
            "content/heard/first.txt:2:1 `messages`: string should have at least 1 character",
            "content/heard/frist.txt:1:1 no skill and no topic is called 'frist'",
        ],
    ),
    "two roles for all other titles": (
        {
            "roles/other.yaml": FILES["roles/tester.yaml"].replace("Tester", "Other") + "catch_all: true\n",
            **edited(ROLE, "aliases: [QA]", "aliases: [quality]\ncatch_all: true"),
        },
        ["content/roles/tester.yaml:9:1 'other' is already the role for all other titles"],
    ),
    "a check with two right answers": (
        {FIRST: FILES[FIRST] + CHECK.replace("The oldest,", "The oldest, right: true,")},
        ["content/skills/first.yaml:23:5 `checks`: exactly one of the three options needs `right: true`"],
    ),
    "a check with one answer twice": (
        {FIRST: FILES[FIRST] + CHECK.replace("The oldest", "The newest")},
        ["content/skills/first.yaml:23:5 `checks`: two options have the same text"],
    ),
    "check id of another skill": (
        {FIRST: FILES[FIRST] + CHECK, "skills/second.yaml": FILES["skills/second.yaml"] + CHECK},
        ["content/skills/second.yaml:23:5 check id 'which-log' is taken by check 1 of first"],
    ),
    "two files of one stem": (
        {"skills/first.yml": FILES[FIRST]},
        ["content/skills/first.yml:1:1 duplicate id 'first' (first at content/skills/first.yaml:1)"],
    ),
    "a file whose name is no slug": (
        {"skills/Third Skill.yaml": FILES[FIRST].replace("-one", "-three").replace("-two", "-four")},
        ["content/skills/Third Skill.yaml:1:1 the file's name must be kebab-case, such as `third-skill`"],
    ),
    "missing skill file": (
        {FIRST: None},
        [
            "content/challenges/logs.yaml:3:1 unknown skill 'first'",
            "content/labs.yaml:5:5 unknown skill 'first'",
            "content/roles/tester.yaml:7:10 unknown skill 'first'",
        ],
    ),
    "no role at all": ({"roles/tester.yaml": None}, ["content/roles:1:1 holds no .yaml file"]),
    "missing themes, and no echo of that at every skill": (
        {"themes.yaml": None},
        ["content/themes.yaml:1:1 can't be read: No such file or directory"],
    ),
    "no mapping": ({FIRST: "just words"}, ["content/skills/first.yaml:1:1 must be a mapping of keys to values"]),
    "a challenge's theme that is not its skill's": (
        {**edited("themes.yaml", "mottos:", f"{THEME}mottos:"), **edited(LOGS, "theme: speed", "theme: care")},
        ["content/challenges/logs.yaml:2:1 theme 'care' is not that of its skill, 'speed'"],
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "said"), [(*each[:3], each[3:]) for each in EDITS])
def test_a_mistake_is_named_with_file_line_and_column_and_nothing_else_is(
    tmp_path: Path, name: str, old: str, new: str, said: Sequence[str]
) -> None:
    told = [each if each.startswith("content/") else f"content/{name}:{each}" for each in said]
    assert mistakes(write(tmp_path, edited(name, old, new))) == told


@pytest.mark.parametrize(("changed", "said"), FOLDERS.values(), ids=FOLDERS)
def test_a_mistake_in_several_places_or_a_whole_file_is_named_too(
    tmp_path: Path, changed: Changed, said: list[str]
) -> None:
    assert mistakes(write(tmp_path, changed)) == said


def test_mistakes_bear_the_folders_name_from_wherever_the_check_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path, {FIRST: ""}))
    assert mistakes(Path()) == ["content/skills/first.yaml:1:1 is empty"]


def test_a_folder_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    missing = ("ask.yaml", "challenges", "labs.yaml", "leads.yaml", "needs.yaml", "roles", "skills", "themes.yaml")
    places = [mistake.split(" ")[0] for mistake in mistakes(tmp_path / "nowhere")]
    assert places == [f"nowhere/{name}:1:1" for name in missing]


RETIRED = """\
retired:
  - {id: first-zero, title: Do nothing, skill: first, step: second-one}
  - {id: old-logs, title: Open the old logs, skill: first}
"""


def test_a_retired_id_is_no_living_one_and_names_a_living_step(tmp_path: Path) -> None:
    catalog = load(write(tmp_path, {"retired.yaml": RETIRED}))
    assert (catalog.title_of("first-zero"), catalog.title_of("first-one")) == ("Do nothing", "Do one")
    assert catalog.title_of("first-nine") is None
    wrong = RETIRED.replace("first-zero", "first-two").replace("second-one", "second-nine").replace("old-logs", "logs")
    assert mistakes(write(tmp_path, {"retired.yaml": wrong})) == [
        "content/retired.yaml:2:6 tip id 'first-two' is taken by tip 2 of first",
        "content/retired.yaml:2:54 unknown tip 'second-nine'; did you mean 'second-one'?",
        "content/retired.yaml:3:6 challenge name 'logs' is taken by logs",
    ]


def test_no_id_of_an_earlier_version_is_lost() -> None:
    catalog = real_content.load()
    ids = (Path(__file__).parent / "ids_of_1_0_0.txt").read_text(encoding="utf-8").split()
    named = {*catalog.lessons, *catalog.challenges, *catalog.retired}
    assert [slug for slug in ids if slug not in named] == [], "each id that leaves needs a line in content/retired.yaml"


def test_a_button_calls_what_there_is_to_copy_as_the_tip_does() -> None:
    tips = [tip for _, tip in real_content.load().tips if "prompt below" in f"{tip.small} {tip.instructions}"]
    assert [tip.id for tip in tips if tip.kind_of_kit != "prompt"] == []
