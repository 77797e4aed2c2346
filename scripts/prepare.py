"""Installs and builds what a make target needs, and nothing that is there already.

Why it exists: `make run` has to work on a fresh machine with only Python, make and the package indexes, and has to be quick the second
time. So every step leaves a stamp, a hash of what it was made from, and is left out while that hash is the same. Uses the standard
library alone, because it runs before anything is installed. Read next: `requirements.py`, which makes the pinned lists used here.

    scripts/prepare python         the environment in .venv, with what Innboks needs to run
    scripts/prepare dev            the same, with the tools of development
    scripts/prepare node-modules   Node (into .venv when the system has none) and the packages of web/
    scripts/prepare web            the built agent app in web/dist
    scripts/prepare system         Chromium and Dovecot for the tests, from the system's packages
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".stamps"
WEB = ROOT / "web"
PYTHON = VENV / "bin" / "python"
PIP_INSTALL = (str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check")
NODE_AT_LEAST = (20, 19)
WEB_SOURCES = ("*.json", "*.ts", "*.html", ".npmrc", "src/**/*", "public/**/*")
NOT_BUILT_IN = (".test.ts", ".test.tsx")
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
SYSTEM_PROGRAMS = {
    "Chromium": (("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"), ("chromium",)),
    "Dovecot": (("dovecot",), ("dovecot-core", "dovecot-imapd")),
    "Redis": (("redis-server",), ("redis-server",)),
    "NATS": (("nats-server",), ("nats-server",)),
}


def main(steps: Sequence[str]) -> None:
    os.chdir(ROOT)
    STAMPS.mkdir(exist_ok=True)
    # Two starts at once wait for each other instead of building into one folder.
    with (STAMPS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for step in steps:
            match step:
                case "python":
                    prepare_python("requirements.txt")
                case "dev":
                    prepare_python("requirements-dev.txt")
                case "node-modules":
                    prepare_node_modules()
                case "web":
                    prepare_web()
                case "system":
                    prepare_system()
                case _:
                    stop(f"There is no step called {step}. " + (__doc__ or ""))


# ── stamps ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def digest(files: Iterable[Path], *also: str) -> str:
    """One hash over names and contents, so that a changed time stamp (a fresh clone, a switched branch) builds nothing anew."""
    total = hashlib.sha256("\0".join(also).encode())
    for file in sorted(files):
        total.update(f"\0{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    file = STAMPS / name
    return file.exists() and file.read_text() == value


def stamp(name: str, value: str) -> None:
    (STAMPS / name).write_text(value)


# ── Python ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def prepare_python(requirements: str) -> None:
    """Installs exactly what the list pins, hashes checked, and Innboks itself in place. A development environment serves `make run` too."""
    if PYTHON.exists() and any(is_stamped("python", python_stamp(name)) for name in (requirements, "requirements-dev.txt")):
        return
    make_environment()
    with told(f"Installing the Python packages of {requirements}"):
        # The tools that build come first and pinned; without isolation nothing else is fetched for building.
        for name in ("requirements-build.txt", requirements):
            run(
                [*PIP_INSTALL, "--no-build-isolation", "--use-pep517", "--require-hashes", "-r", name],
                "The Python packages could not be installed.",
            )
        run([*PIP_INSTALL, "--no-build-isolation", "--no-deps", "--editable", "."], "Innboks itself could not be installed.")
    stamp("python", python_stamp(requirements))


def python_stamp(requirements: str) -> str:
    return digest([ROOT / requirements, ROOT / "requirements-build.txt", ROOT / "pyproject.toml"], str(ROOT), environment_version())


def environment_version() -> str:
    """Which Python .venv was made from; "" when there is none. Programs in it carry its path, so ROOT is stamped as well."""
    config = VENV / "pyvenv.cfg"
    return config.read_text() if config.exists() else ""


def make_environment() -> None:
    if PYTHON.exists() and works(PYTHON, "-m", "pip", "--version") and str(ROOT) in (VENV / "bin" / "pip").read_text().splitlines()[0]:
        return
    # When this runs on the environment's own Python, the one below it has to make the new one.
    below: str = getattr(sys, "_base_executable", None) or sys.executable
    with told(f"Making the environment in .venv (Python {sys.version_info.major}.{sys.version_info.minor})"):
        shutil.rmtree(VENV, ignore_errors=True)
        if works(below, "-m", "venv", str(VENV)):
            return
        # Debian's Python comes without ensurepip until python3-venv is there; a system pip can fill an empty environment.
        shutil.rmtree(VENV, ignore_errors=True)
        has_venv = works(below, "-m", "venv", "--without-pip", str(VENV))
        if has_venv and works(below, "-m", "pip", "--python", str(PYTHON), "install", "-qq", "--no-input", "pip"):
            return
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        shutil.rmtree(VENV, ignore_errors=True)
        if not install_packages([package]) or not works(below, "-m", "venv", str(VENV)):
            shutil.rmtree(VENV, ignore_errors=True)
            stop(f"{below} cannot make an environment: it has neither ensurepip nor pip. On Debian and Ubuntu: apt-get install {package}")


# ── the agent app ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def prepare_web() -> None:
    value = digest(web_sources())
    if is_stamped("web", value) and (WEB / "dist" / "index.html").exists():
        return
    prepare_node_modules()
    with told("Building the agent app"):
        run([str(ROOT / "scripts" / "npm"), "run", "--silent", "build", "--", "--logLevel", "warn"], "The agent app could not be built.")
    stamp("web", value)


def web_sources() -> list[Path]:
    found = {file for pattern in WEB_SOURCES for file in WEB.glob(pattern) if file.is_file()}
    return [file for file in found if not file.name.endswith(NOT_BUILT_IN)]


def prepare_node_modules() -> None:
    value = digest([WEB / "package.json", WEB / "package-lock.json", WEB / ".npmrc"], str(ROOT))
    if is_stamped("node-modules", value) and (WEB / "node_modules" / ".package-lock.json").exists() and (STAMPS / "node-path").exists():
        return
    prepare_node()
    with told("Installing the packages of the agent app"):
        run(
            [str(ROOT / "scripts" / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            "The packages of web/ could not be installed.",
        )
    stamp("node-modules", value)


def prepare_node() -> None:
    """The system's Node when it is new enough and has npm; else the one from the Python package index, into .venv."""
    if shutil.which("npm") and node_version("node") >= NODE_AT_LEAST:
        stamp("node-path", "")
        return
    prepare_python("requirements.txt")
    with told("Installing Node into .venv, because the system has none that is new enough"):
        run([*PIP_INSTALL, "--require-hashes", "-r", "requirements-node.txt"], "Node could not be installed.")
    stamp("node-path", str(VENV / "bin"))


