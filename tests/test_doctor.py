"""`innboks doctor` on sound and unsound installations."""

import socket
from pathlib import Path

import psycopg

from innboks.config import Settings, load_settings
from innboks.doctor import doctor
from innboks.lib.lock import data_lock, database
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


def test_an_index_that_stands_still_is_told(settings: Settings) -> None:
    with database(settings) as dsn, psycopg.connect(dsn) as conn:
        conn.execute("insert into account (name) values ('Tindra')")
        conn.execute("insert into search_progress (account_id, epoch, tx, event_id) select 1, epoch, '1', 0 from server")
        conn.execute("insert into event (account_id, type, at) values (1, 'message.added', now() - interval '1 hour')")
    assert "The search index has not taken in anything for 60 minutes" in unwell(settings)


def test_what_is_stuck_is_told_as_the_radar_shows_it(settings: Settings) -> None:
    assert "stuck" not in unwell(settings)
    with database(settings) as dsn, psycopg.connect(dsn) as conn:
        conn.execute("insert into account (name) values ('Tindra')")
        conn.execute("insert into inbox (account_id, name) values (1, 'Support')")
        conn.execute(
            """insert into channel_account (account_id, inbox_id, kind, name, identity, config_sealed, is_authorized, health)
               values (1, 1, 'echo', 'Support mail', 'x', '', false, '{"state": "broken", "sentence": "The password was changed."}')"""
        )
    said = unwell(settings)
    assert "The connection “Support mail” does not work. The password was changed." in said


def test_alarms_that_no_mail_server_takes_are_told(settings: Settings) -> None:
    sentence = "No mail server takes the alarms"
    with database(settings) as dsn, psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("insert into account (name) values ('Tindra')")
        conn.execute(
            "insert into alarm (account_id, key, since, trouble) values (1, 'unsent', now() - interval '15 minutes', '{\"kind\": \"unsent\"}')"
        )
        with data_lock(settings.data):
            assert sentence not in unwell(settings), "it may be under way"
            conn.execute("update alarm set since = now() - interval '25 minutes'")
            assert sentence in unwell(settings)
            conn.execute("update alarm set told_at = now()")
            assert sentence not in unwell(settings)
            conn.execute('update alarm set told_at = null, trouble = \'{"kind": "failed"}\'')
            assert sentence not in unwell(settings), "its author knows"
        conn.execute('update alarm set trouble = \'{"kind": "unsent"}\'')
        assert sentence not in unwell(settings), "nobody tells anything while Innboks is stopped"
