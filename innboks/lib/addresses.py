"""Addresses that people type, checked and put into one form. What a channel reads from the wire it checks itself."""

import re
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Literal

from innboks.errors import Invalid

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_PHONE = re.compile(r"\+[1-9]\d{5,14}\Z")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
ADDRESS_MAX = 320


def as_seen(text: str) -> str:
    """Without the marks of direction and width that come along when an address is copied from a mail program or a page: nobody sees them, and no mail
    server knows the address with them."""
    return _UNSEEN.sub("", text)


def typed_party(text: str, identity: Literal["email", "phone", "opaque"], field: str) -> tuple[str, str]:
    """(address, name) of "Ada <ada@example.org>" or a bare address. Raises `Invalid` with a sentence naming the wrong one."""
    text = text.strip()
    if not text or len(text) > 1000 or _CONTROL.search(text):
        raise Invalid("An address here is empty, too long, or has characters that no address has.", code="invalid_address", field=field)
    if identity == "phone":
        number = re.sub(r"[ ().-]", "", text)
        if not _PHONE.match(number):
            raise Invalid(
                f"“{text}” is not a phone number. Write it with country code, like +47 22 22 22 22.", code="invalid_address", field=field
            )
        return number, ""
    if identity == "opaque":
        return text, ""
    people = getaddresses([text])
    name, address = people[0] if len(people) == 1 else ("", text)  # several in one: none of them may get lost
    return mail_address(address or text, field), name


def mail_address(address: str, field: str) -> str:
    """The address in lower case, when it is one (RFC 5321 §4.1.2, with UTF-8 allowed); its domain in letters, so that both spellings are one person."""
    address = as_seen(address).strip()
    local, at, domain = address.rpartition("@")
    wrong = Invalid(f"“{address[:80]}” is not a mail address. Write it like name@example.org.", code="invalid_address", field=field)
    if (
        not at
        or not local
        or not domain
        or len(address) > ADDRESS_MAX
        or _CONTROL.search(address)
        or re.search(r"[\s<>(),;:\\\"\[\]]", address)
    ):
        raise wrong
    if domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in address or local.startswith(".") or local.endswith("."):
        raise wrong
    try:
        Address(addr_spec=address) if address.isascii() else None
    except Exception as error:
        raise wrong from error
    return f"{local.lower()}@{in_letters(domain.lower())}"


def in_letters(domain: str) -> str:
    """A domain with its xn-- labels as Unicode (RFC 5890), so that both spellings are one domain, whether it is typed or received. Wrong ones stay."""
    if "xn--" not in domain.lower():
        return domain
    labels = []
    for label in domain.split("."):
        if label[:4].lower() == "xn--" and len(label) < 64:
            try:
                decoded = label[4:].encode("ascii").decode("punycode")
                if decoded.isprintable() and not decoded.isascii() and " " not in decoded:
                    label = decoded
            except UnicodeError:
                pass
        labels.append(label)
    return ".".join(labels)
