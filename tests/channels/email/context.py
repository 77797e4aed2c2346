"""A context for the email channel as the product would give it, with the contract's own callables: deliveries are collected in lists."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from innboks.channels.email.settings import Config
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import AccountRef, Author, Context, Delivered, Health, Inbound, Outgoing, Party

ADA = Author(id=7, name="Ada Example", first_name="Ada", last_name="Example")


class World:
    """What happened outside the channel: what was delivered, the state it keeps, the health it told."""

    def __init__(self, config: Config, *, settings: Mapping[str, Any] | None = None, domain: str = "inbox.example") -> None:
        self.config = config
        self.settings = settings or {}
        self.domain = domain
        self.clock = FakeClock(datetime.now(UTC))
        self.state: Mapping[str, Any] = {}
        self.delivered: list[Inbound] = []
        self.health: list[Health] = []
        self.failing_deliveries = 0

    def context(self) -> Context:
        return Context(
            ref=AccountRef(account_id=1, id=10, name="Team", identity=self.config.address, address=self.config.address),
            config=self.config,
            http=None,  # type: ignore[arg-type]  # mail needs no HTTP
            clock=self.clock,
            log=None,
            public_url="http://localhost",
            domain=self.domain,
            secret=lambda purpose: hmac.digest(b"k" * 32, purpose.encode(), hashlib.sha256),
            settings=self.settings,
            own_addresses=frozenset({self.config.address}),
            state=self.state,
            save_state=self._save,
            deliver=self._deliver,
            unseen=self._unseen,
            report_health=self._report,
        )

    async def _save(self, state: Mapping[str, Any]) -> None:
        self.state = state

    async def _deliver(self, inbound: Inbound) -> Delivered:
        if self.failing_deliveries:
            self.failing_deliveries -= 1
            raise RuntimeError("database away")
        self.delivered.append(inbound)
        return Delivered(delivery_id=len(self.delivered), fate="handled")

    async def _unseen(self, ids: Sequence[str]) -> list[str]:
        seen = {inbound.external_id for inbound in self.delivered}
        return [one for one in ids if one not in seen]

    async def _report(self, health: Health) -> None:
        self.health.append(health)


def outgoing(**changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "message_id": 4711,
        "conversation_id": 12,
        "author": ADA,
        "recipients": [Party(address="leo@customer.example", name="Leo Customer")],
        "text": "Hello Leo,\n\nit is on its way.\n",
        "subject": "Re: Where is it?",
        "created_at": datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
    }
    return Outgoing(**{**given, **changes})
