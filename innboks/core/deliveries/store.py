"""SQL of the road in: the raw delivery, the match, and the record. Read it beside `core/conversations/receive.py`.

The hot part is four functions in the database (migrations 0004 to 0166): `keep_delivery`, `record_received`, `take_in_message`, which is both, and
`take_in_messages`, which is that of several that came at the same moment (`together.py`).
Values go there as one JSON document: a round trip and a parameter each cost more than the inserts themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import msgspec
from psycopg.types.json import Jsonb

from innboks.core.deliveries.models import Delivery, Fate
from innboks.lib.db import Connection, fetch_all, fetch_one

_SELECT = """select d.account_id, d.id, d.channel_account_id, c.kind, c.name as channel_name, c.inbox_id, d.fate, d.code, d.reason, d.envelope, d.size,
    d.attempts, d.seen_count, d.received_at, d.settled_at
    from delivery d join channel_account c on c.account_id = d.account_id and c.id = d.channel_account_id"""


class Raw(msgspec.Struct):
    """A raw payload to keep. `source` is the transport's own id of it; large ones stand in the file `body_file` and have no `body`."""

    account: int
    channel: int
    hash: bytes
    body: bytes | None
    body_file: str | None
    size: int
    envelope: dict[str, Any]
    at: datetime
    source: str | None
    fate: str = "handled"
    code: str = ""
    reason: str = ""

    def facts(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "channel": self.channel,
            "body_file": self.body_file,
            "size": self.size,
            "envelope": self.envelope,
            "at": self.at,
            "source": self.source,
            "fate": self.fate,
            "code": self.code,
            "reason": self.reason,
        }


class Kept(msgspec.Struct):
    """The row of a raw payload. `is_new` False: the very same bytes were here before, with the fate shown."""

    id: int
    fate: str
    is_new: bool


class Received(msgspec.Struct, kw_only=True):
    """A received message with everything that recording it needs, named as in the type `received_message` of migrations 0004, 0070 and
    0143.

    `key_*` are the ways to find its conversation, best first; `mentions` are ids of other messages that it names."""

    account: int
    channel: int
    inbox: int
    direction: str
    at: datetime
    identity_type: str
    scope: int
    address: str
    contact_name: str
    key_hows: list[str]
    key_values: list[str]
    key_labels: list[str]
    external_thread: str | None
    external: str | None
    dedupe: str | None
    mentions: list[str]
    conversation_subject: str
    subject: str
    preview: str
    text: str
    html: str
    quoted: str
    signature: str
    sender: dict[str, str]
    recipients: list[dict[str, str]]
    reply_to: list[dict[str, str]]
    origin: dict[str, Any]
    data: dict[str, Any]
    is_automatic: bool
    may_answer: bool
    has_attachments: bool
    sent_at: datetime | None
    signs: list[str]
    is_past: bool


class Taking(msgspec.Struct):
    """A payload that is one message, and the message. `has_tickets`: a conversation that it begins becomes a ticket."""

    raw: Raw
    message: Received
    has_tickets: bool = False


class Taken(msgspec.Struct):
    """What became of it. `message_id` None: it was here before."""

    delivery_id: int
    fate: Fate
    message_id: int | None


_TAKE_IN_TOGETHER = "select id, fate, message_id from take_in_messages(%s::jsonb, %b::bytea[], %b::bytea[])"
_TAKE_IN = "select id, fate, message_id from take_in_message(%s::jsonb, %s::bytea, %s::bytea, %s::jsonb)"
_TAKE_IN_WITH_TICKET = """select t.id, t.fate, t.message_id, make_ticket(%s, t.message_id, false, %s)
    from take_in_message(%s::jsonb, %s::bytea, %s::bytea, %s::jsonb) t"""


async def take_in_together(conn: Connection, takings: Sequence[Taking]) -> list[Taken]:
    """Keeps and records all of them, in their order, or none, in one statement; on a connection in autocommit mode this is the whole transaction. Raises
    LockNotAvailable when one of them would have to wait for somebody else."""
    told = [{"raw": one.raw.facts(), "message": one.message, "has_tickets": one.has_tickets} for one in takings]
    cursor = await conn.execute(_TAKE_IN_TOGETHER, (Jsonb(told), [one.raw.hash for one in takings], [one.raw.body for one in takings]))
    return [Taken(*row) for row in await cursor.fetchall()]


async def take_in_message(conn: Connection, one: Taking) -> Taken:
    """The same of one alone, which waits for what it has to wait for."""
    values = (Jsonb(one.raw.facts()), one.raw.hash, one.raw.body, Jsonb(one.message))
    if one.has_tickets:
        cursor = await conn.execute(_TAKE_IN_WITH_TICKET, (one.raw.account, one.message.at, *values))
    else:
        cursor = await conn.execute(_TAKE_IN, values)
    row = await cursor.fetchone()
    assert row is not None
    return Taken(*row[:3])


async def keep(conn: Connection, raw: Raw) -> Kept:
    """Insert or get the raw payload. Waits for another transaction that is keeping the same bytes."""
    cursor = await conn.execute(
        "select id, fate, is_new from keep_delivery(%s::jsonb, %s::bytea, %s::bytea)", (Jsonb(raw.facts()), raw.hash, raw.body)
    )
    row = await cursor.fetchone()
    assert row is not None
    return Kept(*row)


async def tell_anew(conn: Connection, account_id: int, delivery_id: int, envelope: Mapping[str, Any]) -> None:
    """What the transport tells now about bytes that are here already, while it matters: until they are handled."""
    await conn.execute(
        "update delivery set envelope = %s where account_id = %s and id = %s and fate in ('kept', 'quarantined', 'set_aside')",
        (Jsonb(envelope), account_id, delivery_id),
    )


