"""Message ids out of Message-ID, In-Reply-To and References (RFC 5322 §3.6.4), also where brackets, blanks or folds are wrong."""

import re

_BRACKETED = re.compile(r"<([^<>]+)>")
_SPACES = re.compile(r"\s+")
_LONGEST_ID = 996
_MOST_IDS = 1000


def message_ids(header: str) -> list[str]:
    """All ids of a header, without brackets, in order, each once. Unbracketed words count when they look like ids."""
    found = [_SPACES.sub("", one) for one in _BRACKETED.findall(header) if len(one.strip()) <= _LONGEST_ID]
    if not found:
        words = header.replace(",", " ").replace("<", " ").replace(">", " ").split()
        found = [word for word in words if "@" in word] or (words if len(words) == 1 else [])
    return list(dict.fromkeys(one for one in found if one))[-_MOST_IDS:]


def first_message_id(header: str) -> str | None:
    """The id of a Message-ID header, or None."""
    return next(iter(message_ids(header)), None)
