"""Backup and restore, with real data: everything comes back, and what is damaged is refused before anything changes."""

import asyncio
import tarfile
from pathlib import Path

import psycopg
import pytest

from innboks.backup import BackupUnusable, backup, restore
from innboks.config import Settings, load_settings
from innboks.lib.crypto import Vault
from innboks.lib.files import FileMissing, FileRef, open_files
from innboks.lib.lock import AlreadyRunning, data_lock, database
from innboks.lib.migrate import migrate


def settings_of(folder: Path, **more: str) -> Settings:
    return load_settings({"INNBOKS_DATA": str(folder)} | more, folder.parent)


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Settings, FileRef]:
    """An Innboks of its own with an account, a stored file and a sealed secret."""
    settings = settings_of(tmp_path / "data")
    sealed = Vault(settings.secret).seal(b"a channel's password")
    with database(settings) as dsn:
        migrate(dsn)
        with psycopg.connect(dsn) as conn:
            conn.execute(
                "INSERT INTO account (name, settings) VALUES ('Øst & Vest', jsonb_build_object('sealed', %s::text))", (sealed.hex(),)
            )
    ref = asyncio.run(open_files(None, settings.data).put(b"an attachment"))
    return settings, ref


def ask(settings: Settings, query: str) -> object:
    with database(settings) as dsn, psycopg.connect(dsn) as conn:
        return (conn.execute(query.encode()).fetchone() or [None])[0]


def test_everything_comes_back_elsewhere(filled: tuple[Settings, FileRef], tmp_path: Path) -> None:
    settings, ref = filled
    file = tmp_path / "backup.tar"
    made = backup(settings, file)
    assert (made.files, made.bytes) == (1, ref.size)
    assert file.stat().st_mode & 0o077 == 0
    assert restore(settings, file, verify=True) == made

    other = settings_of(tmp_path / "other")
    assert other.secret != settings.secret
    assert restore(other, file) == made
    other = settings_of(tmp_path / "other")
    assert ask(other, "SELECT name FROM account") == "Øst & Vest"
    assert Vault(other.secret).open(bytes.fromhex(str(ask(other, "SELECT settings->>'sealed' FROM account")))) == b"a channel's password"
    assert asyncio.run(open_files(None, other.data).get(ref.hash)) == b"an attachment"
    assert ask(other, "SELECT epoch FROM server") != ask(settings, "SELECT epoch FROM server")
    assert ask(other, "INSERT INTO account (name) VALUES ('next') RETURNING id") == 2


def test_it_moves_between_the_embedded_database_and_another(filled: tuple[Settings, FileRef], tmp_path: Path, empty_dsn: str) -> None:
    settings, _ = filled
    file = tmp_path / "backup.tar"
    backup(settings, file)
    managed = settings_of(tmp_path / "managed", DATABASE_URL=empty_dsn)
    restore(managed, file)
    assert ask(managed, "SELECT name FROM account") == "Øst & Vest"


def test_it_writes_a_backup_while_innboks_runs(filled: tuple[Settings, FileRef], tmp_path: Path) -> None:
    settings, _ = filled
    with database(settings):
        backup(settings, tmp_path / "backup.tar")
        with pytest.raises(AlreadyRunning):
            restore(settings, tmp_path / "backup.tar")
    with data_lock(settings.data):
        pass


def test_accounts_that_are_there_are_never_overwritten(filled: tuple[Settings, FileRef], tmp_path: Path) -> None:
    settings, _ = filled
    backup(settings, tmp_path / "backup.tar")
    with pytest.raises(BackupUnusable, match="there are accounts in this database already"):
        restore(settings, tmp_path / "backup.tar")


def test_another_secret_is_told_before_anything_changes(filled: tuple[Settings, FileRef], tmp_path: Path) -> None:
    settings, ref = filled
    backup(settings, tmp_path / "backup.tar")
    other = settings_of(tmp_path / "other", INNBOKS_SECRET="another secret, given by hand")
    with pytest.raises(BackupUnusable, match="Set INNBOKS_SECRET to the one that was in use"):
        restore(other, tmp_path / "backup.tar")
    with pytest.raises(FileMissing):
        asyncio.run(open_files(None, other.data).get(ref.hash))


@pytest.mark.parametrize(("damage", "sentence"), [("cut", "damaged|incomplete"), ("changed", "damaged"), ("other", "is not a backup")])
def test_a_damaged_file_is_refused_before_anything_changes(
    filled: tuple[Settings, FileRef], tmp_path: Path, damage: str, sentence: str
) -> None:
    settings, _ = filled
    file = tmp_path / "backup.tar"
    backup(settings, file)
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        file.write_bytes(content.replace(b"an attachment", b"an attachmenT"))
    else:
        with tarfile.open(file, "w") as tar:
            tar.add(__file__, "innboks-backup.json")
    with pytest.raises(BackupUnusable, match=sentence):
        restore(settings, file, verify=True)
    with pytest.raises(BackupUnusable, match="there is no file"):
        restore(settings, tmp_path / "nowhere.tar")
