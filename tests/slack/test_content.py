"""A team's own content: read at a start, left out where it holds mistakes, and shown to admins by its title."""

import logging
import os
from pathlib import Path

import pytest

from bot.core.catalog import Catalog
from tests.content.own_pack import BROKEN, BROKEN_AT, HIDDEN_TIP, REPLACED_CHALLENGE, pack, whole
from tests.driver.standin import StandIn
from tests.running import bot_in
from tests.slack.posting import Sender
from tests.slack.talk import Talk, labels_of

NORA, EMIL = "U01NORA", "U02EMIL"


def ours(catalog: Catalog) -> dict[str, str]:
    skill = catalog.skills[catalog.challenges[REPLACED_CHALLENGE].skill]
    return whole(skill.theme, skill.slug)


async def test_a_pack_is_taught_after_a_start_and_a_broken_one_is_named_by_its_title_and_its_files_in_the_log_alone(
    slack: StandIn, tmp_path: Path, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    files, challenge = ours(catalog), f"challenges/{REPLACED_CHALLENGE}.yaml"
    files |= {challenge: files[challenge] + "review_by: 2020-01-01\n"}
    sales = pack(tmp_path, {**files, "pack.yaml": f"title: Sales <presales>\n{files['pack.yaml']}"}, "sales")
    broken = pack(tmp_path, {**BROKEN, "pack.yaml": "title: Presales\n"})
    with caplog.at_level(logging.ERROR):
        async with bot_in(slack, tmp_path, ROLESHIFT_CONTENT=f"{sales}{os.pathsep}{broken}") as bot:
            nora, emil = Talk(slack, NORA), Talk(slack, EMIL)
            assert "Your role now: Solutions Engineer" in await emil.does("/roleshift myrole presales engineer")
            await nora.does("/roleshift challenge new")
            templates = slack.workspace.screens.stacks[NORA][-1].blocks
            assert "Fix one customer demo" in str(templates)
            assert catalog.challenges[REPLACED_CHALLENGE].name not in str(templates)
            assert HIDDEN_TIP in catalog.lessons
            assert HIDDEN_TIP not in bot.services.catalog.lessons
            assert bot.services.catalog.roles.keys() - catalog.roles.keys() == {"solutions-engineer"}
            said = await nora.does("/roleshift team")
            assert "Left out of what I teach: Presales. Texts to review: 1. `python -m bot content check` and" in said
            assert "solutions-engineer" not in said
            assert str(tmp_path) not in said
            ready = (await Sender(bot, "").send(b"", method="GET", path="/readyz")).body
    assert ready == b"ready\ncontent: 1 of 2 packs left out; the log names their mistakes"
    refusals = [record for record in caplog.records if record.message == "content.refused"]
    assert [record.__dict__["mistakes"] for record in refusals] == [[BROKEN_AT]]


async def test_what_a_pack_hides_breaks_nobody_who_had_it(slack: StandIn, tmp_path: Path, catalog: Catalog) -> None:
    path = [skill for skill in catalog.roles["qa-engineer"].skills if skill != "how-models-behave"]
    async with bot_in(slack, tmp_path):
        emil, *old = (Talk(slack, EMIL) for _ in range(7))
        await emil.does("/roleshift myrole qa")
        await emil.does("/roleshift learn how models behave")
        await emil.does(f"/roleshift learn {path[0]}")
        for talk in old:
            await talk.does(f"/roleshift tip {path[0]}")
    skills = f"[how-models-behave, {path[0]}]"
    hide = f"hide: {{roles: [qa-engineer], skills: {skills}, challenges: [{REPLACED_CHALLENGE}]}}\n"
    async with bot_in(slack, tmp_path, ROLESHIFT_CONTENT=str(pack(tmp_path, {"pack.yaml": hide}))) as bot:
        for line in ("myrole", "progress", "skills", "tip", "roles", "learn", "unlearn", "privacy", "themes"):
            said = await emil.does(f"/roleshift {line}")
            assert "broke on my side" not in said, f"{line}: {said}"
        assert "I don't know the skill" in await emil.does(f"/roleshift skill {path[0]}")
        for number, talk in enumerate(old):
            labels = labels_of(talk.last)
            said = await talk.does(f"[{labels[number % len(labels)]}]")
            assert "broke on my side" not in said, labels[number % len(labels)]
        assert bot.services.catalog.role_of("qa-engineer") is None
