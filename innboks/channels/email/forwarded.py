"""Who wrote a mail that a person passed on to us (R-130, R-132), in the languages and layouts of common mail programs.

A forward is told by its subject's first prefix or by a marker line above the passed mail; what stands in it is read from the header
lines below ("From: …, Sent: …"). Outlook puts the same lines above what it quotes in a reply, so they alone prove nothing. Mail that a
mailbox rule passes on keeps its From and needs no detection. `forward_words.py` has the words.
"""

import re
from itertools import islice

from innboks.channels.email.addresses import parse_addresses
from innboks.channels.email.forward_words import ABOVE, ASKING, FORWARD_PREFIX, LABEL, MARKER, MARKER_HINTS, REPLY_INTRO, REPLY_PREFIX
from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.mail import Address, Mail

_MOST_TEXT = 60_000  # characters: a person's own words above a forward are few
_MOST_LINES = 600
_BLOCK = 14  # lines that a header block may take
_QUOTE = re.compile(r"^[>|\s]{1,40}")
_EMPHASIS = re.compile(r"[*_\u200e\u200f\ufeff]")
_VIA = re.compile(r"['\"]?(.{1,200}?)['\"]?\s+(?:via|gjennom|über|par|através de)\s+")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,190}")


def original_sender(mail: Mail) -> Address | None:
    """The person whose mail was passed on, or None when this mail is no forward or does not say. Never raises; linear in the text."""
    if mail.bounce is not None or mail.arrival is not None or not mail.sender:
        return None
    found = _from_headers(mail) or _from_text(mail) or _from_attachment(mail)
    own = mail.sender[0].address.lower()
    return found if found is not None and found.address.lower() != own else None


# ---- a group or list that put itself into From


def _from_headers(mail: Mail) -> Address | None:
    """Groups and lists rewrite From to pass DMARC ("Kari via Help") and keep the writer here (Google Groups, Mailman). Anybody can write such
    a header: it counts only on mail of that look, and not against a Reply-To."""
    rewritten = _VIA.match(mail.sender[0].name)
    if rewritten is None and not any(mail.header(name) for name in ("list-id", "mailing-list")):
        return None
    answers = {one.address.lower() for one in mail.reply_to}
    for name in ("x-original-from", "x-original-sender"):
        value = mail.header(name)
        people = parse_addresses(value) if value else []
        if people and "@" in people[0].address and (not answers or people[0].address.lower() in answers):
            return people[0] if people[0].name or not rewritten else Address(rewritten[1], people[0].address)
    return None


# ---- a mail inside the text


def _from_text(mail: Mail) -> Address | None:
    subject = mail.subject[:200].lower()
    is_forward = FORWARD_PREFIX.match(subject) is not None
    if not is_forward and REPLY_PREFIX.match(subject):
        return None
    if not is_forward and not _may_have_marker(mail.body_text[:_MOST_TEXT] or mail.body_html[: _MOST_TEXT * 4]):
        return None
    text = (mail.body_text or html_to_text(mail.body_html[: _MOST_TEXT * 4]))[:_MOST_TEXT]
    lines = [_EMPHASIS.sub("", line[:500]).replace("\xa0", " ") for line in text.splitlines()[:_MOST_LINES]]
    for number, line in enumerate(lines):
        bare = _QUOTE.sub("", line).strip()
        is_quoted = line.lstrip().startswith((">", "|"))
        if not bare:
            continue
        if MARKER.match(bare.lower()) and (is_forward or not is_quoted):
            return _block(lines[number + 1 : number + 1 + _BLOCK + 6])
        if is_forward and ABOVE.match(bare.lower()) and (sender := _block(lines[number : number + _BLOCK])):
            # Finnish "VS:" means "reply", everywhere else "forwarded"
            return None if subject.lstrip().startswith("vs") and bare.lower().startswith("lähettäjä") else sender
        if REPLY_INTRO.match(bare.lower()) and not is_forward:
            return None
    return None


def _may_have_marker(text: str) -> bool:
    low = text.lower()
    return any(hint in low for hint in MARKER_HINTS)


def _block(lines: list[str]) -> Address | None:
    """The sender in a block of header lines that begins within `lines`: its From line, and two more of Sent, To, Subject … around it."""
    sender: Address | None = None
    labels: set[str] = set()
    bare = [_QUOTE.sub("", line).strip() for line in lines]
    for number, line in enumerate(bare):
        match = LABEL.match(line)
        if match is None:
            if sender is not None and not line and len(labels) >= 2:
                break
            continue
        label = match[1].lower()
        if ASKING.fullmatch(label):
            if sender is None:
                following = bare[number + 1] if number + 1 < len(bare) and not LABEL.match(bare[number + 1]) else ""
                sender = _person(match[2], following)
        else:
            labels.add(label)
    return sender if len(labels) >= 2 else None


def _person(value: str, following: str) -> Address | None:
    """The mailbox in a From line as programs print it: "Ola <ola@…>", "Ola [mailto:ola@…]", "Ola (ola@…)", or broken over two lines."""
    found = _ADDRESS.search(value)
    if found is None:
        value = f"{value} {following}"
        found = _ADDRESS.search(value)
    if found is None:
        return None
    address = re.sub(r"^mailto:", "", found[0], flags=re.IGNORECASE).rstrip(".")
    name = re.sub(r"\(?\[?<?(?:mailto:)?\s*$", "", value[: found.start()], flags=re.IGNORECASE).strip(" \t<([\"'“”,;:")
    return Address(name if "@" not in name else "", address)


# ---- a mail as the only attachment


def _from_attachment(mail: Mail) -> Address | None:
    """A single attached mail counts when nothing else was written, or when the subject says that it is passed on."""
    mails = [file for file in islice(mail.attachments, 20) if file.type.lower() in ("message/rfc822", "message/global")]
    if len(mails) != 1 or (mail.header("content-type") or "").lower().startswith("multipart/report"):
        return None
    words = mail.body_text[:10_000].strip() or (html_to_text(mail.body_html[:10_000]).strip() if mail.body_html else "")
    has_words = bool(words) and not words.startswith("From: ")  # an attached mail that is shown (`bodies.py`) begins so
    if has_words and not FORWARD_PREFIX.match(mail.subject[:200].lower()):
        return None
    if len(mail.attachments) > 1 and has_words:
        return None
    head = re.search(rb"(?im)^from:[ \t]*((?:.{1,2000}(?:\r?\n[ \t])?){1,5})", mails[0].content[:20_000])
    people = parse_addresses(_decoded(head[1])) if head else []
    return people[0] if people and "@" in people[0].address else None


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\r", "").replace("\n", "")
