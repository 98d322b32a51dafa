"""A whole conversation with the bot's process over signed HTTP on PostgreSQL; the playground has the other two."""

from pathlib import Path

from tests.driver.standin import StandIn
from tests.end_to_end.process import bot
from tests.real_content import load
from tests.slack.talk import Talk

ON_PATH = len(load().roles["devops-engineer"].skills)
CONVERSATION = (
    ("/roleshift", "Which role is yours?"),
    ("[Yes]", f"0 of {ON_PATH} learned"),
    ("/roleshift learn token costs", "Done: *Token usage and costs*."),
    ("/roleshift learn token costs", "Count unchanged."),
    ("[My progress]", f"1 of {ON_PATH}"),
    ("/roleshift tip", "A tip for you"),
    ("/roleshift forget me", "Nothing is deleted yet."),
    ("[Delete my data]", "I know nothing about you any more."),
    ("/roleshift progress", "You have learned no skill yet"),
    ("/roleshift myrole", "Which role is yours?"),
)


async def test_a_member_is_answered_from_the_first_word_to_the_last(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with bot(slack, tmp_path, migrated_postgres, http=True):
        talk = Talk(slack, "U02EMIL", "general")
        for step, expected in CONVERSATION:
            assert expected in await talk.does(step), step
    assert slack.refused == []
