"""What a folder of the sandbox brings: a class `StandIn` with these few members, found by its folder (`discover`).

The page is made of plain files in the folder's `static/`; what its script asks goes to `answer`. Read next: `page.py`, which serves both.
"""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from innboks.config import Settings


class Request(msgspec.Struct, frozen=True):
    """What the page's script asks. `path` stands below `/<kind>/api/`, without a slash at its start. A program that calls the provider instead
    of its page has `headers` (lower case) and `pairs`, the query with repeated names; its `path` stands below `/<kind>/`. `base` is our address."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str] = {}
    pairs: Sequence[tuple[str, str]] = ()
    base: str = ""


class Answer(msgspec.Struct):
    """What it gets. With `stream`, its pieces follow as they come (server-sent events). `is_cut_off`: the connection ends before its end."""

    body: bytes = b""
    type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = {}
    stream: AsyncIterator[bytes] | None = None
    is_cut_off: bool = False


class StandIn(Protocol):
    """One provider's stand-in. Entering `running` opens what it listens on, leaving it closes that again."""

    kind: str
    title: str
    folder: Path
    provider_paths: Sequence[str] = ()
    """First parts of paths, below `/<kind>/`, at which programs call the provider: they go to `call`."""

    def running(self) -> AbstractAsyncContextManager[None]: ...

    async def answer(self, request: Request) -> Answer: ...

    async def call(self, request: Request) -> Answer: ...

    def where(self) -> str:
        """One line for the terminal: what it is, and where it listens."""
        ...


def discover(settings: Settings) -> list[StandIn]:
    """One of each folder beside this file that has a `stand_in(settings)`."""
    package = importlib.import_module("innboks.sandbox")
    modules = [importlib.import_module(f"innboks.sandbox.{found.name}") for found in pkgutil.iter_modules(package.__path__) if found.ispkg]
    return [module.stand_in(settings) for module in modules if hasattr(module, "stand_in")]
