"""`content export --skills`: files as the specification of agent skills wants them, and as Slackbot takes them."""

import re
from pathlib import Path

import pytest
import yaml

from bot.__main__ import main
from bot.core.content_types import Skill
from tests.every import check_every
from tests.real_content import load


def test_each_skill_is_written_within_the_limits_with_all_that_it_teaches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = load()
    skills = catalog.skills.values()
    assert main(["content", "export", "--skills", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'new'}: {len(skills)} skills.\n"
    assert len(list(tmp_path.glob("new/*/SKILL.md"))) == len(skills)

    def check(skill: Skill) -> None:
        text = (tmp_path / "new" / skill.slug / "SKILL.md").read_text("utf-8")
        _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
        fields = yaml.safe_load(front)
        assert fields.keys() == {"name", "description"}
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fields["name"])
        assert len(fields["name"]) <= 64
        assert fields["name"] == skill.slug, "the specification wants the name of the folder"
        assert skill.why in fields["description"]
        assert skill.asks[0] in fields["description"]
        assert len(fields["description"]) <= 400
        assert not re.search("[<>]", fields["description"])
        assert len(text) < 20_500
        assert len(text.splitlines()) < 500
        levels = dict(skill.looks_like).values()
        assert all(line in body for line in (skill.first_exercise, *skill.mistakes, *levels))
        first = next(tip for of, tip in catalog.tips if of.slug == skill.slug)
        assert all(line in body for line in (first.title, *first.do, f"Done when {first.done_when}"))

    check_every(skills, check)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["content", "export", "--skills", str(tmp_path / "file")]) == 2
    assert re.fullmatch(r"\S+ can't be written: Not a directory\. Name another folder\.\n", capsys.readouterr().err)
