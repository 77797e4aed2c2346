"""Whom a payload in quarantine says it is from, and what about: read from its first bytes by its channel, so that a person knows it again in a list."""

import asyncio
from collections.abc import Sequence

import structlog

from innboks.core.deliveries import store
from innboks.core.deliveries.models import Delivery
from innboks.core.parts import Parts
from innboks.lib.text import one_line
from innboks.sdk.contract import Glimpse, Inbound

log = structlog.get_logger("quarantine")
HEAD = 65_536
SHOWN_MAX = 200
"""Characters of each."""


async def glimpses(parts: Parts, deliveries: Sequence[Delivery]) -> list[Glimpse]:
    """One for each, in their order. Of what says nothing, or is too broken to be read, an empty one."""
    if not deliveries:
        return []
    async with parts.db.connection() as conn:
        heads = await store.heads(conn, deliveries[0].account_id, [one.id for one in deliveries], HEAD)
    inbounds = [
        Inbound(body=await _head(parts, one, *heads.get(one.id, (b"", None))), headers=one.envelope.get("headers", {}))
        for one in deliveries
    ]
    kinds = [one.kind for one in deliveries]
    return await asyncio.to_thread(lambda: [_glimpse(parts, kind, inbound) for kind, inbound in zip(kinds, inbounds, strict=True)])


async def _head(parts: Parts, delivery: Delivery, in_row: bytes | None, file_hash: str | None) -> bytes:
    if in_row is not None or not file_hash:
        return bytes(in_row or b"")
    try:
        return await parts.files.get_range(file_hash, 0, min(HEAD, delivery.size))
    except Exception as error:  # the list is not to fail for one file
        log.warning("a delivery's file cannot be read", delivery=delivery.id, error=type(error).__name__)
        return b""


def _glimpse(parts: Parts, kind: str, inbound: Inbound) -> Glimpse:
    try:
        found = parts.registry.get(kind).glimpse(inbound)
    except Exception as error:  # it lies in quarantine because it is broken, or its channel is gone: that must not break the list of it
        log.info("nothing to be read in a delivery", kind=kind, error=type(error).__name__)
        return Glimpse()
    return Glimpse(sender=one_line(found.sender, SHOWN_MAX), subject=one_line(found.subject, SHOWN_MAX))
