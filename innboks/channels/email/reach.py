"""Which addresses of a mail server are never connected to: those that only this machine's own link knows (RFC 3927, RFC 4291 §2.5.6), where clouds
tell a machine its secrets, and groups of machines.

A mail server on this machine or in the house's network is as usual as one outside, so these are let through, other than in `sdk/http.py`. What the
other side says is shown only where it speaks SMTP or IMAP and refuses a login or a sender.
"""

import ipaddress
from collections.abc import Iterable

from innboks.errors import Broken


def refuse_unreachable(host: str, addresses: Iterable[str]) -> None:
    """Raises `Broken` when one of a server's addresses is such a one; what is no address is left to whoever connects."""
    for text in addresses:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            continue
        inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
        if inner.is_link_local or inner.is_multicast:
            raise Broken(f"The mail server “{host}” is at an address that is never called. Check its name.", code="private_address")
