"""The books of a connection as a table, one row for each thing that was ever offered over it: to look up, in a spreadsheet, what became of one. It is
read in pages, so that a million rows take no more room than a thousand. Read next: `core/channel_accounts/ledger.py`."""

from collections.abc import AsyncIterator

from innboks.core.access import Actor
from innboks.core.channel_accounts.connect import get_channel_account
from innboks.core.contact_transfers.tables import written
from innboks.core.deliveries import store
from innboks.core.parts import Parts

PAGE = 1000
COLUMNS = ["id", "received_at", "fate", "reason", "times_offered", "tries", "bytes", "offered_as"]
"""`fate` as the database has it: handled, duplicate, ignored, kept, quarantined, set_aside. `offered_as`: every id under which the provider offered it, as
folder, uidvalidity and uid of a mail, parted by spaces."""


async def stream_ledger(parts: Parts, actor: Actor, channel_account_id: int) -> AsyncIterator[bytes]:
    """The pieces of a CSV file (RFC 4180, UTF-8 with its mark), the oldest first; for whoever sees the connection. Nothing of what was written is in it."""
    row = await get_channel_account(parts, actor, channel_account_id)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf" + written([COLUMNS]).encode()
        after = 0
        while True:
            async with parts.db.connection() as conn:
                page = await store.ledger_rows(conn, row.account_id, row.id, after, PAGE)
            if page:
                yield written([[str(cell) for cell in cells] for cells in page]).encode()
            if len(page) < PAGE:
                return
            after = page[-1][0]

    return pieces()
