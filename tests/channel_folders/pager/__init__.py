"""A second channel for tests: like most messengers it takes answers for a day after the customer's last message, and refuses those that come later."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from innboks.errors import BadSignature, Rejected, Unrecognised
from innboks.sdk.contract import (
    Abilities,
    Channel,
    Connected,
    Context,
    Happening,
    Inbound,
    MessageReceived,
    Outgoing,
    Party,
    Sent,
    ThreadKey,
)


class Config(msgspec.Struct, kw_only=True):
    """What an admin fills in."""

    line: Annotated[str, Meta(title="Line")]
    url: Annotated[str, Meta(title="Address of the server")] = "http://127.0.0.1:9"
    signing_secret: Annotated[str, Meta(title="Signing secret", extra_json_schema={"writeOnly": True})] = "pager-secret"


class Payload(msgspec.Struct):
    """The provider's JSON. `call` names what the customer wrote; `answers` the page that it answers."""

    call: str
    sender: str
    text: str


class Answer(msgspec.Struct):
    """`refused` says why it was not taken."""

    id: str = ""
    refused: str = ""


class Pager(Channel):
    kind = "pager"
    name = "Pager"
    Config = Config
    abilities = Abilities(text_limit=160, reply_window_s=24 * 3600, identity="opaque")

    async def connect(self, ctx: Context) -> Connected:
        return Connected(identity=ctx.config.line, config=ctx.config, address=ctx.config.line)

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        expected = hmac.new(ctx.config.signing_secret.encode(), inbound.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(inbound.headers.get("x-pager-signature", ""), expected):
            raise BadSignature("The signature is missing or wrong.")

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        try:
            payload = msgspec.json.decode(inbound.body, type=Payload)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Unrecognised("This is not a payload of Pager.") from error
        return [
            MessageReceived(
                external_id=payload.call,
                sender=Party(address=payload.sender, name=payload.sender.title(), role="from"),
                text=payload.text,
                thread=[ThreadKey(how="party", value=payload.sender, label="sender")],
            )
        ]

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        response = await ctx.http.send(
            "POST",
            f"{ctx.config.url}/lines/{ctx.config.line}/pages",
            headers={"idempotency-key": str(outgoing.message_id)},
            json={"to": outgoing.recipients[0].address, "text": outgoing.text},
            is_idempotent=True,
            allow=frozenset({409}),
        )
        answer = response.into(Answer)
        if answer.refused == "outside_window":
            raise Rejected("Pager takes answers for a day after the customer's last message.", code="window_closed")
        if not answer.id:
            raise Rejected("Pager did not take this message.", code="refused")
        return Sent(external_ids=[answer.id])


channels = (Pager(),)
