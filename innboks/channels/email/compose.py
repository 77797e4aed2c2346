"""A message of ours as the bytes of a mail (RFC 5322, MIME).

Pure: everything comes in, bytes come out, the same at every try, so that a retry cannot become a second mail at the other side. Text is
always there beside HTML; pictures that the HTML shows stand beside it; other files follow. Read `headers.py` for how fields are made safe.
"""

import binascii
import hashlib
import html
import re
from collections.abc import Sequence
from email.utils import format_datetime

import msgspec

from innboks.channels.email import headers
from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.own import LOOP_HEADER, loop_mark, message_id_for, reply_address, second_id
from innboks.channels.email.settings import Config
from innboks.sdk.contract import Author, Context, Outgoing, OutgoingFile, Party

MAX_REFERENCES = 30
"""Ids kept in References: the first, which names the thread, the newest, and our own second one."""

_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}[^\s<>\"'.,;:!?)\]]")
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.IGNORECASE)


_AT = {"en": "at", "nb": "hos"}


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A mail ready to go. `needs_utf8`: an address in its header exists in Unicode only, so every server must offer SMTPUTF8."""

    raw: bytes
    message_id: str
    needs_utf8: bool


def compose(ctx: Context, outgoing: Outgoing, contents: Sequence[tuple[OutgoingFile, bytes]], *, with_bcc: bool = False) -> Composed:
    """The mail. `contents` are the files with their bytes. `with_bcc` writes hidden recipients into the header, for providers that take the envelope
    from there and cut it out. Raises ValueError for a recipient that is no address."""
    config: Config = ctx.config
    message_id = message_id_for(ctx, outgoing.message_id)
    text, markup = _bodies(config, outgoing)
    body = parts_of(message_id, text, markup, contents)
    shown = [party for party in outgoing.recipients if party.role in ("to", "cc")]
    hidden = [(party.name, party.address) for party in outgoing.recipients if party.role == "bcc"] if with_bcc else []
    bcc = [headers.addresses("Bcc", hidden)] if hidden else []
    raw = b"".join([*_header(ctx, outgoing, message_id, shown), *bcc]) + b"MIME-Version: 1.0\r\n" + body
    return Composed(
        raw=raw, message_id=message_id, needs_utf8=not all(_is_ascii(p.address) for p in (*shown, Party(address=config.sends_from)))
    )


def from_name(config: Config, author: Author) -> str:
    """What customers see as the sender (R-111): "Ada Example at Acme" in the address's language, or only the company. "" where the provider says it (R-112)."""
    if config.method == "microsoft365":
        return ""
    company = config.company_name
    if config.from_name_mode == "company" or not author.name.strip():
        return company
    return f"{author.name} {_AT[config.from_name_language]} {company}" if company else author.name


def signature(config: Config, author: Author) -> tuple[str, str]:
    """(text, html) of the signature with the author's names in it (R-114)."""
    if not config.signature_html.strip():
        return "", ""
    first, _, last = author.name.strip().partition(" ")
    tokens = {"full_name": author.name, "first_name": author.first_name or first, "last_name": author.last_name or last}
    markup = re.sub(
        r"\{\{\s*(full_name|first_name|last_name)\s*\}\}", lambda found: html.escape(headers.clean(tokens[found[1]])), config.signature_html
    )
    return html_to_text(markup).strip(), markup


def _header(ctx: Context, outgoing: Outgoing, message_id: str, shown: Sequence[Party]) -> list[bytes]:
    config: Config = ctx.config
    fields = [
        headers.plain("Date", format_datetime(outgoing.created_at)),
        headers.addresses("From", [(from_name(config, outgoing.author), config.sends_from)]),
    ]
    answer_to = config.reply_to or reply_address(ctx, outgoing.conversation_id)
    if answer_to and answer_to != config.sends_from:
        fields.append(headers.addresses("Reply-To", [(config.company_name, answer_to)]))
    for field, role in (("To", "to"), ("Cc", "cc")):
        people = [(party.name, party.address) for party in shown if party.role == role]
        if people:
            fields.append(headers.addresses(field, people))
    if not any(party.role == "to" for party in shown):
        fields.append(headers.plain("To", "undisclosed-recipients:;"))
    fields.append(headers.unstructured("Subject", outgoing.subject))
    fields.append(headers.plain("Message-ID", f"<{message_id}>"))
    if outgoing.in_reply_to:
        fields.append(headers.message_ids("In-Reply-To", [outgoing.in_reply_to]))
    fields.append(headers.message_ids("References", [*_references(outgoing), second_id(message_id)]))
    fields.append(headers.plain(LOOP_HEADER, loop_mark(ctx)))
    return fields


def _references(outgoing: Outgoing) -> list[str]:
    ids = [clean for one in outgoing.references if (clean := headers.clean_id(one))]
    parent = headers.clean_id(outgoing.in_reply_to or "")
    if parent:
        ids = [*(one for one in ids if one != parent), parent]
    ids = list(dict.fromkeys(ids))
    return ids if len(ids) < MAX_REFERENCES else [ids[0], *ids[2 - MAX_REFERENCES :]]


