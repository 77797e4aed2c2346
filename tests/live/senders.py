"""The outside world under load: providers and mail servers that send again what was not acknowledged, with the same id, as real ones do."""

import asyncio
from collections import Counter

from tests.bench.place import Installation
from tests.bench.wire import Http, Smtp

BROKEN = (OSError, EOFError, AssertionError, TimeoutError, asyncio.LimitOverrunError)
ANSWER_S = 10.0


class Hooks:
    """A provider with webhooks: each message is sent until it is acknowledged."""

    def __init__(self, place: Installation, name: str) -> None:
        self._place = place
        self._name = name
        self.acknowledged: list[str] = []
        self.is_over = False

    async def run(self, clients: int = 4, pause_s: float = 0.0) -> None:
        await asyncio.gather(*(self._client(number, pause_s) for number in range(clients)))

    async def _client(self, client: int, pause_s: float) -> None:
        number = 0
        while not self.is_over:
            number += 1
            name = f"{self._name}-{client}-{number}"
            await self.send(name)
            await asyncio.sleep(pause_s)

    async def send(self, name: str) -> None:
        while True:
            try:
                async with asyncio.timeout(ANSWER_S), self._place.client("") as http:
                    status, _ = await http.request("POST", *self._place.hook(name, f"from-{name[-2:]}", f"text {name}"))
                if status == 200:
                    self.acknowledged.append(f"m{name}")
                    return
            except BROKEN:
                pass
            await asyncio.sleep(0.05)


async def send_mail(place: Installation, mark: str, mail: bytes) -> int:
    """Until the server takes responsibility. Returns how many tries it needed."""
    for attempt in range(1, 200):
        try:
            async with asyncio.timeout(ANSWER_S), Smtp(place.host, place.smtp_port) as smtp:
                await smtp.send("leo@example.org", str(place.mail["hosted_address"]), mail)
                return attempt
        except BROKEN:
            await asyncio.sleep(0.1)
    raise AssertionError(f"{mark} was never taken")


async def write_reply(api: Http | None, place: Installation, conversation: str, client_id: str, text: str) -> str:
    """An agent's app: posts with the same client id until it knows. Returns the message's id."""
    while True:
        try:
            async with asyncio.timeout(ANSWER_S), place.client() as fresh:
                given = {"type": "reply", "text": text, "client_id": client_id}
                message = await (api or fresh).json("POST", f"/api/conversations/{conversation}/messages", given)
                return str(message["id"])
        except BROKEN:
            await asyncio.sleep(0.1)


def doubled(names: list[str]) -> dict[str, int]:
    return {name: times for name, times in Counter(names).items() if times > 1}
