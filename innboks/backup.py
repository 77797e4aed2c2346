"""`innboks backup` and `innboks restore`: everything in one file.

Why it exists: an operator can look after one file. It is a plain tar: `innboks-backup.json` (what it is), `database.sql.gz`,
`files/<hash>` and, last, `complete.json`, so that a file that was cut short is recognised. The database is written first:
what it refers to was stored before it (see `lib/files.py`). The secret goes along when Innboks made it itself, because
without it stored passwords cannot be read; hence the file is readable by its owner only. Read next: `lib/dump.py`.
"""

import asyncio
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec

from innboks import __version__
from innboks.config import Settings
from innboks.errors import InnboksError
from innboks.lib import dump
from innboks.lib.crypto import Vault
from innboks.lib.files import FileMissing, open_files
from innboks.lib.lock import data_lock, database
from innboks.lib.migrate import migrate, unknown

FORMAT = 1
_ABOUT = "innboks-backup.json"
_DATABASE = "database.sql.gz"
_COMPLETE = "complete.json"
_FILE = re.compile(r"files/([0-9a-f]{64})")
_CHUNK_BYTES = 1 << 20


class BackupUnusable(InnboksError):
    """This file cannot be restored here; nothing was changed. The sentence says why and what to do."""

    code = "backup_unusable"


class About(msgspec.Struct, frozen=True):
    """What a backup says of itself. `secret` is given when it lay in the data folder; `secret_check` recognises it in any case."""

    format: int
    version: str
    created_at: datetime
    rows: dict[str, int]
    migrations: list[str]
    database_sha256: str
    secret_check: str
    secret: str | None = None


class Complete(msgspec.Struct, frozen=True):
    """The last entry: how many files stand before it, and their bytes."""

    files: int
    bytes: int


