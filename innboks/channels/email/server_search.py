"""The servers of a mailbox, found from its address, so that nobody has to know them: with where each was found, the surest first.

Asked are the domain's own file and records (`autoconfig.py`), then who takes its mail (MX): a provider that is known, or that provider's own file and
records. Where nobody says anything, usual names are tried at their usual ports; of these only public addresses, and nothing is sent to them but a
greeting (`sdk/http.py` does the same for the file). Whatever is silent is left out after `LIMIT_S`.
"""

import asyncio
import contextlib
import ipaddress
import socket
import time
from collections.abc import Awaitable, Sequence

from innboks.channels.email import autoconfig
from innboks.channels.email.authentication import organisation_of
from innboks.channels.email.autoconfig import Values
from innboks.channels.email.dns_lookups import DnsTrouble, Lookups
from innboks.channels.email.settings import Config, Server, normal_address, wire_address
from innboks.errors import InnboksError
from innboks.sdk.contract import Context, Suggestion
from innboks.sdk.http import is_public

LIMIT_S = 8.0
_FIRST_S = 5.0
"""Seconds for those who say something; what is left is for trying names."""
_GREETING_S = 3.0
_MX_MAX = 5

_KNOWN: dict[str, Values] = {
    "google.com": {"imap_host": "imap.gmail.com", "smtp_host": "smtp.gmail.com", "smtp_port": 465},
    "googlemail.com": {"imap_host": "imap.gmail.com", "smtp_host": "smtp.gmail.com", "smtp_port": 465},
    "messagingengine.com": {"imap_host": "imap.fastmail.com", "smtp_host": "smtp.fastmail.com", "smtp_port": 465},
    "icloud.com": {"imap_host": "imap.mail.me.com", "smtp_host": "smtp.mail.me.com", "smtp_port": 587},
    "yahoodns.net": {"imap_host": "imap.mail.yahoo.com", "smtp_host": "smtp.mail.yahoo.com", "smtp_port": 465},
}
"""By the domain of the servers that take mail: who offers IMAP under names that do not follow from it. All want TLS at port 993."""
_GREETINGS = {"imap": (b"* OK", b"* PREAUTH"), "smtp": (b"220",)}
_USUAL = {"imap": ((993, "tls"), (143, "starttls")), "smtp": ((465, "tls"), (587, "starttls"))}


async def suggest(ctx: Context) -> Sequence[Suggestion]:
    """Nothing where the address is none. Never raises."""
    config: Config = ctx.config
    address = normal_address(config.address)
    try:
        domain = wire_address(address).rpartition("@")[2] if address else ""
    except (ValueError, InnboksError):
        domain = ""
    if not address or "." not in domain:
        return []
    search = _Search(ctx, address, domain)
    found: list[Suggestion] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LIMIT_S):
            for one in await search.said():
                if not any(autoconfig.same_servers(one.values, other.values) for other in found):
                    found.append(one)
            if not any("imap_host" in one.values or "method" in one.values for one in found):
                found += await search.tried()
    return found


