"""Sender and subject of a mail that could not be taken in, from its header alone; where no From names anybody, whom the envelope names."""

from innboks.channels.email.mime import parse_mail
from innboks.channels.email.too_large import head_of
from innboks.sdk.contract import Glimpse, Inbound


def glimpse_of(inbound: Inbound) -> Glimpse:
    mail = parse_mail(head_of(inbound.body.lstrip(b"\r\n")))
    writer = next((one for one in mail.sender if one.name or one.address), None)
    named = (
        "" if writer is None else f"{writer.name} <{writer.address}>" if writer.name and writer.address else writer.name or writer.address
    )
    return Glimpse(sender=named or inbound.headers.get("mail-from", ""), subject=mail.subject)
