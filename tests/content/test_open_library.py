"""What a start serves: the built-in content with the packs that hold no mistake, one catalogue a day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content import library
from bot.content.library import ContentError, Library, load, open_library
from bot.core.catalog import PackState
from tests.content.folder import SKILL, edited, write
from tests.content.own_pack import BROKEN, ROLE, pack

SKILL_OF_OURS = {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")}


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write(tmp_path)
    monkeypatch.setattr(library, "FOLDER", folder)
    return folder


def test_a_skill_is_stale_from_the_day_on_which_its_review_is_over(tmp_path: Path) -> None:
    changed = edited("skills/first.yaml", "why:", "review_by: 2026-11-24\nwhy:")
    library, until = Library(load(write(tmp_path / "reviewed", changed))), date(2026, 11, 24)
    assert library.catalog_on(until) is library.catalog_on(until - timedelta(days=1)), "caches of screens stay valid"
    assert library.catalog_on(until).stale == frozenset()
    assert library.catalog_on(until + timedelta(days=1)).stale == {"first"}


def test_a_pack_that_needs_a_faulty_one_is_left_out_with_it(tmp_path: Path) -> None:
    ours = pack(tmp_path, {**SKILL_OF_OURS, **BROKEN})
    role = ROLE.replace("[how-models-behave, first-test-set, test-llm-outputs, token-usage-and-costs]", "[third]")
    over = pack(tmp_path, {"roles/presales.yaml": role}, "over")
    assert [state.mistakes > 0 for state in open_library([ours, over]).packs] == [True, True]


def test_a_mistake_that_packs_bring_into_the_built_in_folder_leaves_out_the_last_pack(
    tmp_path: Path, base: Path
) -> None:
    (base / "skills/first.yaml").write_text(SKILL.format(slug="first", name="First skill") + "needs_skills: [second]\n")
    role = base / "roles/tester.yaml"
    role.write_text(role.read_text().replace("first, second", "second, first"))
    second = SKILL.format(slug="second", name="Second skill")
    circle = pack(tmp_path, {"skills/second.yaml": second + "needs_skills: [first]\n"}, "circle")
    fine = pack(tmp_path, SKILL_OF_OURS, "fine")
    library = open_library([fine, circle])
    assert [state.mistakes > 0 for state in library.packs] == [False, True]
    assert "third" in library.catalog_on(date(2026, 11, 24)).skills


def test_a_pack_that_is_refused_still_forbids(tmp_path: Path) -> None:
    ours = pack(tmp_path, {"policy.yaml": "forbids: [logs]\n", **BROKEN})
    library = open_library([ours])
    assert [state.mistakes for state in library.packs] == [1]
    assert library.catalog_on(date(2026, 11, 24)).forbidden == ("logs",)
    pack(tmp_path, {"policy.yaml": "tools: 5\n"})
    assert open_library([ours]).catalog_on(date(2026, 11, 24)).policy is None


def test_a_pack_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    assert open_library([tmp_path / "gone"]).packs == (PackState("Pack 1", 1),)


def test_mistakes_of_the_built_in_content_stop_the_start(tmp_path: Path, base: Path) -> None:
    (base / "themes.yaml").write_text("themes: 5\n")
    with pytest.raises(ContentError):
        open_library([pack(tmp_path, SKILL_OF_OURS)])
