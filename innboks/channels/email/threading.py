"""Which conversation a mail belongs to, as far as the mail itself says (R-121), and whether two deliveries are the same mail.

`thread_keys` gives the candidates in order of trust; nothing here knows a database or looks at the subject. A reply token is our own
proof: it travels in the address that customers answer to, survives clients that drop References (Outlook on a new subject, phones,
ticket systems) and cannot be guessed. Read `own.py` for the address around the token.
"""

import base64
import hashlib
import hmac
import re

from innboks.channels.email.mail import Address, Mail

_MOST_KEYS = 100
_MAC_BYTES = 8  # 64 bits: a guess costs a mail, and a right one only adds a message to a conversation that nobody can name
_TOKEN = re.compile(r"[a-z2-7]{15,26}")
_SPACE = re.compile(r"\s+")


# ---- reply tokens


def make_token(secret: bytes, conversation_id: int) -> str:
    """The token of a conversation: 15 to 26 of a–z and 2–7, the same each time, readable with `read_token` only by who has `secret`.
    The id is masked, so that customers cannot count our conversations. `conversation_id` is a 64-bit id ≥ 0; else `ValueError`."""
    if not 0 <= conversation_id < 1 << 64:
        raise ValueError("A conversation id is a whole number of at most 64 bits.")
    number = conversation_id.to_bytes(max(1, (conversation_id.bit_length() + 7) // 8), "big")
    mac = _mac(secret, b"reply token", number)[:_MAC_BYTES]
    masked = bytes(one ^ other for one, other in zip(number, _mac(secret, b"reply token mask", mac), strict=False))
    return base64.b32encode(mac + masked).decode("ascii").rstrip("=").lower()


def read_token(secret: bytes, token: str) -> int | None:
    """The conversation id in a token that we made with `secret`, in either case of letters; None for everything else."""
    text = token.lower()
    if not _TOKEN.fullmatch(text):
        return None
    try:
        content = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    mac, masked = content[:_MAC_BYTES], content[_MAC_BYTES:]
    number = bytes(one ^ other for one, other in zip(masked, _mac(secret, b"reply token mask", mac), strict=False))
    if not hmac.compare_digest(_mac(secret, b"reply token", number)[:_MAC_BYTES], mac):
        return None
    conversation_id = int.from_bytes(number, "big")
    return conversation_id if make_token(secret, conversation_id) == text else None


def _mac(secret: bytes, purpose: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, purpose + b"\0" + content, hashlib.sha256)


def tokens_in(mail: Mail, token_domain: str) -> list[str]:
    """What stands behind the + of recipients at our domain and may be a token, lower case, unverified. Delivery headers count, because a
    Bcc or a forwarding mailbox leaves the address nowhere else. What is not shaped like a token is left out."""
    domain = token_domain.lower().rstrip(".")
    wanted = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "original-recipient")
    addresses = [one.address for one in (*mail.to, *mail.cc, *mail.bcc)]
    addresses += [value for name, value in mail.headers if name.lower() in wanted]
    found = []
    for address in addresses[:1_000]:
        local, _, host = address[-400:].strip().strip("<>").rpartition("@")
        token = local.rpartition("+")[2].lower()
        if "+" in local and host.lower().rstrip(".") == domain and _TOKEN.fullmatch(token):
            found.append(token)
    return list(dict.fromkeys(found))


# ---- keys


def thread_keys(mail: Mail, token_domain: str) -> list[str]:
    """Why this mail may belong to a conversation, most trusted first: `token:…` for each possible reply token (check with `read_token`),
    `in-reply-to:…` for the ids in In-Reply-To, `references:…` for those in References, newest first. Each value once, 100 at most.

    Tokens go first because ids get lost on the way out: Outlook.com and Amazon SES replace the Message-ID of what we hand them, so the
    answer names an id that we never saw."""
    keys = [f"token:{token}" for token in tokens_in(mail, token_domain)[:10]]
    seen = {normal_id(mail.message_id or ""), ""}
    for name, ids in (("in-reply-to", mail.in_reply_to), ("references", reversed(mail.references))):
        for one in map(normal_id, ids):
            if one not in seen and len(keys) < _MOST_KEYS:
                seen.add(one)
                keys.append(f"{name}:{one}")
    return keys


def normal_id(message_id: str) -> str:
    """An id in the form in which two mails can be compared: no brackets, no blanks or folds inside, no quotes around it (gateways double
    brackets and add quotes; Outlook folds long ids). Case stays: ids that differ in it are different (RFC 5322 §3.6.4)."""
    return _SPACE.sub("", message_id.strip(" \t\r\n\"'<>(),;"))[:998]


# ---- the same mail twice


def content_hash(mail: Mail) -> str:
    """A fingerprint of what the sender wrote (64 hex digits): date, sender, subject, body and files, not the trace. Together with the
    Message-ID it says whether two deliveries are one mail: fetched twice, or through other servers, it stays the same; a reused
    Message-ID with other content gives another one. Line ends, trailing blanks and blank lines do not count, for servers rewrite them."""
    digest = hashlib.sha256()
    pieces = [
        mail.date.isoformat() if mail.date else "",
        _first(mail.sender),
        " ".join(mail.subject.split()),
        _settled(mail.body_text),
        _settled(mail.body_html),
        *(hashlib.sha256(file.content).hexdigest() for file in mail.attachments),
    ]
    for piece in pieces:
        content = piece.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def _first(people: list[Address]) -> str:
    return people[0].address.lower() if people else ""


def _settled(text: str) -> str:
    return "\n".join(line for line in (line.rstrip() for line in text.splitlines()) if line)
