"""Two processes of the bot on one PostgreSQL database: each sees what the other stored."""

from pathlib import Path

from tests.driver.standin import StandIn
from tests.end_to_end.process import bot
from tests.real_content import load
from tests.slack.talk import Talk


async def test_a_member_forgotten_by_one_process_is_a_new_member_for_the_other(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with (
        bot(slack, tmp_path, migrated_postgres, http=True) as first,
        bot(slack, tmp_path, migrated_postgres, http=True) as two,
    ):
        talk = Talk(slack, "U02EMIL")
        slack.deliver_to(f"{first.url}/slack/events")
        assert "Done: " in await talk.does("/roleshift learn cost spikes")
        slack.deliver_to(f"{two.url}/slack/events")
        await talk.does("/roleshift forget me")
        assert "I know nothing about you any more." in await talk.does("[Delete me]")
        slack.deliver_to(f"{first.url}/slack/events")
        on_path = len(load().roles["devops-engineer"].skills)
        assert "Your role is *DevOps Engineer* now." in await talk.does("/roleshift myrole sre")
        assert "Done: " in await talk.does("/roleshift learn token costs")
        slack.deliver_to(f"{two.url}/slack/events")
        assert f"1 of {on_path}  AI Platform Enabler" in await talk.does("/roleshift progress")
