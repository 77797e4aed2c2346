"""What goes compressed, and what does not."""

import httpx


async def test_a_list_goes_compressed_to_who_takes_it(api: httpx.AsyncClient) -> None:
    plain = await api.get("/api/channels", headers={"accept-encoding": "identity"})
    packed = await api.get("/api/channels", headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.headers["vary"] == plain.headers.get("vary", "accept-encoding") == "accept-encoding"


async def test_short_answers_writes_and_streams_go_as_they_are(api: httpx.AsyncClient) -> None:
    assert "content-encoding" not in (await api.get("/api/tags")).headers
    made = await api.post("/api/tokens", json={"name": "n" * 80})
    assert made.status_code == 201
    assert "content-encoding" not in made.headers
    async with api.stream("GET", "/api/events") as stream:
        assert "content-encoding" not in stream.headers


async def test_head_tells_the_length_and_sends_nothing(api: httpx.AsyncClient) -> None:
    head = await api.head("/api/channels", headers={"accept-encoding": "gzip"})
    assert (head.headers["content-encoding"], head.content) == ("gzip", b"")
