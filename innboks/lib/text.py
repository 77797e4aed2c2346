"""Text as it may be stored and shown: no NUL characters (PostgreSQL refuses them), no lone surrogates, bounded length."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PREVIEW_CHARS = 180


def storable(text: str, limit: int) -> str:
    """The text without what a database cannot hold, at most `limit` characters."""
    if len(text) > limit:
        text = text[:limit]
    return _UNSTORABLE.sub("", text) if not text.isascii() or "\x00" in text else text


def preview(text: str) -> str:
    """The first words in one line, for lists."""
    short = _SPACE.sub(" ", text[: PREVIEW_CHARS * 4]).strip()
    return short if len(short) <= PREVIEW_CHARS else short[: PREVIEW_CHARS - 1].rstrip() + "…"


def one_line(text: str, limit: int) -> str:
    """Storable, and without line breaks or other control characters: what may become a header of a message."""
    return " ".join(_CONTROL.sub(" ", storable(text, limit)).split())


def a_name(text: str, limit: int) -> str:
    """What something or somebody is called: `one_line`, or "" when nothing of it can be seen."""
    line = one_line(text, limit)
    return line if is_seen(line) else ""


def is_seen(text: str) -> bool:
    """Is anything in it but spaces and signs without a picture?"""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)
