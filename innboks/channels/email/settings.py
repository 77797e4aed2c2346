"""What an admin fills in for an email address, and what it means for the two servers behind it.

`Config` is the form (its JSON Schema draws it); fields marked `writeOnly` are secrets. `checked` refuses what cannot work with a sentence
per field. `outgoing_server` and `incoming_server` turn the form into a `Server`, which `outbox.py` and `mailbox.py` connect to.
"""

import functools
import ipaddress
import re
import ssl
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import idna
import msgspec
from msgspec import Meta

from innboks.config import MailRelay
from innboks.errors import Invalid
from innboks.lib.addresses import as_seen, in_letters
from innboks.lib.html import sanitise

Method = Literal["forwarding", "imap", "gmail", "microsoft365"]
Tls = Literal["auto", "tls", "starttls", "none"]

_SECRET = {"writeOnly": True, "format": "password"}
SIGNED_IN = frozenset({"gmail", "microsoft365"})
"""Methods at which a person signs in at the provider, and its own API brings and sends the mail."""

_IMAP = {"x-show-if": {"method": ["imap"]}}
_SERVERS = {"x-show-if": {"method": ["forwarding", "imap"]}}
_ADVANCED = {"x-advanced": True}
_SMTP = {
    **_SERVERS,
    "x-advanced": {"method": ["forwarding"]},
}  # by forwarding this server sends by itself, so a newcomer need not know a server
_DETAILS = {"x-step": "details"}  # what customers see, apart from how mail comes and goes
_OWN_NAME: dict[str, Any] = {
    **_DETAILS,
    "x-show-if": {"method": ["forwarding", "imap", "gmail"]},
}  # R-112: Microsoft 365 writes the mailbox's own name
_TLS_WORDS = {"x-labels": {"auto": "As usual for the port", "tls": "TLS from the start", "starttls": "STARTTLS", "none": "None"}}
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,253}")
_TOPIC = re.compile(r"projects/[a-z0-9:.-]{1,100}/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})|[0-9A-Fa-f:.]{2,45}")


