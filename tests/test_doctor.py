"""`innboks doctor` on sound and unsound installations."""

import socket
from pathlib import Path

from innboks.config import Settings, load_settings
from innboks.doctor import doctor
from innboks.lib.lock import database
from innboks.lib.migrate import migrate


def unwell(settings: Settings) -> str:
    found = [finding for finding in doctor(settings) if not finding.ok]
    assert all(finding.what_to_do for finding in found)
    return "\n".join(finding.sentence for finding in found)


def test_a_sound_installation(settings: Settings) -> None:
    assert unwell(settings).splitlines() == ["Incoming mail is not encrypted on its way."]


def test_before_the_first_start_and_while_it_runs(tmp_path: Path) -> None:
    settings = load_settings(
        {"INNBOKS_DATA": str(tmp_path / "data"), "INNBOKS_HTTP": "127.0.0.1:0", "INNBOKS_SMTP": "127.0.0.1:0"}, tmp_path
    )
    assert "migrations behind" in unwell(settings)
    with database(settings) as dsn:
        migrate(dsn)
        assert unwell(settings) == ""


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        given = {
            "INNBOKS_DATA": str(tmp_path / "data"),
            "INNBOKS_HTTP": f"127.0.0.1:{other.getsockname()[1]}",
            "INNBOKS_SMTP": "127.0.0.1:0",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        }
        settings = load_settings(given, tmp_path)
        (tmp_path / "data" / "secret").chmod(0o644)
        said = unwell(settings)
    assert "Others can read the secret" in said
    assert "Nothing can listen on 127.0.0.1" in said
    assert "The database does not answer" in said
