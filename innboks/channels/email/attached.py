"""Files of a mail: names that are safe to show and store, and which of them the HTML body shows. Read `bodies.py` for who collects them."""

import re
import unicodedata
from urllib.parse import unquote

from innboks.channels.email.encoded_words import decode_words
from innboks.channels.email.mail import MailAttachment

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_CID = re.compile(r"cid:\s*([^\"'\s>)]{1,500})", re.IGNORECASE)
_NAME_IN_ID = re.compile(r"([^@/\\]{1,120}\.[A-Za-z]{2,5})@")
_NAME_AT_END = re.compile(r"[^\s\\:*\"<>|][^\\:*\"<>|]{0,150}\.[A-Za-z0-9]{1,5}")
_HOST = re.compile(r"^[A-Za-z]{1,10}://[^/]*")
_ID_LEFT = re.compile(r"([\w.-]{1,80})@")
_DRIVE_PATH = re.compile(r"[A-Za-z]:[\\/]")
_LEADING_PATH = re.compile(r"^(?:\.*[/\\]+)+|^\.+$")
_LONGEST_NAME = 200
_MOST_FILES = 2000
ENDINGS = {
    "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "image/bmp": ".bmp", "image/tiff": ".tiff", "image/heic": ".heic", "application/pdf": ".pdf", "application/zip": ".zip",
    "application/json": ".json", "application/xml": ".xml", "text/xml": ".xml", "text/plain": ".txt", "text/html": ".html",
    "text/csv": ".csv", "text/calendar": ".ics", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/rtf": ".rtf",
    "application/rtf": ".rtf", "message/rfc822": ".eml", "message/global": ".eml", "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt", "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m",
    "audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/ogg": ".ogg", "video/mp4": ".mp4", "video/quicktime": ".mov", "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_TYPES = {ending: type_ for type_, ending in reversed(ENDINGS.items())}
_KNOWN_NAMES = {
    "message/delivery-status": "delivery-status", "message/disposition-notification": "read-receipt",
    "application/pgp-signature": "signature", "application/pkcs7-signature": "smime", "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime", "application/x-pkcs7-mime": "smime", "text/calendar": "invite", "text/vcard": "contact",
    "text/x-vcard": "contact", "message/rfc822": "message", "message/global": "message",
}  # fmt: skip


class Files:
    """The attachments collected so far, in the mail's order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        self.found: list[MailAttachment] = []

    def add(self, name: str, type_: str, content: bytes, content_id: str | None = None, *, is_file: bool = False) -> None:
        """Takes a file in under a safe name; a nameless one is named after its type. `is_file`: its sender attached it as a file."""
        if len(self.found) >= _MOST_FILES:
            self.problems.append(f"More than {_MOST_FILES} attachments: the rest is left out.")
            return
        if not content and content_id and not is_file and type_.startswith("image/"):
            self.problems.append("An inline picture is empty: its sender's program removed it.")
            return
        self.found.append(
            MailAttachment(name=safe_name(name) or self.invented(type_, content_id), type=type_, content=content, content_id=content_id)
        )

    def invented(self, type_: str, content_id: str | None) -> str:
        """A name for a nameless file: from a Content-ID that looks like one (image001.jpg@01CD…), else from the type, numbered."""
        if content_id and (match := _NAME_IN_ID.match(content_id)):
            return safe_name(match[1])
        ending = ENDINGS.get(type_)
        if ending is None:
            if content_id and (match := _ID_LEFT.match(content_id)):
                return safe_name(match[1])
            stem, ending = "file", ""
        else:
            kind = type_.partition("/")[0]
            stem = _KNOWN_NAMES.get(type_) or {"image": "image", "video": "video", "audio": "audio", "text": "document"}.get(
                kind, "attachment"
            )
        pattern = re.compile(re.escape(stem) + r"\d*" + re.escape(ending))
        taken = sum(1 for one in self.found[-50:] if pattern.fullmatch(one.name))
        return f"{stem}{taken or ''}{ending}"

    def finish(self, html: str) -> list[MailAttachment]:
        """The attachments, those marked inline that `html` shows by their Content-ID (with or without a disposition)."""
        if html and any(one.content_id for one in self.found):
            shown = {_key(match) for match in _CID.findall(html)}
            for one in self.found:
                one.inline = one.content_id is not None and _key(one.content_id) in shown
        return self.found


def type_named(name: str) -> str:
    """The media type that a file's ending stands for, for files that come without one."""
    return _TYPES.get("." + safe_name(name).rpartition(".")[2].lower(), "application/octet-stream")


def named_by_place(location: str) -> str:
    """The file name at the end of a Content-Location (RFC 2557 §4.2), "" where it ends in none."""
    path = re.split(r"[?#]", _HOST.sub("", decode_words(location[:2000]).strip()), maxsplit=1)[0]
    end = path.rstrip().rpartition("/")[2]
    return unquote(end) if _NAME_AT_END.fullmatch(end) else ""


def _key(content_id: str) -> str:
    return unquote(content_id).strip("<> ").lower()


def safe_name(name: str) -> str:
    """A file name that is only a name: no path, no control or direction characters, at most 200 characters with its ending kept."""
    name = unicodedata.normalize("NFC", _CONTROL.sub("", decode_words(name)))
    if _DRIVE_PATH.match(name):
        name = name.rstrip("\\/").replace("/", "\\").rpartition("\\")[2]
    name = _LEADING_PATH.sub("", name).replace("/", "_").replace("\\", "_").strip()
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else name[:_LONGEST_NAME]
    return name
