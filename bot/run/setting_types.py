"""The types of the settings: what each kind of value looks like, and the error for one that looks different."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

KEY = "[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}"  # an id, and 32 bytes in base64
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _looks_like(pattern: str, hint: str) -> AfterValidator:
    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(hint)
        return value

    return AfterValidator(check)


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise ValueError("must be an https:// address that ends with /api/")
    return value if value.endswith("/") else value + "/"


def _database_url(value: str) -> str:
    # Each connection to `:memory:` would have its own database.
    if not re.match(r"sqlite:///(?!:memory:)\S|postgres(ql)?://\S", value):
        raise ValueError("must look like `sqlite:///roleshift.db` or `postgresql://host/name`")
    return value


def _public_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must look like `https://coach.example.org`")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("must be an https:// address")
    return value.rstrip("/")


def _token_keys(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(rf"{KEY}(,{KEY})*", value.get_secret_value()):
        raise ValueError(
            "must be keys as `python -m bot keys new` prints them, separated by commas; the first encrypts"
        )
    return value


BotToken = Annotated[SecretStr | None, _looks_like(r"xoxb-\S{3,}", "must start with `xoxb-`")]
AppToken = Annotated[SecretStr | None, _looks_like(r"xapp-\S{3,}", "must start with `xapp-`")]
SigningSecret = Annotated[SecretStr | None, _looks_like(r"[0-9a-f]{32}", "must be 32 hexadecimal digits")]
ApiUrl = Annotated[str, AfterValidator(_api_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
PublicUrl = Annotated[str | None, AfterValidator(_public_url)]
TokenKeys = Annotated[SecretStr | None, AfterValidator(_token_keys)]
