"""Values of own properties: each checked by its type, with a sentence that says what would do.

Two ways in: JSON, as the app sends it (`checked`), and the text of a cell, as an import reads it (`from_text`). Both give what is stored. None means
that there is no value.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from innboks.core.contacts.models import Property
from innboks.errors import Invalid
from innboks.lib.addresses import mail_address, typed_party
from innboks.lib.text import one_line, storable

TEXT_CHARS = 500
LONG_TEXT_CHARS = 10_000
LINK_CHARS = 2000
NUMBER_MAX = 10**15
YES = frozenset({"yes", "true", "1", "x", "ja", "y", "j", "sann"})
NO = frozenset({"no", "false", "0", "nei", "n", "usann"})
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def checked(definition: Property, value: Any) -> Any:
    """The value as it is stored; None for none. Raises `Invalid` whose field is `properties.<key>`."""
    if value is None or value in ("", []) or (isinstance(value, str) and not value.strip()):
        return None
    return _CHECKS[definition.type](definition, value)


def from_text(definition: Property, text: str) -> Any:
    """What a cell of a table means."""
    text = text.strip()
    if not text:
        return None
    if definition.type == "boolean":
        if text.lower() not in YES | NO:
            raise _wrong(definition, f"“{text[:80]}” is neither yes nor no.")
        return text.lower() in YES
    if definition.type == "number":
        plain = re.sub(r"[\s\u00a0\u202f]", "", text)
        if not _NUMBER.match(plain):
            raise _wrong(definition, f"“{text[:80]}” is not a number. Write it like 1250 or 12.5.")
        return checked(definition, float(plain.replace(",", ".")))
    if definition.type == "date" and (found := _DAY_FIRST.match(text)):
        day, month, year = found.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    if definition.type == "choices":
        return checked(definition, [one for one in (part.strip() for part in re.split(r"[;,]", text)) if one])
    return checked(definition, text)


def to_text(value: Any) -> str:
    """As a cell of a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value)


def _wrong(definition: Property, sentence: str) -> Invalid:
    return Invalid(f"{definition.label}: {sentence}", code="invalid_property", field=f"properties.{definition.key}")


def _text(definition: Property, value: Any, limit: int = TEXT_CHARS, *, is_long: bool = False) -> str:
    if not isinstance(value, str):
        raise _wrong(definition, "this is not a text.")
    if len(value) > limit:
        raise _wrong(definition, f"at most {limit} characters fit here.")
    return storable(value, limit).strip() if is_long else one_line(value, limit)


def _number(definition: Property, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > NUMBER_MAX or not math.isfinite(value):
        raise _wrong(definition, "this is not a number that can be kept. Write it like 1250 or 12.5.")
    return int(value) if float(value).is_integer() else float(value)


def _date(definition: Property, value: Any) -> str:
    try:
        if not isinstance(value, str) or not _ISO.match(value.strip()):
            raise ValueError(value)
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError as error:
        raise _wrong(definition, "this is not a date. Write it like 2026-05-17.") from error


def _boolean(definition: Property, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(definition, "the value is true or false.")
    return value


def _choice(definition: Property, value: Any) -> str:
    found = next((one for one in definition.options if isinstance(value, str) and one.lower() == value.strip().lower()), None)
    if found is None:
        shown = f"“{value[:80]}”" if isinstance(value, str) else "This"
        raise _wrong(definition, f"{shown} is none of the choices: {', '.join(definition.options[:20])}.")
    return found


def _choices(definition: Property, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise _wrong(definition, "give a list of choices.")
    return list(dict.fromkeys(_choice(definition, one) for one in value[: len(definition.options) + 1]))


def _link(definition: Property, value: Any) -> str:
    text = _text(definition, value, LINK_CHARS)
    try:
        parts = urlsplit(text)
        is_link = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        is_link = False
    if not is_link:
        raise _wrong(definition, "this is not a link. Write it like https://example.org.")
    return text


def _phone(definition: Property, value: Any) -> str:
    text = _text(definition, value)
    try:
        return typed_party(text, "phone", "value")[0]
    except Invalid as error:
        raise _wrong(definition, error.sentence) from error


def _email(definition: Property, value: Any) -> str:
    text = _text(definition, value)
    try:
        return mail_address(text, "value")
    except Invalid as error:
        raise _wrong(definition, error.sentence) from error


_CHECKS: Mapping[str, Callable[[Property, Any], Any]] = {
    "text": _text,
    "long_text": lambda definition, value: _text(definition, value, LONG_TEXT_CHARS, is_long=True),
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "link": _link,
    "phone": _phone,
    "email": _email,
}
