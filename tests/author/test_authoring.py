"""What helps authors: skeletons that the loader takes, what is missing or stale, and a year."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.author.review import check, stale_lines, stats_lines
from bot.author.skeleton import skeleton
from bot.content.library import ContentError, load, load_with_places
from tests import real_content
from tests.content.folder import FILES, Changed, edited, mistakes, write

FIRST, ROLE, LOGS = "skills/first.yaml", "roles/tester.yaml", "challenges/logs.yaml"
TODAY = date(2026, 11, 25)
LATE = "reviewed_on: 2026-11-25\nreview_by: 2026-11-24"


def with_new(kind: str, folder: Path) -> Changed:
    text = skeleton(load(write(folder)), kind, "our-own-thing")
    if kind in {"tip", "check"}:
        return {FIRST: FILES[FIRST] + "checks:\n" * (kind == "check") + text}
    return {f"{kind}s/our-own-thing.yaml": text}


@pytest.mark.parametrize("kind", ["role", "project", "skill", "tip", "challenge", "check"])
def test_the_loader_takes_each_new_entry_as_it_is_printed(kind: str, tmp_path: Path) -> None:
    catalog = load(write(tmp_path, with_new(kind, tmp_path / "before")))
    entries = {"tip": catalog.lessons, "check": catalog.quizzes}.get(kind) or getattr(catalog, f"{kind}s")
    assert "our-own-thing" in entries


def test_a_new_entry_can_be_sent_into_its_file_which_the_shell_empties_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = write(tmp_path)
    file = base / "skills" / "our-own-thing.yaml"
    file.touch()
    assert main(["content", "new", "skill", "our-own-thing", "--base", str(base)]) == 0
    file.write_text(capsys.readouterr().out)
    assert "our-own-thing" in load(base).skills


def test_the_strict_check_of_a_new_skill_asks_for_its_words_and_for_what_a_skill_needs(tmp_path: Path) -> None:
    folder = write(tmp_path, with_new("skill", tmp_path / "before"))
    with pytest.raises(ContentError) as refused:
        check(folder, strict=True)
    found = [each.text for each in refused.value.mistakes if Path(each.file).name == "our-own-thing.yaml"]
    assert [text for text in found if '"WRITE" is left from `content new`' not in text] == [
        "skill 'our-own-thing' is on no path; add it to `skills:` of a role",
        "`tips`: 2 of them; write 4 or more, or a project",
        "`checks`: 1 of them; write 2 or more",
    ]


@pytest.mark.parametrize(
    ("name", "line", "below", "said"),
    [
        (FIRST, "why: It pays.", "reviewed_on: last week", "5:1 `reviewed_on`: must be a day such as 2026-11-25"),
        (ROLE, "becomes: AI Tester", "review_by: 2026-02-30", "3:1 `review_by`: there is no day 2026-02-30"),
        (LOGS, "minutes: 45", LATE, "9:1 `review_by`: must be later than `reviewed_on`"),
        (FIRST, "minutes: 15", "    owner: me", "17:5 unknown key 'owner'"),
    ],
)
def test_a_mistake_in_a_review_is_named_with_its_line(
    tmp_path: Path, name: str, line: str, below: str, said: str
) -> None:
    assert mistakes(write(tmp_path, edited(name, line, f"{line}\n{below}"))) == [f"content/{name}:{said}"]


def test_what_is_stale_is_named_at_its_line_with_its_owner_and_the_oldest_first(tmp_path: Path) -> None:
    late = "why: It pays.\nowner: platform-team\nreviewed_on: 2026-10-01\nreview_by: 2026-11-24"
    changed = {
        **edited(FIRST, "why: It pays.", late),
        **edited(ROLE, "becomes: AI Tester", "becomes: AI Tester\nreviewed_on: 2025-11-23"),
        **edited(LOGS, "minutes: 45", "minutes: 45\nreviewed_on: 2025-11-25\nreview_by: 2026-11-25"),  # both today
    }
    owner = "Owner: nobody; give it an `owner:`"
    assert stale_lines(*load_with_places(write(tmp_path, changed)), TODAY) == [
        f"content/roles/tester.yaml:3:1 stale since 2026-11-23: read more than a year ago. {owner}",
        "content/skills/first.yaml:7:1 stale since 2026-11-24: `review_by` is over. Owner: platform-team",
    ]


def test_stats_tell_what_a_role_has_and_what_it_lacks(tmp_path: Path) -> None:
    lines = list(stats_lines(load(write(tmp_path))))
    assert lines == [
        "tester: projects new 0, daily 0",
        "  single tips: 0; its projects need: nothing",
        "tips that are no single of any role: first-one, first-two, second-one, second-two",
    ]
    assert "  lines of the source lit: 8 of 8" in list(stats_lines(real_content.load()))


def test_a_year_is_printed_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["content", "year", "devops-engineer", "--weeks", "2", "--level", "daily"]
    assert main(words) == 0
    first, _ = capsys.readouterr().out.splitlines()
    assert main([*words, "--json"]) == 0
    week, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert all(str(week[key]) in first for key in ("week", "title", "minutes", "skill", "theme", "project"))
    assert f"{week['step']}/{week['steps']}" in first
    assert week.keys() >= {"tip", "needs", "own_work", "check", "uses", "lines"}


@pytest.mark.parametrize("share", ["most", "1.5", "-1"])
def test_a_year_of_an_impossible_share_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "year", "devops-engineer", f"--does={share}"]) == 2
    assert "is none of all, half, none, marks, and no share such as 0.4" in capsys.readouterr().err
