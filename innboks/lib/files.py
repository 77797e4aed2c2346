"""Attachments and large raw payloads: content stored under its own hash.

Why it exists: what reaches us is on disk before we say "received" (DESIGN §1), so `put` returns only when the content
would survive a power cut. Content-addressed: the same bytes are stored once, a repeated `put` is harmless, and a row
that names a hash can be trusted. Local files are written here and not by `obstore`, because its local store (0.12,
looked at with strace) calls neither fsync on the file nor on its folder; other stores go through it. The sweeper must
spare young files: `put` freshens the time of content that is already there. Read next: whoever keeps a `FileRef`.
"""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from innboks.errors import InnboksError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

_HASH = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 256 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileRef(msgspec.Struct, frozen=True):
    """What a row keeps of a stored file: SHA-256 in lower-case hex, and bytes."""

    hash: str
    size: int


class StoredFile(msgspec.Struct, frozen=True):
    """One entry of `Files.listing`. `used_at`: when it was last put."""

    hash: str
    size: int
    used_at: datetime


class StorageUnavailable(InnboksError):
    """The store cannot be read or written just now. Worth trying again."""

    code = "storage_unavailable"


class StorageFull(StorageUnavailable):
    """No space is left. Nothing was stored; what was stored before is untouched."""

    code = "storage_full"


class FileMissing(InnboksError):
    """No file with this hash is stored."""

    code = "file_missing"


class Files(Protocol):
    """A store of files by hash. All methods raise StorageUnavailable, and ValueError for what is not a hash."""

    async def put(self, content: bytes) -> FileRef:
        """Store durably and atomically. Raises StorageFull."""
        ...

    async def get(self, file_hash: str) -> bytes:
        """The whole content. Raises FileMissing."""
        ...

    async def get_range(self, file_hash: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; fewer at the end of the file. Raises FileMissing."""
        ...

    def stream(self, file_hash: str) -> AsyncIterator[bytes]:
        """The content in pieces, for large files. Raises FileMissing."""
        ...

    async def exists(self, file_hash: str) -> bool: ...

    async def used_at(self, file_hash: str) -> datetime | None:
        """When it was last put; None when it is not there."""
        ...

    async def delete(self, file_hash: str) -> None:
        """Remove; harmless when it is not there."""
        ...

    def listing(self) -> AsyncIterator[StoredFile]:
        """Everything stored, in no particular order; for the sweeper and backups."""
        ...


def open_files(files_url: str | None, data: Path) -> Files:
    """The store that FILES_URL names (s3, gs, az, file), or the folder `files` in the data folder."""
    if files_url is None:
        return LocalFiles(data / "files")
    if files_url.startswith("file://"):
        return LocalFiles(Path(files_url.removeprefix("file://")))
    from obstore.store import from_url  # 20 MB of memory: only for those who use it

    return RemoteFiles(from_url(files_url))


def _name(file_hash: str) -> str:
    if not _HASH.fullmatch(file_hash):
        raise ValueError("not the hash of a file: 64 hexadecimal digits in lower case are expected")
    return f"{file_hash[:2]}/{file_hash}"


class LocalFiles:
    """Files in a folder: `ab/ab12…`. Temporary ones begin with a dot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> FileRef:
        return await _in_thread(lambda: self._put(content))

    async def get(self, file_hash: str) -> bytes:
        return await _in_thread((self._folder / _name(file_hash)).read_bytes)

    async def get_range(self, file_hash: str, start: int, length: int) -> bytes:
        path = self._folder / _name(file_hash)
        if start < 0 or length < 0:
            raise ValueError("start and length count from 0")

        def read() -> bytes:
            with path.open("rb") as file:
                file.seek(start)
                return file.read(length)

        return await _in_thread(read)

    async def stream(self, file_hash: str) -> AsyncIterator[bytes]:
        path = self._folder / _name(file_hash)
        with await _in_thread(lambda: path.open("rb")) as file:
            while piece := await _in_thread(file.read, _CHUNK_BYTES):
                yield piece

    async def exists(self, file_hash: str) -> bool:
        return await _in_thread((self._folder / _name(file_hash)).is_file)

    async def used_at(self, file_hash: str) -> datetime | None:
        path = self._folder / _name(file_hash)
        with suppress(FileMissing):
            return datetime.fromtimestamp((await _in_thread(path.stat)).st_mtime, UTC)
        return None

    async def delete(self, file_hash: str) -> None:
        path = self._folder / _name(file_hash)
        await _in_thread(lambda: path.unlink(missing_ok=True))

    async def listing(self) -> AsyncIterator[StoredFile]:
        for folder in await _in_thread(lambda: sorted(self._folder.glob("[0-9a-f][0-9a-f]"))):
            for found in await _in_thread(_stored, folder):
                yield found

    def _put(self, content: bytes) -> FileRef:
        ref = FileRef(hashlib.sha256(content).hexdigest(), len(content))
        path = self._folder / _name(ref.hash)
        folder = path.parent
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self._folder)
        if path.is_file() and path.stat().st_size == ref.size:
            os.utime(path)
        else:
            _write(content, folder / f".{ref.hash}.{secrets.token_hex(4)}", path)
        _sync_folder(folder)  # also when the file was there: whoever wrote it may not have come so far
        return ref


