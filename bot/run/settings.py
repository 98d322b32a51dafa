"""The settings of the bot: each with its variable, its default, what it must look like, and which go together.

`load` names all faults at once, and never a value.
"""

import os
import re
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SLACK_API_URL = "https://slack.com/api/"
EPHEMERAL_DISKS = {"DYNO": "Heroku", "RENDER": "Render", "FLY_APP_NAME": "Fly"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
KEY = "[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}"  # an id, and 32 bytes in base64
OVER_HTTP = "with SLACK_CLIENT_ID, Slack's requests come over HTTP"
# (a setting, whether SLACK_CLIENT_ID is set, whether this one is) → what is wrong
NOT_TOGETHER = {
    ("slack_client_secret", True, False): "is missing: SLACK_CLIENT_ID is set, and the two go together",
    ("slack_client_secret", False, True): "is set, but SLACK_CLIENT_ID is not; the two go together",
    ("public_url", True, False): "is missing: with SLACK_CLIENT_ID, Slack sends people who install the app back to it",
    ("slack_bot_token", True, True): "is for one workspace, SLACK_CLIENT_ID for many: remove one of the two",
    ("slack_bot_token", False, False): "is missing; it must start with `xoxb-`",
    ("slack_app_token", True, True): f"is for Socket Mode; {OVER_HTTP}: remove it",
    ("slack_signing_secret", True, False): f"is missing (32 hexadecimal digits): {OVER_HTTP}",
}

S = TypeVar("S", bound=BaseSettings)
T = TypeVar("T")


class SettingsError(Exception):
    """One line per faulty variable: its name and what it should look like."""


def _looks_like(pattern: str, hint: str) -> AfterValidator:
    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(hint)
        return value

    return AfterValidator(check)


Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=3650)]
Hex = Annotated[SecretStr | None, _looks_like(r"[0-9a-f]{32}", "must be 32 hexadecimal digits")]
CUT = _looks_like(r"\S{8,}", "is cut short, or holds a blank: copy the whole token")
BotToken = Annotated[SecretStr | None, _looks_like("(?s)xoxb-.*", "must start with `xoxb-`"), CUT]
AppToken = Annotated[SecretStr | None, _looks_like("(?s)xapp-.*", "must start with `xapp-`"), CUT]
KEYS_HINT = "must be keys as `python -m bot keys new` prints them, separated by commas; the first encrypts"
TokenKeys = Annotated[SecretStr | None, _looks_like(rf"{KEY}(,{KEY})*", KEYS_HINT)]


class DatabaseSettings(BaseSettings):
    """The settings that `migrate` needs, from the environment or a `.env` file in the working folder."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,  # the sentence below a field is its description
        validate_default=True,
    )

    database_url: str = Field("sqlite:///roleshift.db", validation_alias="DATABASE_URL")
    """SQLite file or PostgreSQL server."""

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        # Each connection to `:memory:` would have its own database.
        if not re.match(r"sqlite:///(?!:memory:)\S|postgres(ql)?://\S", value):
            raise ValueError("must look like `sqlite:///roleshift.db` or `postgresql://host/name`")
        try:
            parts = urlsplit(value)  # an error of a library would quote what it takes for the port
            is_clear = parts.netloc.count("@") <= 1 and (parts.port is None or parts.port > 0)
        except ValueError:
            is_clear = False
        if not is_clear:
            write = "write `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`"
            raise ValueError(f"is not clear: in its password, {write}")
        host = next((name for variable, name in EPHEMERAL_DISKS.items() if variable in os.environ), None)
        if host and value.startswith("sqlite"):
            why = f"{host} does not keep files, so SQLite would lose everything"
            raise ValueError(f"must be a PostgreSQL address: {why}")
        return value


class ContentSettings(BaseSettings):
    """The settings that `content check` needs."""

    model_config = DatabaseSettings.model_config

    packs: Annotated[tuple[Path, ...], NoDecode] = Field((), validation_alias="ROLESHIFT_CONTENT")
    """Folders of a team's own content, laid over the built-in one; separated by `:`."""

    @field_validator("packs", mode="before")
    @classmethod
    def _separate(cls, value: object) -> object:
        return [name for name in value.split(os.pathsep) if name] if isinstance(value, str) else value


