"""Read the settings from the environment. Report all faults at once, and never print a value."""

from pathlib import Path
from typing import TypeVar

from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from bot.run.settings import ContentSettings, DatabaseSettings, KeySettings, Settings

S = TypeVar("S", bound=BaseSettings)


class SettingsError(Exception):
    """One line per faulty variable: its name and what it should look like."""


def unusable_database(error: BaseException) -> SettingsError:
    """Return the error for a database that can't be reached or written to.

    It names the type of the first cause, which tells a wrong password from a server that is down. It leaves out the
    text of the cause, which may hold the password.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    return SettingsError(
        f"DATABASE_URL names a database that does not answer, or can't be written to ({type(error).__name__})"
    )


def load() -> Settings:
    """Return the settings. Raise SettingsError, which names every faulty variable."""
    return _loaded(Settings)


def load_database_url() -> str:
    """Return the database's URL, for commands that need no Slack. Raise SettingsError."""
    return _loaded(DatabaseSettings).database_url


def load_keys() -> tuple[str, SecretStr]:
    """Return the database's URL and the keys of the tokens, for `keys rotate`. Raise SettingsError."""
    settings = _loaded(KeySettings)
    if settings.token_keys is None:
        raise SettingsError("ROLESHIFT_TOKEN_KEYS is missing; `python -m bot keys new` prints a key for it")
    return settings.database_url, settings.token_keys


def load_packs() -> tuple[Path, ...]:
    """Return the folders of the team's own content. Raise SettingsError."""
    return _loaded(ContentSettings).packs


def _loaded(kind: type[S]) -> S:
    try:
        return kind()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise SettingsError("\n".join(sorted(map(_sentence, faults)))) from None


def variables() -> dict[str, str]:
    """Return each variable with the sentence that describes it."""
    return {_variable(name): field.description or "" for name, field in Settings.model_fields.items()}


def _variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)


def _sentence(fault: ErrorDetails) -> str:
    variable = _variable_of(fault)
    reason = fault.get("ctx", {}).get("error")
    return f"{variable} {reason}" if reason else f"{variable} is not what it should be: {variables()[variable]}"


def _variable_of(fault: ErrorDetails) -> str:
    name = str(fault["loc"][0])
    return _variable(name) if name in Settings.model_fields else name
