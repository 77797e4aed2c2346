"""The other process in which slow parsers run: it lives no longer than the one that started it, and no payload keeps it for ever."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from innboks.sdk.contract import AccountRef, Inbound, MessageReceived
from innboks.sdk.parsing import Facts, Parsing, pure_context
from innboks.sdk.registry import discover

PARENT = """
import asyncio
from innboks.sdk.parsing import Parsing
from innboks.sdk.registry import discover

async def main():
    parsing = Parsing(discover())
    pool = parsing._open()
    await asyncio.wrap_future(pool.submit(int))
    print(*pool._processes, flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    """A process that has ended and that nobody has asked about (Z) is not alive."""
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def test_it_ends_when_its_parent_is_killed_outright(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert children
        assert all(is_alive(pid) for pid in children)
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in children):
        assert time.monotonic() < deadline, "the parsing process outlived the one that started it"
        time.sleep(0.05)


CHANNEL = """
from collections.abc import Sequence

import msgspec

from innboks.sdk.contract import Abilities, Channel, Connected, Context, Happening, Inbound, MessageReceived, Outgoing, Party, Sent


class Config(msgspec.Struct, kw_only=True):
    pass


class Slow(Channel):
    kind = "slow"
    name = "Slow"
    category = "messaging"
    Config = Config
    abilities = Abilities(is_slow_to_parse=True)

    async def connect(self, ctx: Context) -> Connected:
        raise NotImplementedError

    async def disconnect(self, ctx: Context) -> None:
        raise NotImplementedError

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        pass

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        while inbound.body.startswith(b"forever"):
            pass
        return [MessageReceived(external_id="1", sender=Party(address="a"), html=inbound.body[:20].decode())]

    async def send(self, ctx: Context, message: Outgoing) -> Sent:
        raise NotImplementedError


channels = (Slow(),)
"""
FACTS = Facts(
    kind="slow",
    config=b"{}",
    ref=AccountRef(account_id=1, id=1, name="", identity="", address=""),
    key=b"k",
    public_url="",
    domain="",
    own_addresses=frozenset(),
)


async def test_a_payload_that_takes_for_ever_ends_and_those_behind_it_are_read(tmp_path: Path) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "__init__.py").write_text(CHANNEL)
    registry = discover([tmp_path])
    parsing = Parsing(registry, [tmp_path], longest_s=1)
    context = pure_context(registry, FACTS)

    async def parse(body: bytes) -> str:
        (one,) = await parsing.parse(FACTS, context, Inbound(body=body.ljust(20_000)))
        assert isinstance(one, MessageReceived)
        return one.html.strip()

    try:
        with pytest.raises(TimeoutError):
            await parse(b"forever")
        assert await parse(b"<script>x</script>") == ""
        first, *others = await asyncio.gather(parse(b"forever"), *(parse(b"<b>x</b>") for _ in range(3)), return_exceptions=True)
        assert isinstance(first, TimeoutError)
        assert all(one == "<b>x</b>" or isinstance(one, TimeoutError) for one in others), "what fell with it is tried again later"
        assert await parse(b"<b>y</b>") == "<b>y</b>"
    finally:
        parsing.close()
