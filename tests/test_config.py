"""Missing and wrong settings are reported all at once, and no value is ever printed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.__main__ import main
from bot.run.settings import EPHEMERAL_DISKS, DatabaseSettings, Settings, SettingsError, load, variables

ROOT = Path(__file__).parent.parent
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_APP_TOKEN": "xapp-1-canary"}
SECRET = "0123456789abcdef" * 2
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_SIGNING_SECRET": SECRET}
MANY = {
    "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": SECRET,
    "ROLESHIFT_PUBLIC_URL": "https://coach.example.org", "ROLESHIFT_TOKEN_KEYS": f"k1:{'A' * 43}",
}  # fmt: skip
PORT = "The port to listen on, from 1 to 65535."
DAYS = "Days for which the record of a message is kept after its end, from 14 to 3650."
LOOPBACK = {"SLACK_API_URL": "http://127.0.0.1:4000/api/"}

CUT_SHORT = "is cut short, or holds a blank: copy the whole token"
NO_WAY_IN = (
    "SLACK_SIGNING_SECRET is missing (32 hexadecimal digits, for HTTP), and so is SLACK_APP_TOKEN (for Socket Mode)"
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove the machine's variables and hide its .env file."""
    for name in [*variables(), *EPHEMERAL_DISKS, "SLACK_CLI_XOXB", "SLACK_CLI_XAPP"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def settings(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load(Settings)


def faults(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        settings(monkeypatch, variables)
    return str(refused.value).splitlines()


def test_the_address_for_assistants_may_end_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, TOKENS | {"ROLESHIFT_MCP_URL": "https://coach.example.org/mcp/"})
    assert found.mcp_url == "https://coach.example.org"


def test_five_settings_are_enough_for_many_workspaces_and_none_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, MANY)
    assert (found.oauth, found.slack_app_token, found.slack_bot_token) == (True, None, None)
    assert SECRET not in f"{found!r} {found}"
    assert "A" * 43 not in f"{found!r} {found}"


def test_the_slack_command_lines_own_names_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, {"SLACK_CLI_XOXB": "xoxb-1-canary", "SLACK_CLI_XAPP": "xapp-1-canary"})
    assert found.slack_app_token is not None


def test_an_env_file_in_the_working_folder_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in (TOKENS | {"PORT": "4711", "OTHER": "ignored"}).items()]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert settings(monkeypatch, {}).port == 4711


def test_what_is_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, TOKENS | {"PORT": "", "DATABASE_URL": "", "SLACK_SIGNING_SECRET": ""})
    assert (found.port, found.database_url) == (3000, "sqlite:///roleshift.db")
    assert "canary" not in f"{found!r} {found}"


def test_all_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, {}) == ["SLACK_BOT_TOKEN is missing; it must start with `xoxb-`", NO_WAY_IN]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-canary", "must start with `xoxb-`"),
        ("SLACK_BOT_TOKEN", " xoxb-1-canary", "must start with `xoxb-`"),
        ("SLACK_BOT_TOKEN", "xoxb-1", CUT_SHORT),
        ("SLACK_APP_TOKEN", "xoxb-canary", "must start with `xapp-`"),
        ("SLACK_SIGNING_SECRET", "canary", "must be 32 hexadecimal digits"),
        ("PORT", "canary", f"is not what it should be: {PORT}"),
        ("SLACK_API_URL", "http://canary.example/api/", "must be an https:// address that ends with /api/"),
        ("ROLESHIFT_CLOCK", "/canary", "is for the playground: SLACK_API_URL must be a loopback address"),
        ("ROLESHIFT_LOG_LEVEL", "canary", "is not what it should be: debug, info, warning or error."),
        ("ROLESHIFT_DELIVERY_DAYS", "13", f"is not what it should be: {DAYS}"),
    ],
)
def test_a_fault_is_named_with_what_it_should_look_like_and_never_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    (found,) = faults(monkeypatch, (HTTP if name == "SLACK_SIGNING_SECRET" else TOKENS) | {name: value})
    assert found == f"{name} {said}"
    assert "canary" not in found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1-canary"}, "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many"),
        ({"SLACK_APP_TOKEN": "xapp-1-canary"}, "SLACK_APP_TOKEN is for Socket Mode; with SLACK_CLIENT_ID, Slack's"),
        ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET is missing: SLACK_CLIENT_ID is set, and the two go"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing (32 hexadecimal digits): with SLACK_CLIENT_ID"),
        ({"ROLESHIFT_PUBLIC_URL": ""}, "ROLESHIFT_PUBLIC_URL is missing: with SLACK_CLIENT_ID, Slack sends people"),
        ({"ROLESHIFT_MCP_URL": "http://canary.example"}, "ROLESHIFT_MCP_URL must be an https:// address"),
        ({"ROLESHIFT_PUBLIC_URL": "http://canary.example"}, "ROLESHIFT_PUBLIC_URL must be an https:// address"),
        ({"ROLESHIFT_TOKEN_KEYS": ""}, "SLACK_CLIENT_ID needs ROLESHIFT_TOKEN_KEYS too; `python -m bot keys new`"),
        ({"ROLESHIFT_TOKEN_KEYS": "k1:canary"}, "ROLESHIFT_TOKEN_KEYS must be keys as `python -m bot keys new`"),
        ({"SLACK_CLIENT_ID": "canary"}, "SLACK_CLIENT_ID is not what it should be: Digits and a dot; with"),
    ],
)
def test_settings_of_one_workspace_and_of_many_do_not_mix(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], said: str
) -> None:
    (found,) = faults(monkeypatch, MANY | changed)
    assert found.startswith(said)
    assert "canary" not in found


