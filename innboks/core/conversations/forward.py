"""A message passed on to others: the original under a few header lines, its files along with it (R-633).

It stays in the conversation it was forwarded from, and so do the answers to it; the customer gets none of it and goes on waiting. Read
next: `write.py`.
"""

from html import escape

import msgspec

from innboks.core.access import Actor
from innboks.core.conversations.models import Message, NewMessage
from innboks.core.conversations.read import readable_message
from innboks.core.messages import store as messages_store
from innboks.errors import Forbidden, Invalid
from innboks.lib.db import Connection
from innboks.sdk.contract import Abilities

HEAD = "---------- Forwarded message ----------"
_BEGINS = '<br><div class="forwarded">'


class Forwarded(msgspec.Struct, frozen=True, kw_only=True):
    """What is passed on, ready to stand below the writer's own words."""

    message_id: int
    subject: str
    text: str
    html: str
    has_attachments: bool

    def html_after(self, own: str, own_text: str) -> str:
        """The whole body: the writer's words, then the original."""
        return (own or "".join(f"<div>{escape(line) or '<br>'}</div>" for line in own_text.split("\n"))) + self.html


async def to_forward(conn: Connection, actor: Actor, conversation_id: int, new: NewMessage, abilities: Abilities) -> Forwarded:
    """Raises `Invalid` or `Forbidden` when it cannot be forwarded here."""
    if "to" not in abilities.recipient_roles:
        raise Forbidden("This channel reaches the customer only, so nothing can be forwarded on it.", code="cannot_forward")
    if not new.to:
        raise Invalid("Say whom the message is forwarded to.", code="no_recipient", field="to")
    message = await readable_message(conn, actor, new.forward_of or 0)
    if message.conversation_id != conversation_id or message.type not in ("message", "reply"):
        raise Invalid("Only a message of this conversation can be forwarded from it.", code="unknown_message", field="forward_of")
    lines = _head_lines(message)
    text = "\n".join([HEAD, *(f"{name}: {value}" for name, value in lines), "", message.text])
    if message.quoted:
        text += f"\n\n{message.quoted}"
    original = await messages_store.html_of(conn, actor.account_id, message.id) or ""
    body = original or "".join(f"<div>{escape(line) or '<br>'}</div>" for line in (message.text or message.quoted).split("\n"))
    head = "".join(f"<div><b>{name}:</b> {escape(value)}</div>" for name, value in lines)
    return Forwarded(
        message_id=message.id,
        subject=message.subject if message.subject.lower().startswith(("fwd:", "fw:")) else f"Fwd: {message.subject}".strip(),
        text=text,
        html=f"{_BEGINS}<div>{HEAD}</div>{head}<br>{body}</div>",
        has_attachments=message.has_attachments,
    )


def own_words(html: str) -> str:
    """The body that was forwarded without the original below it."""
    return html.partition(_BEGINS)[0]


def _head_lines(message: Message) -> list[tuple[str, str]]:
    """In English, as mail programs everywhere recognise it; the time as it was here, with its zone."""
    sender = _named(str(message.sender.get("name") or ""), str(message.sender.get("address") or ""))
    lines = [("From", sender), ("Date", f"{message.sent_at or message.created_at:%a, %d %b %Y %H:%M %z}")]
    if message.subject:
        lines.append(("Subject", message.subject))
    for word, role in (("To", "to"), ("Cc", "cc")):
        people = [_named(one.name, one.address) for one in message.recipients if one.role == role]
        if people:
            lines.append((word, ", ".join(people)))
    return lines


def _named(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address and name != address else name or address
