"""A push service and a browser on loopback: takes what the product sends and reads it with another implementation of the standards (`http_ece`),
and checks the proof of who sent it (RFC 8292) by the public key that the browser subscribed with."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import http_ece  # type: ignore[import-untyped]
import msgspec
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """What a browser keeps for one subscription."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def public(self) -> str:
        return encode(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def subscription(self, endpoint: str, label: str = "Test browser") -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": self.public, "auth": encode(self.auth), "label": label}


def subscription(endpoint: str) -> dict[str, str]:
    return Browser().subscription(endpoint)


class PushOffice:
    """`taken`: what was pushed, read. `answer`: the status it gives."""

    def __init__(self) -> None:
        self.url = ""
        self.answer = 201
        self.browser = Browser()
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        if self.answer == 201:
            assert headers["content-encoding"] == "aes128gcm"
            plain = http_ece.decrypt(body, private_key=self.browser.key, auth_secret=self.browser.auth, version="aes128gcm")
            self.taken.append(msgspec.json.decode(plain))
        await send({"type": "http.response.start", "status": self.answer, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def claims(self, server_key: str) -> dict[str, Any]:
        """Of the newest proof of who we are; its signature is checked."""
        token, _, key = self.headers[-1]["authorization"].removeprefix("vapid t=").partition(", k=")
        assert key == server_key
        signed, _, signature = token.rpartition(".")
        raw = decode(signature)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        public.verify(
            encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")), signed.encode(), ec.ECDSA(SHA256())
        )
        assert msgspec.json.decode(decode(signed.split(".")[0])) == {"typ": "JWT", "alg": "ES256"}
        return msgspec.json.decode(decode(signed.split(".")[1]))


@asynccontextmanager
async def push_service() -> AsyncIterator[PushOffice]:
    service = PushOffice()
    config = uvicorn.Config(service, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.005)
    service.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield service
    server.should_exit = True
    await running
