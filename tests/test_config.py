"""Missing and wrong settings are reported all at once, and no value is ever printed."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.__main__ import main
from bot.run.settings import EPHEMERAL_DISKS, DatabaseSettings, Settings, SettingsError, load, variables
from tests.every import check_every

ROOT = Path(__file__).parent.parent
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_APP_TOKEN": "xapp-1-canary"}
SECRET = "0123456789abcdef" * 2
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_SIGNING_SECRET": SECRET}
MANY = {
    "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": SECRET,
    "ROLESHIFT_PUBLIC_URL": "https://coach.example.org", "ROLESHIFT_TOKEN_KEYS": f"k1:{'A' * 43}",
}  # fmt: skip


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


TAKEN: dict[str, tuple[dict[str, str], dict[str, object]]] = {  # what is set → what the bot reads
    "the address for assistants may end with its path": (
        {"ROLESHIFT_MCP_URL": "https://coach.example.org/mcp/"}, {"mcp_url": "https://coach.example.org"},
    ),
    "an address of the Web API gets its closing slash": (
        {"SLACK_API_URL": "https://slack.com/api"}, {"slack_api_url": "https://slack.com/api/"},
    ),
    "what is empty counts as not set": (
        {"PORT": "", "DATABASE_URL": "", "SLACK_SIGNING_SECRET": ""},
        {"port": 3000, "database_url": "sqlite:///roleshift.db", "slack_signing_secret": None},
    ),
    "time can be moved where Slack is a stand-in": (
        {"SLACK_API_URL": "http://127.0.0.1:4000/api/", "ROLESHIFT_CLOCK": "clock"}, {"clock_file": Path("clock")},
    ),
    "a host that keeps no files has PostgreSQL": (
        {"DYNO": "web.1", "DATABASE_URL": "postgres://host/db"}, {"database_url": "postgres://host/db"},
    ),
    **{
        f"hosts hand out {url}": ({"DATABASE_URL": url}, {"database_url": url})
        for url in ("postgres://u:p@host/db?sslmode=require", "postgresql://host/db", "sqlite:////tmp/x.db")
    },
    "many workspaces need five settings": (MANY, {"oauth": True, "slack_app_token": None, "slack_bot_token": None}),
    "the names of Slack's command line": (
        {"SLACK_CLI_XOXB": "xoxb-1-canary", "SLACK_CLI_XAPP": "xapp-1-canary"},
        {"slack_app_token": SecretStr("xapp-1-canary")},
    ),
}  # fmt: skip


def test_what_fits_together_is_taken_and_no_secret_is_printed() -> None:
    def check(case: tuple[dict[str, str], dict[str, object]]) -> None:
        given, read = case
        own = {} if given is MANY or "SLACK_CLI_XOXB" in given else TOKENS
        with pytest.MonkeyPatch.context() as patch:
            found = settings(patch, own | given)
        assert {name: getattr(found, name) for name in read} == read
        assert not any(secret in f"{found!r} {found}" for secret in ("canary", SECRET, "A" * 43))

    check_every(TAKEN, check)


def test_an_env_file_in_the_working_folder_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in (TOKENS | {"PORT": "4711", "OTHER": "ignored"}).items()]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert settings(monkeypatch, {}).port == 4711


NOT_TAKEN: list[tuple[dict[str, str], dict[str, str], str]] = [  # what is right, what is wrong then, what is said
    (TOKENS, {"SLACK_BOT_TOKEN": "xoxp-canary"}, "SLACK_BOT_TOKEN must start with `xoxb-`"),
    (TOKENS, {"SLACK_BOT_TOKEN": " xoxb-1-canary"}, "SLACK_BOT_TOKEN must start with `xoxb-`"),
    (TOKENS, {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN is cut short, or holds a blank: copy the whole token"),
    (TOKENS, {"SLACK_APP_TOKEN": "xoxb-canary"}, "SLACK_APP_TOKEN must start with `xapp-`"),
    (HTTP, {"SLACK_SIGNING_SECRET": "canary"}, "SLACK_SIGNING_SECRET must be 32 hexadecimal digits"),
    (TOKENS, {"PORT": "canary"}, "PORT is not what it should be: The port to listen on, from 1 to 65535."),
    (TOKENS, {"SLACK_API_URL": "http://canary.example/api/"}, "SLACK_API_URL must be an https:// address that ends"),
    (TOKENS, {"ROLESHIFT_CLOCK": "/canary"}, "ROLESHIFT_CLOCK is for the playground: SLACK_API_URL must be"),
    (TOKENS, {"ROLESHIFT_LOG_LEVEL": "canary"}, "ROLESHIFT_LOG_LEVEL is not what it should be: debug, info, warning"),
    (TOKENS, {"ROLESHIFT_DELIVERY_DAYS": "13"}, "ROLESHIFT_DELIVERY_DAYS is not what it should be: Days for which"),
    (TOKENS, {"SLACK_CLIENT_SECRET": SECRET}, "SLACK_CLIENT_SECRET is set, but SLACK_CLIENT_ID is not"),
    (TOKENS, {"DYNO": "web.1"}, "DATABASE_URL must be a PostgreSQL address: Heroku does not keep files, so SQLite"),
    *(
        (TOKENS, {"DATABASE_URL": url}, "DATABASE_URL must look like")
        for url in ("sqlite:///", "sqlite:///:memory:", "sqlite://", "postgres://", "roleshift.db")
    ),
    (MANY, {"SLACK_BOT_TOKEN": "xoxb-1-canary"}, "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many"),
    (MANY, {"SLACK_APP_TOKEN": "xapp-1-canary"}, "SLACK_APP_TOKEN is for Socket Mode; with SLACK_CLIENT_ID, Slack's"),
    (MANY, {"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET is missing: SLACK_CLIENT_ID is set, and the two go"),
    (MANY, {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing (32 hexadecimal digits): with SLACK_CLIENT_"),
    (MANY, {"ROLESHIFT_PUBLIC_URL": ""}, "ROLESHIFT_PUBLIC_URL is missing: with SLACK_CLIENT_ID, Slack sends people"),
    (MANY, {"ROLESHIFT_MCP_URL": "http://canary.example"}, "ROLESHIFT_MCP_URL must be an https:// address"),
    (MANY, {"ROLESHIFT_PUBLIC_URL": "http://canary.example"}, "ROLESHIFT_PUBLIC_URL must be an https:// address"),
    (MANY, {"ROLESHIFT_TOKEN_KEYS": ""}, "SLACK_CLIENT_ID needs ROLESHIFT_TOKEN_KEYS too; `python -m bot keys new`"),
    (MANY, {"ROLESHIFT_TOKEN_KEYS": "k1:canary"}, "ROLESHIFT_TOKEN_KEYS must be keys as `python -m bot keys new`"),
    (MANY, {"SLACK_CLIENT_ID": "canary"}, "SLACK_CLIENT_ID is not what it should be: Digits and a dot; with"),
]


def test_a_fault_is_named_with_what_it_should_look_like_and_never_its_value() -> None:
    def check(case: tuple[dict[str, str], dict[str, str], str]) -> None:
        right, wrong, said = case
        with pytest.MonkeyPatch.context() as patch:
            (found,) = faults(patch, right | wrong)
        assert found.startswith(said)
        assert "canary" not in found

    check_every(NOT_TAKEN, check)


def test_all_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = "SLACK_SIGNING_SECRET is missing (32 hexadecimal digits, for HTTP), and so is SLACK_APP_TOKEN (for Socket"
    bot_token, way_in = faults(monkeypatch, {})
    assert bot_token == "SLACK_BOT_TOKEN is missing; it must start with `xoxb-`"
    assert way_in.startswith(missing)


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


def test_the_bot_does_not_start_with_faulty_settings_names_them_all_and_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "canary", "SLACK_APP_TOKEN": "canary", "SLACK_SIGNING_SECRET": "canary", "PORT": "canary",
        "DATABASE_URL": "canary", "ROLESHIFT_LOG_LEVEL": "canary", "ROLESHIFT_CLOCK": "canary",
    }  # fmt: skip
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    assert main(["run"]) == 2
    printed = capfd.readouterr()
    assert [line.split(" ")[0] for line in printed.err.splitlines()] == sorted(wrong)
    assert "canary" not in printed.out + printed.err
