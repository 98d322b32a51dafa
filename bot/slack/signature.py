"""Verify Slack's signature (scheme v0) over the raw bytes of a request."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from bot.slack.rejections import Reason

TIMESTAMP = re.compile(rb"[0-9]{10}")
SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
MAX_AGE = 300  # seconds; Slack advises five minutes, so that a captured request can't be used later


class Rejected(Exception):
    """The request must not be read any further."""

    def __init__(self, reason: Reason, likely_cause: str | None = None) -> None:
        self.reason, self.likely_cause = reason, likely_cause
        super().__init__(reason)


class Verification:
    """What the two headers of a request claim, to be compared with its body once that has arrived."""

    def __init__(self, headers: Mapping[bytes, bytes]) -> None:
        """Raise Rejected where the headers do not even have the right form: then the body need not be read."""
        self._timestamp = headers.get(b"x-slack-request-timestamp", b"")
        self._signature = headers.get(b"x-slack-signature", b"")
        if not TIMESTAMP.fullmatch(self._timestamp):
            raise Rejected(Reason.TIMESTAMP, "no Slack timestamp: strangers, or a health check with a wrong address")
        if not SIGNATURE.fullmatch(self._signature):
            raise Rejected(Reason.SIGNATURE, "no Slack signature: strangers, or a health check with a wrong address")

    def check(self, secret: bytes, body: bytes | bytearray, now: float) -> None:
        """Raise Rejected unless the signature is right and the timestamp is at most five minutes off.

        The signature comes first: only a signed timestamp says anything about this machine's clock.
        """
        right = hmac.new(secret, b"v0:" + self._timestamp + b":", hashlib.sha256)
        right.update(body)
        if not hmac.compare_digest(b"v0=" + right.hexdigest().encode(), self._signature):
            raise Rejected(Reason.SIGNATURE)
        age = now - int(self._timestamp)
        if abs(age) > MAX_AGE:
            off = f"{abs(age):.0f} s {'ahead' if age > 0 else 'behind'}"
            raise Rejected(Reason.TIMESTAMP, f"this machine's clock is {off} of Slack's, or an old request is repeated")
