"""The mark that a test message carries, so that it is known when it comes back: nobody else can write one. Read next: `core/channel_accounts/try_out.py`."""

import hashlib
import hmac
import re

PURPOSE = "connection-test"
"""Of `Context.secret`."""
_MARK = re.compile(r"\[test (\d{1,18})-([0-9a-f]{20})\]")


def make_mark(secret: bytes, test_id: int) -> str:
    """Goes into the subject or the text; what passes mail on leaves that alone."""
    return f"[test {test_id}-{_proof(secret, test_id)}]"


def read_mark(secret: bytes, text: str) -> int | None:
    """The test that this message is of; None for everything else."""
    found = _MARK.search(text)
    if found is None or not hmac.compare_digest(found[2], _proof(secret, int(found[1]))):
        return None
    return int(found[1])


def _proof(secret: bytes, test_id: int) -> str:
    return hmac.digest(secret, str(test_id).encode(), hashlib.sha256).hex()[:20]