def test_a_client_secret_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = faults(monkeypatch, TOKENS | {"SLACK_CLIENT_SECRET": SECRET})
    assert found.startswith("SLACK_CLIENT_SECRET is set, but SLACK_CLIENT_ID is not")


def test_every_faulty_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "canary", "SLACK_APP_TOKEN": "canary", "SLACK_SIGNING_SECRET": "canary", "PORT": "canary",
        "DATABASE_URL": "canary", "ROLESHIFT_LOG_LEVEL": "canary", "ROLESHIFT_CLOCK": "canary",
    }  # fmt: skip
    found = faults(monkeypatch, wrong)
    assert sorted(line.split(" ")[0] for line in found) == sorted(wrong)
    assert "canary" not in "".join(found)


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite:///:memory:", "sqlite://", "postgres://", "roleshift.db"])
def test_an_address_that_leads_to_no_file_and_no_server_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert [line.split(" ")[0] for line in faults(monkeypatch, TOKENS | {"DATABASE_URL": url})] == ["DATABASE_URL"]


@pytest.mark.parametrize(
    "url", ["postgres://u:p@host/db?sslmode=require", "postgresql://host/db", "sqlite:////tmp/x.db"]
)
def test_the_addresses_that_hosts_hand_out_are_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert settings(monkeypatch, TOKENS | {"DATABASE_URL": url}).database_url == url


def test_an_api_address_gets_its_closing_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, TOKENS | {"SLACK_API_URL": "https://slack.com/api"}).slack_api_url.endswith("/api/")


def test_time_can_be_moved_where_slack_is_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, TOKENS | LOOPBACK | {"ROLESHIFT_CLOCK": "clock"}).clock_file == Path("clock")


def test_a_host_that_keeps_no_files_needs_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, TOKENS | {"DYNO": "web.1"}) == [
        "DATABASE_URL must be a PostgreSQL address: Heroku does not keep files, so SQLite would lose everything"
    ]
    found = settings(monkeypatch, TOKENS | {"DYNO": "web.1", "DATABASE_URL": "postgres://host/db"})
    assert found.database_url == "postgres://host/db"


def test_not_even_an_error_that_nobody_catches_quotes_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PORT"):
        monkeypatch.setenv(name, "canary")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "canary" not in str(refused.value)


def test_migrating_needs_the_databases_address_and_no_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(DatabaseSettings).database_url == "sqlite:///roleshift.db"
    monkeypatch.setenv("DATABASE_URL", "postgres://host/db")
    assert load(DatabaseSettings).database_url == "postgres://host/db"
    monkeypatch.setenv("DATABASE_URL", "mysql://canary@host/db")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL must look like") as refused:
        load(DatabaseSettings)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "password", ["can@ary", "a@canary:1", "1@2:canary", "can/ary", "can[ary", "x#canary", "x?canary"]
)
def test_migrating_shows_no_part_of_a_password_that_is_not_escaped(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], password: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nora:{password}@127.0.0.1:1/db")
    assert main(["migrate"]) == 2
    printed = "".join(capfd.readouterr())
    assert "`@` as `%40`" in printed
    assert "ary" not in printed


def test_the_bot_does_not_start_with_faulty_settings_says_why_and_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"SLACK_BOT_TOKEN": "canary", "SLACK_APP_TOKEN": "xapp-1-canary", "PORT": "canary"}.items():
        monkeypatch.setenv(name, value)
    assert main(["run"]) == 2
    printed = capfd.readouterr()
    assert [line.split(" ")[0] for line in printed.err.splitlines()] == ["PORT", "SLACK_BOT_TOKEN"]
    assert "canary" not in printed.out + printed.err
