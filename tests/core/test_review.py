"""*Have it reviewed*: the text for every step and single tip, and for a tip as long as a pack may have it."""

import re
from dataclasses import replace

from bot.core.content_types import Lesson
from bot.core.review import MAX_TEXT, review_text
from tests.every import check_every
from tests.real_content import load


def test_the_text_of_every_tip_is_short_and_has_its_task_and_the_mistakes() -> None:
    catalog = load()

    def check(lesson: Lesson) -> None:
        skill, tip = lesson
        text = review_text(catalog, tip.id)
        assert len(text) <= MAX_TEXT
        assert text.startswith("You are a reviewer: name what is missing, ask for evidence, don't rewrite.")
        assert all(line in text for line in (*tip.do, f"\nDone when {tip.done_when}", *skill.mistakes))
        assert skill.looks_like.teaching in text
        assert not re.search(r"\{\w*\}|WRITE|None|^-? *$\n^-", text, re.MULTILINE)

    check_every(catalog.tips, check)


def test_what_does_not_fit_is_left_out_by_whole_lines() -> None:
    catalog = load()
    skill = catalog.skills["token-usage-and-costs"]
    tip = skill.tips[0].model_copy(update={"do": ("x" * 200,) * 4, "done_when": "y" * 200})
    long = skill.model_copy(update={"mistakes": ("z" * 200,) * 5, "tips": (tip,)})
    text = review_text(replace(catalog, skills={long.slug: long}, projects={}), tip.id)
    assert len(text) <= MAX_TEXT
    assert tip.done_when in text
    assert "- teaching" not in text
    assert set(re.findall("z+", text)) <= {"z" * 200}
    assert text.endswith("My work:")
