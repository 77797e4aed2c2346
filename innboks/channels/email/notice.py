"""A mail to one of our own people as bytes: no conversation, no signature, and nothing that an answer would be threaded by. Pure."""

import base64
from email.utils import format_datetime, make_msgid

from innboks.channels.email import headers
from innboks.channels.email.compose import Composed, parts_of
from innboks.channels.email.own import LOOP_HEADER, loop_mark
from innboks.channels.email.settings import Config, domain_of
from innboks.sdk.contract import Context, Notice, OutgoingFile

_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def compose_notice(ctx: Context, notice: Notice) -> Composed:
    """The mail: plain text, and beside it the same in the account's brand where there is one. Raises ValueError for a recipient that is no address."""
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
        b"MIME-Version: 1.0\r\n",
        _branded(notice, message_id) if notice.html else _PLAIN + base64.encodebytes(text).replace(b"\n", b"\r\n"),
    ]
    is_plain = config.address.isascii() and notice.to.address.isascii()
    return Composed(raw=b"".join(fields), message_id=message_id.strip("<>"), needs_utf8=not is_plain)


def _branded(notice: Notice, mark: str) -> bytes:
    picture = notice.picture
    if picture is None:
        return parts_of(mark, notice.text, notice.html, [])

    async def content() -> bytes:
        return picture.content

    name = f"logo.{picture.type.rpartition('/')[2]}"
    file = OutgoingFile(
        name=name, type=picture.type, size=len(picture.content), content=content, is_inline=True, content_id=picture.content_id
    )
    return parts_of(mark, notice.text, notice.html, [(file, picture.content)])
