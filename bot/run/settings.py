"""The settings of the bot: each with its variable, its default, what it must look like, and which go together."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.run.setting_types import (
    LOOPBACK,
    ApiUrl,
    AppToken,
    BotToken,
    DatabaseUrl,
    PublicUrl,
    SigningSecret,
    TokenKeys,
)

SLACK_API_URL = "https://slack.com/api/"
EPHEMERAL_DISKS = {"DYNO": "Heroku", "RENDER": "Render", "FLY_APP_NAME": "Fly"}


class DatabaseSettings(BaseSettings):
    """The settings that `migrate` needs, from the environment or a `.env` file in the working folder."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", hide_input_in_errors=True, env_ignore_empty=True, validate_default=True
    )

    database_url: DatabaseUrl = Field(
        "sqlite:///roleshift.db", validation_alias="DATABASE_URL", description="SQLite file or PostgreSQL server."
    )

    @field_validator("database_url")
    @classmethod
    def _disk_must_last(cls, value: str) -> str:
        host = next((name for variable, name in EPHEMERAL_DISKS.items() if variable in os.environ), None)
        if host and value.startswith("sqlite"):
            raise ValueError(
                f"must be a PostgreSQL address: {host} does not keep files, so SQLite would lose everything"
            )
        return value


class ContentSettings(BaseSettings):
    """The settings that `content check` needs."""

    model_config = DatabaseSettings.model_config

    packs: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        validation_alias="ROLESHIFT_CONTENT",
        description=f"Folders of a team's own content, laid over the built-in one; separated by `{os.pathsep}`.",
    )

    @field_validator("packs", mode="before")
    @classmethod
    def _separate(cls, value: object) -> object:
        return [name for name in value.split(os.pathsep) if name] if isinstance(value, str) else value


class KeySettings(DatabaseSettings):
    """The settings that `keys rotate` needs."""

    token_keys: TokenKeys = Field(
        None,
        validation_alias="ROLESHIFT_TOKEN_KEYS",
        description="Keys that encrypt the workspaces' tokens, separated by commas; the first encrypts.",
    )


