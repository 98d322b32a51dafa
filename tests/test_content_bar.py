"""The bar that every piece of content has to clear, as far as a machine can hold it; content/README.md has the rest."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from statistics import median

import pytest

from bot.content import load
from bot.core.catalog import Catalog, ChallengeTemplate, Check, Skill, Tip
from bot.core.matching import plain

CATALOG = load()
TIPS = [pytest.param(tip, id=tip.id) for skill in CATALOG.skills.values() for tip in skill.tips]
SKILLS = [pytest.param(skill, id=skill.slug) for skill in CATALOG.skills.values()]
CHECKS = [pytest.param(check, id=check.id) for skill in CATALOG.skills.values() for check in skill.checks]
CHALLENGES = [pytest.param(template, id=template.slug) for template in CATALOG.challenges.values()]

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


def words_of(content: Skill | Tip | Check | ChallengeTemplate) -> Iterator[str]:
    """Everything that a member reads about it."""
    match content:
        case Skill():
            yield from (content.name, content.why, *content.looks_like.model_dump().values())
            yield from (content.first_exercise, *content.mistakes)
            for tip in content.tips:
                yield from words_of(tip)
            for check in content.checks:
                yield from words_of(check)
        case Tip():
            yield from (content.title, content.do, content.done_when)
        case Check():
            yield content.ask
            for option in content.options:
                yield from (option.text, option.because)
        case ChallengeTemplate():
            yield from (content.name, content.do, content.done_when, content.evidence)


def runs_of(text: str, length: int = 6) -> set[tuple[str, ...]]:
    """Every run of so many words; two texts that share one say the same thing in the same way."""
    words = plain(text).split()
    return set(zip(*(words[start:] for start in range(length)), strict=False))


def found(pattern: str, text: str) -> list[str]:
    return [match.group() for match in re.finditer(rf"\b({pattern})\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("task", [*TIPS, *CHALLENGES])
def test_a_task_names_something_to_do_and_not_something_to_ponder(task: Tip | ChallengeTemplate) -> None:
    assert [found(IDLE, text) for text in words_of(task) if found(IDLE, text)] == []


@pytest.mark.parametrize("task", [*TIPS, *CHALLENGES])
def test_done_when_completes_its_phrase_and_can_fail(task: Tip | ChallengeTemplate) -> None:
    done_when = task.done_when
    assert re.match(r"[a-z]|[A-Z]{2}", done_when), "it follows 'Done when', so it starts in lower case"
    assert done_when.endswith(".")
    assert not done_when.startswith(("you have done", "you know", "you feel", "done when", "you are aware"))
    assert len(done_when.split()) >= 5


@pytest.mark.parametrize("task", [*TIPS, *CHALLENGES])
def test_a_task_is_a_few_whole_sentences(task: Tip | ChallengeTemplate) -> None:
    title, *_ = words_of(task)
    assert task.do[0].isupper()
    assert task.do[-1] in ".?"
    assert title[0].isupper()
    assert not title.endswith(".")
    assert 8 <= len(task.do.split()) <= 100
    assert task.minutes % 5 == 0


@pytest.mark.parametrize("template", CHALLENGES)
def test_a_challenge_is_bigger_than_a_tip_of_its_skill_and_asks_one_question(template: ChallengeTemplate) -> None:
    assert 30 <= template.minutes <= 90
    assert template.minutes > median(tip.minutes for tip in CATALOG.skills[template.skill].tips)
    assert len(template.do) < 450, "it stands in a Slack message between its name and its check"
    assert template.evidence[0].isupper()
    assert template.evidence.endswith("?")
    assert template.evidence.count("?") == 1


@pytest.mark.parametrize("template", CHALLENGES)
def test_a_challenge_repeats_no_tip_of_its_skill(template: ChallengeTemplate) -> None:
    for tip in CATALOG.skills[template.skill].tips:
        assert plain(template.name) != plain(tip.title)
        for mine, other in ((template.do, tip.do), (template.done_when, tip.done_when)):
            assert runs_of(mine) & runs_of(other) == set(), tip.id


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_has_tips_that_differ(skill: Skill) -> None:
    assert len(skill.tips) >= 2
    for part in ("title", "do", "done_when"):
        texts = [getattr(tip, part).casefold() for tip in skill.tips]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("content", [*SKILLS, *CHALLENGES])
def test_content_neither_sells_nor_names_products_nor_shouts(content: Skill | ChallengeTemplate) -> None:
    for text in words_of(content):
        assert found(SOLD, text) == []
        assert found(BRANDS, text) == []
        assert "!" not in text
        assert not re.search(
            r"\b[0-9]+(\.[0-9]+)? ?(%|percent|per cent) of (all )?(teams|companies|people|users)\b", text
        )


@pytest.mark.parametrize("content", [*SKILLS, *CHALLENGES])
def test_content_is_british_plain_text_without_emoji(content: Skill | ChallengeTemplate) -> None:
    for text in words_of(content):
        assert found(AMERICAN, text) == []
        assert [char for char in text if unicodedata.category(char) in {"So", "Cs", "Co", "Cc", "Cf"}] == []
        assert "  " not in text
        assert not re.search(r"[*_`]|https?://", text), "mark-up and links are for views to write"


@pytest.mark.parametrize("skill", SKILLS)
def test_what_can_be_copied_names_no_product_and_holds_no_emoji(skill: Skill) -> None:
    for text in filter(None, (skill.template, skill.example)):
        assert found(f"{SOLD}|{BRANDS}|{AMERICAN}", text) == []
        assert [char for char in text if unicodedata.category(char) in {"So", "Cs", "Co", "Cf"}] == []


def test_twenty_skills_have_something_to_copy(catalog: Catalog) -> None:
    assert sum(bool(skill.template or skill.example) for skill in catalog.skills.values()) >= 20


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_has_a_tip_that_anybody_can_do(skill: Skill) -> None:
    assert any(not tip.needs for tip in skill.tips)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_asks_one_question_whose_right_answer_does_not_stand_out(check: Check) -> None:
    assert "?" in check.ask
    texts = [option.text for option in check.options]
    assert not [text for text in texts if found("(all|none|both) of (the above|these)", text)]
    assert len({plain(option.because) for option in check.options}) == len(check.options)


def test_the_right_answer_is_not_always_in_the_same_place_nor_the_longest(catalog: Catalog) -> None:
    checks = [quiz.check for quiz in catalog.quizzes.values()]
    places = Counter(next(place for place, option in enumerate(check.options) if option.right) for check in checks)
    assert max(places.values()) < len(checks) / 2, places
    longest = [max(check.options, key=lambda option: len(option.text)).right for check in checks]
    assert sum(longest) < len(checks) * 0.5


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


def test_two_challenges_differ_in_what_the_hands_do(catalog: Catalog) -> None:
    for template, other in combinations(catalog.challenges.values(), 2):
        assert runs_of(template.do) & runs_of(other.do) == set(), (template.slug, other.slug)
        assert template.done_when != other.done_when
        assert template.evidence != other.evidence


def test_every_theme_has_challenges_and_a_dozen_skills_have(catalog: Catalog) -> None:
    templates = catalog.challenges.values()
    assert len(templates) >= 14
    assert {template.theme for template in templates} == set(catalog.themes)
    assert len({template.skill for template in templates}) >= 12
