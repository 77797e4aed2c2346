"""`python -m tests.bench [NAME…]`: runs the rows (all, or those named), prints one table and writes `bench.json`.

Rows: rest, ingest, latency, replies, mail, mailbox, idle, pages, team, bulk, search, browser, cases; and `mail-million` by name only, which adds mails
to the stored million.
Exits with 1 when a figure misses its bar. Each row is one file of this folder.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uvloop

from tests.bench import live
from tests.bench.browser import browser
from tests.bench.bulk import bulk
from tests.bench.cases import cases
from tests.bench.figures import Figure, table
from tests.bench.ingest import ingest
from tests.bench.mail import mail
from tests.bench.mailbox import mailbox
from tests.bench.pages import pages
from tests.bench.place import ROOT, Installation, open_sink
from tests.bench.replies import replies
from tests.bench.rest import rest
from tests.bench.search import search, searchable
from tests.bench.stored import stored
from tests.bench.team import team

RESULT = ROOT / "bench.json"
MILLION = 1_000_000
SEARCHED = int(os.environ.get("INNBOKS_BENCH_SEARCHED", MILLION))
"""Conversations in which `search` looks; five messages each."""
Say = Callable[[str], None]


class Bench:
    """Where the rows run: one fresh installation for those that write, and the stored ones for those that read."""

    def __init__(self, folder: Path, echo_url: str) -> None:
        self.folder = folder
        self.echo_url = echo_url
        self._running: dict[str, Installation] = {}

    async def fresh(self) -> Installation:
        if "fresh" not in self._running:
            self._stop()
            place = self._running["fresh"] = Installation(self.folder / "data")
            await (await place.start()).settle_in(self.echo_url)
        return self._running["fresh"]

    async def past(self, total: int, say: Say) -> Installation:
        return await self.kept(str(total), lambda: stored(total, say, self.echo_url))

    async def kept(self, name: str, make: Callable[[], Awaitable[Installation]]) -> Installation:
        if name not in self._running:
            if (fresh := self._running.pop("fresh", None)) is not None:
                fresh.stop()
            self._running[name] = await make()
        return self._running[name]

    def _stop(self) -> None:
        while self._running:
            self._running.popitem()[1].stop()

    def close(self) -> None:
        self._stop()


async def _pages(bench: Bench, say: Say) -> list[Figure]:
    return await pages(await bench.past(10_000, say), await bench.past(MILLION, say), say)


async def _team(bench: Bench, say: Say) -> list[Figure]:
    return await team(await bench.past(MILLION, say), say)


async def _bulk(bench: Bench, say: Say) -> list[Figure]:
    return await bulk(await bench.past(MILLION, say), say)


async def _search(bench: Bench, say: Say) -> list[Figure]:
    return await search(await bench.kept("search", lambda: searchable(SEARCHED, say)), say)


async def _mail_million(bench: Bench, say: Say) -> list[Figure]:
    return await mail(await bench.past(MILLION, say), say, f"mail1m{os.urandom(3).hex()}")


async def _browser(bench: Bench, say: Say) -> list[Figure]:
    return await browser(await bench.past(MILLION, say), say)


async def _ingest(bench: Bench, say: Say) -> list[Figure]:
    return await ingest(await bench.fresh(), say)


async def _latency(bench: Bench, say: Say) -> list[Figure]:
    return await live.latency(await bench.fresh(), say)


async def _replies(bench: Bench, say: Say) -> list[Figure]:
    return await replies(await bench.fresh(), say)


async def _mail(bench: Bench, say: Say) -> list[Figure]:
    return await mail(await bench.fresh(), say)


async def _mailbox(bench: Bench, say: Say) -> list[Figure]:
    return await mailbox(await bench.fresh(), say)


async def _idle(bench: Bench, say: Say) -> list[Figure]:
    return await live.idle(await bench.fresh(), say)


async def _rest(bench: Bench, say: Say) -> list[Figure]:
    return await rest(bench.folder, say)


async def _cases(bench: Bench, say: Say) -> list[Figure]:
    return await cases(say)


ROWS: dict[str, Callable[[Bench, Say], Awaitable[list[Figure]]]] = {
    "rest": _rest,
    "latency": _latency,
    "ingest": _ingest,
    "replies": _replies,
    "mail": _mail,
    "mailbox": _mailbox,
    "idle": _idle,
    "pages": _pages,
    "team": _team,
    "bulk": _bulk,
    "browser": _browser,
    "search": _search,
    "cases": _cases,
    "mail-million": _mail_million,
}
BY_NAME_ONLY = ("mail-million",)


async def run(names: list[str], folder: Path) -> int:
    began = time.monotonic()
    figures: list[Figure] = []
    broken: list[str] = []
    sink, echo_url = await open_sink()
    bench = Bench(folder, echo_url)

    def sayer(name: str) -> Say:
        return lambda sentence: print(f"{time.monotonic() - began:6.1f} s  {name}: {sentence}", file=sys.stderr, flush=True)

    try:
        for name in names:
            say = sayer(name)
            say("begins")
            try:
                figures += await ROWS[name](bench, say)
            except Exception as error:
                traceback.print_exc()
                broken.append(f"{name}: {error}")
    finally:
        bench.close()
        sink.close()
    took_s = time.monotonic() - began
    RESULT.write_bytes(msgspec.json.format(_report(figures, broken, took_s), indent=2) + b"\n")
    missed = [one for one in figures if one.is_met is False]
    print(f"\n{table(figures)}\n")
    print(
        f"{len(figures)} figures in {took_s:.0f} s, {len(missed)} miss their bar, {len(broken)} rows broke. {RESULT.name} has them as JSON."
    )
    for one in broken:
        print(f"broke: {one}")
    return 1 if missed or broken else 0


def _report(figures: list[Figure], broken: list[str], took_s: float) -> bytes:
    return msgspec.json.encode(
        {
            "at": datetime.now(UTC),
            "took_s": round(took_s, 1),
            "processors": os.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
            "system": platform.platform(),
            "figures": [{**msgspec.to_builtins(one), "is_met": one.is_met} for one in figures],
            "broken": broken,
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures, prints one table and writes bench.json.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"rows to run (default: all but {BY_NAME_ONLY[0]}): {', '.join(ROWS)}")
    names = parser.parse_args().names or [name for name in ROWS if name not in BY_NAME_ONLY]
    if unknown := [name for name in names if name not in ROWS]:
        parser.error(f"there is no row {unknown[0]}. There are: {', '.join(ROWS)}.")
    with tempfile.TemporaryDirectory(prefix="innboks-bench-", ignore_cleanup_errors=True) as folder:
        return uvloop.run(run(names, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
