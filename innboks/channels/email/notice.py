"""A mail to one of our own people as bytes: no conversation, no signature, and nothing that an answer would be threaded by. Pure."""

import base64
from email.utils import format_datetime, make_msgid

from innboks.channels.email import headers
from innboks.channels.email.compose import Composed
from innboks.channels.email.own import LOOP_HEADER, loop_mark
from innboks.channels.email.settings import Config, domain_of
from innboks.sdk.contract import Context, Notice


def compose_notice(ctx: Context, notice: Notice) -> Composed:
    """The mail, plain text. Raises ValueError for a recipient that is no address."""
    config: Config = ctx.config
    message_id = make_msgid(domain=domain_of(config.address))
    text = "\r\n".join(notice.text.splitlines()).encode("utf-8", "replace")
    fields = [
        headers.plain("Date", format_datetime(ctx.clock.now())),
        headers.addresses("From", [("Innboks", config.address)]),
        headers.addresses("To", [(notice.to.name, notice.to.address)]),
        headers.unstructured("Subject", notice.subject),
        headers.plain("Message-ID", message_id),
        headers.plain("Auto-Submitted", "auto-generated"),  # RFC 3834: nobody's holiday answer comes back
        headers.plain(LOOP_HEADER, loop_mark(ctx)),  # should it come back into this very inbox, it is no conversation
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        base64.encodebytes(text).replace(b"\n", b"\r\n"),
    ]
    is_plain = config.address.isascii() and notice.to.address.isascii()
    return Composed(raw=b"".join(fields), message_id=message_id.strip("<>"), needs_utf8=not is_plain)
