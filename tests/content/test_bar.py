"""Rules for the content that compare entries of the whole catalogue, which the strict check does not do."""

from collections import Counter
from itertools import combinations

import pytest

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Skill
from bot.core.matching import plain
from tests.real_content import load

CATALOG = load()
SKILLS = [pytest.param(skill, id=skill.slug) for skill in CATALOG.skills.values()]
CHALLENGES = [pytest.param(template, id=template.slug) for template in CATALOG.challenges.values()]


def runs_of(text: str, length: int = 6) -> set[tuple[str, ...]]:
    """Return every run of this many words. Texts that share one say the same thing in the same words."""
    words = plain(text).split()
    return set(zip(*(words[start:] for start in range(length)), strict=False))


@pytest.mark.parametrize("template", CHALLENGES)
def test_a_challenge_repeats_no_tip_of_its_skill(template: ChallengeTemplate) -> None:
    for tip in CATALOG.skills[template.skill].tips:
        assert plain(template.name) != plain(tip.title)
        for mine, other in ((template.do, tip.instructions), (template.done_when, tip.done_when)):
            assert runs_of(mine) & runs_of(other) == set(), tip.id


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_has_tips_that_differ(skill: Skill) -> None:
    assert len(skill.tips) >= 2
    for part in ("title", "instructions", "done_when"):
        texts = [getattr(tip, part).casefold() for tip in skill.tips]
        assert len(set(texts)) == len(texts)


def test_twenty_skills_have_something_to_copy(catalog: Catalog) -> None:
    assert sum(bool(skill.template or skill.example) for skill in catalog.skills.values()) >= 20


def test_the_right_answer_is_not_always_in_the_same_place_nor_the_longest(catalog: Catalog) -> None:
    checks = [quiz.check for quiz in catalog.quizzes.values()]
    places = Counter(next(place for place, option in enumerate(check.options) if option.right) for check in checks)
    assert max(places.values()) < len(checks) / 2, places
    longest = [max(check.options, key=lambda option: len(option.text)).right for check in checks]
    assert sum(longest) < len(checks) * 0.5


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
    assert len(templates) >= 24
    assert {template.theme for template in templates} == set(catalog.themes)
    assert len({template.skill for template in templates}) >= 12