def _bodies(config: Config, outgoing: Outgoing) -> tuple[str, str]:
    markup = _tidy(outgoing.html)
    text = _tidy(outgoing.text) if outgoing.text.strip() or not markup.strip() else html_to_text(markup)
    if not markup.strip():
        markup = text_to_html(text)
    signature_text, signature_html = signature(config, outgoing.author)
    quoted = _tidy(outgoing.quoted).strip()
    if signature_text:
        text = f"{text.rstrip()}\n\n-- \n{signature_text}\n"
    if signature_html:
        markup += f'<br><div class="signature">-- <br>{_tidy(signature_html)}</div>'
    if quoted:
        text = f"{text.rstrip()}\n\n{quoted}\n"
        markup += quoted_to_html(quoted)
    if not re.match(r"\s*(<!doctype|<html)", markup, re.IGNORECASE):
        markup = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{markup}</body></html>'
    return text, markup


def text_to_html(text: str) -> str:
    """Plain text as HTML: the same line breaks and spaces, web addresses as links."""
    pieces: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        link = html.escape(found[0])
        pieces += [html.escape(text[end : found.start()]), f'<a href="{link}">{link}</a>']
        end = found.end()
    pieces.append(html.escape(text[end:]))
    markup = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n").replace("  ", " &nbsp;")
    return '<div dir="auto">' + markup.replace("\n", "<br>\n") + "</div>"


def quoted_to_html(quoted: str) -> str:
    """Lines that begin with ">" as a quotation; what stands before them, who wrote it, above."""
    lines = quoted.replace("\r\n", "\n").split("\n")
    start = next((at for at, line in enumerate(lines) if line.startswith(">")), len(lines))
    inside = [re.sub(r"\A> ?", "", line) for line in lines[start:]]
    above = text_to_html("\n".join(lines[:start])) if start else ""
    below = f'<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{text_to_html(chr(10).join(inside))}</blockquote>'
    return f"<br><div>{above}{below if inside else ''}</div>"


def _tidy(text: str) -> str:
    return _UNWANTED.sub("", text).encode("utf-8", "replace").decode("utf-8")


def _is_ascii(address: str) -> bool:
    return address.rpartition("@")[0].isascii()


def parts_of(mark: str, text: str, markup: str, contents: Sequence[tuple[OutgoingFile, bytes]]) -> bytes:
    """The body with its own header lines; `mark` makes the boundaries."""
    return _Parts(hashlib.sha256(mark.encode()).hexdigest()[:24]).mail(text, markup, contents)


class _Parts:
    """Builds the tree: mixed(related(alternative(text, html), pictures), files), leaving out every level that has only one child."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._count = 0

    def mail(self, text: str, markup: str, contents: Sequence[tuple[OutgoingFile, bytes]]) -> bytes:
        wanted = {found[1] for found in _CID.finditer(markup)}
        beside = [(file, content) for file, content in contents if file.is_inline and (file.content_id or "").strip("<>") in wanted]
        after = [(file, content) for file, content in contents if not any(file is other for other, _ in beside)]
        tree = self._multipart("alternative", [_text("plain", text), _text("html", markup)])
        if beside:
            tree = self._multipart(
                "related", [tree, *(_file(file, content, "inline") for file, content in beside)], '; type="multipart/alternative"'
            )
        if after:
            tree = self._multipart("mixed", [tree, *(_file(file, content, "attachment") for file, content in after)])
        return tree

    def _multipart(self, subtype: str, parts: Sequence[bytes], parameters: str = "") -> bytes:
        self._count += 1
        boundary = f"=_{self._mark}_{self._count}"  # "=_" occurs in neither quoted-printable nor base64 (RFC 2045 §6.7)
        head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"{parameters}\r\n\r\n'.encode("ascii")
        mark = b"--" + boundary.encode("ascii")
        return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _text(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    if not lines.endswith("\r\n"):
        lines += "\r\n"
    body = binascii.b2a_qp(lines.encode("utf-8"), istext=True)
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + body


def _file(file: OutgoingFile, content: bytes, disposition: str) -> bytes:
    kind = file.type.strip().lower() if _TYPE.fullmatch(file.type.strip()) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"  # those may not be base64 (RFC 2045 §6.4), and ours must arrive unchanged
    fields = [headers.plain("Content-Type", kind), headers.with_filename("Content-Disposition", disposition, "filename", file.name)]
    content_id = headers.clean_id(file.content_id or "")
    if content_id:
        fields.append(headers.plain("Content-ID", f"<{content_id}>"))
    fields.append(b"Content-Transfer-Encoding: base64\r\n\r\n")
    step = 57  # bytes, which are 76 characters: a line (RFC 2045 §6.8)
    view = memoryview(content)
    lines = [binascii.b2a_base64(view[start : start + step], newline=False) for start in range(0, len(content), step)]
    return b"".join(fields) + b"\r\n".join(lines) + b"\r\n"
