"""Secrets at rest, and keys for signatures.

Why it exists: passwords and tokens of channels lie encrypted in the database, under a key made from INNBOKS_SECRET
(DESIGN §5). One secret gives every key: HKDF-SHA256 (RFC 5869) with the purpose as its label. Read next: the stores
that call `seal` and `open`.
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from innboks.errors import InnboksError

_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _KEY_ID_BYTES + _NONCE_BYTES


class CannotOpen(InnboksError):
    """Sealed bytes that none of our keys opens: another secret was in use, or the bytes were changed."""

    code = "cannot_open"


class Vault:
    """Seals and opens small secrets (AES-256-GCM), and derives keys.

    Sealed bytes are: version (1), key id (4), nonce (12), ciphertext with tag. To change the secret, give the old
    ones as `retired`: what they sealed still opens, and `is_current` says what to seal anew.
    """

    def __init__(self, secret: str, retired: Sequence[str] = ()) -> None:
        self._secret = secret.encode()
        self._key_id, cipher = _seal_key(secret)
        self._ciphers = dict(_seal_key(old) for old in retired) | {self._key_id: cipher}

    def seal(self, content: bytes, context: bytes = b"") -> bytes:
        """Encrypt. `context` (say, the row's id) must be given again to open, so sealed bytes cannot be moved elsewhere."""
        head = _VERSION + self._key_id
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._ciphers[self._key_id].encrypt(nonce, content, head + context)

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Decrypt what `seal` made. Raises CannotOpen."""
        head, nonce = sealed[: _HEAD_BYTES - _NONCE_BYTES], sealed[_HEAD_BYTES - _NONCE_BYTES : _HEAD_BYTES]
        cipher = self._ciphers.get(head[len(_VERSION) :])
        if len(sealed) <= _HEAD_BYTES or not head.startswith(_VERSION) or cipher is None:
            raise CannotOpen("sealed with another secret: is INNBOKS_SECRET, or the file 'secret' in the data folder, still the same?")
        try:
            return cipher.decrypt(nonce, sealed[_HEAD_BYTES:], head + context)
        except InvalidTag as error:
            raise CannotOpen("the sealed bytes were changed, or belong somewhere else") from error

    def is_current(self, sealed: bytes) -> bool:
        """Was this sealed under the present secret?"""
        return sealed.startswith(_VERSION + self._key_id)

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, say for an HMAC. The same secret and purpose always give the same key."""
        return _expand(self._secret, f"derive:{purpose}", 32)


def _seal_key(secret: str) -> tuple[bytes, AESGCM]:
    material = secret.encode()
    return _expand(material, "seal:key-id", _KEY_ID_BYTES), AESGCM(_expand(material, "seal:aes-256-gcm", 32))


def _expand(material: bytes, label: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=b"innboks", info=label.encode()).derive(material)
