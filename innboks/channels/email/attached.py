"""Files of a mail: names that are safe to show and store, and which of them the HTML body shows. Read `bodies.py` for who collects them."""

import re
from urllib.parse import unquote

from innboks.channels.email.encoded_words import decode_words
from innboks.channels.email.mail import MailAttachment

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_CID = re.compile(r"cid:\s*([^\"'\s>)]{1,500})", re.IGNORECASE)
_LONGEST_NAME = 200
_MOST_FILES = 2000
_ENDINGS = {
    "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "image/bmp": ".bmp", "image/tiff": ".tiff", "image/heic": ".heic", "application/pdf": ".pdf", "application/zip": ".zip",
    "application/json": ".json", "application/xml": ".xml", "text/xml": ".xml", "text/plain": ".txt", "text/html": ".html",
    "text/csv": ".csv", "text/calendar": ".ics", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/rtf": ".rtf",
    "application/rtf": ".rtf", "message/rfc822": ".eml", "message/global": ".eml", "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt", "text/rfc822-headers": ".txt", "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc", "application/pgp-encrypted": ".asc", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m",
    "audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/ogg": ".ogg", "video/mp4": ".mp4", "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_KNOWN_NAMES = {
    "message/delivery-status": "Delivery report", "message/disposition-notification": "Read receipt", "text/rfc822-headers": "Headers",
    "application/pgp-signature": "signature", "application/pkcs7-signature": "smime", "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime", "application/x-pkcs7-mime": "smime", "text/calendar": "invite", "text/vcard": "contact",
    "text/x-vcard": "contact", "message/rfc822": "message", "message/global": "message",
}  # fmt: skip


class Files:
    """The attachments collected so far, in the mail's order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        self.found: list[MailAttachment] = []

    def add(self, name: str, type_: str, content: bytes, content_id: str | None = None) -> None:
        """Takes a file in under a safe name; a nameless one is named after its type."""
        if len(self.found) >= _MOST_FILES:
            self.problems.append(f"More than {_MOST_FILES} attachments: the rest is left out.")
            return
        self.found.append(MailAttachment(name=safe_name(name) or self.invented(type_), type=type_, content=content, content_id=content_id))

    def invented(self, type_: str) -> str:
        stem = _KNOWN_NAMES.get(type_)
        if stem is None:
            kind = type_.partition("/")[0]
            stem = kind if kind in ("image", "audio", "video") else "attachment"
        name = stem + _ENDINGS.get(type_, "")
        taken = sum(1 for one in self.found[-50:] if one.name.startswith(stem))
        return name if not taken else f"{stem}-{taken + 1}{_ENDINGS.get(type_, '')}"

    def finish(self, html: str) -> list[MailAttachment]:
        """The attachments, those marked inline that `html` shows by their Content-ID (with or without a disposition)."""
        if html and any(one.content_id for one in self.found):
            shown = {_key(match) for match in _CID.findall(html)}
            for one in self.found:
                one.inline = one.content_id is not None and _key(one.content_id) in shown
        return self.found


def _key(content_id: str) -> str:
    return unquote(content_id).strip("<> ").lower()


def safe_name(name: str) -> str:
    """A file name that is only a name: no path, no control or direction characters, at most 200 characters with its ending kept."""
    name = decode_words(name)
    name = _CONTROL.sub("", name)
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    if name in (".", ".."):
        return ""
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else name[:_LONGEST_NAME]
    return name
