"""Encrypt tokens with AES-256-GCM before they are stored, under one of several keys.

`cryptography` is imported only where a key is used: it takes 7 MB, which a bot with one fixed token need not have.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence

from bot.core.errors import CommandError
from bot.core.installation import Installation, Sealed

TOKEN, REFRESH_TOKEN = "token", "refresh_token"  # columns
NONCE_BYTES = 12


class UnknownKey(CommandError):
    """No key can decrypt this: the text names the key's id."""


class Undecryptable(UnknownKey):
    """The key with this id is there, and does not decrypt this: it is another key, or the stored text was changed."""


class TokenKeys:
    """The keys of ROLESHIFT_TOKEN_KEYS, `id:key` separated by commas. The first encrypts; all of them decrypt."""

    def __init__(self, setting: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see above

        pairs = [pair.partition(":") for pair in setting.split(",")]
        self._keys: Mapping[str, AESGCM] = {
            key_id: AESGCM(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))) for key_id, _, key in reversed(pairs)
        }
        self.first = pairs[0][0]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._keys)

    def seal(self, workspace_id: str, token: str, refresh_token: str | None) -> Sealed:
        """Return tokens as they are stored: encrypted under the first key."""
        refresh = None if refresh_token is None else self.encrypt(workspace_id, REFRESH_TOKEN, refresh_token)
        return Sealed(self.first, self.encrypt(workspace_id, TOKEN, token), refresh)

    def token(self, stored: Installation) -> str:
        """Return the token of an installation. Raise UnknownKey."""
        return self.decrypt(stored.sealed.key_id, stored.workspace_id, TOKEN, stored.sealed.token)

    def refresh_token(self, stored: Installation) -> str | None:
        """Return the refresh token of an installation; None where there is none. Raise UnknownKey."""
        hidden = stored.sealed.refresh
        return hidden and self.decrypt(stored.sealed.key_id, stored.workspace_id, REFRESH_TOKEN, hidden)

    def damaged(self, stored: Sequence[Installation]) -> list[str]:
        """Return the workspaces whose token does not decrypt. Raise UnknownKey if none does: then the key is wrong."""
        broken = []
        for each in stored:
            try:
                self.token(each)
            except Undecryptable:
                broken.append(each.workspace_id)
                if len(broken) == len(stored):
                    raise
        return broken

    def encrypt(self, workspace_id: str, column: str, text: str) -> str:
        """Return the text, encrypted under the first key for this column of this workspace's row alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        hidden = self._keys[self.first].encrypt(nonce, text.encode(), _place(workspace_id, column))
        return base64.urlsafe_b64encode(nonce + hidden).decode()

    def decrypt(self, key_id: str, workspace_id: str, column: str, hidden: str) -> str:
        """Return the text. Raise UnknownKey if the key is missing, Undecryptable if the text is not this place's."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above

        key = self._keys.get(key_id)
        if key is None:
            hint = "under which tokens are stored: put it behind the first."
            raise UnknownKey(f"ROLESHIFT_TOKEN_KEYS lacks the key `{key_id}`, {hint}")
        try:
            raw = base64.urlsafe_b64decode(hidden)
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _place(workspace_id, column)).decode()
        except (InvalidTag, ValueError) as error:
            hint = "its id is right, and the key is not."
            said = f"The key `{key_id}` of ROLESHIFT_TOKEN_KEYS does not decrypt what is stored: {hint}"
            raise Undecryptable(said) from error


def new_key() -> str:
    """Return a new key with a random id, as ROLESHIFT_TOKEN_KEYS takes it."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return f"k{secrets.token_hex(3)}:{key}"


def _place(workspace_id: str, column: str) -> bytes:
    """Return the associated data: a token that is copied to another row or column does not decrypt there."""
    return f"{workspace_id}/{column}".encode()
