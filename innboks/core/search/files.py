"""Has the text of attached files read, one after the other, each in a process of its own (`reading.py`), and puts it into the index.

A file is read once, however many messages have it. It is tried three times: one that takes too much time or memory is given up, and found by its
name alone. Read next: `reading.py`.
"""

import asyncio
import os
import sys

import structlog

from innboks.core.parts import Parts
from innboks.core.search import store_index as store
from innboks.core.search.reading import READABLE as READABLE
from innboks.core.search.reading import TEXT_MAX

log = structlog.get_logger("search")

SIZE_MAX = 25 * 2**20
TIMEOUT_S = 30.0
TRIES = 3
AGAIN_S = 60.0
MESSAGES_MAX = 200
"""Messages with one file that learn its words."""


async def read_next_file(parts: Parts) -> bool:
    """Reads the file that waits longest. False when none waits."""
    async with parts.db.transaction() as conn:
        file = await store.next_file(conn)
        if file is None:
            return False
        await store.postpone_file(conn, file.account_id, file.hash, AGAIN_S)
    try:
        content = await parts.files.get(file.hash)
    except Exception as error:  # the store is away, or the file is gone
        return await _failed(parts, file, type(error).__name__)
    code, text, complaint = await _text_of(content, file.type, file.name)
    if code != 0:
        return await _failed(parts, file, complaint or f"ended with {code}")
    text = text[:TEXT_MAX]
    async with parts.db.transaction() as conn:
        await store.save_file(conn, file.account_id, file.hash, "read" if text.strip() else "empty", text, "")
        if text.strip():
            messages = await store.with_file(conn, file.account_id, file.hash, MESSAGES_MAX)
            await store.index_messages(conn, file.account_id, messages)
    return True


async def _failed(parts: Parts, file: store.FileToRead, reason: str) -> bool:
    if file.attempts + 1 >= TRIES:
        log.info("the text of a file cannot be read", type=file.type, reason=reason)
        async with parts.db.transaction() as conn:
            await store.save_file(conn, file.account_id, file.hash, "failed", "", reason[:200])
    return True


async def _text_of(content: bytes, kind: str, name: str) -> tuple[int, str, str]:
    """(exit code, text, what it complained of)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "innboks.core.search.reading",
        kind,
        name.replace("\0", ""),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        cwd="/",
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, complaint = await process.communicate(content)
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, "", "took too long"
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, out.decode("utf-8", "replace"), complaint.decode("utf-8", "replace")[-200:]
