"""A channel account is another than before: said to every process of the installation, so that none goes on with what it held in memory.

Whoever changes one calls `tell_changed` after the commit; then an answer leaves under the new sender at once, whichever process sends it. It is a hint:
who misses it (the carrier of notes was away) finds the change within the directory's KEEP_S. Read next: `directory.py`, which holds them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from innboks.core.parts import Parts

SIGNAL = "channel_account.forget"


async def tell_changed(parts: "Parts", account_id: int, channel_account_id: int) -> None:
    """After the commit of any change to a channel account."""
    parts.directory.forget(account_id, channel_account_id)
    await parts.wake.signal(account_id, {"type": SIGNAL, "channel_account_id": str(channel_account_id)})


async def tell_addresses_changed(parts: "Parts", account_id: int) -> None:
    """After an inbox was put away or brought back: whose an address is may be another."""
    parts.directory.forget_addresses()
    await parts.wake.signal(account_id, {"type": SIGNAL})


async def hear_changes(parts: "Parts") -> None:
    """The hearing side of one process. Runs until cancelled."""

    def on_signal(account_id: int, signal: dict[str, Any]) -> None:
        if signal.get("type") != SIGNAL:
            return
        changed = signal.get("channel_account_id")
        if changed is None:
            parts.directory.forget_addresses()
        else:
            parts.directory.forget(account_id, int(changed))

    await parts.wake.listen(lambda _: None, on_signal, parts.directory.forget_all)
