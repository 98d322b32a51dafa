"""Why a process does not start: settings, the database, tokens, the port. No value of a setting is shown."""

import socket
from pathlib import Path

from tests.driver.standin import StandIn
from tests.processes.observed import last_words, marks_in

SECRET = "canary"  # stands in every value that is wrong
NO_SERVER = f"postgresql://nora:{SECRET}@127.0.0.1:1/roleshift"
NO_FOLDER = f"sqlite:////no/such/{SECRET}/roleshift.db"


async def test_a_database_that_does_not_answer_is_named_without_its_address(slack: StandIn, tmp_path: Path) -> None:
    for command, database in ((("jobs", "--once"), NO_SERVER), (("bot", "migrate"), NO_FOLDER)):
        code, said = await last_words(tmp_path, *command, **slack.environment(), DATABASE_URL=database)
        assert code == 2
        assert said.startswith("DATABASE_URL names a database that does not answer")
        assert SECRET not in said
        assert "Traceback" not in said


async def test_a_database_that_is_not_up_to_date_must_be_migrated_first(
    slack: StandIn, tmp_path: Path, empty_postgres: str
) -> None:
    code, said = await last_words(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=empty_postgres)
    assert (code, said) == (2, "The database is not up to date. Run `python -m bot migrate` first.")
    assert await last_words(tmp_path, "bot", "migrate", DATABASE_URL=empty_postgres) == (0, "")
    assert await marks_in(empty_postgres) == []


async def test_a_token_that_slack_refuses_is_said_to_be_refused(slack: StandIn, tmp_path: Path) -> None:
    for variable, token in (("SLACK_BOT_TOKEN", "xoxb"), ("SLACK_APP_TOKEN", "xapp-1-A0-1")):
        variables = slack.environment() | {variable: f"{token}-{SECRET}"}
        code, said = await last_words(tmp_path, "bot", "run", **variables)
        assert (code, said.splitlines()[-1]) == (2, f"Slack does not accept {variable} (invalid_auth).")
        assert SECRET not in said


async def test_a_port_that_is_taken_is_named(slack: StandIn, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = await last_words(tmp_path, "bot", "run", **slack.environment(), PORT=port)
    assert (code, said) == (2, f"Port {port} can't be listened on. Set PORT to a free one.")
