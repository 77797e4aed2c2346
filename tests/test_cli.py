"""The commands, as an operator types them: each in a process of its own, on a real database."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from innboks.lib.migrate import migrate
from tests.ports import free_port

FOLDERS = Path(__file__).parent / "channel_folders"


@pytest.fixture
def innboks(dsn: str, tmp_path: Path) -> Any:
    """Runs one command and returns what it said."""
    migrate(dsn)
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": dsn,
        "INNBOKS_DATA": str(tmp_path / "data"),
        "INNBOKS_CHANNELS": str(FOLDERS),
        "INNBOKS_HTTP": f"127.0.0.1:{free_port()}",
        "INNBOKS_SMTP": f"127.0.0.1:{free_port()}",
    }

    def run(*arguments: str, stdin: str = "", wait: bool = True) -> Any:
        command = [sys.executable, "-m", "innboks", *arguments]
        if not wait:
            return subprocess.Popen(command, env=environment, cwd=tmp_path), f"http://{environment['INNBOKS_HTTP']}"
        return subprocess.run(command, env=environment, cwd=tmp_path, input=stdin, capture_output=True, text=True, timeout=60)

    return run


def test_from_nothing_to_a_connected_channel_without_a_browser(innboks: Any) -> None:
    setup = ("setup", "--account", "Tindra", "--email", "ada.example@tindra.example", "--password")
    assert "too short" in innboks(*setup, "short").stderr
    made = innboks(*setup, "-", stdin="a long enough password\n")
    assert (made.returncode, made.stderr) == (0, "")
    again = innboks(*setup, "a long enough password")
    assert (again.returncode, again.stderr) == (1, "innboks: This server is set up already. Sign in instead.\n")

    token = innboks("token", "--email", "ada.example@tindra.example").stdout.strip()
    assert token.startswith("inb_1_")
    assert innboks("token", "--email", "nobody@tindra.example").returncode == 1

    connected = innboks("connect", "echo", "--name", "Echo", "--inbox", "tindra", "room=lobby", "api_token=a=b")
    account = json.loads(connected.stdout)
    assert (account["kind"], account["name"], account["config"]["room"], account["config"]["api_token"]) == ("echo", "Echo", "lobby", "")
    assert "no inbox" in innboks("connect", "echo", "--name", "E", "--inbox", "none", "room=x").stderr
    assert "key=value" in innboks("connect", "echo", "--name", "E", "room").stderr
    assert "no channel of the kind" in innboks("connect", "telegraph", "--name", "E").stderr

    assert innboks("ticketing", "by-date").stdout == "1 “Tindra”: off\n"
    assert innboks("ticketing", "on", "--account", "tindra").stdout == innboks("ticketing").stdout == "1 “Tindra”: on\n"
    assert "no account" in innboks("ticketing", "off", "--account", "Nobody").stderr

    assert innboks("features", "presence", "off").stdout == "1 “Tindra” presence: off\n"
    states = [line.rsplit(" ", 2)[1:] for line in innboks("features").stdout.splitlines()]
    assert dict(states) == {"automatic_assignment:": "on", "at_capacity_chat:": "on", "presence:": "off", "channel.echo:": "on"}
    assert innboks("features", "presence", "on", "--account", "tindra").stdout == "1 “Tindra” presence: on\n"
    assert "no feature" in innboks("features", "channel.email", "off").stderr, "the basic channels are always there"

    process, address = innboks("web", wait=False)
    try:
        _wait_until_ready(address)
        asked = urllib.request.Request(f"{address}/api/channel-accounts", headers={"authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert [one["name"] for one in json.load(answer)["items"]] == ["Echo"]
        events = urllib.request.Request(f"{address}/api/events", headers={"authorization": f"Bearer {token}"})
        with urllib.request.urlopen(events, timeout=10) as stream:
            assert stream.readline().startswith(b"id: ")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0
            assert time.monotonic() - began < 15, "an open stream does not hold up the end"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web process did not become ready")


def test_parse_shows_each_file_and_goes_on(innboks: Any, tmp_path: Path) -> None:
    (tmp_path / "good.eml").write_bytes(b"From: Leo <leo@example.com>\r\nSubject: Tent\r\n\r\nIs it back?\r\n")
    said = innboks("parse", "email", "good.eml", "missing.eml")
    good, missing = map(json.loads, said.stdout.splitlines())
    assert (good["file"], good["subject"], good["from"]) == ("good.eml", "Tent", [{"name": "Leo", "address": "leo@example.com"}])
    assert missing == {"file": "missing.eml", "error": "This file cannot be read: No such file or directory."}


def test_help_and_mistakes(innboks: Any) -> None:
    assert "connect" in innboks("--help").stdout
    assert innboks("nothing").returncode == 2
    assert json.loads(innboks("schema").stdout)["info"]["title"] == "Innboks"


def test_a_wrong_setting_is_told_in_a_sentence(innboks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "innboks.toml").write_text('http = "nowhere"\n')
    said = innboks("doctor")
    assert said.returncode == 0 or "Traceback" not in said.stderr
    (tmp_path / "innboks.toml").write_text("colour = 1\n")
    said = innboks("doctor")
    assert (said.returncode, "is not a setting" in said.stderr) == (os.EX_CONFIG, True)
