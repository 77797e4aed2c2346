"""Sender and subject of a mail that could not be taken in, from its header alone; where no From names anybody, whom the envelope names."""

import re

from innboks.channels.email.mime import parse_mail
from innboks.sdk.contract import Glimpse, Inbound

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


def glimpse_of(inbound: Inbound) -> Glimpse:
    mail = parse_mail(_END_OF_HEADER.split(inbound.body.lstrip(b"\r\n"), maxsplit=1)[0] + b"\r\n\r\n")
    writer = next((one for one in mail.sender if one.name or one.address), None)
    named = (
        "" if writer is None else f"{writer.name} <{writer.address}>" if writer.name and writer.address else writer.name or writer.address
    )
    return Glimpse(sender=named or inbound.headers.get("mail-from", ""), subject=mail.subject)
