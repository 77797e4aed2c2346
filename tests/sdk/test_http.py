"""The client of all channels: what each kind of failure means, where it does not go, and how much it takes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from innboks.errors import Broken, Rejected, Retry, Uncertain
from innboks.lib.clock import FakeClock
from innboks.sdk.http import HttpClient

Say = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


class Provider:
    """A server that answers each request with the next of `answers`, byte by byte as they stand there; `seen` has what came."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.answers: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
                self.seen.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0)
                if not answer:
                    break
                writer.write(answer)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def http(status: int, body: bytes = b"{}", *headers: str) -> bytes:
    more = "".join(f"{one}\r\n" for one in headers)
    return f"HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{more}\r\n".encode() + body


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    made = HttpClient(FakeClock(), allow_private=True, read_s=0.5)
    yield made
    await made.close()


async def test_a_request_goes_as_given_and_the_answer_comes_whole(client: HttpClient, provider: Provider) -> None:
    provider.answers = [http(200, b'{"id":7}', "X-Mark: a"), http(302, b"", "Location: /elsewhere", "Set-Cookie: a=1"), http(200)]
    url = f"http://127.0.0.1:{provider.port}/a%2Fb/ø?x=1"
    answer = await client.send("POST", url, json={"text": "Hei"}, query={"y": "ø+&"}, headers={"authorization": "Bearer t"})
    assert (answer.status, answer.json(), answer.headers["x-mark"]) == (200, {"id": 7}, "a")
    asked = provider.seen[0]
    assert asked.startswith(b"POST /a%2Fb/%C3%B8?x=1&y=%C3%B8%2B%26 HTTP/1.1\r\n")
    assert asked.endswith(b'\r\n\r\n{"text":"Hei"}')
    assert b"authorization: bearer t" in asked.lower()
    assert (await client.send("GET", url)).status == 302, "nobody is followed to another place"
    await client.send("GET", url)
    assert b"cookie" not in provider.seen[2].lower(), "what one account's provider said is not told another's"
    assert provider.connections == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Broken), (403, Broken), (404, Rejected), (422, Rejected), (408, Retry), (429, Retry), (500, Retry), (599, Retry)],
)
async def test_each_status_says_what_happens_next(client: HttpClient, provider: Provider, status: int, error: type[Exception]) -> None:
    provider.answers = [http(status, b'{"why":"no"}', "Retry-After: 7"), http(status)]
    with pytest.raises(error) as raised:
        await client.send("POST", f"http://127.0.0.1:{provider.port}/", json={})
    assert getattr(raised.value, "code") == f"http_{status}"  # noqa: B009 - of whichever class
    if isinstance(raised.value, Retry):
        assert raised.value.after == timedelta(seconds=7)
    assert (await client.send("GET", f"http://127.0.0.1:{provider.port}/", allow=frozenset({status}))).status == status


async def test_a_connection_that_breaks_after_the_request_is_uncertain_unless_it_may_be_repeated(
    client: HttpClient, provider: Provider
) -> None:
    url = f"http://127.0.0.1:{provider.port}/"
    half = b"HTTP/1.1 200 Said\r\ncontent-length: 100\r\n\r\nhalf"
    for broken in (b"", half, b"nonsense\r\n\r\n"):
        provider.answers = [broken, b""]
        with pytest.raises(Uncertain):
            await client.send("POST", url, json={})
        provider.answers = [broken, b"", b""]
        with pytest.raises(Retry):
            await client.send("PUT", url, json={}, is_idempotent=True)


async def test_who_cannot_be_reached_or_says_nothing(client: HttpClient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Retry) as refused:
            await client.send("POST", f"http://127.0.0.1:{nobody.getsockname()[1]}/", json={})
        assert refused.value.code == "unreachable"
        nobody.listen()
        with pytest.raises(Uncertain):
            await client.send("POST", f"http://127.0.0.1:{nobody.getsockname()[1]}/", json={})
    with pytest.raises(Retry) as unknown:
        await client.send("GET", "http://nobody.invalid/")
    assert unknown.value.code == "unreachable"


async def test_an_answer_without_end_is_not_taken(client: HttpClient, provider: Provider) -> None:
    provider.answers = [http(200, b"x" * 5000)]
    with pytest.raises(Retry) as raised:
        await client.send("GET", f"http://127.0.0.1:{provider.port}/", answer_max=4999)
    assert raised.value.code == "answer_too_large"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0.0.0.0:{port}/", "http://2130706433:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://169.254.169.254/latest", "http://10.0.0.8/", "http://127.1:{port}/"],
)  # fmt: skip
async def test_the_private_network_is_not_called(provider: Provider, url: str) -> None:
    client = HttpClient(FakeClock(), read_s=0.5)
    with pytest.raises(Rejected) as raised:
        await client.send("GET", url.format(port=provider.port))
    assert raised.value.code in ("private_address", "bad_address")
    assert provider.connections == 0
    await client.close()


async def test_a_place_that_the_operator_named_may_be_private(provider: Provider) -> None:
    provider.answers = [http(200)]
    client = HttpClient(FakeClock(), trusted=frozenset({f"localhost:{provider.port}"}))
    assert (await client.send("GET", f"http://localhost:{provider.port}/")).status == 200
    with pytest.raises(Rejected):
        await client.send("GET", f"http://127.0.0.1:{provider.port}/")
    await client.close()


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example/", "http://", "http:///a", "//x.example", "http://[::1", "http://x.example:99999/", "a b"]
)
async def test_what_is_no_address_is_refused(client: HttpClient, url: str) -> None:
    with pytest.raises(Rejected) as raised:
        await client.send("GET", url)
    assert raised.value.code == "bad_address"


async def test_a_header_cannot_smuggle_another(client: HttpClient, provider: Provider) -> None:
    with pytest.raises(Rejected):
        await client.send("GET", f"http://127.0.0.1:{provider.port}/", headers={"authorization": "Bearer a\r\nx-other: b"})
    assert provider.seen == []
