"""Web Push with our own keys: a message is encrypted for one browser (RFC 8291, RFC 8188) and handed to the push service of its maker, which learns
who we are (RFC 8292) but not what we say. Read next: `deliver.py`.
"""

import base64
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from innboks.core.notifications import store
from innboks.core.notifications.models import Device
from innboks.core.parts import Parts
from innboks.errors import Invalid

RECORD_BYTES = 4096
PAYLOAD_MAX = 3000
"""Push services take 4096 bytes encrypted (RFC 8030, 7.2)."""
LIFE = timedelta(days=1)
"""A browser that is off for longer finds the notification in the app."""
TOKEN_LIFE = timedelta(hours=12)
GONE = frozenset({404, 410})
_CURVE = ec.SECP256R1()
_SEALED_FOR = b"push-key"


class Gone(Exception):
    """The browser takes no pushes any more: forget it."""


async def public_key(parts: Parts) -> str:
    """What a browser subscribes with (the application server key)."""
    return (await _keys(parts))[1]


async def send(parts: Parts, device: Device, payload: Mapping[str, Any], *, topic: str, is_urgent: bool) -> None:
    """Hands one message over. Raises `Gone`, or a `SendError` that says what happens next."""
    private, public = await _keys(parts)
    content = msgspec.json.encode(payload)[:PAYLOAD_MAX]
    answer = await parts.http.send(
        "POST",
        device.endpoint,
        headers={
            "authorization": f"vapid t={_token(parts, private, device.endpoint, parts.clock.now())}, k={public}",
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(LIFE.total_seconds())),
            "urgency": "high" if is_urgent else "normal",
            "topic": topic,
        },
        body=encrypt(content, read_point(device.p256dh), decode(device.auth)),
        is_idempotent=True,  # a later message of the same topic takes the place of an earlier one
        allow=GONE,
    )
    if answer.status in GONE:
        raise Gone


def check_subscription(parts: Parts, endpoint: str, p256dh: str, auth: str) -> None:
    """Raises `Invalid` for what no browser gives."""
    try:
        address = urlsplit(endpoint)
    except ValueError as error:  # such as a bracket that is never closed
        raise Invalid("This is not the address of a push service.", code="bad_endpoint", field="endpoint") from error
    if address.scheme != "https" and not parts.settings.allow_private:
        raise Invalid("The address of a push service begins with https.", code="bad_endpoint", field="endpoint")
    if not address.hostname:
        raise Invalid("This is not the address of a push service.", code="bad_endpoint", field="endpoint")
    try:
        read_point(p256dh)
        is_right = len(decode(auth)) == 16
    except (ValueError, UnsupportedAlgorithm):
        is_right = False
    if not is_right:
        raise Invalid("These are not the keys of a browser that takes pushes.", code="bad_keys", field="p256dh")


def encrypt(content: bytes, receiver: ec.EllipticCurvePublicKey, auth: bytes) -> bytes:
    """One record for one browser (RFC 8291, 3.4)."""
    own = ec.generate_private_key(_CURVE)
    own_public, their_public = _point(own.public_key()), _point(receiver)
    material = _derive(auth, own.exchange(ec.ECDH(), receiver), b"WebPush: info\x00" + their_public + own_public, 32)
    salt = os.urandom(16)
    key = _derive(salt, material, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(salt, material, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(key).encrypt(nonce, content + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own_public)]) + own_public + sealed


def read_point(text: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, decode(text))


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _token(parts: Parts, private: ec.EllipticCurvePrivateKey, endpoint: str, now: datetime) -> str:
    """A JSON Web Token for the push service's origin (RFC 8292, 2)."""
    address = urlsplit(endpoint)
    url = parts.settings.url
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int((now + TOKEN_LIFE).timestamp()),
        "sub": url if url.startswith("https://") else f"mailto:postmaster@{parts.settings.mail_domain}",
    }
    signed = f"{encode(msgspec.json.encode({'typ': 'JWT', 'alg': 'ES256'}))}.{encode(msgspec.json.encode(claims))}"
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


async def _keys(parts: Parts) -> tuple[ec.EllipticCurvePrivateKey, str]:
    async with parts.db.connection() as conn:
        kept = await store.push_key(conn)
    if kept is None:
        fresh = ec.generate_private_key(_CURVE)
        number = fresh.private_numbers().private_value.to_bytes(32, "big")
        async with parts.db.transaction() as conn:
            await store.keep_push_key(conn, parts.vault.seal(number, _SEALED_FOR), encode(_point(fresh.public_key())))
            kept = await store.push_key(conn)
        assert kept is not None
    sealed, public = kept
    return ec.derive_private_key(int.from_bytes(parts.vault.open(sealed, _SEALED_FOR), "big"), _CURVE), public


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)
