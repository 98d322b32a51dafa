"""The bar that every piece of content has to clear, as far as a machine can hold it; content/README.md has the rest."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.content import load
from bot.core.catalog import Catalog, Lesson, Skill

CATALOG = load()
LESSONS = [pytest.param(Lesson(skill, tip), id=tip.id) for skill in CATALOG.skills.values() for tip in skill.tips]
SKILLS = [pytest.param(skill, id=skill.slug) for skill in CATALOG.skills.values()]

IDLE = "think about|consider|be aware of|explore|make sure|try to|familiari[sz]e|learn about|understand|reflect on"
SOLD = (
    r"leverag\w*|unlock\w*|journey\w*|game.?changer\w*|ai.powered|supercharg\w*|seamless\w*|cutting.edge|revolution\w*"
)
BRANDS = (
    "openai|chatgpt|gpt-?[0-9o]|claude|anthropic|gemini|llama|mistral|copilot|bedrock|langchain|datadog|grafana|prometheus|"
    "github|jira|kubernetes|aws|azure|pinecone|hugging ?face"
)
AMERICAN = (
    r"\w*(optimiz|organiz|summariz|prioritiz|analyz|recogniz|minimiz|categoriz)\w*|colors?|behaviors?|favorites?|center|"
    "canceled|labeled|modeling"
)


def words_of(skill: Skill) -> Iterator[str]:
    """Everything that a member reads about a skill."""
    yield from (skill.name, skill.why, *skill.looks_like.model_dump().values(), skill.first_exercise, *skill.mistakes)
    for tip in skill.tips:
        yield from (tip.title, tip.do, tip.done_when)


def found(pattern: str, text: str) -> list[str]:
    return [match.group() for match in re.finditer(rf"\b({pattern})\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_tip_names_something_to_do_and_not_something_to_ponder(lesson: Lesson) -> None:
    assert found(IDLE, f"{lesson.tip.title} {lesson.tip.do} {lesson.tip.done_when}") == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_done_when_completes_its_phrase_and_can_fail(lesson: Lesson) -> None:
    done_when = lesson.tip.done_when
    assert re.match(r"[a-z]|[A-Z]{2}", done_when), "it follows 'Done when', so it starts in lower case"
    assert done_when.endswith(".")
    assert not done_when.startswith(("you have done", "you know", "you feel", "done when", "you are aware"))
    assert len(done_when.split()) >= 5


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_tip_is_a_few_whole_sentences(lesson: Lesson) -> None:
    tip = lesson.tip
    assert tip.do[0].isupper()
    assert tip.do[-1] in ".?"
    assert not tip.title.endswith(".")
    assert 8 <= len(tip.do.split()) <= 100
    assert tip.minutes % 5 == 0


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_has_tips_that_differ(skill: Skill) -> None:
    assert len(skill.tips) >= 2
    for part in ("title", "do", "done_when"):
        texts = [getattr(tip, part).casefold() for tip in skill.tips]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("skill", SKILLS)
def test_content_neither_sells_nor_names_products_nor_shouts(skill: Skill) -> None:
    for text in words_of(skill):
        assert found(SOLD, text) == []
        assert found(BRANDS, text) == []
        assert "!" not in text
        assert not re.search(
            r"\b[0-9]+(\.[0-9]+)? ?(%|percent|per cent) of (all )?(teams|companies|people|users)\b", text
        )


@pytest.mark.parametrize("skill", SKILLS)
def test_content_is_british_plain_text_without_emoji(skill: Skill) -> None:
    for text in words_of(skill):
        assert found(AMERICAN, text) == []
        assert [char for char in text if unicodedata.category(char) in {"So", "Cs", "Co", "Cc", "Cf"}] == []
        assert "  " not in text
        assert not re.search(r"[*_`]|https?://", text), "mark-up and links are for views to write"


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_can_be_asked_for_and_stands_on_a_path(skill: Skill) -> None:
    assert skill.asks
    assert any(skill.slug in role.skills for role in CATALOG.roles.values())


def test_no_tip_says_what_another_says(catalog: Catalog) -> None:
    titles = Counter(tip.title.casefold() for skill in catalog.skills.values() for tip in skill.tips)
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_theme_has_skills_and_every_path_has_several_themes(catalog: Catalog) -> None:
    assert {skill.theme for skill in catalog.skills.values()} == set(catalog.themes)
    for role in catalog.roles.values():
        assert len({skill.theme for skill in catalog.path(role)}) >= 3, role.slug
