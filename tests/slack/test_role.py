"""A member's role: the one that fits their title in Slack is offered, and the end of its path is announced."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.core.content_types import Role
from bot.playground.emulator.faults import refuse
from tests.driver.standin import StandIn
from tests.real_content import load
from tests.running import rows_about
from tests.slack.talk import Talks, labels_of

EMIL = "U02EMIL"


async def test_a_title_is_offered_only_if_one_role_fits_and_slack_tells_it(
    talk: Talks, slack: StandIn, tmp_path: Path
) -> None:
    async def check(title: str, *, is_offered: bool) -> None:
        await slack.change_person(EMIL, title=title)
        conversation = talk()
        assert "Which role is yours?" in await conversation.does("/roleshift myrole")
        assert ("Yes" in labels_of(conversation.last)) is is_offered, title
        assert not [row for row in rows_about(tmp_path, EMIL) if row[0] == "member"], "a look stores nothing"

    for title in ("", "Chief Happiness Officer", "Project Manager", "Dragon Tamer & DevOps"):  # "Everyone" is no offer
        await check(title, is_offered=False)
    await check("Senior DevOps Engineer", is_offered=True)
    slack.faults.add(refuse("users.info", error="internal_error", times=None))
    await check("Senior DevOps Engineer", is_offered=False)


def test_a_role_of_the_source_says_nothing_but_the_sources_own_lines() -> None:
    devops = load().roles["devops-engineer"]
    with pytest.raises(ValidationError, match="the source's own lines"):
        Role.model_validate({**devops.model_dump(), "less": ["Paraphrases"]})