def _write(content: bytes, fresh: Path, path: Path) -> None:
    try:
        with fresh.open("xb", buffering=0) as file:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        fresh.rename(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stored(folder: Path) -> list[StoredFile]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _HASH.fullmatch(entry.name) and entry.is_file():
                facts = entry.stat()
                found.append(StoredFile(entry.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)))
    return found


async def _in_thread(work: Callable[..., T], *args: object) -> T:
    """Run blocking file work off the event loop, and say what went wrong in our own words."""
    try:
        return await asyncio.to_thread(work, *args)
    except FileNotFoundError as error:
        raise FileMissing("this file is not stored") from error
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("no space is left for files") from error
        raise StorageUnavailable(f"the files folder cannot be used: {error.strerror}") from error


class RemoteFiles:
    """Files in an object store, which makes them durable by itself."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    async def put(self, content: bytes) -> FileRef:
        ref = FileRef(hashlib.sha256(content).hexdigest(), len(content))
        with _Translated():
            await self._store.put_async(_name(ref.hash), content)
        return ref

    async def get(self, file_hash: str) -> bytes:
        with _Translated():
            answer = await self._store.get_async(_name(file_hash))
            return bytes(await answer.bytes_async())

    async def get_range(self, file_hash: str, start: int, length: int) -> bytes:
        if start < 0 or length < 0:
            raise ValueError("start and length count from 0")
        with _Translated():
            size = (await self._store.head_async(_name(file_hash)))["size"]
            length = min(length, size - start)
            if length <= 0:
                return b""
            return bytes(await self._store.get_range_async(_name(file_hash), start=start, length=length))

    async def stream(self, file_hash: str) -> AsyncIterator[bytes]:
        with _Translated():
            answer = await self._store.get_async(_name(file_hash))
            async for piece in answer.stream(min_chunk_size=_CHUNK_BYTES):
                yield bytes(piece)

    async def exists(self, file_hash: str) -> bool:
        return await self.used_at(file_hash) is not None

    async def used_at(self, file_hash: str) -> datetime | None:
        with suppress(FileMissing), _Translated():
            return (await self._store.head_async(_name(file_hash)))["last_modified"]
        return None

    async def delete(self, file_hash: str) -> None:
        with suppress(FileMissing), _Translated():
            await self._store.delete_async(_name(file_hash))

    async def listing(self) -> AsyncIterator[StoredFile]:
        with _Translated():
            async for batch in self._store.list():
                for entry in batch:
                    if _HASH.fullmatch(entry["path"].rpartition("/")[2]):
                        yield StoredFile(entry["path"].rpartition("/")[2], entry["size"], entry["last_modified"])


class _Translated:
    """Turns obstore's errors into ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from obstore.exceptions import BaseError, NotFoundError

        if isinstance(error, NotFoundError | FileNotFoundError):
            raise FileMissing("this file is not stored") from error
        if isinstance(error, BaseError | OSError):
            raise StorageUnavailable("the file store does not answer as it should") from error


def free_bytes(folder: Path) -> int:
    """Space left for an ordinary user where `folder` is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
