"""Pins every Python package with its hashes, and checks that the pins belong to today's pyproject.toml.

Why it exists: what is installed on one machine has to be what is installed on every other. The lists name no package index, so they work
with any mirror. `write` makes them again, `check` is part of `make check` and asks nobody: each list opens with a hash of the
dependencies that it was made from.

    requirements-build.txt  what builds packages, Innboks itself among them
    requirements.txt        what Innboks needs to run
    requirements-dev.txt    the same with the tools of development
    requirements-node.txt   Node, installed only where the system has none
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = {
    "requirements-build.txt": ["--group", "build"],
    "requirements.txt": ["pyproject.toml", "-c", "requirements-build.txt"],
    "requirements-dev.txt": ["pyproject.toml", "--group", "dev", "-c", "requirements.txt", "-c", "requirements-build.txt"],
    "requirements-node.txt": ["--group", "node"],
}


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    match arguments:
        case ["write", *options]:
            return write(options)
        case ["check"]:
            return check()
    print(__doc__, file=sys.stderr)
    return 2


def write(options: list[str]) -> int:
    for name, sources in LISTS.items():
        uv = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--no-config", *sources, *options]
        uv += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"]
        if subprocess.run([*uv, "--output-file", name], stdout=subprocess.DEVNULL).returncode != 0:
            print(f"✗ {name} could not be made; what uv said stands above.", file=sys.stderr)
            return 1
        file = ROOT / name
        pins = "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("#"))
        file.write_text(head() + pins)
    return 0


def check() -> int:
    stale = [name for name in LISTS if not (ROOT / name).exists() or not (ROOT / name).read_text().startswith(head())]
    if stale:
        print(f"✗ {', '.join(stale)}: not made from the pyproject.toml that stands here. Run: make requirements", file=sys.stderr)
    return 1 if stale else 0


def head() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [project["project"]["requires-python"], project["project"]["dependencies"], project["dependency-groups"]]
    value = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
    return f"# Made by `make requirements` from the dependencies of pyproject.toml ({value}). Do not edit.\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