def node_version(node: str) -> tuple[int, ...]:
    """(20, 19, 2); () when there is none."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(part) for part in said.strip().lstrip("v").split(".") if part.isdecimal())


# ── what only the tests need ─────────────────────────────────────────────────────────────────────────────────────────────────


def prepare_system() -> None:
    path = f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}"
    missing = {
        name: packages
        for name, (programs, packages) in SYSTEM_PROGRAMS.items()
        if not any(shutil.which(program, path=path) for program in programs)
    }
    if not missing:
        return
    packages = [package for needed in missing.values() for package in needed]
    with told(f"Installing {' and '.join(missing)} from the system's packages"):
        if not install_packages(packages):
            stop(
                f"The tests need {' and '.join(missing)}, which could not be installed from here. "
                f"Install it and start again; on Debian and Ubuntu: apt-get install {' '.join(packages)}"
            )


def install_packages(packages: Sequence[str]) -> bool:
    """Debian's packages, as root or through a sudo that asks nothing. False when that is not possible."""
    if not shutil.which("apt-get"):
        return False
    lead = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if lead and not works(*lead, "true"):
        return False
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    works(*lead, *quiet, "update")
    return works(*lead, *quiet, "install", "--yes", "--no-install-recommends", *packages)


# ── running and telling ──────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def told(sentence: str) -> Iterator[None]:
    """Says what is being done before it starts, and how long it took."""
    began = time.monotonic()
    print(f"· {sentence} …", flush=True)
    yield
    print(f"✓ {sentence} ({time.monotonic() - began:.0f} s)", flush=True)


def works(*command: object) -> bool:
    """Runs quietly; True when it went well."""
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def run(command: Sequence[str], sentence: str) -> None:
    """Runs with its output shown; ends everything with `sentence` when it fails."""
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
        stop(f"{sentence} What it said stands above; after mending it, start again: what was done already stays.")


def stop(sentence: str) -> NoReturn:
    print(f"✗ {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
