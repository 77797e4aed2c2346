"""A mail in a mailbox that is larger than what is taken in: only its header comes here, and waits in quarantine with the reason (AHEAD 2). It lies whole in
the mailbox, where a person can open it; once the limit was raised, a replay fetches it from there. `fetching.py` puts aside what is too large."""

import re
from collections.abc import Mapping

from innboks.channels.email.imap_session import NotDone, open_session
from innboks.channels.email.sender_checks import check_fetched
from innboks.channels.email.settings import Config, incoming_server
from innboks.errors import SendError, Unrecognised
from innboks.sdk.contract import Context, Inbound

HEAD_MAX = 60_000
"""Bytes of a header that are kept."""
_SIZE, _MOST, _UIDVALIDITY = "whole-size", "most-taken", "uidvalidity"
"""What the transport tells of such a mail: bytes of the whole and of the limit, and under which numbering its UID is."""
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
GONE = "This mail is not in the mailbox any more."


def head_of(raw: bytes, most: int = HEAD_MAX) -> bytes:
    """The header of a mail, cut to `most` bytes, and to what is kept of one."""
    return _END_OF_HEADER.split(raw[: min(most, HEAD_MAX) - 4], maxsplit=1)[0] + b"\r\n\r\n"


def told_of(size: int, most: int, uidvalidity: int) -> dict[str, str]:
    """For `Inbound.headers` of a mail of which only the header comes."""
    return {_SIZE: str(size), _MOST: str(most), _UIDVALIDITY: str(uidvalidity)}


def require_whole(inbound: Inbound) -> None:
    """Raises `Unrecognised`, with the sentence that stands in quarantine, where only the header is here."""
    if _SIZE in inbound.headers:
        raise _too_large(int(inbound.headers[_SIZE]), int(inbound.headers[_MOST]))


async def fetch_whole(ctx: Context, inbound: Inbound) -> Inbound:
    """The mail itself, where only its header is here; else what was given. Raises `Unrecognised` when it is still too large, or cannot be had."""
    if _SIZE not in inbound.headers:
        return inbound
    told = inbound.headers
    config: Config = ctx.config
    if config.method != "imap":
        raise Unrecognised(GONE, code="gone")
    try:
        raw = await _fetch(ctx, config, told)
    except SendError as error:
        raise Unrecognised(error.sentence, code=error.code) from error
    except NotDone as error:
        raise Unrecognised(GONE, code="gone") from error
    headers = {name: value for name, value in told.items() if name not in (_SIZE, _MOST, _UIDVALIDITY)}
    if headers.get("folder-role") != "sent":
        headers |= await check_fetched(ctx, raw)
    return Inbound(body=raw, headers=headers, method=inbound.method, path=inbound.path, query=inbound.query)


async def _fetch(ctx: Context, config: Config, told: Mapping[str, str]) -> bytes:
    session = await open_session(incoming_server(config))
    try:
        uid = int(told["uid"])
        if (await session.examine(told["folder"])).uidvalidity != int(told[_UIDVALIDITY]):
            raise Unrecognised(GONE, code="gone")
        facts = next(iter(await session.facts([uid])), None)
        most = ctx.settings.get("mail_size") or int(told[_MOST])
        if facts is not None and facts.size > 2 * most:
            raise _too_large(facts.size, most)
        raw = None if facts is None else (await session.bodies([uid], facts.size)).get(uid)
        if raw is None:
            raise Unrecognised(GONE, code="gone")
        if len(raw) > most:
            raise _too_large(len(raw), most)
        return raw
    finally:
        await session.log_out()


def _too_large(size: int, most: int) -> Unrecognised:
    told, limit = -(-size // 2**20), most // 2**20
    return Unrecognised(
        f"This mail is {told} MB, over the limit of {limit} MB. Open it in the mailbox, or raise the limit and try again.", code="too_large"
    )
