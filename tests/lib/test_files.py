"""Files: durable, whole or not at all, found by their hash; locally and in an object store."""

import asyncio
import errno
import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from innboks.lib.files import FileMissing, FileRef, Files, LocalFiles, RemoteFiles, StorageFull, open_files

CONTENT = bytes(range(256)) * 4096
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return LocalFiles(tmp_path / "files") if request.param == "local" else RemoteFiles(MemoryStore())


async def test_what_is_put_is_there(store: Files) -> None:
    ref = await store.put(CONTENT)
    assert ref == FileRef(HASH, len(CONTENT))
    assert await store.put(CONTENT) == ref
    assert await store.get(HASH) == CONTENT
    assert await store.exists(HASH)
    assert b"".join([piece async for piece in store.stream(HASH)]) == CONTENT
    assert await store.get_range(HASH, 250, 10) == CONTENT[250:260]
    assert await store.get_range(HASH, len(CONTENT) - 5, 100) == CONTENT[-5:]
    assert await store.get_range(HASH, len(CONTENT) + 5, 100) == b""
    assert [(file.hash, file.size) async for file in store.listing()] == [(HASH, len(CONTENT))]
    empty = await store.put(b"")
    assert await store.get(empty.hash) == b""


async def test_what_is_deleted_is_missing(store: Files) -> None:
    await store.put(CONTENT)
    await store.delete(HASH)
    await store.delete(HASH)
    assert not await store.exists(HASH)
    assert await store.used_at(HASH) is None
    with pytest.raises(FileMissing):
        await store.get(HASH)
    with pytest.raises(FileMissing):
        await store.get_range(HASH, 0, 1)
    with pytest.raises(FileMissing):
        _ = [piece async for piece in store.stream(HASH)]


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", HASH.upper(), HASH + "\n", HASH[:63], "/" + HASH[1:]])
async def test_only_a_hash_names_a_file(store: Files, wrong: str) -> None:
    for ask in (store.get, store.exists, store.delete):
        with pytest.raises(ValueError, match="not the hash of a file"):
            await ask(wrong)
    with pytest.raises(ValueError, match="count from 0"):
        await store.get_range(HASH, -1, 1)


def test_many_may_put_the_same_at_once(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)

    async def put_all() -> list[FileRef]:
        return await asyncio.gather(*(store.put(CONTENT) for _ in range(20)))

    assert set(asyncio.run(put_all())) == {FileRef(HASH, len(CONTENT))}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [HASH]


async def test_putting_again_spares_it_from_the_sweeper_and_mends_it(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    await store.put(CONTENT)
    path = tmp_path / HASH[:2] / HASH
    os.utime(path, (1_000_000_000, 1_000_000_000))
    await store.put(CONTENT)
    assert [file.used_at.year > 2020 async for file in store.listing()] == [True]
    path.write_bytes(b"cut off")
    await store.put(CONTENT)
    assert await store.get(HASH) == CONTENT


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path / "files")
    before = asyncio.run(store.put(b"was there before"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # the kernel then says EFBIG (Python ignores SIGXFSZ)
    try:
        with pytest.raises(StorageFull):
            asyncio.run(store.put(CONTENT))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert asyncio.run(store.get(before.hash)) == b"was there before"
    assert not asyncio.run(store.exists(HASH))
    assert list((tmp_path / "files").rglob(".*")) == []
    asyncio.run(store.put(CONTENT))


def test_a_small_file_system_that_is_full_too(tmp_path: Path) -> None:
    """Needs the right to mount one. Elsewhere the test above has shown the same with a limit."""
    mounted = (
        os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], check=False).returncode == 0
    )
    if not mounted:
        return
    try:
        small = LocalFiles(tmp_path / "files")
        kept = asyncio.run(small.put(b"small"))
        with pytest.raises(StorageFull) as told:
            asyncio.run(small.put(CONTENT))
        assert isinstance(told.value.__cause__, OSError)
        assert told.value.__cause__.errno == errno.ENOSPC
        assert asyncio.run(small.get(kept.hash)) == b"small"
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_it_is_on_disk_before_put_returns(tmp_path: Path) -> None:
    """Seen from outside: the file is synced before it gets its name, and its folder after."""
    code = (
        "import asyncio, os, sys; from pathlib import Path; from innboks.lib import files\n"
        "said = []\n"
        "sys.addaudithook(lambda event, args: said.append((event, str(args[0]))) if event in ('open', 'os.rename') else None)\n"
        "real = os.fsync\n"
        "def fsync(fd):\n"
        "    said.append(('fsync', os.readlink(f'/proc/self/fd/{fd}'))); real(fd)\n"
        "os.fsync = fsync\n"
        "asyncio.run(files.LocalFiles(Path(sys.argv[1])).put(b'x'))\n"
        "print([what if what != 'fsync' else 'sync file' if '/.' in where else 'sync folder' for what, where in said if what in ('fsync', 'os.rename')])"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert ran.stdout.strip() == "['sync folder', 'sync file', 'os.rename', 'sync folder']"


def test_the_store_is_chosen_by_address(tmp_path: Path) -> None:
    assert isinstance(open_files(None, tmp_path), LocalFiles)
    assert isinstance(open_files(f"file://{tmp_path}/f", tmp_path), LocalFiles)
    assert isinstance(open_files("s3://bucket/folder", tmp_path), RemoteFiles)
