"""The mailbox's Sent folder: a copy of what we sent goes there, and there we look whether something left.

The mail has left when this file is asked to keep a copy: nothing here may make a sent mail look unsent, so every failure is only written down.
Providers that keep a copy by themselves (Gmail does) are noticed by the Message-ID, and no second one is made.
"""

import asyncio
from collections.abc import Sequence

import structlog

from innboks.channels.email import own
from innboks.channels.email.folders import sent_folder
from innboks.channels.email.imap_session import NotDone, Session, open_session
from innboks.channels.email.settings import Config, incoming_server
from innboks.channels.email.threading import normal_id
from innboks.errors import SendError
from innboks.sdk.contract import Context

log = structlog.get_logger("mailbox")
SAVE_TIMEOUT_S = 45.0


async def save_sent(ctx: Context, raw: bytes, message_id: str) -> bool:
    """Puts a copy into Sent, as read, unless one with this Message-ID is there. Never raises; False: it could not be done."""
    config: Config = ctx.config
    session: Session | None = None
    try:
        async with asyncio.timeout(SAVE_TIMEOUT_S):
            session = await open_session(incoming_server(config))
            listed = await session.list_folders()
            folder = sent_folder(listed)
            if folder is None:
                inbox = next((one for one in listed if one.name.upper() == "INBOX"), None)
                prefix = (
                    f"{inbox.name}{inbox.separator}" if inbox and listed and all(_is_below(one.name, inbox.name) for one in listed) else ""
                )
                folder = f"{prefix}Sent" if len(listed) > 1 else "Sent"
                await session.create(folder)
            await session.examine(folder)
            if not await session.find(message_id):
                await session.append(folder, raw)
    except (SendError, NotDone, TimeoutError) as error:
        log.warning("no copy in the Sent folder", channel_account=ctx.ref.id, error=type(error).__name__, code=getattr(error, "code", ""))
        return False
    finally:
        if session is not None:
            session.close()
    return True


async def is_in_sent(ctx: Context, message_id: str) -> bool:
    """True proves that it left. False proves nothing: the copy is made after the sending. Raises `Retry` or `Broken` when nobody can be asked."""
    config: Config = ctx.config
    session = await open_session(incoming_server(config))
    try:
        folder = sent_folder(await session.list_folders())
        if folder is None:
            return False
        await session.examine(folder)
        return bool(await session.find(message_id))
    except NotDone:
        return False
    finally:
        session.close()


async def from_elsewhere(ctx: Context, session: Session, uids: Sequence[int]) -> list[int]:
    """Of mails in the open folder those that did not leave through us: our own copies are known, and may be large."""
    try:
        ids = await session.message_ids(uids) if uids else {}
    except NotDone:
        return list(uids)
    return [uid for uid in uids if own.own_message(ctx, normal_id(ids.get(uid, ""))) is None]


def _is_below(name: str, inbox: str) -> bool:
    return name.upper().startswith(inbox.upper())