class Config(msgspec.Struct, kw_only=True, frozen=True):
    """Everything that can be set for one address. Empty means "not set" for text, 0 for a port: the usual one for the encryption."""

    method: Annotated[
        Method,
        Meta(
            title="How mail reaches us",
            description="Gmail, Microsoft 365: you sign in there. Forwarding: your provider forwards to an address of ours, also for groups, aliases and "
            "shared mailboxes. Mailbox: we fetch from it by IMAP and send by SMTP.",
            extra_json_schema={
                "x-labels": {"forwarding": "Forwarding", "imap": "Mailbox", "gmail": "Gmail", "microsoft365": "Microsoft 365"},
                "x-cards": {
                    "gmail": "Sign in with Google. Google Workspace and gmail.com.",
                    "microsoft365": "Sign in with Microsoft. For mailboxes of their own.",
                    "forwarding": "Forward mail to an address we give you: groups, aliases, shared mailboxes, any provider.",
                    "imap": "IMAP and SMTP, at any other provider.",
                },
            },
        ),
    ] = "forwarding"
    address: Annotated[
        str,
        Meta(
            title="Address",
            description="What customers write to.",
            examples=["support@example.com"],
            extra_json_schema={"x-suggests": {"method": ["imap"]}},  # its servers are found from it: server_search.py
        ),
    ]
    company_name: Annotated[
        str,
        Meta(
            title="Company name",
            description="Customers see it as the sender.",
            max_length=200,
            extra_json_schema={**_OWN_NAME, "x-brand": "name", "x-beside": "from_name_mode"},
        ),
    ] = ""
    from_name_mode: Annotated[
        Literal["agent_and_company", "company"],
        Meta(
            title="From name",
            description="What customers see as the sender.",
            extra_json_schema={
                **_OWN_NAME,
                "x-labels": {"agent_and_company": "Person and company", "company": "The company only"},
            },
        ),
    ] = "agent_and_company"
    from_name_language: Annotated[
        Literal["en", "nb"],
        Meta(
            title="Language of the sender",
            description="Of the word between the person and the company.",
            extra_json_schema={
                **_DETAILS,
                "x-show-if": {**_OWN_NAME["x-show-if"], "from_name_mode": ["agent_and_company"]},
                "x-brand": "language",
                "x-labels": {"en": "English (Ada at Acme)", "nb": "Norwegian (Ada hos Acme)"},
            },
        ),
    ] = "en"
    from_address: Annotated[
        str,
        Meta(
            title="From address",
            description="What answers come from. Offered is what this connection may send from.",
            extra_json_schema={
                **_DETAILS,
                "x-show-if": {"method": ["forwarding", "imap", "gmail"]},
                "format": "from-address",
                "x-other": {"method": ["imap"]},  # no server tells its aliases: connecting.py asks it about the one that is typed
            },
        ),
    ] = ""
    signature_html: Annotated[
        str,
        Meta(
            title="Signature",
            description="HTML. {{full_name}}, {{first_name}} and {{last_name}} become those of the person who answers.",
            max_length=100_000,
            extra_json_schema={**_DETAILS, "format": "html", "x-tokens": ["first_name", "last_name", "full_name"]},
        ),
    ] = ""
    use_original_sender: Annotated[
        bool,
        Meta(
            title="Use the original sender for forwarded emails",
            description="When a colleague forwards a customer's mail, it is filed under the customer.",
            extra_json_schema=_DETAILS,
        ),
    ] = True
    reply_to: Annotated[
        str,
        Meta(
            title="Replies come back to",
            description="Write an address only where they are to go elsewhere.",
            extra_json_schema={**_DETAILS, "x-beside": "from_address", "x-usual": "The conversation here"},
        ),
    ] = ""

    imap_host: Annotated[str, Meta(title="IMAP server", examples=["imap.example.com"], extra_json_schema=_IMAP)] = ""
    imap_port: Annotated[
        int, Meta(title="IMAP port", ge=0, le=65535, extra_json_schema={**_IMAP, "x-beside": "imap_host", "x-usual": "993"})
    ] = 0
    imap_user: Annotated[
        str, Meta(title="IMAP user", description="Leave empty for the address.", extra_json_schema={**_IMAP, **_ADVANCED})
    ] = ""
    imap_password: Annotated[
        str,
        Meta(
            title="IMAP password",
            extra_json_schema={**_IMAP, **_SECRET, "x-beside": "address", "x-sent-to": {"imap_host": [], "smtp_host": ["smtp_password"]}},
        ),
    ] = ""
    imap_tls: Annotated[
        Tls,
        Meta(
            title="IMAP encryption",
            description="Without a port: 993 with TLS from the start, else 143.",
            extra_json_schema={**_IMAP, **_TLS_WORDS, **_ADVANCED},
        ),
    ] = "auto"
    imap_folders: Annotated[
        str,
        Meta(
            title="Folders",
            description="Names with commas between them. Empty: every folder in which mail can arrive, and Sent (not Drafts, Junk, Trash).",
            extra_json_schema={**_IMAP, **_ADVANCED},
        ),
    ] = ""
    save_sent: Annotated[
        bool,
        Meta(
            title="Keep a copy in the Sent folder",
            description="Turn off when the provider does so by itself.",
            extra_json_schema={**_IMAP, **_ADVANCED},
        ),
    ] = True

    smtp_host: Annotated[
        str,
        Meta(
            title="SMTP server",
            description="With forwarding it may be empty: mail then leaves through this server's own.",
            examples=["smtp.example.com"],
            extra_json_schema={**_SMTP, "x-beside": "imap_host", "x-hint-if": {"method": ["forwarding"]}},
        ),
    ] = ""
    smtp_port: Annotated[
        int,
        Meta(
            title="SMTP port",
            ge=0,
            le=65535,
            extra_json_schema={**_SMTP, "x-beside": "smtp_host", "x-usual": "587"},
        ),
    ] = 0
    smtp_user: Annotated[
        str,
        Meta(title="SMTP user", description="Leave empty for the IMAP user, if there is one.", extra_json_schema={**_SERVERS, **_ADVANCED}),
    ] = ""
    smtp_password: Annotated[
        str,
        Meta(
            title="SMTP password",
            description="Leave empty for the IMAP password, if there is one. A server that asks for none gets none.",
            extra_json_schema={**_SERVERS, **_ADVANCED, **_SECRET, "x-sent-to": {"smtp_host": []}},
        ),
    ] = ""
    smtp_tls: Annotated[
        Tls,
        Meta(
            title="SMTP encryption",
            description="Without a port: 465 with TLS from the start, else 587.",
            extra_json_schema={**_SERVERS, **_TLS_WORDS, **_ADVANCED},
        ),
    ] = "auto"

    tls_verify: Annotated[
        bool,
        Meta(
            title="Check the servers' certificates",
            description="Turning this off lets anybody between us read the mail.",
            extra_json_schema={**_SERVERS, **_ADVANCED},
        ),
    ] = True
    tls_ca: Annotated[
        str,
        Meta(
            title="Own certificate authority",
            description="PEM text, for servers with a certificate of your own authority.",
            extra_json_schema={**_SERVERS, **_ADVANCED, "format": "multiline"},
        ),
    ] = ""
    trusted_authserv_ids: Annotated[
        str,
        Meta(
            title="Trusted authentication servers",
            description="Names of your own mail servers (authserv-id, RFC 8601), with commas. What they found by SPF, DKIM, DMARC is believed.",
            extra_json_schema=_ADVANCED,
        ),
    ] = ""
    push_topic: Annotated[
        str,
        Meta(
            title="Pub/Sub topic",
            description="Gmail tells of new mail there at once, instead of being asked every 15 seconds. The guide says how to set it up.",
            examples=["projects/my-project/topics/innboks"],
            extra_json_schema={"x-show-if": {"method": ["gmail"]}, **_ADVANCED},
        ),
    ] = ""
    refresh_token: Annotated[
        str,
        Meta(
            title="Refresh token",
            description="For scripts: connects without a browser. It is kept apart afterwards.",
            extra_json_schema={"x-show-if": {"method": []}, **_SECRET},
        ),
    ] = ""

    @property
    def sends_from(self) -> str:
        return self.from_address or self.address


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One server to talk to. `tls` "auto" is settled already: "tls", "starttls", "none", or "offered" (STARTTLS when the server has it)."""

    host: str
    port: int
    tls: Literal["tls", "starttls", "none", "offered"]
    user: str = ""
    password: str = ""
    is_login_borrowed: bool = False
    """User and password are the mailbox's, typed for another server: used here where this one lets people sign in at all."""
    verify: bool = True
    ca: str = ""

    @property
    def is_near(self) -> bool:
        """On this machine: a password may travel without encryption."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def tls_context(self) -> ssl.SSLContext:
        """Certificate and name are checked unless the admin turned it off."""
        return _tls_context(self.verify, self.ca)


@functools.lru_cache(maxsize=256)
def _tls_context(verify: bool, ca: str) -> ssl.SSLContext:
    """Kept, because reading the system's certificates takes some 30 ms of processor time, which each mail would pay anew."""
    context = ssl.create_default_context(cadata=ca or None)
    if ca:
        context.load_default_certs()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def checked(config: Config) -> Config:
    """The configuration in its normal form. Raises `Invalid` with the field and what to write."""
    address = normal_address(config.address)
    if address is None:
        raise Invalid(f"“{config.address[:80]}” is not an email address. Write one like support@example.com.", field="address")
    reply_to = normal_address(config.reply_to) if config.reply_to.strip() else ""
    if reply_to is None:
        raise Invalid("The address for replies is not an email address. Write one like support@example.com.", field="reply_to")
    from_address = normal_address(config.from_address) if config.from_address.strip() else ""
    if from_address is None:
        raise Invalid("The from address is not an email address. Choose one of those that are offered.", field="from_address")
    if config.method == "imap":
        if not config.imap_host.strip():
            raise Invalid("Write the name of the IMAP server, for example imap.example.com.", field="imap_host")
        if not config.imap_password:
            raise Invalid("Write the mailbox's password. Many providers want an app password here.", field="imap_password")
        if not config.smtp_host.strip():
            raise Invalid("Write the name of the SMTP server, for example smtp.example.com.", field="smtp_host")
    if config.push_topic.strip() and not _TOPIC.fullmatch(config.push_topic.strip()):
        raise Invalid("This is not a Pub/Sub topic. Write projects/PROJECT/topics/NAME.", field="push_topic")
    for field in ("imap_host", "smtp_host"):
        host = getattr(config, field).strip()
        if host and not is_host(ascii_host(host)):
            raise Invalid(f"“{host[:80]}” is not a server name. Write only the name, for example mail.example.com.", field=field)
    if config.tls_ca.strip():
        try:
            ssl.create_default_context(cadata=config.tls_ca)
        except (ssl.SSLError, ValueError) as error:
            raise Invalid("This is not a certificate in PEM form. It starts with -----BEGIN CERTIFICATE-----.", field="tls_ca") from error
    return msgspec.structs.replace(
        config,
        address=address,
        reply_to=reply_to,
        from_address="" if from_address == address else from_address,
        imap_host=ascii_host(config.imap_host.strip()),
        smtp_host=ascii_host(config.smtp_host.strip()),
        company_name=" ".join(config.company_name.split()),
        signature_html=sanitise(config.signature_html),
        imap_user=config.imap_user.strip(),
        smtp_user=config.smtp_user.strip(),
        push_topic=config.push_topic.strip(),
    )


