"""A mail server's certificate in words: until when it is valid, who gave it, and why it was refused (RFC 5280, RFC 9525).

Everything in it was written by somebody else: names are cut, and a certificate that cannot be read is only not told of. Used by `imap_session.py` and
`smtp_session.py` for what went wrong, by `connecting.py` for what was found.
"""

import ssl
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from innboks.errors import Broken

NAMES_SHOWN = 3
_LONGEST = 80  # characters of a name

# OpenSSL's X509_V_ERR_…; what each means for whoever set the connection up.
_REASONS = {
    9: "it is not valid yet. Check the clock of this server",
    10: "it has expired. Ask whoever runs the mail server to renew it",
    18: "it is signed by nobody else. Add your own authority under “More settings”, or ask whoever runs the mail server",
    19: "its authority is not known here. Add it under “More settings”, or ask whoever runs the mail server",
    20: "its authority is not known here. Add it under “More settings”, or ask whoever runs the mail server",
    21: "its authority is not known here. Add it under “More settings”, or ask whoever runs the mail server",
    62: "it is made out to another name. Check the server's name",
    64: "it is made out to another name. Check the server's name",
}


class Certificate(msgspec.Struct, frozen=True):
    """`names`: the servers that it is made out to; `issuer`: who gave it, "" where it does not say; `ends_at`: valid until then (UTC)."""

    names: tuple[str, ...]
    issuer: str
    ends_at: datetime


def refused(place: str, error: ssl.SSLCertVerificationError) -> Broken:
    """Why a connection to this server was not made. `place`: its name and port."""
    reason = _REASONS.get(error.verify_code, error.verify_message.rstrip("."))
    return Broken(f"The certificate of the mail server {place} was refused: {reason}.", code="certificate")


def certificate_of(connection: Any) -> Certificate | None:
    """What the other side of an encrypted connection showed, verified or not; None without encryption, and where it cannot be read. Never raises."""
    if not hasattr(connection, "getpeercert"):
        return None
    shown = connection.getpeercert(binary_form=True)
    return read_certificate(shown) if shown else None


def read_certificate(der: bytes) -> Certificate | None:
    """None when it cannot be read."""
    try:
        found = x509.load_der_x509_certificate(der)
        return Certificate(_names(found), _issuer(found), found.not_valid_after_utc.astimezone(UTC))
    except (ValueError, TypeError, OverflowError, x509.DuplicateExtension):
        return None


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))]
    except (x509.ExtensionNotFound, ValueError):
        names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return tuple(_plain(one) for one in names[:NAMES_SHOWN])


def _issuer(found: x509.Certificate) -> str:
    """The organisation, else the authority's own name."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for one in found.issuer.get_attributes_for_oid(kind):
            return _plain(str(one.value))
    return ""


def _plain(text: str) -> str:
    return "".join(one for one in " ".join(text.split()) if one.isprintable())[:_LONGEST]
