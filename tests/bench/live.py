"""The live stream: how soon a visitor's message is on an agent's screen, and how many streams one web process carries."""

import asyncio
import resource
import sys
import time
from collections.abc import Callable

from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation, pss_kb
from tests.bench.wire import Stream

MESSAGES = 300
PAUSE_S = 0.02
IDLE = 10_000
SPARE_FILES = 200


async def latency(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    """A message each 20 ms; from before the provider's request to the frame."""
    sent: dict[str, float] = {}
    async with place.client("") as provider, Stream(place.host, place.port, place.token, r"late-\d+-") as stream:
        for number in range(MESSAGES):
            request = place.hook(f"late{number}", f"visitor{number % 50}", f"late-{number}- is anybody there?")
            sent[f"late-{number}-"] = time.monotonic()
            status, answer = await provider.request("POST", *request)
            assert status == 200, answer
            await asyncio.sleep(PAUSE_S)
        await stream.until(lambda: len(stream.seen) == MESSAGES, 10)
    times = [1000 * (stream.seen[mark] - at) for mark, at in sent.items() if mark in stream.seen]
    say(f"{len(times)} messages, median {percentile(times, 0.5):.1f} ms")
    return [
        Figure(
            row="latency",
            name="visitor's message to agent's stream, p95",
            value=percentile(times, 0.95),
            unit="ms",
            bar=60,
            reference="polling others: 3 500 ms",
        ),
        Figure(row="latency", name="not seen", value=MESSAGES - len(times), unit="messages", bar=0),
    ]


async def idle(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    """Ten thousand streams that wait; the clients are in a process of their own."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + SPARE_FILES:
        raise RuntimeError(f"{IDLE:,} connections need as many open files, and this user may have {hard:,}: raise the limit (ulimit -Hn)")
    async with place.client("") as provider:
        status, answer = await provider.request("POST", *place.hook("idle", "visitor", "Is anybody there?"))
        assert status == 200, answer
    async with place.client() as api:
        text = {"type": "comment", "text": "begin"}
        (conversation, *_) = (await api.json("GET", "/api/conversations?limit=1"))["items"]
        await api.json("POST", f"/api/conversations/{conversation['id']}/messages", text)
        web = place.pid_of("web")
        before = pss_kb(web)
        many = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bench.many",
            str(place.port),
            str(IDLE),
            place.token,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert many.stdout is not None
        assert many.stdin is not None
        opened = (await asyncio.wait_for(many.stdout.readline(), 120)).decode().split()
        await asyncio.sleep(2)
        each = (pss_kb(web) - before) / IDLE
        say(f"{opened[0]} streams opened in {float(opened[1]):.1f} s, {each:.1f} KB each")
        times = []
        for turn in range(3):
            mark = f"to-all-{turn}-"
            many.stdin.write(f"{mark}\n".encode())
            await asyncio.sleep(0.5)
            began = time.monotonic()
            await api.json("POST", f"/api/conversations/{conversation['id']}/messages", {"type": "comment", "text": mark})
            reached, at = (await asyncio.wait_for(many.stdout.readline(), 60)).decode().split()
            assert int(reached) == IDLE, f"{reached} of {IDLE} were told"
            times.append(float(at) - began)
        many.terminate()
        await many.wait()
    return [
        Figure(row="idle", name="10 000 streams, memory of the web process for each", value=each, unit="KB", bar=20),
        Figure(row="idle", name="one event to all of them", value=sorted(times)[1], unit="s", bar=1),
        Figure(row="idle", name="open them", value=float(opened[1]), unit="s"),
    ]
