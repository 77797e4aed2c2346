"""The cases from other projects' tests, where they are present: how many the mail parser reads as expected."""

import asyncio
import re
import sys
from collections.abc import Callable

from tests.bench.figures import Figure
from tests.bench.place import ROOT

CASES = ROOT.parent / "shared" / "cases" / "email"
SCORE = ROOT.parent / "shared" / "tools" / "score_email.py"
BARS = {"parse": 95.0, "reply": 80.0, "bounce": 90.0}


async def cases(say: Callable[[str], None]) -> list[Figure]:
    if not CASES.is_dir() or not SCORE.is_file():
        say(f"{CASES} is not here")
        return []
    figures = []
    for name in ("parse", "reply", "auto", "bounce"):
        run = await asyncio.create_subprocess_exec(
            sys.executable,
            str(SCORE),
            str(CASES),
            "--sets",
            name,
            "--cmd",
            f"{sys.executable} -m innboks parse email",
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await run.communicate()
        whole = re.search(r"(\d+)/(\d+)", "\n".join(line for line in said.decode().splitlines() if "whole" in line.lower()))
        if whole is not None:
            passed, asserted = int(whole[1]), int(whole[2])
            say(f"{name}: {passed} of {asserted}")
            bar = BARS.get(name)
            figures.append(
                Figure(
                    row="cases",
                    name=f"{name}, whole cases",
                    value=100 * passed / asserted,
                    unit="%",
                    bar=bar,
                    must_be="at least",
                    reference=f"{passed} of {asserted}",
                )
            )
    return figures