def normal_address(text: str) -> str | None:
    """A mail address in the form in which we store it: lower case, domain as people read it (Unicode). None when it is none."""
    address = as_seen(text).strip()
    if not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    labels = domain.rstrip(".").split(".")
    if (
        any(not label or len(label) > 63 or label.startswith("-") for label in labels)
        or ".." in local
        or local[0] == "."
        or local[-1] == "."
    ):
        return None
    return f"{local}@{in_letters('.'.join(labels))}".lower()


def wire_address(address: str) -> str:
    """The address for SMTP and headers: the domain in its ASCII form (RFC 5890), the local part untouched. Raises ValueError."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or re.search(r"[\x00-\x20\x7f<>]", address):
        raise ValueError("not a mail address")
    return f"{local}@{ascii_host(domain)}"


def is_host(host: str) -> bool:
    """Can this be a server's name, or its address?"""
    return _HOST.fullmatch(host) is not None


def ascii_host(host: str) -> str:
    """A domain in its ASCII form (RFC 5890). Raises `Invalid`."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Invalid(f"“{host[:80]}” is not a domain name that exists in the domain name system.") from error


def domain_of(address: str) -> str:
    """The domain of an address in ASCII, "localhost" when it has none that can be written down."""
    try:
        return wire_address(address).rpartition("@")[2].lower()
    except (ValueError, Invalid):
        return "localhost"


def outgoing_server(config: Config, settings: Mapping[str, Any]) -> Server | None:
    """The server that takes our mail: the address's own, else the one of the whole installation (`smtp_out`), else None."""
    if config.method in SIGNED_IN:
        return None  # mail leaves through the provider's API
    if config.smtp_host:
        user = config.smtp_user or (config.imap_user or config.address if config.imap_password else "")
        password = config.smtp_password or config.imap_password
        server = _server(
            config, config.smtp_host, config.smtp_port, config.smtp_tls, user if password else "", password, implicit=465, explicit=587
        )
        return msgspec.structs.replace(server, is_login_borrowed=not config.smtp_user and not config.smtp_password)
    return _relay(settings.get("smtp_out"))


