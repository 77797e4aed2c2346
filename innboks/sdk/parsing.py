"""Keeps slow parsers off the event loop: a channel that says `is_slow_to_parse` is parsed in another process.

`parse` is pure, so all it needs travels: the raw bytes and the plain facts of the channel account. The process is started when
it is first needed and ends when it has been idle, so that a server at rest does not pay for it. Small payloads stay here: sending
them over would cost more than parsing them. Foreign HTML is made harmless at the same place, for that takes as long as parsing. A payload that
takes too long ends the process, or all that come after it would wait behind it. Read next: `Channel.parse` in `contract.py`.
"""

import asyncio
import hashlib
import hmac
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import msgspec

from innboks.lib.clock import SystemClock
from innboks.lib.html import sanitise
from innboks.sdk.contract import AccountRef, Context, Happening, Inbound, MessageReceived, ReceiptReceived
from innboks.sdk.registry import Registry, discover

IDLE_S = 60.0
INLINE_SIZE = 8 * 1024
BUSY = 2
"""From this many parsers under way at once, small payloads go to the other process too."""
TIMEOUT_S = 120.0
"""Waiting for a turn and both tries included."""
LONGEST_S = 40.0
"""What one payload may take of the other process before that ends itself."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a pure parser may know, in a form that can be sent to another process. `key` is the channel account's own secret."""

    kind: str
    config: bytes
    ref: AccountRef
    key: bytes
    public_url: str
    domain: str
    own_addresses: frozenset[str]


def key_of(key: bytes) -> Callable[[str], bytes]:
    """The `secret` of a context: purpose → 32 bytes."""
    return lambda purpose: hmac.digest(key, purpose.encode(), hashlib.sha256)


def pure_context(registry: Registry, facts: Facts) -> Context:
    """A context for `verify` and `parse`, which do no I/O: it has no client and no callbacks."""
    channel = registry.get(facts.kind)
    return Context(
        ref=facts.ref,
        config=msgspec.json.decode(facts.config, type=channel.Config),
        http=None,  # type: ignore[arg-type]  # a pure parser has nobody to call
        clock=SystemClock(),
        log=None,
        public_url=facts.public_url,
        domain=facts.domain,
        secret=key_of(facts.key),
        own_addresses=facts.own_addresses,
    )


class Parsing:
    """Runs `parse`, here or in another process."""

    def __init__(self, registry: Registry, channel_folders: Sequence[Path] = (), processes: int = 1, longest_s: float = LONGEST_S) -> None:
        self._registry = registry
        self._folders = list(channel_folders)
        self._processes = processes
        self._longest_s = longest_s
        self._pool: ProcessPoolExecutor | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._running = 0

    async def parse(self, facts: Facts, context: Context, inbound: Inbound) -> Sequence[Happening]:
        """What the channel makes of the payload, with its HTML made harmless. Raises what its `parse` raises; `TimeoutError` when it takes too long."""
        channel = self._registry.get(facts.kind)
        is_small = len(inbound.body) <= INLINE_SIZE and self._running < BUSY
        if not channel.abilities.is_slow_to_parse or is_small:
            return _harmless(channel.parse(context, inbound))
        self._running += 1
        try:
            return await asyncio.wait_for(self._elsewhere(_parse, facts, inbound), TIMEOUT_S)
        finally:
            self._running -= 1
            self._plan_end()

    async def _elsewhere(self, function: Callable[..., Any], *args: Any) -> Any:
        for _ in (1, 2):
            pool = self._open()
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, function, self._longest_s, *args)
            except BrokenProcessPool:  # killed (out of memory), or ended by a payload without end: once more with a new one
                if self._pool is pool:  # several wait for it, and only the first of them finds it here
                    self.close()
        raise TimeoutError("The process that reads this ended twice over it.")

    def _open(self) -> ProcessPoolExecutor:
        if self._idle is not None:
            self._idle.cancel()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=get_context("spawn"), initializer=_prepare, initargs=(self._folders,), max_tasks_per_child=None
            )
        return self._pool

    def _plan_end(self) -> None:
        if self._running == 0 and self._pool is not None:
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self.close)

    def close(self) -> None:
        """Ends the other process. A later `parse` starts a new one."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


# ── in the other process ─────────────────────────────────────────────────────────────────────────────────────────────────────

_registry: Registry | None = None


def _prepare(folders: Sequence[Path]) -> None:
    global _registry
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _registry = discover(folders)


def _end_with_parent() -> None:
    """A parent that is killed outright cannot close its pool, and the queue never ends by itself: so this process watches it."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _parse(longest_s: float, facts: Facts, inbound: Inbound) -> Sequence[Happening]:
    assert _registry is not None
    signal.setitimer(signal.ITIMER_REAL, longest_s)  # nobody handles this signal, so it ends the process, whatever it is busy with
    try:
        return _harmless(_registry.get(facts.kind).parse(pure_context(_registry, facts), inbound))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


# ── in either ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _harmless(happenings: Sequence[Happening]) -> Sequence[Happening]:
    return [_without_script(one) for one in happenings]


def _without_script(one: Happening) -> Happening:
    if isinstance(one, MessageReceived) and one.html:
        return msgspec.structs.replace(one, html=sanitise(one.html))
    if isinstance(one, ReceiptReceived) and one.otherwise is not None and one.otherwise.html:
        return msgspec.structs.replace(one, otherwise=msgspec.structs.replace(one.otherwise, html=sanitise(one.otherwise.html)))
    return one
