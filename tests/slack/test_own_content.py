"""A team's own content: read while the bot runs, in all processes or in none, and refused where it holds mistakes."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.core.catalog import Catalog
from bot.run import app
from bot.run.app import Bot, Worker
from tests.driver.standin import StandIn
from tests.own_content import BROKEN, BROKEN_AT, EMPTY, HIDDEN_TIP, REPLACED_CHALLENGE, whole, write
from tests.running import bot_in, every_row, settings_for
from tests.slack.posting import Sender
from tests.slack.talk import Talk, labels_of

NORA, EMIL = "U01NORA", "U02EMIL"


@asynccontextmanager
async def both(slack: StandIn, folder: Path, pack: Path) -> AsyncIterator[tuple[Bot, Worker]]:
    """Yield a process that answers and one that runs the jobs, at one database and with one pack."""
    settings = settings_for(slack, folder, ROLESHIFT_CONTENT=str(pack))
    async with bot_in(slack, folder, ROLESHIFT_CONTENT=str(pack)) as bot, app.start_worker(settings) as worker:
        await bot.watch.look()
        await worker.watch.look()
        yield bot, worker


def ours(catalog: Catalog) -> dict[str, str]:
    skill = catalog.skills[catalog.challenges[REPLACED_CHALLENGE].skill]
    return whole(skill.theme, skill.slug)


async def readiness(worker: Worker) -> str:
    return (await Sender(worker.asgi, "").send(b"", method="GET", path="/readyz")).body.decode()


async def test_a_pack_works_after_a_reload_in_all_processes_without_a_restart(
    slack: StandIn, tmp_path: Path, catalog: Catalog
) -> None:
    async with both(slack, tmp_path, write(tmp_path, EMPTY)) as (bot, worker):
        nora, emil = Talk(slack, NORA), Talk(slack, EMIL)
        assert "I don't know the role" in await emil.does("/roleshift myrole presales engineer")
        write(tmp_path, ours(catalog))
        assert f"I teach {len(catalog.roles) + 1} roles" in await nora.does("/roleshift content reload")
        assert "Your role is *Solutions Engineer* now." in await emil.does("/roleshift myrole presales engineer")
        await nora.does("/roleshift challenge new")
        templates = slack.workspace.screens.stacks[NORA][-1].blocks
        assert "Fix one customer demo" in str(templates)
        assert catalog.challenges[REPLACED_CHALLENGE].name not in str(templates)
        await worker.watch.look()
        for process in (bot, worker):
            assert HIDDEN_TIP in catalog.lessons
            assert HIDDEN_TIP not in process.services.catalog.lessons
            assert "solutions-engineer" in process.services.catalog.roles
            assert await readiness(process) == "ready"
        assert [row[4] for row in every_row(tmp_path) if row[0] == "audit"] == ["content reloaded"]
        assert "Nothing is new" in await nora.does("/roleshift content reload")


async def test_a_broken_pack_is_refused_and_the_old_content_serves_on(
    slack: StandIn, tmp_path: Path, catalog: Catalog
) -> None:
    async with both(slack, tmp_path, write(tmp_path, ours(catalog))) as (bot, worker):
        before = bot.services.catalog, worker.services.catalog
        nora, emil = Talk(slack, NORA), Talk(slack, EMIL)
        write(tmp_path, BROKEN)
        said = await nora.does("/roleshift content reload")
        assert "so nothing was changed" in said
        assert BROKEN_AT in said
        worker.watch.reload_soon()  # as SIGHUP does
        await worker.watch.look()
        await bot.watch.look()
        assert (bot.services.catalog, worker.services.catalog) == before
        assert "Your role is *Solutions Engineer* now." in await emil.does("/roleshift myrole presales engineer")
        desk = await nora.does("/roleshift team")
        assert "Your own content was refused* by 2 of 2 processes" in desk
        assert BROKEN_AT in desk
        for process in (bot, worker):
            lines = (await readiness(process)).splitlines()
            assert lines[0] == "ready"
            assert lines[1].endswith(BROKEN_AT)
        write(tmp_path, ours(catalog))
        assert "Nothing is new" in await nora.does("[Read the files again]")
        await worker.watch.look()
        await bot.watch.look()
        assert "Your own content was refused" not in await nora.does("/roleshift team")


async def test_a_pack_that_is_broken_at_the_start_leaves_the_built_in_content(
    slack: StandIn, tmp_path: Path, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        async with both(slack, tmp_path, write(tmp_path, BROKEN)) as (bot, worker):
            assert list(bot.services.catalog.roles) == list(catalog.roles)
            assert list(worker.services.catalog.roles) == list(catalog.roles)
            nora = Talk(slack, NORA)
            assert BROKEN_AT in await nora.does("/roleshift team")
            write(tmp_path, ours(catalog))
            assert f"I teach {len(catalog.roles) + 1} roles" in await nora.does("/roleshift content reload")
            await worker.watch.look()
            assert "solutions-engineer" in worker.services.catalog.roles
    refusals = [record for record in caplog.records if record.message == "content.refused"]
    assert [record.__dict__["mistakes"] for record in refusals] == [[BROKEN_AT], [BROKEN_AT]]


async def test_a_process_with_other_files_says_so_and_the_desk_names_it(
    slack: StandIn, tmp_path: Path, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = write(tmp_path, EMPTY), write(tmp_path / "elsewhere", EMPTY)
    settings = settings_for(slack, tmp_path, ROLESHIFT_CONTENT=str(other))
    async with (
        bot_in(slack, tmp_path, ROLESHIFT_CONTENT=str(one)) as bot,
        app.start_worker(settings) as worker,
    ):
        await bot.watch.look()
        await worker.watch.look()
        nora = Talk(slack, NORA)
        write(tmp_path, ours(catalog))
        await nora.does("/roleshift content reload")
        await worker.watch.look()
        assert "Other content is served* by 1 of 2 processes" in await nora.does("/roleshift team")
        here, wanted = worker.services.content_library.version, bot.services.content_library.version
        assert await readiness(worker) == f"ready\ncontent: version {here} is served here, but {wanted} is wanted"
        assert await readiness(bot) == "ready"
        assert [record.message for record in caplog.records].count("content.differs") == 1
        write(tmp_path / "elsewhere", ours(catalog))
        worker.watch._told_at = float("-inf")  # half a minute later
        await worker.watch.look()
        assert await readiness(worker) == "ready"


async def test_only_admins_reload(talk: Callable[..., Talk]) -> None:
    assert "Only workspace admins and coach admins can" in await talk(EMIL).does("/roleshift content reload")
    assert "Type `/roleshift content`" in await talk(NORA).does("/roleshift content of everything")


async def test_what_a_pack_hides_breaks_nobody_who_had_it(slack: StandIn, tmp_path: Path, catalog: Catalog) -> None:
    path = [skill for skill in catalog.roles["qa-engineer"].skills if skill != "how-models-behave"]
    async with both(slack, tmp_path, write(tmp_path, EMPTY)) as (bot, worker):
        nora, emil, *old = (Talk(slack, who) for who in (NORA, *[EMIL] * 6))
        await emil.does("/roleshift myrole qa")
        await emil.does("/roleshift learn how models behave")
        await emil.does(f"/roleshift learn {path[0]}")
        for talk in old:
            await talk.does(f"/roleshift tip {path[0]}")
        hide = f"hide: {{roles: [qa-engineer], skills: [how-models-behave, {path[0]}], challenges: [fast-or-right]}}\n"
        write(tmp_path, {"pack.yaml": hide})
        assert "Reloaded" in await nora.does("/roleshift content reload")
        await worker.watch.look()
        for line in ("myrole", "progress", "skills", "tip", "roles", "learn", "unlearn", "privacy", "themes"):
            said = await emil.does(f"/roleshift {line}")
            assert "broke on my side" not in said, f"{line}: {said}"
        assert "I don't know the skill" in await emil.does(f"/roleshift skill {path[0]}")
        for number, talk in enumerate(old):
            assert talk.last is not None
            labels = labels_of(talk.last)
            said = await talk.does(f"[{labels[number % len(labels)]}]")
            assert "broke on my side" not in said, labels[number % len(labels)]
        assert bot.services.catalog.role_of("qa-engineer") is None


async def test_what_should_be_read_again_is_on_the_desk(slack: StandIn, tmp_path: Path, catalog: Catalog) -> None:
    skill = catalog.skills[catalog.challenges[REPLACED_CHALLENGE].skill]
    files = whole(skill.theme, skill.slug)
    challenge = f"challenges/{REPLACED_CHALLENGE}.yaml"
    pack = write(tmp_path, {**files, challenge: files[challenge] + "review_by: 2020-01-01\n"})
    async with bot_in(slack, tmp_path, ROLESHIFT_CONTENT=str(pack)):
        nora = Talk(slack, NORA)
        for command in ("team", "content"):
            said = await nora.does(f"/roleshift {command}")
            assert "*Should be read again: 1 of " in said
            assert "\nFix one customer demo. `python -m bot content stale` names their owners." in said


async def test_a_member_is_told_what_a_reload_changed_on_their_path(
    slack: StandIn, tmp_path: Path, catalog: Catalog
) -> None:
    path = catalog.roles["qa-engineer"].skills
    skill = catalog.skills[path[0]]
    tip = "{id: ours-one, title: Open our dashboard, do: Open it., done_when: it is open., minutes: 15}"
    pack = write(tmp_path, EMPTY)
    async with bot_in(slack, tmp_path, ROLESHIFT_CONTENT=str(pack)) as bot:
        await bot.watch.look()
        emil = Talk(slack, EMIL)
        await emil.does("/roleshift myrole qa")
        assert "Nothing is new" in await emil.does("/roleshift whatsnew")
        write(tmp_path, {"pack.yaml": f"tips:\n  {skill.slug}:\n    - {tip}\n"})
        bot.watch.reload_soon()
        await bot.watch.look()
        assert f"*{skill.name}*\nNew tip: Open our dashboard." in await emil.does("/roleshift whatsnew")
        assert "Start here" in await emil.does("[Look]")
        assert "Nothing is new" in await emil.does("/roleshift whatsnew")