class _Search:
    def __init__(self, ctx: Context, address: str, domain: str) -> None:
        self._ctx = ctx
        self._address = address
        self._domain = domain
        self._lookups = Lookups(ctx.settings.get("dns"))
        self._deadline = time.monotonic() + _FIRST_S
        self._exchangers: list[str] = []

    async def said(self) -> list[Suggestion]:
        """What somebody says, the domain itself first."""
        own, exchangers = await asyncio.gather(self._own_word(self._domain, None), self._mail_goes_to())
        self._exchangers = exchangers
        providers = list(dict.fromkeys(organisation_of(one) for one in exchangers))
        found = list(own)
        for provider in providers[:2]:
            found += _known(self._domain, provider)
            if not found and provider != organisation_of(self._domain):
                found += await self._own_word(provider, self._domain)
        return found

    async def _own_word(self, domain: str, of: str | None) -> list[Suggestion]:
        """The file and the records of a domain; `of`: whose provider that is."""
        asked = [_within(autoconfig.ask(self._ctx, url, self._address), {}) for url in autoconfig.urls_of(domain, self._address)]
        *files, records = await asyncio.gather(*asked, self._records(domain))
        found = []
        for values in files:
            if values:
                sentence = (
                    f"{of} has its mail at {domain}, which says so for mail programs." if of else f"{domain} says so for mail programs."
                )
                found.append(Suggestion(values=values, sentence=sentence))
        if records:
            sentence = (
                f"{of} has its mail at {domain}, whose DNS records say so (SRV)." if of else f"The DNS records of {domain} say so (SRV)."
            )
            found.append(Suggestion(values=records, sentence=sentence))
        return found

    async def _records(self, domain: str) -> Values:
        with contextlib.suppress(DnsTrouble):
            return await asyncio.to_thread(autoconfig.values_of_records, self._ask, domain)
        return {}

    async def _mail_goes_to(self) -> list[str]:
        """The servers that take the domain's mail, the preferred first."""
        with contextlib.suppress(DnsTrouble):
            records = [one.split() for one in await asyncio.to_thread(self._ask, self._domain, "MX")]
            ordered = sorted((one for one in records if len(one) == 2 and one[0].isdecimal()), key=lambda one: int(one[0]))
            return [one[1].rstrip(".").lower() for one in ordered[:_MX_MAX] if one[1] != "."]
        return []

    def _ask(self, name: str, kind: str) -> Sequence[str]:
        return self._lookups.ask(name, kind, self._deadline)

    async def tried(self) -> list[Suggestion]:
        """Servers that answer at a usual name."""
        own = [one for one in self._exchangers if organisation_of(one) == organisation_of(self._domain)]
        values: Values = {}
        for prefix in ("imap", "smtp"):
            hosts = dict.fromkeys((f"{prefix}.{self._domain}", f"mail.{self._domain}", *own[:1]))
            ways = [(host, port, tls) for port, tls in _USUAL[prefix] for host in hosts]
            answers = await asyncio.gather(*(greets(self._ctx, prefix, *one) for one in ways))
            first = next((way for way, is_there in zip(ways, answers, strict=True) if is_there), None)
            if first is not None:
                values |= {f"{prefix}_host": first[0], f"{prefix}_port": first[1], f"{prefix}_tls": first[2]}
        if not values:
            return []
        names = " and ".join(dict.fromkeys(values[name] for name in ("imap_host", "smtp_host") if name in values))
        return [Suggestion(values=values, sentence=f"A mail server answers at {names}. Nobody says that it is the right one.")]


def _known(domain: str, provider: str) -> list[Suggestion]:
    if provider == "outlook.com":
        sentence = f"{domain} has its mail at Microsoft, which takes no passwords here. Sign in with Microsoft instead."
        return [Suggestion(values={"method": "microsoft365"}, sentence=sentence)]
    if provider not in _KNOWN:
        return []
    values = {"imap_port": 993, "imap_tls": "tls", **_KNOWN[provider]}
    values["smtp_tls"] = "tls" if values["smtp_port"] == 465 else "starttls"
    found = [Suggestion(values=values, sentence=f"{domain} has its mail at {provider}, whose servers are known. It wants an app password.")]
    if provider in ("google.com", "googlemail.com"):
        sentence = f"{domain} has its mail at Google. Signing in with Google needs no app password."
        found.append(Suggestion(values={"method": "gmail"}, sentence=sentence))
    return found


async def greets(ctx: Context, prefix: str, host: str, port: int, tls: str) -> bool:
    """Does a server of this kind greet there? Connects to exactly the address that was looked at. With TLS, its certificate has to be of this name."""
    with contextlib.suppress(OSError, ValueError, TimeoutError):
        async with asyncio.timeout(_GREETING_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            address = str(found[0][4][0])
            if not ctx.settings.get("allow_private") and not is_public(ipaddress.ip_address(address.partition("%")[0])):
                return False
            context = Server(host=host, port=port, tls="tls").tls_context() if tls == "tls" else None
            reader, writer = await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if context else None, limit=2_000
            )
            try:
                return (await reader.readline()).startswith(_GREETINGS[prefix])
            finally:
                writer.close()
    return False


async def _within(asked: Awaitable[Values], otherwise: Values) -> Values:
    try:
        return await asyncio.wait_for(asked, _FIRST_S)
    except TimeoutError:
        return otherwise
