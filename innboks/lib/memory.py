"""Memory that is free again goes back to the machine.

The C library (glibc) keeps what was freed between pieces that are still in use: after a burst of mails of 30 MB a worker would stay hundreds of megabytes
large, though it holds none of them any more. `malloc_trim` gives back what lies free, and takes a millisecond or two.
"""

import asyncio
import ctypes
from collections.abc import Callable

EVERY_S = 30.0


def trimmer() -> Callable[[], None]:
    """What gives free memory back. Does nothing where the C library has no such call (musl and macOS give back by themselves)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return lambda: None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return lambda: trim(0)  # ctypes lets other threads of Python go on meanwhile


async def give_back_memory() -> None:
    """Now and then, until cancelled."""
    trim = trimmer()
    while True:
        await asyncio.sleep(EVERY_S)
        await asyncio.to_thread(trim)
