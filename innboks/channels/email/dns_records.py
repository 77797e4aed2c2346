"""What a domain has to say in the DNS so that our mail is believed: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489); what is missing, and the line
to publish. Asked for an administrator who looks, never on a road. Read next: `spf_record.py`, `dns_lookups.py`.
"""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from innboks.channels.email.authentication import organisation_of
from innboks.channels.email.dns_lookups import DnsTrouble, Lookups
from innboks.channels.email.settings import Config, domain_of
from innboks.channels.email.spf_record import LOOKUPS_MAX, names, spf_records
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
_SELECTORS = {"gmail": ("google", "google1", "google2"), "microsoft365": ("selector1", "selector2")}
_USUAL_SELECTORS = ("default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "fm1", "fm2", "mx")
"""Nobody can list the selectors of a domain; these are the ones that providers choose."""
_OF_THE_METHOD = {
    "gmail": "gmail.com googlemail.com",
    "microsoft365": "outlook.com hotmail.com live.com msn.com outlook.dk outlook.de outlook.fr outlook.es outlook.it outlook.be outlook.at outlook.pt "
    "hotmail.no hotmail.se hotmail.dk hotmail.fi hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.nl hotmail.be hotmail.co.uk "
    "live.no live.se live.dk live.fi live.de live.fr live.it live.nl live.be live.co.uk",
}
_OTHERS = (
    "yahoo.com ymail.com aol.com icloud.com me.com mac.com gmx.net gmx.com gmx.de web.de t-online.de fastmail.com proton.me protonmail.com mail.com yandex.com "
    "zohomail.com online.no"
)
_PROVIDERS_OWN = {name: method for method, domains in (*_OF_THE_METHOD.items(), ("", _OTHERS)) for name in domains.split()}
"""Domains at which everybody may have an address, by the method that sends through their provider. Only the provider changes their records."""


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
    records = spf_records(texts(domain))
    if domain in _PROVIDERS_OWN:
        return _spf_of_a_provider(domain, mechanism, host, records, texts)
    line = {"record_type": "TXT", "record_name": domain}
    if not records:
        sentence = f"{domain} has no SPF record: others cannot tell that {host} may send for it."
        return Check(name="SPF", state="missing", sentence=sentence, **line, record_value=f"v=spf1 {mechanism} ~all")
    if len(records) > 1:
        sentence = f"{domain} has {len(records)} SPF records. Only one may stand there: put them together, or none counts."
        return Check(name="SPF", state="wrong", sentence=sentence, **line)
    record = records[0]
    answer = names(record, mechanism, texts)
    if answer == "named":
        return Check(name="SPF", state="ok", sentence=f"{domain} names {host}.")
    if answer == "too_many":
        sentence = f"The SPF record of {domain} needs more than {LOOKUPS_MAX} look-ups, so others take it as faulty. Take out what nobody sends through."
        return Check(name="SPF", state="wrong", sentence=sentence, **line)
    if answer == "unsure":
        sentence = f"A part of the SPF record of {domain} could not be read. Whether it covers {host} is seen when a test comes back."
        return Check(name="SPF", state="unknown", sentence=sentence)
    if mechanism.startswith("include:"):
        value = re.sub(r"\A(v=spf1)", rf"\1 {mechanism}", record, flags=re.IGNORECASE)
        sentence = f"{domain} has an SPF record, but it does not name {host}. Change it to this line."
        return Check(name="SPF", state="wrong", sentence=sentence, **line, record_value=value)
    sentence = f"{domain} has an SPF record. Whether it covers {host} is seen when a test comes back."
    return Check(name="SPF", state="unknown", sentence=sentence)


def _spf_of_a_provider(domain: str, mechanism: str, host: str, records: Sequence[str], texts: Any) -> Check:
    if len(records) == 1 and names(records[0], mechanism, texts) == "named":
        return Check(name="SPF", state="ok", sentence=f"{domain} names {host}.")
    provider = _SPF_OF_METHOD.get(_PROVIDERS_OWN[domain])
    if provider is not None and mechanism != provider:
        sentence = f"{domain} belongs to its provider, whose servers alone may send for it. Sign in there instead, or send from an address of your own domain."
        return Check(name="SPF", state="wrong", sentence=sentence)
    sentence = f"{domain} belongs to its provider, who looks after this record. Whether it covers {host} is seen when a test comes back."
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
    if domain in _PROVIDERS_OWN:
        return _signed_by_its_provider(config, domain)
    own = _SELECTORS.get(config.method, ())
    selector = _key_of(domain, own or _USUAL_SELECTORS, texts)
    if selector is not None:
        return Check(name="DKIM", state="ok", sentence=f"{domain} has a key for signatures ({selector}).")
    # An administrator may have given the provider's key another name.
    other = _key_of(domain, [one for one in _USUAL_SELECTORS if one not in own], texts) if own else None
    if other is not None:
        sentence = f"{domain} has a key for signatures ({other}). Whether this mail is signed with it is seen when a test comes back."
        return Check(name="DKIM", state="unknown", sentence=sentence)
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


def _key_of(domain: str, selectors: Sequence[str], texts: Any) -> str | None:
    """The first of these names under which a key stands; one with an empty `p` is withdrawn (RFC 6376 §3.6.1)."""
    for selector in selectors:
        if any(re.search(r"(^|;)\s*p=[^;\s]", one) for one in texts(f"{selector}._domainkey.{domain}")):
            return selector
    return None


def _signed_by_its_provider(config: Config, domain: str) -> Check:
    method = _PROVIDERS_OWN[domain]
    if method and config.method != method:
        sentence = f"{domain} belongs to its provider, who signs only what leaves there. Sign in there instead, or send from an address of your own domain."
        return Check(name="DKIM", state="wrong", sentence=sentence)
    sentence = f"{domain} belongs to its provider, who signs with keys of its own: there is nothing to publish. Whether it does is seen when a test comes back."
    return Check(name="DKIM", state="unknown", sentence=sentence)


def _dmarc(config: Config, settings: Mapping[str, Any], domain: str, our_domain: str, texts: Any) -> Check:
    for place in dict.fromkeys((domain, organisation_of(domain))):
        if any(re.match(r"v=DMARC1\s*(;|$)", one) for one in texts(f"_dmarc.{place}")):
            return Check(name="DMARC", state="ok", sentence=f"{place} says what others do with mail that does not pass.")
    if domain in _PROVIDERS_OWN:
        return Check(name="DMARC", state="unknown", sentence=f"{domain} belongs to its provider, who looks after this record.")
    return Check(
        name="DMARC",
        state="missing",
        sentence=f"{domain} has no DMARC record. Large providers want one; this line only asks for reports.",
        record_type="TXT",
        record_name=f"_dmarc.{organisation_of(domain)}",
        record_value=f"v=DMARC1; p=none; rua=mailto:{config.address}",
    )
