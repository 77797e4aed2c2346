"""The other process in which slow parsers run lives no longer than the one that started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