def backup(settings: Settings, file: Path) -> Complete:
    """Write everything to `file`, also while Innboks runs. An old file of this name is replaced only by a whole new one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with database(settings) as dsn, TemporaryDirectory(dir=file.parent) as folder:
        dumped = Path(folder) / _DATABASE
        rows = dump.dump(dsn, dumped, settings.pg_bin)
        about = About(
            format=FORMAT,
            version=__version__,
            created_at=datetime.now(UTC),
            rows=rows,
            migrations=dump.migrations(dsn),
            database_sha256=_sha256(dumped),
            secret_check=_secret_check(settings.secret),
            secret=settings.secret if settings.secret == _kept_secret(settings.data) else None,
        )
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
                with tarfile.open(fileobj=output, mode="w") as tar:
                    _add(tar, _ABOUT, msgspec.json.encode(about))
                    tar.add(dumped, _DATABASE)
                    complete = asyncio.run(_add_files(settings, tar))
                    _add(tar, _COMPLETE, msgspec.json.encode(complete))
                output.flush()
                os.fsync(output.fileno())
            fresh.rename(file)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    return complete


def restore(settings: Settings, file: Path, verify: bool = False) -> Complete:
    """Bring everything back, into a place without accounts. Nothing else may run on it.

    `verify`: change nothing; read the whole file, and try its database in one made for the purpose. Raises BackupUnusable.
    """
    with _opened(file) as tar, TemporaryDirectory() as folder:
        about = _about(tar)
        complete = _check(tar, about)
        dumped = Path(folder) / _DATABASE
        with _entry(tar, _DATABASE) as source, dumped.open("wb") as target:
            while piece := source.read(_CHUNK_BYTES):
                target.write(piece)
        if verify:
            with database(settings) as dsn, dump.throwaway(dsn) as scratch:
                dump.load(scratch, dumped, settings.pg_bin)
                if dump.count_rows(scratch) != about.rows:
                    raise BackupUnusable(f"{file} is damaged: its database holds other rows than were counted when it was written.")
            return complete
        secret = _secret_to_keep(settings, about)
        if settings.database_url is None:
            with data_lock(settings.data):
                pass  # AlreadyRunning, if so
        with database(settings) as dsn:
            if not dump.is_unused(dsn):
                raise BackupUnusable(
                    "there are accounts in this database already. Restore into an empty one, or choose another INNBOKS_DATA."
                )
            asyncio.run(_put_files(settings, tar))
            dump.load(dsn, dumped, settings.pg_bin)
            dump.begin_new_epoch(dsn)
            migrate(dsn)
        if secret is not None:
            _keep_secret(settings.data, secret)
    return complete


# --- writing ---------------------------------------------------------------------------------------------------------


async def _add_files(settings: Settings, tar: tarfile.TarFile) -> Complete:
    files = open_files(settings.files_url, settings.data)
    count = size = 0
    async for stored in files.listing():
        with suppress(FileMissing):  # swept meanwhile: no row refers to it
            content = await files.get(stored.hash)
            _add(tar, f"files/{stored.hash}", content)
            count, size = count + 1, size + len(content)
    return Complete(count, size)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


# --- reading ---------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(file, "r:")  # noqa: SIM115 - closed below
    except FileNotFoundError as error:
        raise BackupUnusable(f"there is no file {file}.") from error
    except (OSError, tarfile.TarError) as error:
        raise BackupUnusable(f"{file} is not a backup of Innboks, or it is damaged.") from error
    with tar:
        try:
            yield tar
        except tarfile.TarError as error:
            raise BackupUnusable(f"{file} is damaged: it ends too early. Use another backup.") from error


@contextmanager
def _entry(tar: tarfile.TarFile, name: str) -> Iterator[IO[bytes]]:
    try:
        source = tar.extractfile(name)
    except KeyError:
        source = None
    if source is None:
        raise BackupUnusable(f"this file is incomplete: it has no {name}. Use another backup.")
    with source:
        yield source


def _about(tar: tarfile.TarFile) -> About:
    try:
        with _entry(tar, _ABOUT) as source:
            about = msgspec.json.decode(source.read(), type=About)
    except msgspec.DecodeError as error:
        raise BackupUnusable("this file is not a backup of Innboks.") from error
    if about.format != FORMAT or unknown(about.migrations):
        raise BackupUnusable(
            f"this backup was made by a newer Innboks ({about.version}; this is {__version__}). Install that version first."
        )
    return about


def _check(tar: tarfile.TarFile, about: About) -> Complete:
    """Read everything once: is it whole, and is each file what its name says?"""
    with _entry(tar, _COMPLETE) as source:
        complete = msgspec.json.decode(source.read(), type=Complete)
    with _entry(tar, _DATABASE) as source:
        if _sha256_of(source) != about.database_sha256:
            raise BackupUnusable("this file is damaged: the database in it was changed. Use another backup.")
    count = 0
    for name, file_hash in _files(tar):
        with _entry(tar, name) as source:
            if _sha256_of(source) != file_hash:
                raise BackupUnusable("this file is damaged: a file in it was changed. Use another backup.")
        count += 1
    if count != complete.files:
        raise BackupUnusable(f"this file is incomplete: it holds {count} of {complete.files} files. Use another backup.")
    return complete


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, str]]:
    for name in tar.getnames():
        if match := _FILE.fullmatch(name):
            yield name, match.group(1)


async def _put_files(settings: Settings, tar: tarfile.TarFile) -> None:
    files = open_files(settings.files_url, settings.data)
    for name, _ in _files(tar):
        with _entry(tar, name) as source:
            await files.put(source.read())


# --- the secret ------------------------------------------------------------------------------------------------------


def _secret_check(secret: str) -> str:
    return Vault(secret).derive("backup: is it the same secret?").hex()


def _kept_secret(data: Path) -> str | None:
    with suppress(FileNotFoundError):
        return (data / "secret").read_text(encoding="utf-8").strip()
    return None


def _secret_to_keep(settings: Settings, about: About) -> str | None:
    """The secret that must take the place of the data folder's, if it is not the same."""
    if _secret_check(settings.secret) == about.secret_check:
        return None
    if about.secret is None or settings.secret != _kept_secret(settings.data):
        raise BackupUnusable(
            "this backup was made under another secret. Set INNBOKS_SECRET to the one that was in use, then restore again."
        )
    return about.secret


def _keep_secret(data: Path, secret: str) -> None:
    fresh = data / f".secret.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        output.write(secret + "\n")
        output.flush()
        os.fsync(output.fileno())
    fresh.rename(data / "secret")


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return _sha256_of(source)


def _sha256_of(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_CHUNK_BYTES):
        digest.update(piece)
    return digest.hexdigest()
