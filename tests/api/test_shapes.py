"""What is handed out by position must stand under its own name."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import msgspec
import pytest

from innboks.api.app.shapes import ConversationOut, ListedConversation, conversation_out, listed_conversation, message_out
from innboks.core.conversations.models import Attachment, Conversation, Message, Recipient

RENAMED = {"spam": "is_spam"}


def _filled(kind: Any) -> Any:
    """One with another value in each field."""
    values: list[Any] = []
    for number, (name, hint) in enumerate((name, get_type_hints(kind)[name]) for name in kind.__struct_fields__):
        text = str(hint)
        if "datetime" in text:
            values.append(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number))
        elif hint is bool:
            values.append(number % 2 == 0)
        elif "Recipient" in text:
            values.append([Recipient(address="a", name="b", role="cc", state="sent", reason="c")])
        elif "Attachment" in text:
            values.append([Attachment(id=7, message_id=8, hash="h", name="n", type="t", size=9, is_inline=True, content_id="c")])
        elif "list[dict" in text:
            values.append([{"at": number}])
        elif "dict" in text:
            values.append({"at": number})
        elif "list[int]" in text:
            values.append([number])
        elif "int" in text and "Literal" not in text:
            values.append(number)
        else:
            values.append(name)
    return kind(*values)


def _same(given: Any, shown: Any) -> bool:
    return given == shown or str(given) == shown or (isinstance(given, list) and [str(one) for one in given] == shown)


@pytest.mark.parametrize("shape", [conversation_out, listed_conversation])
def test_a_conversation_is_shown_field_by_field(shape: Any) -> None:
    one = _filled(Conversation)
    shown = msgspec.structs.asdict(shape(one))
    told = {RENAMED.get(name, name): value for name, value in msgspec.structs.asdict(one).items()}
    assert {name for name in told if name in shown and not _same(told[name], shown[name])} == set()
    assert set(shown) - set(told) == {"contact", "last_entry", "is_trashed"}
    assert (shown["contact"].id, shown["contact"].name, shown["contact"].address) == (
        str(one.contact_id),
        one.contact_name,
        one.party_address,
    )
    entry = shown["last_entry"]
    assert (entry.type, entry.author_id, entry.is_forward, entry.text) == (
        one.last_type,
        str(one.last_author_id),
        one.is_last_forward,
        one.last_comment,
    )
    assert shown["is_trashed"] is True
    assert set(ListedConversation.__struct_fields__) - set(ConversationOut.__struct_fields__) == {"is_unread", "read_message_id"}


def test_a_message_is_shown_field_by_field() -> None:
    one = _filled(Message)
    shown = msgspec.structs.asdict(message_out(one))
    told = msgspec.structs.asdict(one)
    apart = {"recipients", "attachments"}
    assert {name for name in told if name in shown and name not in apart and not _same(told[name], shown[name])} == set()
    assert set(shown) - set(told) == {"has_source"}
    assert [msgspec.structs.asdict(person) for person in shown["recipients"]] == [
        {"name": "b", "address": "a", "role": "cc", "state": "sent", "reason": "c"}
    ]
    assert [file.url for file in shown["attachments"]] == ["/api/attachments/7/content"]
    assert shown["has_source"] is True
