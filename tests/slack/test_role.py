"""A member's role: the one that fits their title in Slack is offered, and the end of its path is announced."""

from collections.abc import Callable
from pathlib import Path

from bot.playground.emulator.faults import refuse
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.real_content import load
from tests.running import rows_about
from tests.slack.talk import Talk, labels_of

EMIL = "U02EMIL"


async def test_a_title_is_offered_only_if_one_role_fits(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    async def check(case: tuple[str, str | None]) -> None:
        title, offered = case
        await slack.change_person(EMIL, title=title)
        conversation = talk()
        assert "Which role is yours?" in await conversation.does("/roleshift myrole")
        assert conversation.last is not None
        assert [label for label in labels_of(conversation.last) if label.startswith("Yes")] == (
            [offered] if offered else []
        )
        assert not [row for row in rows_about(tmp_path, EMIL) if row[0] == "member"], "a look stores nothing"

    await try_every(
        [
            ("Senior DevOps Engineer", "Yes, DevOps Engineer"),
            ("", None),
            ("Chief Happiness Officer", None),
            ("Accountant", None),  # would be "Everyone", which is no offer
            ("Dragon Tamer & DevOps", None),
            ("<!channel>", None),
        ],
        check,
    )


async def test_without_an_answer_of_slacks_the_menu_comes_alone(talk: Callable[..., Talk], slack: StandIn) -> None:
    slack.faults.add(refuse("users.info", error="internal_error"))
    conversation = talk()
    assert "Which role is yours?" in await conversation.does("/roleshift myrole")
    assert conversation.last is not None
    assert "Yes, DevOps Engineer" not in labels_of(conversation.last)


async def test_learning_the_last_skill_says_that_the_path_is_finished_and_what_is_next(
    talk: Callable[..., Talk],
) -> None:
    catalog, emil = load(), talk()
    role = catalog.roles["devops-engineer"]
    await emil.does(f"/roleshift myrole {role.slug}")
    said = [await emil.does(f"/roleshift learn {slug}") for slug in role.skills]
    assert [f"You finished the path to {role.becomes}" in each for each in said] == [False] * (len(said) - 1) + [True]
    assert emil.last is not None
    assert labels_of(emil.last)[:3] == ["See that path", "Team challenges", "A tip now"]
    name = said[-1].partition("Closest to it: *")[2].partition("*")[0]
    assert name in {each.becomes for each in catalog.roles.values()} - {role.becomes}
    assert name in await emil.does("[See that path]")
    progress = await emil.does("/roleshift progress")
    assert f"*You finished the path to {role.becomes}.* Closest to it: *{name}*." in progress
    assert "No challenge is open" in await emil.does("[Team challenges]")
