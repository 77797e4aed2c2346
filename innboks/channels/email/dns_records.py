"""What a domain has to say in the DNS so that our mail is believed: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489); what is missing, and the line
to publish. Asked for an administrator who looks, never on a road. Read next: `dns_lookups.py`.
"""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from innboks.channels.email.authentication import organisation_of
from innboks.channels.email.dns_lookups import DnsTrouble, Lookups
from innboks.channels.email.settings import Config, domain_of
from innboks.sdk.contract import Check, Context

LIMIT_S = 8.0
_SPF_OF_METHOD = {"gmail": "include:_spf.google.com", "microsoft365": "include:spf.protection.outlook.com"}
_SPF_OF_HOST = {
    "smtp.gmail.com": "include:_spf.google.com",
    "smtp-relay.gmail.com": "include:_spf.google.com",
    "smtp.office365.com": "include:spf.protection.outlook.com",
    "smtp.fastmail.com": "include:spf.messagingengine.com",
    "smtp.mailgun.org": "include:mailgun.org",
    "smtp.sendgrid.net": "include:sendgrid.net",
}
_SELECTORS = {"gmail": ("google",), "microsoft365": ("selector1", "selector2")}
_USUAL_SELECTORS = ("default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "fm1", "fm2", "mx")
"""Nobody can list the selectors of a domain; these are the ones that providers choose."""


async def check_records(ctx: Context) -> Sequence[Check]:
    """SPF, DKIM, DMARC, in this order."""
    return await asyncio.to_thread(_check, ctx.config, ctx.settings, ctx.domain)


def _check(config: Config, settings: Mapping[str, Any], our_domain: str) -> Sequence[Check]:
    domain = domain_of(config.sends_from)
    lookups = Lookups(settings.get("dns"))
    deadline = time.monotonic() + LIMIT_S

    def texts(name: str) -> Sequence[str]:
        return lookups.ask(name, "TXT", deadline)

    found = []
    for name, check in (("SPF", _spf), ("DKIM", _dkim), ("DMARC", _dmarc)):
        try:
            found.append(check(config, settings, domain, our_domain, texts))
        except DnsTrouble:
            found.append(Check(name=name, state="unknown", sentence="The DNS did not answer. Check again in a moment."))
    return found


def _spf(config: Config, settings: Mapping[str, Any], domain: str, our_domain: str, texts: Any) -> Check:
    mechanism, host = _way_out(config, settings, our_domain)
    records = [one for one in texts(domain) if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]
    line = {"record_type": "TXT", "record_name": domain}
    if not records:
        sentence = f"{domain} has no SPF record: others cannot tell that {host} may send for it."
        return Check(name="SPF", state="missing", sentence=sentence, **line, record_value=f"v=spf1 {mechanism} ~all")
    if len(records) > 1:
        sentence = f"{domain} has {len(records)} SPF records. Only one may stand there: put them together, or none counts."
        return Check(name="SPF", state="wrong", sentence=sentence, **line)
    record = records[0]
    if mechanism.lower() in record.lower().split():
        return Check(name="SPF", state="ok", sentence=f"{domain} names {host}.")
    if mechanism.startswith("include:"):
        value = re.sub(r"\A(v=spf1)", rf"\1 {mechanism}", record, flags=re.IGNORECASE)
        sentence = f"{domain} has an SPF record, but it does not name {host}. Change it to this line."
        return Check(name="SPF", state="wrong", sentence=sentence, **line, record_value=value)
    sentence = f"{domain} has an SPF record. Whether it covers {host} is seen when a test comes back."
    return Check(name="SPF", state="unknown", sentence=sentence)


def _way_out(config: Config, settings: Mapping[str, Any], our_domain: str) -> tuple[str, str]:
    """(what SPF has to say for the server that our mail leaves through, its name)."""
    if config.method in _SPF_OF_METHOD:
        return _SPF_OF_METHOD[config.method], "Google" if config.method == "gmail" else "Microsoft"
    relay = settings.get("smtp_out")
    host = config.smtp_host or (relay.host if relay is not None else "")
    if host in _SPF_OF_HOST:
        return _SPF_OF_HOST[host], host
    # A relay on this machine leaves as this server.
    host = host if "." in host and not re.fullmatch(r"[0-9.]+|.*:.*", host) else our_domain
    return f"a:{host}", host


def _dkim(config: Config, settings: Mapping[str, Any], domain: str, our_domain: str, texts: Any) -> Check:
    own = _SELECTORS.get(config.method)
    for selector in own or _USUAL_SELECTORS:
        if any(re.search(r"(^|;)\s*p=[^;\s]", one) for one in texts(f"{selector}._domainkey.{domain}")):
            return Check(name="DKIM", state="ok", sentence=f"{domain} has a key for signatures ({selector}).")
    if config.method == "gmail":
        sentence = f"{domain} has no key of Google's. Make one in the Google Admin console (Apps, Gmail, Authenticate email) and publish it under this name."
        return Check(name="DKIM", state="missing", sentence=sentence, record_type="TXT", record_name=f"google._domainkey.{domain}")
    if config.method == "microsoft365":
        sentence = (
            f"{domain} has no key of Microsoft's. Put your own tenant's name into this line, and switch DKIM on in Microsoft Defender."
        )
        return Check(
            name="DKIM",
            state="missing",
            sentence=sentence,
            record_type="CNAME",
            record_name=f"selector1._domainkey.{domain}",
            record_value=f"selector1-{domain.replace('.', '-')}._domainkey.TENANT.onmicrosoft.com",
        )
    sentence = (
        f"No key was found for {domain} under the usual names. Ask whoever sends your mail for the DKIM record; mail works without, but more of it "
        "ends up as spam."
    )
    return Check(name="DKIM", state="missing", sentence=sentence, record_type="TXT", record_name=f"default._domainkey.{domain}")


def _dmarc(config: Config, settings: Mapping[str, Any], domain: str, our_domain: str, texts: Any) -> Check:
    for place in dict.fromkeys((domain, organisation_of(domain))):
        if any(re.match(r"v=DMARC1\s*(;|$)", one) for one in texts(f"_dmarc.{place}")):
            return Check(name="DMARC", state="ok", sentence=f"{place} says what others do with mail that does not pass.")
    return Check(
        name="DMARC",
        state="missing",
        sentence=f"{domain} has no DMARC record. Large providers want one; this line only asks for reports.",
        record_type="TXT",
        record_name=f"_dmarc.{organisation_of(domain)}",
        record_value=f"v=DMARC1; p=none; rua=mailto:{config.address}",
    )
