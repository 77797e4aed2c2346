"""Memory that was freed goes back to the machine. In a process of its own: the tests' process has memory of others lying free."""

import subprocess
import sys

BURST = """
from pathlib import Path
from innboks.lib.memory import trimmer

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

trim = trimmer()
held, burst = [], []
for number in range(3_000):  # pieces that are still in use lie between those that are not
    burst.append(bytes([number % 250 + 1]) * 60_000)
    held.append(bytes([number % 250 + 1]) * 600)
before = resident_mb()
del burst
kept = resident_mb()
trim()
print(before - kept, before - resident_mb())
"""


def test_what_a_burst_left_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", BURST], capture_output=True, text=True, check=True)
    by_itself, in_the_end = map(float, done.stdout.split())
    assert by_itself < 30, "freeing alone gives it back on this machine: the test shows nothing"
    assert in_the_end > 120
