"""What is ours in a mail, provable without a database: Message-IDs, the loop mark, hosted addresses.

Each is made by HMAC from the channel account's key, so `channel.py` can tell our own mail coming back (R-127) from somebody's who writes
our name into a header. Read `compose.py` (writes them) and `channel.py` (reads them).
"""

import base64
import hashlib
import hmac
import re

from innboks.channels.email.settings import Config, domain_of
from innboks.channels.email.threading import make_token
from innboks.sdk.contract import Context

LOOP_HEADER = "X-Innboks-Loop"
_OWN_ID = re.compile(r"([0-9a-f]{1,16})\.([a-z2-7]{16})@[^\s<>]+")
_SECOND_ID = re.compile(r"([0-9a-f]{1,16}\.[a-z2-7]{16})\.sent(@[^\s<>]+)")
_PUBLIC_DOMAIN = re.compile(r"(?!.*\.(?:local|localhost|internal|lan|home|test|invalid)$)[a-z0-9-]+(\.[a-z0-9-]+)+")


def message_id_for(ctx: Context, message_id: int) -> str:
    """The Message-ID, without brackets, that our message will have: the same at every try."""
    return f"{message_id:x}.{_mark(ctx, f'message-id:{message_id}')}@{domain_of(_config(ctx).address)}"


def own_message(ctx: Context, external_id: str) -> int | None:
    """Which message of this channel account has this Message-ID; None for everybody else's. The domain may have changed since."""
    found = _OWN_ID.fullmatch(external_id.strip())
    if found is None:
        return None
    number = int(found[1], 16)
    return number if hmac.compare_digest(found[2], _mark(ctx, f"message-id:{number}")) else None


def second_id(message_id: str) -> str:
    """Another id of the same message, which only its References carry: Amazon SES and Outlook.com put their own Message-ID in the place of ours, and
    what customers answer names theirs, but the References go on. Its own Message-ID there would make a mail its own parent to some mail programs."""
    local, _, domain = message_id.rpartition("@")
    return f"{local}.sent@{domain}"


def is_second_id(external_id: str) -> bool:
    return _SECOND_ID.fullmatch(external_id) is not None


def first_id(external_id: str) -> str:
    """The Message-ID of the message that a second id stands for; every other id as it is. Proves nothing: see `own_message`."""
    found = _SECOND_ID.fullmatch(external_id)
    return found[1] + found[2] if found is not None else external_id


def loop_mark(ctx: Context) -> str:
    """The value of our loop header: seen on a mail that comes in, it is ours and has gone in a circle."""
    return _mark(ctx, "loop")


def hosted_address(ctx: Context) -> str | None:
    """The address at our receiver to which the team's provider forwards; nobody can guess it. None when mail is fetched."""
    if _config(ctx).method != "forwarding":
        return None
    return f"in-{_mark(ctx, 'hosted-address')}@{ctx.domain}"


def reply_address(ctx: Context, conversation_id: int) -> str | None:
    """The hosted address with a token that leads back to the conversation; None where a customer's server could not find it."""
    hosted = hosted_address(ctx)
    if hosted is None or not _PUBLIC_DOMAIN.fullmatch(ctx.domain):
        return None
    local, _, domain = hosted.rpartition("@")
    return f"{local}+{make_token(ctx.secret('reply-token'), conversation_id)}@{domain}"


def _mark(ctx: Context, what: str) -> str:
    digest = hmac.digest(ctx.secret("email-mark"), f"{ctx.ref.account_id}:{ctx.ref.id}:{what}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:10]).decode("ascii").lower()


def _config(ctx: Context) -> Config:
    assert isinstance(ctx.config, Config)
    return ctx.config
