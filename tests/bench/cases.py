"""The cases from other projects' tests, where they are present: how many the mail parser reads as expected, and how many mails join their conversation."""

import asyncio
import re
import sys
from collections.abc import Callable

from tests.bench.figures import Figure
from tests.bench.place import ROOT

CASES = ROOT.parent / "shared" / "cases" / "email"
THREADING = ROOT / "tests" / "channels" / "email" / "test_shared_threading.py"
SCORE = ROOT.parent / "shared" / "tools" / "score_email.py"
BARS = {"parse": 95.0, "reply": 80.0, "bounce": 90.0, "threading": 95.0}


async def cases(say: Callable[[str], None]) -> list[Figure]:
    if not CASES.is_dir() or not SCORE.is_file():
        say(f"{CASES} is not here")
        return []
    figures = []
    for name in ("parse", "reply", "auto", "bounce"):
        command = (str(SCORE), str(CASES), "--sets", name, "--cmd", f"{sys.executable} -m innboks parse email")
        lines = await _said(*command)
        whole = re.search(r"(\d+)/(\d+)", "\n".join(line for line in lines if "whole" in line.lower()))
        if whole is not None:
            figures.append(_figure(say, name, int(whole[1]), int(whole[2])))
    # A mail joins a conversation by the whole road in, to a real database: the tests that do that count themselves.
    counts = {word: int(number) for line in await _said("-m", "pytest", str(THREADING)) for number, word in COUNTED.findall(line)}
    if asserted := sum(counts.values()):
        figures.append(_figure(say, "threading", counts.get("passed", 0), asserted))
    return figures


COUNTED = re.compile(r"(\d+) (passed|failed|error)")


async def _said(*command: str) -> list[str]:
    """The lines that Python prints for these arguments."""
    run = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await run.communicate()
    return said.decode().splitlines()


def _figure(say: Callable[[str], None], name: str, passed: int, asserted: int) -> Figure:
    say(f"{name}: {passed} of {asserted}")
    return Figure(
        row="cases",
        name=f"{name}, whole cases",
        value=100 * passed / asserted,
        unit="%",
        bar=BARS.get(name),
        must_be="at least",
        reference=f"{passed} of {asserted}",
    )
