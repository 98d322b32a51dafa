"""A finished path is announced, with the closest path of another role, a challenge and a tip."""

from collections.abc import Callable

from tests.real_content import load
from tests.slack.talk import Talk, labels_of


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
