"""The email stand-in: a mail server for every customer in the world, and their mailboxes on a page. Read next: `desk.py`."""

from innboks.config import Endpoint, Settings
from innboks.sandbox.email.desk import KIND, Desk

__all__ = ["KIND", "Desk", "connection", "stand_in"]


def stand_in(settings: Settings) -> Desk:
    return Desk(settings)


def connection(address: str, company: str, outgoing: Endpoint, signature_html: str = "") -> dict[str, str]:
    """The configuration of an address of the team whose customers are the sandbox's."""
    return {
        "method": "forwarding",
        "address": address,
        "company_name": company,
        "signature_html": signature_html,
        "smtp_host": outgoing.host,
        "smtp_port": str(outgoing.port),
        "smtp_tls": "none",
    }