class KeySettings(DatabaseSettings):
    """The settings that `keys rotate` needs."""

    token_keys: TokenKeys = Field(None, validation_alias="ROLESHIFT_TOKEN_KEYS")
    """Keys that encrypt the workspaces' tokens, separated by commas; the first encrypts."""


class Settings(KeySettings, ContentSettings):
    slack_client_id: str | None = Field(None, validation_alias="SLACK_CLIENT_ID", pattern=r"^[0-9.]{3,64}$")
    """Digits and a dot; with SLACK_CLIENT_SECRET, many workspaces can install the app."""
    slack_client_secret: Hex = Field(None, validation_alias="SLACK_CLIENT_SECRET")
    """32 hexadecimal digits; goes with SLACK_CLIENT_ID."""
    public_url: str | None = Field(None, validation_alias="ROLESHIFT_PUBLIC_URL")
    """The https:// address at which browsers reach the web server."""
    mcp_url: str | None = Field(None, validation_alias="ROLESHIFT_MCP_URL")
    """The https:// address at which members' assistants reach the web server; opens /mcp."""
    address_header: str | None = Field(
        None, validation_alias="ROLESHIFT_ADDRESS_HEADER", pattern="^[A-Za-z0-9-]{1,64}$"
    )
    """The header in which your proxy names a browser's address, such as X-Real-IP."""
    slack_bot_token: BotToken = Field(None, validation_alias=AliasChoices("SLACK_BOT_TOKEN", "SLACK_CLI_XOXB"))
    """Starts with `xoxb-`."""
    slack_app_token: AppToken = Field(None, validation_alias=AliasChoices("SLACK_APP_TOKEN", "SLACK_CLI_XAPP"))
    """Starts with `xapp-`; switches Socket Mode on."""
    slack_signing_secret: Hex = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    """32 hexadecimal digits; for signed HTTP."""
    slack_api_url: str = Field(SLACK_API_URL, validation_alias="SLACK_API_URL")
    """Where Slack's Web API is."""
    host: str = Field("127.0.0.1", validation_alias="ROLESHIFT_HOST")
    """The address to listen on."""
    port: Port = Field(3000, validation_alias="PORT")
    """The port to listen on, from 1 to 65535."""
    log_level: str = Field("info", pattern="(?i)^(debug|info|warning|error)$", validation_alias="ROLESHIFT_LOG_LEVEL")
    """debug, info, warning or error."""
    with_jobs: bool | None = Field(None, validation_alias="ROLESHIFT_WITH_JOBS")
    """1 or 0: whether `run` also runs the jobs; 1 by default with SQLite."""
    sends_per_minute: float = Field(240, gt=0, le=100_000, validation_alias="ROLESHIFT_SENDS_PER_MINUTE")
    """Posts a minute to one workspace, a number above 0."""
    requests_per_minute: float = Field(120, ge=1, le=1_000_000, validation_alias="ROLESHIFT_REQUESTS_PER_MINUTE")
    """Requests a minute that one member may send for long, from 1; half a minute's worth at once."""
    lease_seconds: float = Field(60, ge=1, le=3600, validation_alias="ROLESHIFT_LEASE_SECONDS")
    """How long a worker's lease on a message lasts, in seconds from 1 to 3600."""
    settle_seconds: float = Field(90, ge=0, le=3600, validation_alias="ROLESHIFT_SETTLE_SECONDS")
    """How long a post may still appear after its answer was lost, in seconds up to 3600."""
    departed_days: Days = Field(30, validation_alias="ROLESHIFT_DEPARTED_DAYS")
    """Days until members who left, and workspaces that removed the app, are deleted, from 1 to 3650."""
    # 14: the record of a tip must outlive the tip's week, or the tip would be sent twice.
    delivery_days: int = Field(90, ge=14, le=3650, validation_alias="ROLESHIFT_DELIVERY_DAYS")
    """Days for which the record of a message is kept after its end, from 14 to 3650."""
    audit_days: Days = Field(400, validation_alias="ROLESHIFT_AUDIT_DAYS")
    """Days for which the record of what admins did is kept, from 1 to 3650."""
    metrics_token: SecretStr | None = Field(None, validation_alias="ROLESHIFT_METRICS_TOKEN")
    """Opens /metrics, as a bearer token."""
    metrics_port: Port | None = Field(None, validation_alias="ROLESHIFT_METRICS_PORT")
    """A port of 127.0.0.1 at which /metrics needs no token, from 1 to 65535."""
    clock_file: Path | None = Field(None, validation_alias="ROLESHIFT_CLOCK")
    """For the playground only: a file that moves the clock."""

    @property
    def oauth(self) -> bool:
        """Return whether workspaces install the app through OAuth, instead of the one of SLACK_BOT_TOKEN."""
        return self.slack_client_id is not None

    @property
    def runs_jobs(self) -> bool:
        """Return whether `run` also runs the jobs. By default it does with SQLite: a small team needs one process."""
        return self.database_url.startswith("sqlite") if self.with_jobs is None else self.with_jobs

    @field_validator("public_url", "mcp_url")
    @classmethod
    def _public_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must look like `https://coach.example.org`")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("must be an https:// address")
        return value.rstrip("/").removesuffix("/mcp")

    @field_validator("slack_api_url")
    @classmethod
    def _api_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
            raise ValueError("must be an https:// address that ends with /api/")
        return value if value.endswith("/") else value + "/"

    @field_validator("slack_client_id")
    @classmethod
    def _tokens_of_many_are_encrypted(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("token_keys", "faulty") is None:
            raise ValueError("needs ROLESHIFT_TOKEN_KEYS too; `python -m bot keys new` prints a key for it")
        return value

    @field_validator("slack_client_secret", "public_url", "slack_bot_token", "slack_app_token", "slack_signing_secret")
    @classmethod
    def _go_together(cls, value: T, info: ValidationInfo) -> T:
        """Check against the settings above this one; one that is faulty is not in `info.data`, but it is set."""
        for_many = info.data.get("slack_client_id", "faulty") is not None
        if fault := NOT_TOGETHER.get((info.field_name or "", for_many, value is not None)):
            raise ValueError(fault)
        no_socket = info.data.get("slack_app_token", "faulty") is None
        if info.field_name == "slack_signing_secret" and value is None and no_socket:
            raise ValueError(
                "is missing (32 hexadecimal digits, for HTTP), and so is SLACK_APP_TOKEN (for Socket Mode)"
            )
        return value

    @field_validator("clock_file")
    @classmethod
    def _only_the_playground_moves_time(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and urlsplit(info.data.get("slack_api_url", "")).hostname not in LOOPBACK:
            raise ValueError("is for the playground: SLACK_API_URL must be a loopback address")
        return value


def load(kind: type[S]) -> S:
    """Return the settings that a command needs. Raise SettingsError."""
    try:
        return kind()
    except ValidationError as error:
        told = []
        for fault in error.errors(include_input=False, include_url=False):
            name, reason = str(fault["loc"][0]), fault.get("ctx", {}).get("error")
            variable = _variable(name) if name in Settings.model_fields else name
            told.append(f"{variable} {reason or f'is not what it should be: {variables()[variable]}'}")
        raise SettingsError("\n".join(sorted(told))) from None


def variables() -> dict[str, str]:
    return {_variable(name): field.description or "" for name, field in Settings.model_fields.items()}


def _variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)
