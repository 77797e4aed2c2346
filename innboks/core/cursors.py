"""A place in a list that goes by time and id, or by name and id, as the text that a client hands back. It is opaque to them, and checked when it
returns."""

import base64
import binascii
from datetime import datetime

from innboks.errors import Invalid


def write_cursor(at: datetime, id: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, int]:
    """Raises `Invalid` for what is not one of ours."""
    try:
        at, _, id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        when, number = datetime.fromisoformat(at), int(id)
        if when.tzinfo is None or not 0 <= number < 2**63:
            raise ValueError(cursor)
    except (ValueError, UnicodeDecodeError, binascii.Error, OverflowError) as error:
        raise Invalid("This cursor is not one of ours. Start the list from the beginning.", code="bad_cursor", field="cursor") from error
    return when, number


def write_name_cursor(name: str, id: int) -> str:
    return base64.urlsafe_b64encode(f"{id}|{name}".encode()).decode().rstrip("=")


def read_name_cursor(cursor: str) -> tuple[str, int]:
    """(name, id). Raises `Invalid` for what is not one of ours."""
    try:
        id, bar, name = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        number = int(id)
        if not bar or "\x00" in name or not 0 <= number < 2**63:
            raise ValueError(cursor)
    except (ValueError, UnicodeDecodeError, binascii.Error) as error:
        raise Invalid("This cursor is not one of ours. Start the list from the beginning.", code="bad_cursor", field="cursor") from error
    return name, number