def incoming_server(config: Config) -> Server:
    """The IMAP server of the mailbox."""
    user = config.imap_user or config.address
    return _server(config, config.imap_host, config.imap_port, config.imap_tls, user, config.imap_password, implicit=993, explicit=143)


def _server(config: Config, host: str, port: int, tls: Tls, user: str, password: str, *, implicit: int, explicit: int) -> Server:
    if tls == "auto":
        usual = explicit if explicit == 587 else implicit  # submission starts plain, IMAP starts encrypted (RFC 8314 §3)
        port = port or usual
        mode: Literal["tls", "starttls", "none", "offered"] = "tls" if port == implicit else "offered"
    else:
        port = port or (implicit if tls == "tls" else explicit)
        mode = tls
    return Server(host=host, port=port, tls=mode, user=user, password=password, verify=config.tls_verify, ca=config.tls_ca)


def _relay(relay: MailRelay | None) -> Server | None:
    """The installation's own way out. One that takes anything from us without a login is usually on this machine or the next, with a
    certificate that nobody signed; it is believed unless the operator asked for encryption."""
    if relay is None:
        return None
    tls: Literal["tls", "starttls", "none", "offered"]
    tls = relay.tls if relay.tls != "auto" else "tls" if relay.port == 465 else "offered"
    verify = bool(relay.user) or relay.tls in ("tls", "starttls")
    return Server(host=relay.host, port=relay.port, tls=tls, user=relay.user, password=relay.password, verify=verify)
