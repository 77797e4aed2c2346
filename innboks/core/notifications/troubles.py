"""What is stuck, among the notifications of those who can mend it: a line when it has lasted a while, read by itself when it is over. `radar/alarm.py`
finds it, and mails it as well: over a connection that works, and again where nobody took the mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from innboks.core.events import store as events
from innboks.core.notifications import store_troubles as store
from innboks.core.notifications.store_follow import New
from innboks.core.radar.models import Kind, Trouble
from innboks.core.radar.store import Admin
from innboks.core.radar.words import what
from innboks.lib.db import Connection

KINDS_MAX = 64
"""Of a channel account, every kind of trouble is a line of its own."""


async def tell(conn: Connection, account_id: int, admins: Sequence[Admin], troubles: Sequence[Trouble], now: datetime) -> None:
    """To everybody who has not chosen otherwise. Mail is not sent from here."""
    for admin in admins:
        ways = admin.choices.trouble
        if not troubles or not (ways.app or ways.push):
            continue
        news = [
            New(
                user_id=admin.id,
                kind="trouble",
                conversation_id=None,
                message_id=None,
                bundle=_bundle(one),
                count=one.count,
                who=one.name[:200],
                about=" ".join(what(one, admin.locale).split())[:200],
                is_shown=ways.app,
                at=now,
                push_due_at=now if ways.push else None,
                mail_due_at=None,
            )
            for one in troubles
        ]
        await store.add(conn, account_id, news, troubles)
        told = [{"kind": "trouble", "conversation_id": None} for _ in news]
        await events.add(conn, account_id, "notification.changed", user_id=admin.id, data={"news": told[-10:]})


async def end(conn: Connection, account_id: int, troubles: Sequence[Trouble], now: datetime) -> None:
    """What is over needs nobody any more."""
    for user_id in await store.end(conn, account_id, [_bundle(one) for one in troubles], now):
        await events.add(conn, account_id, "notification.changed", user_id=user_id, data={"news": []})


def _bundle(one: Trouble) -> int:
    return (one.channel_account_id or 0) * KINDS_MAX + get_args(Kind).index(one.kind)
