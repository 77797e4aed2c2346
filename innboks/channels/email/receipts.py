"""What a report about a mail says, in the contract's words: who got it, who did not, and which of our messages it was.

A report names the mail by the Message-ID with which it travelled. Some servers (Amazon SES, Outlook.com) put their own in the place of ours: then
what came back of the mail tells, by our second id in its References, the token in its Reply-To, our mark, its Date. What the channel can prove
becomes an id or a `SentTrace`; the core decides whether a message fits. Read `own.py` for what is ours, `bounce.py` for how a report is read.
"""

from email.utils import getaddresses
from typing import Literal

from innboks.channels.email import own
from innboks.channels.email.dates import parse_date
from innboks.channels.email.mail import Address, Mail
from innboks.channels.email.message_ids import message_ids
from innboks.channels.email.settings import normal_address
from innboks.channels.email.threading import normal_id, read_token, tokens_in
from innboks.sdk.contract import Context, Happening, MessageReceived, ReceiptReceived, SentTrace, ThreadKey


def receipts_of(ctx: Context, mail: Mail, message: MessageReceived) -> list[Happening]:
    """One receipt per recipient that the report speaks of; `message`, the report itself, is shown to people when the mail was none of ours.
    Empty for what is no report, and when it says neither which mail came back nor whose."""
    ids, trace = _ids(ctx, mail), _trace(ctx, mail)
    receipts: list[Happening] = []

    def add(
        state: Literal["sent", "delivered", "failed", "delayed"], address: str, reason: str = "", code: str = "", hard: bool = False
    ) -> None:
        receipts.append(
            ReceiptReceived(
                external_ids=ids,
                state=state,
                address=normal_address(address) or address.lower() or None,
                reason=_clean(reason),
                code=code,
                at=mail.date,
                is_permanent=hard,
                trace=trace,
                otherwise=message,
            )
        )

    if mail.arrival is not None:
        for address in mail.arrival.delivered:
            add("delivered", address)
        for address in mail.arrival.relayed:
            add("sent", address)
    if mail.bounce is not None:
        for one in mail.bounce.recipients:
            is_delayed = one.is_delayed or not mail.bounce.final
            add("delayed" if is_delayed else "failed", one.address, one.diagnostic, one.status, one.hard)
        if ids and not receipts:
            state: Literal["failed", "delayed"] = "failed" if mail.bounce.final else "delayed"
            receipts.append(ReceiptReceived(external_ids=ids, state=state, at=mail.date, otherwise=message))
    return receipts


def returned_keys(ctx: Context, mail: Mail) -> list[ThreadKey]:
    """By what the report itself belongs to a conversation, where it is shown to people."""
    keys = [ThreadKey(how="message", value=one, label="returned mail") for one in _ids(ctx, mail)]
    conversation_id = _conversation(ctx, _returned(mail))
    if conversation_id is not None:
        keys.append(ThreadKey(how="conversation", value=str(conversation_id), label="returned mail"))
    return keys


def _returned(mail: Mail) -> dict[str, str]:
    """The header fields of the mail that the report is about."""
    report = mail.bounce or mail.arrival
    return report.returned if report is not None else {}


def _ids(ctx: Context, mail: Mail) -> list[str]:
    """By which ids our message may be known: those that the report names, and the one behind the last of the returned References.

    Only the last: those before it stand for older messages of the conversation, which did arrive."""
    report = mail.bounce or mail.arrival
    if report is None:
        return []
    last = [
        own.first_id(normal_id(one)) for one in message_ids(report.returned.get("references", "")[:50_000])[-1:] if own.is_second_id(one)
    ]
    found = [*map(normal_id, report.message_ids), *(one for one in last if own.own_message(ctx, one) is not None)]
    if not any(found):  # the mail may still be named as the one that the report answers; of those only ours can have come back
        named = [own.first_id(normal_id(one)) for one in (*mail.in_reply_to, *reversed(mail.references))]
        found = [one for one in named if own.own_message(ctx, one) is not None][:1]
    return [one for one in dict.fromkeys(found) if one]


def _trace(ctx: Context, mail: Mail) -> SentTrace:
    returned = _returned(mail)
    report = mail.bounce or mail.arrival
    return SentTrace(
        conversation_id=_conversation(ctx, returned),
        is_ours=returned.get(own.LOOP_HEADER.lower(), "").strip() == own.loop_mark(ctx),
        is_shown=bool(returned or (report is not None and report.message_ids)),
        written_at=parse_date(returned.get("date", "")),
    )


def _conversation(ctx: Context, returned: dict[str, str]) -> int | None:
    """The conversation whose reply token stands in the returned Reply-To."""
    addresses = [Address(name="", address=address) for _, address in getaddresses([returned.get("reply-to", "")[:1_000]])]
    found = (read_token(ctx.secret("reply-token"), token) for token in tokens_in(Mail(to=addresses), ctx.domain))
    return next((one for one in found if one is not None), None)


def _clean(text: str) -> str:
    """Without what a database refuses: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
