"""Time zones are there wherever Innboks runs: a slim image has no database of them of its own."""

import os
import subprocess
import sys

SCRIPT = """
from zoneinfo import TZPATH, ZoneInfo
from innboks.lib.zones import require_zone
require_zone("Europe/Oslo")
print(TZPATH, ZoneInfo("Europe/Oslo").key)
"""


def test_zones_are_found_without_those_of_the_system() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONTZPATH": ""}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, "() Europe/Oslo"), run.stderr[-1000:]
