"""A mail in a mailbox that is larger than what is taken in: only its header comes here, and waits in quarantine with the reason (AHEAD 2). It lies whole in
the mailbox, where a person can open it; once the limit was raised, a replay fetches it from there. `fetching.py` (IMAP) and `cloud_mailbox.py` (Gmail,
Microsoft 365) put aside what is too large."""

import re
from collections.abc import Awaitable, Callable, Mapping

from innboks.channels.email.imap_session import NotDone, open_session
from innboks.channels.email.sender_checks import check_fetched
from innboks.channels.email.settings import SIGNED_IN, Config, incoming_server
from innboks.errors import SendError, Unrecognised
from innboks.sdk.contract import Context, Inbound

HEAD_MAX = 60_000
"""Bytes of a header that are kept."""
_SIZE, _MOST = "whole-size", "most-taken"
"""What the transport tells of such a mail: bytes of the whole and of the limit."""
UIDVALIDITY, PROVIDER_ID = "uidvalidity", "provider-id"
"""And where it is: under which numbering its UID is (IMAP), or how the provider names it."""
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
GONE = "This mail is not in the mailbox any more."


def head_of(raw: bytes, most: int = HEAD_MAX) -> bytes:
    """The header of a mail, cut to `most` bytes, and to what is kept of one."""
    return _END_OF_HEADER.split(raw[: min(most, HEAD_MAX) - 4], maxsplit=1)[0] + b"\r\n\r\n"


def told_of(size: int, most: int, where: Mapping[str, str]) -> dict[str, str]:
    """For `Inbound.headers` of a mail of which only the header comes. `where`: its `UIDVALIDITY` or its `PROVIDER_ID`."""
    return {_SIZE: str(size), _MOST: str(most), **where}


def require_whole(inbound: Inbound) -> None:
    """Raises `Unrecognised`, with the sentence that stands in quarantine, where only the header is here."""
    if _SIZE in inbound.headers:
        raise _too_large(int(inbound.headers[_SIZE]), int(inbound.headers[_MOST]))


async def fetch_whole(ctx: Context, inbound: Inbound, ask_provider: Callable[[str], Awaitable[bytes | None]]) -> Inbound:
    """The mail itself, where only its header is here; else what was given. `ask_provider` gives a mail by its `PROVIDER_ID`, None when it is gone.
    Raises `Unrecognised` when it is still too large, or cannot be had."""
    if _SIZE not in inbound.headers:
        return inbound
    told = inbound.headers
    config: Config = ctx.config
    is_where = UIDVALIDITY in told if config.method == "imap" else config.method in SIGNED_IN and PROVIDER_ID in told
    if not is_where:
        raise Unrecognised(GONE, code="gone")
    most = int(ctx.settings.get("mail_size") or told[_MOST])
    try:
        raw = await _fetch(config, told, most) if config.method == "imap" else await ask_provider(told[PROVIDER_ID])
    except SendError as error:
        raise Unrecognised(error.sentence, code=error.code) from error
    except NotDone as error:
        raise Unrecognised(GONE, code="gone") from error
    if raw is None:
        raise Unrecognised(GONE, code="gone")
    if len(raw) > most:
        raise _too_large(len(raw), most)
    headers = {name: value for name, value in told.items() if name not in (_SIZE, _MOST, UIDVALIDITY, PROVIDER_ID)}
    if headers.get("folder-role") != "sent":
        headers |= await check_fetched(ctx, raw)
    return Inbound(body=raw, headers=headers, method=inbound.method, path=inbound.path, query=inbound.query)


async def _fetch(config: Config, told: Mapping[str, str], most: int) -> bytes | None:
    session = await open_session(incoming_server(config))
    try:
        uid = int(told["uid"])
        if (await session.examine(told["folder"])).uidvalidity != int(told[UIDVALIDITY]):
            return None
        facts = next(iter(await session.facts([uid])), None)
        if facts is None:
            return None
        if facts.size > 2 * most:
            raise _too_large(facts.size, most)
        return (await session.bodies([uid], facts.size)).get(uid)
    finally:
        await session.log_out()


def _too_large(size: int, most: int) -> Unrecognised:
    told, limit = -(-size // 2**20), most // 2**20
    return Unrecognised(
        f"This mail is {told} MB, over the limit of {limit} MB. Open it in the mailbox, or raise the limit and try again.", code="too_large"
    )