async def record(conn: Connection, message: Received, delivery_id: int) -> int | None:
    """Finds where the message belongs and records all that it changes. Returns its id; None when the same message is here already."""
    cursor = await conn.execute("select record_received(%s::jsonb, %s::bigint)", (Jsonb(message), delivery_id))
    row = await cursor.fetchone()
    assert row is not None
    if row[0] is None:
        await conn.execute("select tell_duplicate(%s::jsonb, %s::bigint)", (Jsonb(message), delivery_id))
    return row[0]  # type: ignore[no-any-return]


async def tells_of(conn: Connection, account_id: int, delivery_id: int, message_id: int) -> None:
    """This payload is about a message that came before it, and goes when that one is deleted (R-806)."""
    await conn.execute(
        "insert into delivery_about (account_id, message_id, delivery_id) values (%s, %s, %s) on conflict do nothing",
        (account_id, message_id, delivery_id),
    )


async def settle(
    conn: Connection,
    account_id: int,
    delivery_id: int,
    *,
    fate: str,
    code: str = "",
    reason: str = "",
    attempts: int = 0,
    was: Sequence[str] | None = None,
) -> None:
    """`was`: only while it has one of these fates; somebody may have decided otherwise meanwhile."""
    await conn.execute(
        """update delivery set fate = %s, code = %s, reason = %s, attempts = attempts + %s,
                  settled_at = case when %s = 'kept' then null else now() end
           where account_id = %s and id = %s and (%s::text[] is null or fate = any(%s::text[]))""",
        (fate, code, reason, attempts, fate, account_id, delivery_id, *[None if was is None else list(was)] * 2),
    )


async def set_fate(conn: Connection, account_id: int, delivery_id: int, fate: str, was: Sequence[str]) -> bool:
    """Only the fate; why it came into quarantine is kept beside it. False, and nothing written, when it has none of the fates `was`."""
    cursor = await conn.execute(
        "update delivery set fate = %s, settled_at = now() where account_id = %s and id = %s and fate = any(%s)",
        (fate, account_id, delivery_id, list(was)),
    )
    return cursor.rowcount > 0


async def get(conn: Connection, account_id: int, delivery_id: int) -> Delivery | None:
    cursor = await conn.execute(f"{_SELECT} where d.account_id = %s and d.id = %s", (account_id, delivery_id))
    return await fetch_one(cursor, Delivery)


async def body_of(conn: Connection, account_id: int, delivery_id: int) -> tuple[bytes | None, str | None] | None:
    """The raw payload: its bytes, or the hash under which the file store has them."""
    cursor = await conn.execute("select body, body_file from delivery where account_id = %s and id = %s", (account_id, delivery_id))
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


class KeptOriginal(msgspec.Struct):
    """The bytes of a delivery, or where they are."""

    channel_account_id: int
    size: int
    body: bytes | None
    body_file: str | None


async def original_of(conn: Connection, account_id: int, delivery_id: int) -> KeptOriginal | None:
    cursor = await conn.execute(
        "select channel_account_id, size, body, body_file from delivery where account_id = %s and id = %s", (account_id, delivery_id)
    )
    row = await cursor.fetchone()
    return KeptOriginal(*row) if row else None


async def lock(conn: Connection, account_id: int, delivery_id: int) -> str | None:
    """The fate, with the row held until the commit: two replays of one payload follow each other."""
    cursor = await conn.execute("select fate from delivery where account_id = %s and id = %s for update", (account_id, delivery_id))
    row = await cursor.fetchone()
    return row[0] if row else None


async def in_need(
    conn: Connection, account_id: int, fates: Sequence[Fate], inbox_ids: Sequence[int], before: int | None, limit: int
) -> list[Delivery]:
    """Deliveries of these fates, newest first, of the inboxes that the reader may see. The fates stand in the statement's text: an index of some of
    them is of use only where the planner knows that it is about these."""
    named = ", ".join(f"'{one}'" for one in get_args(Fate) if one in fates)
    cursor = await conn.execute(
        f"""{_SELECT}
            where d.account_id = %s and d.fate in ({named}) and c.inbox_id = any(%s) and (%s::bigint is null or d.id < %s)
            order by d.id desc limit %s""",
        (account_id, list(inbox_ids), before, before, limit),
    )
    return await fetch_all(cursor, Delivery)


async def stranded(conn: Connection, older_than_s: float, limit: int) -> list[tuple[int, int]]:
    """(account id, delivery id) of payloads that are kept but not settled: the net under the retry job."""
    cursor = await conn.execute(
        "select account_id, id from delivery where fate = 'kept' and received_at < now() - make_interval(secs => %s) order by id limit %s",
        (older_than_s, limit),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def heads(conn: Connection, account_id: int, delivery_ids: Sequence[int], length: int) -> dict[int, tuple[bytes | None, str | None]]:
    """The first bytes of each raw payload, or the hash under which the file store has it whole."""
    cursor = await conn.execute(
        "select id, substring(body for %s), body_file from delivery where account_id = %s and id = any(%s)",
        (length, account_id, list(delivery_ids)),
    )
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


async def ledger_rows(conn: Connection, account_id: int, channel_account_id: int, after: int, limit: int) -> list[tuple[Any, ...]]:
    """What was offered over a channel account, by id, in the order of `table.COLUMNS`."""
    cursor = await conn.execute(
        """select d.id, to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), d.fate, d.reason, d.seen_count, d.attempts, d.size,
                  coalesce((select string_agg(s.source, ' ' order by s.source) from delivery_source s
                      where s.account_id = d.account_id and s.delivery_id = d.id), '')
           from delivery d where d.account_id = %s and d.channel_account_id = %s and d.id > %s order by d.id limit %s""",
        (account_id, channel_account_id, after, limit),
    )
    return await cursor.fetchall()
