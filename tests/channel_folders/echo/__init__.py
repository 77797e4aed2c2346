"""A channel for tests: a messenger that posts signed JSON and takes JSON. It proves that a folder is all that a channel needs (DESIGN §7)."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from innboks.errors import BadSignature, Unrecognised
from innboks.sdk.contract import (
    Abilities,
    Channel,
    Connected,
    Context,
    Happening,
    Ignored,
    Inbound,
    MessageEdited,
    MessageReceived,
    Outgoing,
    Party,
    ReactionReceived,
    ReceiptReceived,
    Sent,
    Sign,
    ThreadKey,
)


class Config(msgspec.Struct, kw_only=True):
    """What an admin fills in. `api_token` is the provider's; `signing_secret` proves where webhooks come from."""

    room: Annotated[str, Meta(title="Room")]
    url: Annotated[str, Meta(title="Address of the server")] = "http://127.0.0.1:9"
    api_token: Annotated[str, Meta(title="Token", extra_json_schema={"writeOnly": True})] = ""
    signing_secret: Annotated[str, Meta(title="Signing secret", extra_json_schema={"writeOnly": True})] = "echo-secret"


class Payload(msgspec.Struct):
    """The provider's JSON: only the fields that we read."""

    type: str
    id: str = ""
    sender: str = ""
    name: str = ""
    text: str = ""
    message: str = ""
    in_reply_to: str = ""
    emoji: str = ""
    state: str = ""
    reason: str = ""
    thread: str = ""
    is_automatic: bool = False
    signs: list[Sign] = []


class Answer(msgspec.Struct):
    id: str


class Echo(Channel):
    kind = "echo"
    name = "Echo"
    category = "messaging"
    is_plan_bound = True
    Config = Config
    abilities = Abilities(text_limit=4000, has_receipts=True, has_read_receipts=True, identity="opaque")

    async def connect(self, ctx: Context) -> Connected:
        return Connected(identity=ctx.config.room, config=ctx.config, address=f"#{ctx.config.room}")

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        expected = hmac.new(ctx.config.signing_secret.encode(), inbound.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(inbound.headers.get("x-echo-signature", ""), expected):
            raise BadSignature("The signature is missing or wrong.")

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        try:
            payload = msgspec.json.decode(inbound.body, type=Payload)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Unrecognised("This is not a payload of Echo.") from error
        match payload.type:
            case "message":
                answered = [ThreadKey(how="message", value=payload.in_reply_to, label="reply")] if payload.in_reply_to else []
                return [
                    MessageReceived(
                        external_id=payload.id,
                        sender=Party(address=payload.sender, name=payload.name, role="from"),
                        text=payload.text,
                        thread=[*answered, *([] if payload.thread else [ThreadKey(how="party", value=payload.sender, label="sender")])],
                        is_automatic=payload.is_automatic,
                        signs=payload.signs,
                    )
                ]
            case "receipt":
                return [ReceiptReceived(external_ids=[payload.message], state=payload.state, reason=payload.reason)]  # type: ignore[arg-type]
            case "edit":
                return [MessageEdited(external_id=payload.message, text=payload.text, is_deleted=not payload.text)]
            case "reaction":
                return [ReactionReceived(external_id=payload.message, sender=Party(address=payload.sender), emoji=payload.emoji)]
            case "ping":
                return [Ignored(reason="The provider asks whether we are there.")]
        raise Unrecognised("Echo sent something that is not known here.")

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        response = await ctx.http.send(
            "POST",
            f"{ctx.config.url}/rooms/{ctx.config.room}/messages",
            headers={"authorization": f"Bearer {ctx.config.api_token}", "idempotency-key": str(outgoing.message_id)},
            json={"to": outgoing.recipients[0].address, "text": outgoing.text},
            is_idempotent=True,
        )
        return Sent(external_ids=[response.into(Answer).id])


channels = (Echo(),)