class Settings(KeySettings, ContentSettings):
    """All settings of the bot."""

    slack_client_id: str | None = Field(
        None,
        validation_alias="SLACK_CLIENT_ID",
        pattern=r"^[0-9.]{3,64}$",
        description="Digits and a dot; with SLACK_CLIENT_SECRET, many workspaces can install the app.",
    )
    slack_client_secret: SigningSecret = Field(
        None, validation_alias="SLACK_CLIENT_SECRET", description="32 hexadecimal digits; goes with SLACK_CLIENT_ID."
    )
    public_url: PublicUrl = Field(
        None,
        validation_alias="ROLESHIFT_PUBLIC_URL",
        description="The https:// address at which browsers reach the web server.",
    )
    address_header: str | None = Field(
        None,
        validation_alias="ROLESHIFT_ADDRESS_HEADER",
        pattern="^[A-Za-z0-9-]{1,64}$",
        description="The header in which your proxy names a browser's address, such as X-Real-IP.",
    )
    slack_bot_token: BotToken = Field(
        None, validation_alias=AliasChoices("SLACK_BOT_TOKEN", "SLACK_CLI_XOXB"), description="Starts with `xoxb-`."
    )
    slack_app_token: AppToken = Field(
        None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN", "SLACK_CLI_XAPP"),
        description="Starts with `xapp-`; switches Socket Mode on.",
    )
    slack_signing_secret: SigningSecret = Field(
        None, validation_alias="SLACK_SIGNING_SECRET", description="32 hexadecimal digits; for signed HTTP."
    )
    slack_api_url: ApiUrl = Field(
        SLACK_API_URL, validation_alias="SLACK_API_URL", description="Where Slack's Web API is."
    )
    host: str = Field("127.0.0.1", validation_alias="ROLESHIFT_HOST", description="The address to listen on.")
    port: int = Field(
        3000, ge=1, le=65535, validation_alias="PORT", description="The port to listen on, from 1 to 65535."
    )
    log_level: Annotated[str, Field(pattern="(?i)^(debug|info|warning|error)$")] = Field(
        "info", validation_alias="ROLESHIFT_LOG_LEVEL", description="debug, info, warning or error."
    )
    with_jobs: bool | None = Field(
        None,
        validation_alias="ROLESHIFT_WITH_JOBS",
        description="1 or 0: whether `run` also runs the jobs; 1 by default with SQLite.",
    )
    sends_per_minute: float = Field(
        240,
        gt=0,
        le=100_000,
        validation_alias="ROLESHIFT_SENDS_PER_MINUTE",
        description="Posts a minute to one workspace, a number above 0.",
    )
    requests_per_minute: float = Field(
        120,
        ge=1,
        le=1_000_000,
        validation_alias="ROLESHIFT_REQUESTS_PER_MINUTE",
        description="Requests a minute that one member may send for long, from 1; half a minute's worth at once.",
    )
    lease_seconds: float = Field(
        60,
        ge=1,
        le=3600,
        validation_alias="ROLESHIFT_LEASE_SECONDS",
        description="How long a worker's lease on a message lasts, in seconds from 1 to 3600.",
    )
    settle_seconds: float = Field(
        90,
        ge=0,
        le=3600,
        validation_alias="ROLESHIFT_SETTLE_SECONDS",
        description="How long a post may still appear after its answer was lost, in seconds up to 3600.",
    )
    departed_days: int = Field(
        30,
        ge=1,
        le=3650,
        validation_alias="ROLESHIFT_DEPARTED_DAYS",
        description="Days until members who left, and workspaces that removed the app, are deleted, from 1 to 3650.",
    )
    delivery_days: int = Field(
        90,
        ge=14,  # the record of a tip must outlive the tip's week, or the tip would be sent twice
        le=3650,
        validation_alias="ROLESHIFT_DELIVERY_DAYS",
        description="Days for which the record of a message is kept after its end, from 14 to 3650.",
    )
    audit_days: int = Field(
        400,
        ge=1,
        le=3650,
        validation_alias="ROLESHIFT_AUDIT_DAYS",
        description="Days for which the record of what admins did is kept, from 1 to 3650.",
    )
    metrics_token: SecretStr | None = Field(
        None, validation_alias="ROLESHIFT_METRICS_TOKEN", description="Opens /metrics, as a bearer token."
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        validation_alias="ROLESHIFT_METRICS_PORT",
        description="A port of 127.0.0.1 at which /metrics needs no token, from 1 to 65535.",
    )
    clock_file: Path | None = Field(
        None, validation_alias="ROLESHIFT_CLOCK", description="For the playground only: a file that moves the clock."
    )

    @property
    def oauth(self) -> bool:
        """Return whether workspaces install the app through OAuth, instead of the one of SLACK_BOT_TOKEN."""
        return self.slack_client_id is not None

    @property
    def socket_mode(self) -> bool:
        """Return whether the bot connects to Slack over Socket Mode instead of receiving requests over HTTP."""
        return self.slack_app_token is not None

    @property
    def runs_jobs(self) -> bool:
        """Return whether `run` also runs the jobs. By default it does with SQLite: a small team needs one process."""
        return self.database_url.startswith("sqlite") if self.with_jobs is None else self.with_jobs

    @field_validator("slack_client_id")
    @classmethod
    def _tokens_of_many_are_encrypted(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("token_keys", "faulty") is None:
            raise ValueError("needs ROLESHIFT_TOKEN_KEYS too; `python -m bot keys new` prints a key for it")
        return value

    @field_validator("slack_client_secret")
    @classmethod
    def _client_id_and_secret_go_together(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and _has_client_id(info):
            raise ValueError("is missing: SLACK_CLIENT_ID is set, and the two go together")
        if value is not None and not _has_client_id(info):
            raise ValueError("is set, but SLACK_CLIENT_ID is not; the two go together")
        return value

    @field_validator("public_url")
    @classmethod
    def _workspaces_need_what_installs_them(cls, value: str | None, info: ValidationInfo) -> str | None:
        if _has_client_id(info) and value is None:
            raise ValueError("is missing: with SLACK_CLIENT_ID, Slack sends people who install the app back to it")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token_is_needed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if _has_client_id(info):
            if value is not None:
                raise ValueError("is for one workspace, SLACK_CLIENT_ID for many: remove one of the two")
        elif value is None:
            raise ValueError("is missing; it must start with `xoxb-`")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _many_workspaces_come_over_http(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and _has_client_id(info):
            raise ValueError("is for Socket Mode; with SLACK_CLIENT_ID, Slack's requests come over HTTP: remove it")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _one_way_in_is_needed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and _has_client_id(info):
            raise ValueError(
                "is missing (32 hexadecimal digits): with SLACK_CLIENT_ID, Slack's requests come over HTTP"
            )
        if value is None and info.data.get("slack_app_token", "faulty") is None:
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


def _has_client_id(info: ValidationInfo) -> bool:
    """Return whether SLACK_CLIENT_ID is set, be it faulty."""
    return info.data.get("slack_client_id", "faulty") is not None
