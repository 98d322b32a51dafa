"""Verify Slack's signature (scheme v0) over the raw bytes of a request."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from bot.rejections import Reason

TIMESTAMP = re.compile(rb"[0-9]{10}")
SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
MAX_AGE = 300  # seconds; Slack advises five minutes, so that a captured request can't be used later


class Rejected(Exception):
    """The request must not be read any further."""

    def __init__(self, reason: Reason, likely_cause: str | None = None) -> None:
        self.reason, self.likely_cause = reason, likely_cause
        super().__init__(reason)


class Verification:
    """Hash a body piece by piece as it arrives, so that no single step keeps the event loop for long."""

    def __init__(self, secret: bytes, headers: Mapping[bytes, bytes]) -> None:
        """Raise Rejected where the two headers do not even have the right form."""
        timestamp, self._given = headers.get(b"x-slack-request-timestamp", b""), headers.get(b"x-slack-signature", b"")
        if not TIMESTAMP.fullmatch(timestamp):
            raise Rejected(Reason.TIMESTAMP, "no Slack timestamp: strangers, or a health check with a wrong address")
        if not SIGNATURE.fullmatch(self._given):
            raise Rejected(Reason.SIGNATURE, "no Slack signature: strangers, or a health check with a wrong address")
        self._sent_at = int(timestamp)
        self._hmac = hmac.new(secret, b"v0:" + timestamp + b":", hashlib.sha256)

    def update(self, piece: bytes) -> None:
        """Add the next piece of the body."""
        self._hmac.update(piece)

    def finish(self, now: float) -> None:
        """Raise Rejected unless the signature is right and the timestamp is at most five minutes off.

        The signature comes first: only a signed timestamp says anything about this machine's clock.
        """
        if not hmac.compare_digest(b"v0=" + self._hmac.hexdigest().encode(), self._given):
            raise Rejected(Reason.SIGNATURE)
        age = now - self._sent_at
        if abs(age) > MAX_AGE:
            off = f"{abs(age):.0f} s {'ahead' if age > 0 else 'behind'}"
            raise Rejected(Reason.TIMESTAMP, f"this machine's clock is {off} of Slack's, or an old request is repeated")
