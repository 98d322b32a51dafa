"""Python runs this in the app's process before the app: slack_sdk's clients then call the emulator.

An app that names a base address itself keeps it.
"""

from __future__ import annotations

import importlib
import os
from functools import wraps
from typing import Any

CLIENTS = (
    ("slack_sdk.web.base_client", "BaseClient"),
    ("slack_sdk.web.async_base_client", "AsyncBaseClient"),
    ("slack_sdk.web.legacy_base_client", "LegacyBaseClient"),
)


def _point(client: Any, url: str) -> None:  # noqa: ANN401 - one of three classes
    begin = client.__init__

    @wraps(begin)
    def pointed(self: Any, token: str | None = None, *others: Any, **options: Any) -> None:  # noqa: ANN401 - as above
        if not others:
            options.setdefault("base_url", url)
        begin(self, token, *others, **options)

    client.__init__ = pointed


for module, name in CLIENTS:
    try:
        found = getattr(importlib.import_module(module), name)
    except ImportError:  # the app has no slack_sdk, or not what this client needs
        continue
    _point(found, os.environ["SLACK_API_URL"])
