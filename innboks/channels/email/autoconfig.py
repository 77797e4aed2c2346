"""What a domain says of its mail servers for mail programs: the file that Thunderbird reads (autoconfig, `config-v1.1.xml`), and SRV records (RFC 6186, RFC 8314).

Both are read strictly: an encrypted way only, and a name and a port that can be ones. What is found becomes values of the form. Read next: `server_search.py`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urljoin
from xml.etree import ElementTree

from innboks.channels.email.settings import ascii_host, is_host
from innboks.errors import InnboksError
from innboks.sdk.contract import Context

SIZE_MAX = 100_000
"""Bytes of a file that is read; real ones have a few thousand."""
_REDIRECTS = 2
_TLS = {"SSL": "tls", "STARTTLS": "starttls"}
_PASSWORDS = {"password-cleartext", "password-encrypted", "plain", "secure", ""}
_SRV = {"imap": (("_imaps", "tls"), ("_imap", "auto")), "smtp": (("_submissions", "tls"), ("_submission", "auto"))}
Values = dict[str, Any]


def urls_of(domain: str, address: str) -> list[str]:
    """Where the file stands, by the convention. Only encrypted: whoever stands between us could name a server of their own."""
    return [
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={quote(address)}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    ]


async def ask(ctx: Context, url: str, address: str) -> Values:
    """The values of the file at this address, {} where there is none that can be read. Never raises."""
    try:
        for _ in range(_REDIRECTS + 1):
            answer = await ctx.http.send("GET", url, answer_max=SIZE_MAX)
            if answer.status not in (301, 302, 303, 307, 308):
                return values_of(answer.body, address) if answer.status == 200 else {}
            following = urljoin(url, answer.headers.get("location", ""))
            if url.startswith("https:") and not following.startswith("https:"):
                return {}
            url = following
    except InnboksError:
        pass
    return {}


def values_of(raw: bytes, address: str) -> Values:
    """The first encrypted IMAP and SMTP server that takes a password."""
    if len(raw) > SIZE_MAX or b"<!DOCTYPE" in raw.upper() or b"<!ENTITY" in raw.upper():
        return {}
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - without a document type there are no entities, and the size is bounded
    except (ElementTree.ParseError, ValueError, LookupError):
        return {}
    values: Values = {}
    for prefix, path in (("imap", "incomingServer[@type='imap']"), ("smtp", "outgoingServer[@type='smtp']")):
        servers = (_server(one, prefix, address) for one in root.findall(f"./emailProvider/{path}"))
        values |= next((one for one in servers if one), {})
    if values.get("smtp_user") == values.get("imap_user"):
        values.pop("smtp_user", None)
    return values


def _server(element: ElementTree.Element, prefix: str, address: str) -> Values:
    texts = {name: (element.findtext(name) or "").strip() for name in ("hostname", "port", "socketType", "username")}
    host = _filled(texts["hostname"], address)
    tls = _TLS.get(texts["socketType"].upper())
    ways = {(one.text or "").strip().lower() for one in element.findall("authentication")} or {""}
    if tls is None or not ways & _PASSWORDS:
        return {}
    user = _filled(texts["username"], address)
    found = _values(prefix, host, texts["port"], tls)
    return {**found, f"{prefix}_user": "" if user == address else user[:200]} if found else {}


def _filled(text: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    for token, value in (("%EMAILADDRESS%", address), ("%EMAILLOCALPART%", local), ("%EMAILDOMAIN%", domain)):
        text = text.replace(token, value)
    return text


def values_of_records(ask_dns: Any, domain: str) -> Values:
    """What SRV records say. `ask_dns(name, kind)` gives texts; raises what it raises."""
    values: Values = {}
    for prefix, services in _SRV.items():
        for service, tls in services:
            found = _first(ask_dns(f"{service}._tcp.{domain}", "SRV"))
            if found and (one := _values(prefix, *found, tls)):
                values |= one
                break
    return values


def _first(records: Sequence[str]) -> tuple[str, str] | None:
    """(host, port) of the record with the lowest priority, then the highest weight. A target of "." says that there is no such service."""
    parts = [match.groups() for one in records if (match := re.fullmatch(r"(\d+) (\d+) (\d+) (\S+)", one))]
    ordered = sorted(parts, key=lambda one: (int(one[0]), -int(one[1])))
    return (ordered[0][3].rstrip("."), ordered[0][2]) if ordered else None


def _values(prefix: str, host: str, port: str, tls: str) -> Values:
    try:
        name = ascii_host(host.strip().rstrip("."))
    except InnboksError:
        return {}
    if not is_host(name) or not port.isdecimal() or not 0 < int(port) < 65536:
        return {}
    return {f"{prefix}_host": name, f"{prefix}_port": int(port), f"{prefix}_tls": tls}


def same_servers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("imap_host", "imap_port", "smtp_host", "smtp_port", "method"))
