"""Typed names find what people meant. Unclear names lead to a question, never to a silent guess."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, strategies as st

from bot.core.catalog import Catalog
from bot.core.errors import NotAdmin, NotCoached, NothingChanged, OutcomeUnknown, Unclear, UserError, quoted
from bot.core.matching import match
from tests.every import check_every
from tests.real_content import load

CATALOG = load()  # hypothesis draws from it, so it can't be a fixture


def test_a_skill_and_a_theme_are_found_by_some_of_their_words_and_despite_a_slip(catalog: Catalog) -> None:
    assert catalog.skill_named("tokne usage and cost").slug == "token-usage-and-costs"
    assert catalog.skill_named("streaming").slug == "streaming-responses"
    assert catalog.named("theme", catalog.themes, "speed").slug == "speed-matters"


def test_a_title_that_fits_several_roles_asks_which(catalog: Catalog) -> None:
    with pytest.raises(Unclear, match="Which role do you mean") as asked:
        catalog.role_named("engineer")
    assert asked.value.several
    assert {slug for _, slug in asked.value.choices} >= {"devops-engineer", "ml-engineer", "software-engineer"}
    assert ("ML Engineer", "ml-engineer") in asked.value.choices  # a name to show, and the slug that it stands for


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Which role? Pick one."),
        ("lion tamer", "I don't know the role `lion tamer`. Pick one."),
        ("senior staff", "I don't know the role `senior staff`. Pick one."),  # nothing but ranks
        ("x" * 5_000, "That name is too long (80 letters at most). Pick one."),
    ],
)
def test_what_is_no_role_is_answered_with_all_roles_to_pick_from(catalog: Catalog, typed: str, said: str) -> None:
    with pytest.raises(Unclear) as refused:
        catalog.role_named(typed)
    assert str(refused.value) == said
    assert [slug for _, slug in refused.value.choices] == list(catalog.roles)
    assert refused.value.choices[-1] == ("None of these", "everyone")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_found_or_refused_in_a_short_sentence(typed: str) -> None:
    for find in (CATALOG.role_named, CATALOG.skill_named):
        try:
            said = find(typed).slug
        except UserError as error:
            said = str(error)
        assert 0 < len(said) < 200
        assert "\n" not in said


@given(st.sampled_from([(name, slug) for name, slug in CATALOG.names["role"].items()]), st.data())
def test_case_spacing_and_punctuation_never_matter(entry: tuple[str, str], data: st.DataObject) -> None:
    name, slug = entry
    glue = data.draw(st.sampled_from([" ", "  ", "-", "_", ". ", " / "]))
    typed = glue.join(data.draw(st.sampled_from([word.upper(), word.title(), word])) for word in name.split())
    assume(len(typed) <= 80)
    assert CATALOG.role_named(typed).slug == slug


@given(st.sampled_from([entry for entry in CATALOG.names["skill"].items() if len(entry[0]) >= 8]), st.data())
def test_two_letters_in_the_wrong_order_still_find_the_skill_or_ask(
    entry: tuple[str, str], data: st.DataObject
) -> None:
    name, slug = entry
    at = data.draw(st.integers(0, len(name) - 2))
    typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert slug in match(typed, CATALOG.names["skill"])


def test_every_name_in_the_catalogue_finds_its_own_entry(catalog: Catalog) -> None:
    for role in catalog.roles.values():
        for name in (role.slug, role.name, role.becomes, *role.aliases):
            assert catalog.role_named(name) is role
    for skill in catalog.skills.values():
        for name in (skill.slug, skill.name, skill.source_line or skill.name, *skill.aliases):
            assert catalog.skill_named(name) is skill
    for name, lesson in catalog.lessons.items():
        assert lesson in catalog.tips_named(name)
        assert lesson in catalog.tips_named(lesson.tip.title.upper()), lesson.tip.title


def test_words_of_several_titles_find_each_of_them_and_others_no_tip(catalog: Catalog) -> None:
    tips = [lesson.tip for lesson in catalog.tips_named("price")]
    assert len(tips) > 1
    assert all("price" in f"{tip.title} {tip.id} {tip.aliases}".casefold() for tip in tips)
    assert [catalog.tips_named(words) for words in ("", "???", "juggling", "x" * 5_000)] == [()] * 4


TITLES: dict[str, str] = yaml.safe_load(Path(__file__).with_name("titles.yaml").read_text(encoding="utf-8"))
EVERY = [(title.strip(), role) for role, titles in TITLES.items() for title in titles.split(";")]


def test_a_title_finds_its_role_or_the_menu(catalog: Catalog) -> None:
    def check(case: tuple[str, str]) -> None:
        title, role = case
        if role != "menu":
            assert catalog.role_named(title).slug == role
            return
        with pytest.raises(Unclear, match="I don't know the role") as refused:
            catalog.role_named(title)
        assert not refused.value.several

    check_every(EVERY, check)


# Refusals quote what people typed: shortened, on one line and literally.


@given(st.text(max_size=200))
def test_quoted_words_are_short_on_one_line_and_cannot_end_their_own_code(words: str) -> None:
    said = quoted(words)
    assert re.fullmatch(r"`[^`\n]{0,40}`", said)


def test_every_ready_made_refusal_is_short_and_has_a_next_step() -> None:
    assert "Try again" in str(NothingChanged())  # the edge adds the button, as it knows what was asked for
    for error, next_verb in ((OutcomeUnknown(), "progress"), (NotCoached(), "roles"), (NotAdmin("dance"), "admins")):
        assert len(str(error)) < 200
        assert error.steps[0].verb == next_verb
