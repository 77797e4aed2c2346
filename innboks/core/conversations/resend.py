"""An answer that did not arrive goes again another way: the same words, formatting, quotation and files over another connection ("Email instead").

It is a message of its own, so that the one that failed goes on telling what happened to it. Read next: `write.py`, which goes on with what is found
here as if somebody had written it anew; `reach.py`, for the other connection.
"""

import msgspec

from innboks.core.access import Actor
from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import readable_message
from innboks.core.dispatches import store_dealt
from innboks.core.files import store as files_store
from innboks.core.messages import store as messages_store
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid
from innboks.lib.db import Connection

_ARRIVED = ("sent", "delivered", "read")


async def as_written(
    parts: Parts, conn: Connection, actor: Actor, conversation_id: int, new: NewMessage, connected: Connected
) -> NewMessage:
    """What is to be sent again, filled in with all that it had; its files are uploads of the sender. Its dispatch is held already, so that of two
    who press at once one is the first. Raises `Conflict` for what was sent another way before, `Invalid` or `NotFound`."""
    message = await readable_message(conn, actor, new.resend_of or 0)
    if message.conversation_id != conversation_id or message.state != "failed" or "forward_of" in message.data:
        raise Invalid(
            "Only an answer of this conversation that did not arrive can be sent another way.", code="not_failed", field="resend_of"
        )
    if await store_dealt.other_way(conn, actor.account_id, message.id) is not None:
        raise Conflict("Somebody has sent this another way already.", code="sent_elsewhere")
    abilities = connected.channel.abilities
    if message.has_attachments and not abilities.media_types:
        raise Invalid("This channel takes no files.", code="no_files", field="attachments")
    before = await parts.directory.find(parts, actor.account_id, message.channel_account_id, conn)
    people = _who_got_nothing(message) if before.row.kind == connected.row.kind and abilities.recipient_roles else {}
    files = await files_store.copy_as_uploads(conn, actor.account_id, message.id, actor.user_id) if message.has_attachments else []
    return msgspec.structs.replace(
        new,
        resend_of=None,
        instead_of=message.id,
        text=message.text,
        html=await messages_store.html_of(conn, actor.account_id, message.id) or "",
        quoted=message.quoted if abilities.text_format == "html" and abilities.has_subject else "",
        subject=message.subject if abilities.has_subject else "",
        attachments=files,
        **people,
    )


def _who_got_nothing(message: Message) -> dict[str, list[str]]:
    """Those of its addressees whom it did not reach, by role: nobody gets it twice."""
    left = [one for one in message.recipients if one.state not in _ARRIVED]
    return {
        role: [f"{_quoted(one.name)} <{one.address}>" if one.name else one.address for one in left if one.role == role]
        for role in ("to", "cc", "bcc")
    }


def _quoted(name: str) -> str:
    """A display name as RFC 5322 §3.2.4 writes it, whatever stands in it."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
