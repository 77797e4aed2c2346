"""What an operator switches on or off for an account (R-002, R-052). Not reachable over HTTP. Read next: `features.py`, `store.py`, `cli.py`."""

from typing import TYPE_CHECKING, Literal, get_args

from innboks.core.accounts import store
from innboks.core.accounts.features import features
from innboks.core.accounts.models import Account
from innboks.errors import Invalid, NotFound

if TYPE_CHECKING:
    from innboks.core.parts import Parts

Ticketing = Literal["on", "off", "by_date"]
TICKETING: tuple[str, ...] = get_args(Ticketing)
"""Tickets from the channels of an inbox. By date: on for accounts made on or before 1 April 2024 (R-050, R-051)."""


async def accounts_named(parts: "Parts", wanted: str | None) -> list[Account]:
    """The account with this id or name; None: all of them. Raises `NotFound`, and `Invalid` when the name means several."""
    async with parts.db.connection() as conn:
        found = await store.all_accounts(conn)
    if wanted is None:
        return found
    by_id = [one for one in found if str(one.id) == wanted]
    meant = by_id or [one for one in found if one.name.casefold() == wanted.casefold()]
    if not meant:
        raise NotFound(f"There is no account “{wanted}”.")
    if len(meant) > 1:
        raise Invalid(f"Several accounts are called “{wanted}”. Say which by its id: {', '.join(str(one.id) for one in meant)}.")
    return meant


async def set_feature(parts: "Parts", account_id: int, name: str, *, is_on: bool) -> Account:
    """Those who have the app open see it at once. Raises `NotFound`."""
    known = features(parts.registry)
    if name not in known:
        raise NotFound(f"There is no feature “{name}”. There are: {', '.join(known)}.")
    async with parts.db.transaction() as conn:
        await store.set_flag(conn, account_id, name, "on" if is_on else "off")
        account = await store.get_account(conn, account_id)
    parts.wake.touch(account_id)
    assert account
    return account


async def set_ticketing(parts: "Parts", account_id: int, mode: str) -> Account:
    """Those who have the app open see it at once."""
    if mode not in TICKETING:
        raise Invalid(f"Say {', '.join(TICKETING)}.", field="inbox_ticketing")
    async with parts.db.transaction() as conn:
        await store.set_flag(conn, account_id, "inbox_ticketing", mode)
        account = await store.get_account(conn, account_id)
    parts.wake.touch(account_id)
    assert account
    return account
