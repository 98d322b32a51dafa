"""Count rejected requests, and warn about them at most once a minute for each reason."""

import logging
import time
from enum import StrEnum

from bot.run.metrics import REJECTED

log = logging.getLogger(__name__)

WARN_EVERY = 60  # seconds


class Reason(StrEnum):
    """Why a request was rejected. The metric and the log use these values."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    SIZE = "size"
    MALFORMED = "malformed"
    SLOW = "slow"


LIKELY_CAUSES = {
    Reason.SIGNATURE: "signature wrong: is SLACK_SIGNING_SECRET that of this app? If it is, strangers send requests",
    Reason.TIMESTAMP: "the request is too old or from the future: is this machine's clock right?",
    Reason.SIZE: "a body is larger than any of Slack's: strangers send requests",
    Reason.MALFORMED: "a request has Slack's signature, but this version can't read it",
    Reason.SLOW: "a body did not come in time: a slow network, or strangers, and no proxy of .github/deploy in front",
}

for _reason in Reason:
    REJECTED.labels(_reason)  # a counter that starts at 0 lets a dashboard see the first rejection


class Rejections:
    """Count each rejection. Write one warning a minute for each reason, so that a flood can't fill the log."""

    def __init__(self) -> None:
        self._unreported = dict.fromkeys(Reason, 0)
        self._silent_until = dict.fromkeys(Reason, 0.0)

    def add(self, reason: Reason, likely_cause: str | None = None, error: BaseException | None = None) -> None:
        """Count a rejection. `likely_cause` replaces the general sentence; it must not quote the request."""
        REJECTED.labels(reason).inc()
        self._unreported[reason] += 1
        now = time.monotonic()
        if now < self._silent_until[reason]:
            return
        self._silent_until[reason] = now + WARN_EVERY
        count, self._unreported[reason] = self._unreported[reason], 0
        fields = {"reason": reason, "likely_cause": likely_cause or LIKELY_CAUSES[reason], "count": count}
        log.warning("request.rejected", extra=fields, exc_info=error)
