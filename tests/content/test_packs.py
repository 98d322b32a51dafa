"""A team's pack overrides the built-in content. Mistakes are reported at lines of the pack's own files."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from bot.__main__ import main
from bot.author.skeleton import skeleton
from bot.content.library import FOLDER, ContentError, load
from bot.content.packs import Entries, Raw, said_of_retired
from bot.content.read import Places
from bot.core.catalog import Catalog
from bot.core.content_types import Level
from tests import real_content
from tests.content.folder import CHALLENGE, CHECK, FILES, ROLE, SKILL, Changed, edited, mistakes, write
from tests.content.own_pack import pack

FIRST = "skills/first.yaml"
THIRD_TIP = (
    "{id: first-three, title: Do three, do: [Open three logs., Read them.], done_when: all are open., minutes: 20}"
)
OTHER_CHECK = CHECK.replace("which-log", "other-log").removeprefix("checks:\n")


def laid(tmp_path: Path, files: dict[str, str], base: Changed | None = None) -> Catalog:
    return load(write(tmp_path, base), [pack(tmp_path, files)])


def refused(tmp_path: Path, files: dict[str, str], base: Changed | None = None) -> list[str]:
    with pytest.raises(ContentError) as error:
        laid(tmp_path, files, base)
    return str(error.value).splitlines()


def tips_of(catalog: Catalog, skill: str) -> list[str]:
    return [tip.id for tip in catalog.skills[skill].tips]


def test_a_pack_adds_entries_without_repeating_the_others(tmp_path: Path) -> None:
    before = load(write(tmp_path / "before"))
    ours, theirs = (skeleton(before, "project", slug) for slug in ("our-page", "their-page"))
    files = {
        "roles/solver.yaml": ROLE.replace("Tester", "Solver").replace("[QA]", "[SE]").replace("origin: source\n", ""),
        "skills/third.yaml": SKILL.format(slug="third", name="Third skill"),
        "challenges/traces.yaml": CHALLENGE.format(name="Open the traces"),
        "needs.yaml": "needs:\n  - {id: staging, name: Staging, says: I can use staging.}\n",
        "themes.yaml": "mottos:\n  - {id: ship-last, emoji: x, text: Ship last, theme: speed}\n",
        "projects/our-page.yaml": ours,
        "pack.yaml": "projects: {tester: {new: [our-page, their-page]}}",
    }
    catalog = laid(tmp_path, files, {"projects/their-page.yaml": theirs})
    assert list(catalog.roles) == ["tester", "solver"]
    assert list(catalog.skills) == ["first", "second", "third"]
    assert list(catalog.challenges) == ["logs", "traces"]
    assert list(catalog.needs) == ["logs", "staging"]
    assert [motto.text for motto in catalog.mottos] == ["Ship first", "Ship last"]
    assert catalog.role_named("se").origin == "extension", "an entry of a pack needs no `origin`"
    listed = catalog.projects_for(catalog.roles["tester"], Level.NEW)
    assert [project.slug for project in listed] == ["our-page", "their-page"]
    assert catalog.lessons["our-page-1"].skill.slug == "first"
    assert catalog.project_of["our-page-1"] is listed[0]


def test_a_pack_adds_and_replaces_tips_and_checks_of_a_skill_without_copying_it(tmp_path: Path) -> None:
    changes = f"""\
        tips:
          first:
            - {THIRD_TIP}
            - {THIRD_TIP.replace("first-three", "first-one").replace("Do three", "Do it our way")}
        checks:
          first:
        """
    files = {"pack.yaml": dedent(changes) + "".join(f"    {line}\n" for line in OTHER_CHECK.splitlines())}
    skill = laid(tmp_path, files, {FIRST: FILES[FIRST] + CHECK}).skills["first"]
    assert [tip.title for tip in skill.tips] == ["Do it our way", "Do two", "Do three"]
    assert [check.id for check in skill.checks] == ["which-log", "other-log"]
    assert skill.why == "It pays."


def test_a_hidden_skill_leaves_paths_needs_shares_challenges_projects_and_labs(tmp_path: Path) -> None:
    second = FILES["skills/second.yaml"].replace("why:", "needs_skills: [first]\nwhy:")
    shares = 'shares:\n  - {role: tester, skill: first, ask: "Why?"}\n  - {role: tester, skill: second, ask: "How?"}\n'
    project = skeleton(load(write(tmp_path / "before")), "project", "their-page")
    other = skeleton(load(write(tmp_path / "before")), "project", "other-page").replace("first", "second")
    base: Changed = {
        "skills/second.yaml": second,
        "roles/tester.yaml": FILES["roles/tester.yaml"] + shares + "projects: {new: [their-page, other-page]}\n",
        "projects/their-page.yaml": project,
        "projects/other-page.yaml": without(other, "lab sort"),
    }
    assert list(load(write(tmp_path / "whole", base)).labs) == ["sort"]
    catalog = laid(tmp_path, {"pack.yaml": "hide: {skills: [first]}"}, base)
    assert list(catalog.skills) == ["second"]
    assert catalog.skills["second"].needs_skills == ()
    assert catalog.roles["tester"].skills == ("second",)
    assert [share.skill for share in catalog.roles["tester"].shares] == ["second"]
    assert (catalog.challenges, catalog.labs, list(catalog.projects)) == ({}, {}, ["other-page"])
    assert [each.slug for each in catalog.projects_for(catalog.roles["tester"], Level.NEW)] == ["other-page"]


def test_what_a_pack_hides_or_replaces_in_its_place_may_still_be_named_below_it(tmp_path: Path) -> None:
    base = edited("roles/tester.yaml", "aliases:", "singles: [first-one, second-one]\naliases:")
    base |= {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")}
    files = {FIRST: SKILL.format(slug="ours", name="Our first skill"), "pack.yaml": "hide: {skills: [second]}"}
    catalog = laid(tmp_path, files, base)
    assert catalog.roles["tester"].singles == ("first-one", "second-one")
    assert [skill.name for skill in catalog.skills.values()] == ["Our first skill", "Third skill"]
    assert tips_of(catalog, "first") == ["ours-one", "ours-two"]


def test_a_pack_hides_roles_tips_checks_challenges_and_mottos(tmp_path: Path) -> None:
    base: Changed = {
        FIRST: FILES[FIRST] + f"  - {THIRD_TIP}\n" + CHECK,
        "roles/solver.yaml": ROLE.replace("Tester", "Solver").replace("[QA]", "[]")
        + "shares: [{role: tester, skill: first, ask: Why?}]\n",
    }
    hide = "hide: {roles: [tester], tips: [first-one], checks: [which-log], challenges: [logs], mottos: [ship-first]}"
    catalog = laid(tmp_path, {"pack.yaml": hide}, base)
    assert list(catalog.roles) == ["solver"]
    assert catalog.roles["solver"].shares == ()
    assert tips_of(catalog, "first") == ["first-two", "first-three"]
    assert (catalog.quizzes, catalog.challenges, catalog.mottos) == ({}, {}, ())


def without(project: str, way_round: str) -> str:
    """Return the text of a project whose members can go another way round if they lack the logs."""
    return re.sub("needs: .*", f"needs: [logs]\nwithout: {{logs: {way_round}}}", project, count=1)


def test_a_lab_that_nobody_wrote_is_a_mistake(tmp_path: Path) -> None:
    project = skeleton(load(write(tmp_path / "before")), "project", "their-page")
    base: Changed = {"projects/their-page.yaml": without(project, "lab sotr")}
    (said,) = mistakes(write(tmp_path / "base", base))
    assert said.endswith("unknown lab 'sotr'; did you mean 'sort'?")


def test_the_last_of_several_packs_decides(tmp_path: Path) -> None:
    first = pack(tmp_path, {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")}, "company")
    second = pack(tmp_path, {"pack.yaml": "paths: {tester: [third]}\nhide: {skills: [second]}"}, "team")
    catalog = load(write(tmp_path), [first, second])
    assert list(catalog.skills) == ["first", "third"]
    assert catalog.roles["tester"].skills == ("third",)


MISTAKES: dict[str, tuple[dict[str, str], list[str]]] = {
    "a project that is not there": (
        {"pack.yaml": "projects:\n  tester:\n    daily: [our-pages]\n"},
        ["ours/pack.yaml:3:13 unknown project 'our-pages'"],
    ),
    "a tip that is added to a skill": (
        {"pack.yaml": "tips:\n  first:\n    - {id: x, title: X, do: [X, Y], done_when: x., minutes: 90}\n"},
        ["ours/pack.yaml:3:52 spoils 'first': `minutes`: input should be less than or equal to 60"],
    ),
    "a tip whose id is taken by a skill that comes later": (
        {"pack.yaml": f"tips:\n  first:\n    - {THIRD_TIP.replace('first-three', 'second-one')}\n"},
        ["ours/pack.yaml:3:8 tip id 'second-one' is taken by tip 1 of second"],
    ),
    "a name that is taken": (
        {"skills/early.yaml": SKILL.format(slug="early", name="Second skill")},
        ["ours/skills/early.yaml:1:1 skill name 'Second skill' is taken by second"],
    ),
    "hidden things that are not there, and a skill left without a tip": (
        {"pack.yaml": "hide:\n  tips: [first-one, first-two, nothing]\n  roles: [baker]\n"},
        [
            "ours/pack.yaml:2:3 nothing teaches 'first';",
            "ours/pack.yaml:2:32 there is no 'nothing' among the tips",
            "ours/pack.yaml:3:11 there is no 'baker' among the roles",
        ],
    ),
    "a path of which nothing is left": (
        {"pack.yaml": "hide: {skills: [first, second]}"},
        ["ours/pack.yaml:1:8 spoils 'tester': `skills`: 1 or more are needed, not 0"],
    ),
    "a path of an unknown skill, and of an unknown role": (
        {"pack.yaml": "paths:\n  tester: [first, thrid]\n  baker: [first]\n"},
        ["ours/pack.yaml:2:19 unknown skill 'thrid'", "ours/pack.yaml:3:3 there is no 'baker' among the roles"],
    ),
    "an unknown key": ({"pack.yaml": "tips: {frist: []}\nhides: {}\n"}, ["ours/pack.yaml:2:1 unknown key 'hides'"]),
    "files that nobody would read": (
        {
            "rolls/baker.yaml": "name: Baker",
            "roles/deep/x.yaml": "a: b",
            "labs.yaml": "labs: []",
            "heard/first.yaml": "messages: []",
            "heard/first.txt": "my log is empty",
        },
        [
            "ours/heard/first.yaml:1:1 is not read;",
            "ours/labs.yaml:1:1 is not read;",
            "ours/roles/deep/x.yaml:1:1 is not read;",
            "ours/rolls/baker.yaml:1:1 is not read; a pack holds pack.yaml",
        ],
    ),
    "nothing": ({".github/ci.yaml": "a: b"}, ["ours:1:1 holds no .yaml file"]),
}


@pytest.mark.parametrize(("files", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_a_pack_is_named_in_its_own_file(tmp_path: Path, files: dict[str, str], said: list[str]) -> None:
    found = refused(tmp_path, files)
    assert len(found) == len(said), found
    assert [line[: len(start)] for line, start in zip(found, said, strict=True)] == said


def documented(heading: str) -> str:
    """Return the file that the document on packs shows below this line of it."""
    _, _, after = (FOLDER / "packs.md").read_text(encoding="utf-8").partition(f"# our-pack/{heading}\n")
    return after.partition("```")[0]


def test_the_pack_and_the_policy_in_the_document_fit_over_the_built_in_content(tmp_path: Path) -> None:
    files = {name: documented(name) for name in ("pack.yaml", "policy.yaml")}
    catalog = load(FOLDER, [pack(tmp_path, files)])
    assert catalog.policy is not None
    assert catalog.policy.named("customer names").id == "customer-data"
    assert "our-cost-dashboard" in tips_of(catalog, "token-usage-and-costs")
    assert "corrections-in-one-request" not in catalog.lessons


def test_the_role_in_the_document_takes_its_titles_over_from_the_built_in_roles(tmp_path: Path) -> None:
    files = {"roles/sales.yaml": documented("roles/sales.yaml"), "pack.yaml": documented("pack.yaml\ntitle: Sales")}
    titles = ("sales", "Sr. Account Executive", "copywriter", "legal")
    built_in, catalog = real_content.load(), load(FOLDER, [pack(tmp_path, files)])
    assert [built_in.role_named(title).slug for title in titles] == ["sales-and-marketing"] * 3 + ["everyone"]
    named = [catalog.role_named(title).slug for title in titles]
    assert named == ["sales", "sales", "sales-and-marketing", "everyone"]
    assert tips_of(catalog, "check-before-you-trust")[-1] == "offer-against-the-price-list"


def test_a_role_of_a_pack_takes_the_title_of_its_file_over_and_replaces_a_role_of_its_name(tmp_path: Path) -> None:
    base: Changed = {"roles/other.yaml": ROLE.replace("Tester", "Other").replace("QA", "compliance")}
    catalog = laid(tmp_path, {"roles/compliance.yaml": ROLE.replace("[QA]", "[]")}, base)
    assert [catalog.role_named(title).slug for title in ("compliance", "tester")] == ["compliance"] * 2
    assert list(catalog.roles) == ["other", "compliance"]


def test_a_pack_that_is_not_there_or_has_the_name_of_another_folder_is_named_without_doubt(tmp_path: Path) -> None:
    ours = pack(tmp_path / "team", {FIRST: ""}, "content")
    with pytest.raises(ContentError) as refused:
        load(write(tmp_path), [tmp_path / "nowhere", ours])
    gone, empty = str(refused.value).splitlines()
    assert gone == f"nowhere:1:1 is not a folder: {tmp_path / 'nowhere'}"
    assert empty == "team/content/skills/first.yaml:1:1 is empty"


@pytest.mark.parametrize("named", ["argument", "setting"])
def test_the_check_reads_packs_over_the_base_and_exits_with_1_for_a_bad_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    base, ours = write(tmp_path), pack(tmp_path, {"skills/third.yaml": SKILL.format(slug="third", name="Third skill")})
    check = ["content", "check", "--base", str(base)]
    if named == "setting":
        monkeypatch.setenv("ROLESHIFT_CONTENT", str(ours))
    else:
        check.append(str(ours))
    assert main(check) == 0
    counted = "1 role, 3 skills, 6 tips, 0 checks, 1 challenge, 1 need, no mistakes."
    assert capsys.readouterr().out == f"{base} + {ours}: {counted}\n"
    pack(tmp_path, {"pack.yaml": "hide: {skills: [fourth]}"})
    assert main(check) == 1
    assert capsys.readouterr().err == "ours/pack.yaml:1:17 there is no 'fourth' among the skills\n"


def test_a_pack_that_names_a_retired_tip_is_told_which_step_took_its_place(tmp_path: Path) -> None:
    retired = (
        "retired:\n  - {id: first-zero, title: Do none, skill: first, step: second-one}\n"
        "  - {id: old-logs, title: Open the old logs, skill: first}\n"
    )
    files = {
        "pack.yaml": f"hide: {{tips: [first-zero], challenges: [old-logs]}}\ntips: {{first: [{THIRD_TIP}]}}".replace(
            "minutes: 20", "minutes: 20, aliases: [first-zero]"
        ),
        "roles/solver.yaml": ROLE.replace("Tester", "Solver").replace("[QA]", "[SE]") + "singles: [first-zero]\n",
    }
    instead = "; the step 'second-one' took its place"
    found = [re.split(r":\d+ ", line)[1] for line in refused(tmp_path, files, {"retired.yaml": retired})]
    assert found == [
        f"there is no 'first-zero' among the tips{instead}",
        "there is no 'old-logs' among the challenges; it is no longer given",
        f"tip id 'first-zero' is taken by a retired one{instead}",
        f"unknown tip 'first-zero'{instead}",
    ]


def test_a_pack_that_names_a_tip_which_a_step_replaces_is_told_the_step() -> None:
    project = Raw({"steps": [{"id": "first-step", "was": ["first-zero"]}, "no step"]}, Places("p.yaml", {}))
    entries: Entries = {"projects": {"one": project}, "retired": {}}
    assert said_of_retired(entries, "first-zero") == "; the step 'first-step' took its place"
    assert said_of_retired(entries, "first-one") == ""
