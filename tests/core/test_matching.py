"""Typed names find what people meant. Unclear names lead to a question, never to a silent guess."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.content.library import load
from bot.core.catalog import Catalog
from bot.core.content_types import ContentItem
from bot.core.errors import Unclear, UserError
from bot.core.matching import match, plain, without_seniority

CATALOG = load()  # hypothesis draws from it, so it can't be a fixture


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sr devops", "devops-engineer"),
        ("SRE", "devops-engineer"),
        ("Sr. Dev-Ops", "devops-engineer"),
        ("site reliability", "devops-engineer"),
        ("AI Platform Enabler", "devops-engineer"),
        ("devosp enginer", "devops-engineer"),
        ("ML engineer", "ml-engineer"),
        ("ml-engineer", "ml-engineer"),
        ("Staff Machine Learning Engineer II", "ml-engineer"),
        ("machine-learning engineer", "ml-engineer"),
        ("fullstack developer", "software-engineer"),
        ("Full-Stack Developer", "software-engineer"),
        ("junior frontend dev", "frontend-engineer"),
        ("programer", "software-engineer"),
        ("  Software   Engineer ", "software-engineer"),
        ("head of data science", "data-scientist"),
        ("data scientst", "data-scientist"),
        ("DATA_SCIENTIST", "data-scientist"),
    ],
)
def test_a_job_title_as_people_type_it_finds_its_role(catalog: Catalog, typed: str, meant: str) -> None:
    assert catalog.role_named(typed).slug == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("token-usage-and-costs", "token-usage-and-costs"),
        ("token costs", "token-usage-and-costs"),
        ("Token usage and costs", "token-usage-and-costs"),
        ("tokne usage and cost", "token-usage-and-costs"),
        ("Model costs spike unexpectedly", "cost-spikes"),
        ("runaway costs", "cost-spikes"),
        ("streaming", "streaming-responses"),
    ],
)
def test_a_skill_is_found_by_slug_name_alias_source_line_or_some_of_its_words(
    catalog: Catalog, typed: str, meant: str
) -> None:
    assert catalog.skill_named(typed).slug == meant


@pytest.mark.parametrize(("typed", "meant"), [("speed", "speed-matters"), ("Product-First Mindset",) * 2])
def test_a_theme_is_found_by_its_name_or_some_of_it(catalog: Catalog, typed: str, meant: str) -> None:
    assert catalog.theme_named(typed).slug == plain(meant).replace(" ", "-")


def test_a_title_that_fits_several_roles_asks_which(catalog: Catalog) -> None:
    with pytest.raises(Unclear, match="Which role do you mean") as asked:
        catalog.role_named("engineer")
    assert asked.value.several
    assert {slug for _, slug in asked.value.choices} >= {"devops-engineer", "ml-engineer", "software-engineer"}
    assert ("ML Engineer", "ml-engineer") in asked.value.choices  # a name to show, and the slug that it stands for


@pytest.mark.parametrize(
    "title",
    [
        "sales engineer", "civil engineer", "mechanical engineer", "hr manager", "data designer", "fashion designer",
        "product photographer", "bank manager", "store manager", "landscape architect", "medical tester", "pr",
    ],
)  # fmt: skip
def test_another_profession_is_never_taken_for_one_that_is_taught(catalog: Catalog, title: str) -> None:
    with pytest.raises(Unclear, match="I don't know the role") as refused:
        catalog.role_named(title)
    assert not refused.value.several
    assert [slug for _, slug in refused.value.choices] == list(catalog.roles)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Which role? Pick one."),
        ("   ", "Which role? Pick one."),
        ("zookeeper", "I don't know the role `zookeeper`. Pick one."),
        ("!!!", "I don't know the role `!!!`. Pick one."),
        ("x" * 5_000, "That name is too long (80 letters at most). Pick one."),
    ],
)
def test_what_is_no_role_is_answered_with_all_roles_to_pick_from(catalog: Catalog, typed: str, said: str) -> None:
    with pytest.raises(Unclear) as refused:
        catalog.role_named(typed)
    assert str(refused.value) == said
    assert [slug for _, slug in refused.value.choices] == list(catalog.roles)


def test_the_menu_of_roles_ends_with_none_of_these(catalog: Catalog) -> None:
    with pytest.raises(Unclear) as refused:
        catalog.role_named("zookeeper")
    assert refused.value.choices[-1] == ("None of these", "everyone")
    assert [name for name, _ in refused.value.choices[:-1]] == [role.name for role in catalog.roles.values()][:-1]


def test_a_title_that_consists_of_ranks_matches_no_role(catalog: Catalog) -> None:
    assert without_seniority("senior staff") == "senior staff"
    with pytest.raises(UserError, match="I don't know the role `senior`"):
        catalog.role_named("senior")


def answer_of(find: Callable[[str], ContentItem], typed: str) -> str:
    try:
        return find(typed).slug
    except UserError as error:
        return str(error)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_found_or_refused_in_a_short_sentence(typed: str) -> None:
    for find in (CATALOG.role_named, CATALOG.skill_named, CATALOG.theme_named):
        said = answer_of(find, typed)
        assert 0 < len(said) < 200
        assert "\n" not in said


@given(st.sampled_from([(name, slug) for name, slug in CATALOG.role_names.items()]), st.data())
def test_case_spacing_and_punctuation_never_matter(entry: tuple[str, str], data: st.DataObject) -> None:
    name, slug = entry
    glue = data.draw(st.sampled_from([" ", "  ", "-", "_", ". ", " / "]))
    typed = glue.join(data.draw(st.sampled_from([word.upper(), word.title(), word])) for word in name.split())
    assume(len(typed) <= 80)
    assert CATALOG.role_named(typed).slug == slug


@given(st.sampled_from([entry for entry in CATALOG.skill_names.items() if len(entry[0]) >= 8]), st.data())
def test_two_letters_in_the_wrong_order_still_find_the_skill_or_ask(
    entry: tuple[str, str], data: st.DataObject
) -> None:
    name, slug = entry
    at = data.draw(st.integers(0, len(name) - 2))
    typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert slug in match(typed, CATALOG.skill_names)


def test_every_name_in_the_catalogue_finds_its_own_entry(catalog: Catalog) -> None:
    for role in catalog.roles.values():
        for name in (role.slug, role.name, role.becomes, *role.aliases):
            assert catalog.role_named(name) is role
    for skill in catalog.skills.values():
        for name in (skill.slug, skill.name, skill.source_line or skill.name, *skill.aliases):
            assert catalog.skill_named(name) is skill


def test_every_tip_is_found_by_its_id_and_its_title() -> None:
    for name, lesson in CATALOG.lessons.items():
        assert lesson in CATALOG.tips_named(name)
        assert lesson in CATALOG.tips_named(lesson.tip.title.upper()), lesson.tip.title


@pytest.mark.parametrize("words", ["", "???", "juggling", "x" * 5_000])
def test_words_that_fit_no_tip_find_none(words: str) -> None:
    assert CATALOG.tips_named(words) == ()


def test_words_of_several_titles_find_each_of_them(catalog: Catalog) -> None:
    tips = [lesson.tip for lesson in catalog.tips_named("price")]
    assert len(tips) > 1
    assert all("price" in f"{tip.title} {tip.id} {tip.aliases}".casefold() for tip in tips)
