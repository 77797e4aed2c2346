"""A raw mail read to the end: parsed, split into new and quoted text, and recognised as automatic, bounced or forwarded."""

from innboks.channels.email.mail import Mail
from innboks.channels.email.mime import parse_mail


def read_mail(raw: bytes) -> Mail:
    """Everything that the product knows of a mail from its bytes alone. Pure and total, as `mime.parse_mail`."""
    return parse_mail(raw)
