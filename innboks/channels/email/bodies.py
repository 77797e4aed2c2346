"""The displayed text and HTML of a part tree, and the files beside them.

Which part is body and which is file follows what mail programs do (RFC 2046 §5.1, RFC 2183, RFC 2387): the alternatives of one text are one
block with two forms; blocks of a mixed mail follow each other. Read `attached.py` for the files, `mime.py` for the caller.
"""

import html.entities
import re
from dataclasses import dataclass, field

from innboks.channels.email.attached import ENDINGS, Files, named_by_place, type_named
from innboks.channels.email.charsets import decode_text
from innboks.channels.email.encoded_words import decode_words, raw_text
from innboks.channels.email.flowed import unflow
from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.parts import Part, parse_tree, read_headers
from innboks.channels.email.tnef import read_tnef
from innboks.channels.email.transfer import decode_transfer
from innboks.channels.email.uuencode import take_uuencoded

_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE_TYPES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_BLANK_ENDS = re.compile(r"(?<![ \t])[ \t]++(?=\n)")
_GAP = re.compile(r"\n{2,}")
_ENTITIES = {code: f"&{name};" for code, name in html.entities.codepoint2name.items()}
_FOR_OTHER_SCREENS = frozenset({"text/x-amp-html", "text/watch-html"})  # forms of a text that only few programs show
_SHOWN_HEADERS = ("From", "Subject", "Date", "To", "Cc")
_LONGEST_HEAD = 2000  # characters shown of one header of a mail inside the mail
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass
class _Block:
    """One displayed piece in its forms; None = the sender gave none in this form."""

    text: str | None = None
    html: str | None = None


@dataclass
class Bodies:
    """What a mail shows: whole text and whole HTML ("" = the sender gave none), and its files."""

    files: Files
    is_inner: bool = False  # of a mail that is shown inside another
    blocks: list[_Block] = field(default_factory=list)
    text: str = ""
    html: str = ""


def read_bodies(root: Part, files: Files, *, is_inner: bool = False) -> Bodies:
    """Walks the tree once; depth is bounded by `parts.DEEPEST`."""
    bodies = Bodies(files, is_inner)
    _walk(root, bodies, None)
    blocks = bodies.blocks
    has_text = any(block.text is not None for block in blocks)
    has_html = any(block.html is not None for block in blocks)
    if has_text:
        bodies.text = "\n".join(block.text if block.text is not None else html_to_text(block.html or "") for block in blocks)
    if has_html:
        bodies.html = "<br/>\n".join(block.html if block.html is not None else text_as_html(block.text or "") for block in blocks)
    return bodies


def _walk(part: Part, bodies: Bodies, parent: Part | None, *, is_root: bool = False) -> None:
    """Takes in one part; `is_root`: it is the one that its multipart/related shows."""
    if part.type == "multipart/alternative" and part.children:
        _alternative(part, bodies)
    elif part.children:
        root = _root_of(part) if part.type == "multipart/related" else None
        for child in part.children:
            _walk(child, bodies, part, is_root=child is root)
    elif part.type in _TNEF_TYPES or part.filename.lower() == "winmail.dat":
        _tnef(part, bodies)
    elif _is_body(part, parent, is_root=is_root):
        bodies.blocks.extend(_displayed(part, bodies.files))
    elif not (_is_signature(part, parent) or _is_other_form(part, parent)):
        if part.type in _MESSAGE_TYPES and part.disposition == "inline" and not part.filename and not bodies.is_inner:
            _shown_message(part, bodies)
        _file(part, bodies.files)


def _root_of(related: Part) -> Part:
    """The part that a multipart/related shows (RFC 2387 §3.2): the one its `start` names, else the first; some put their pictures first."""
    children = related.children
    if start := related.parameters.get("start", "").strip("<> "):
        children = [child for child in children if child.content_id == start] or children
    texts = (child for child in children if child.children or child.type in ("text/plain", "text/html"))
    return next(texts, children[0])


def _alternative(part: Part, bodies: Bodies) -> None:
    """One block out of the alternatives: the first that has text for each form; other displayed pieces follow."""
    inner = Bodies(bodies.files, bodies.is_inner)
    for child in part.children:
        _walk(child, inner, part)
    texts = [block.text for block in inner.blocks if block.text is not None]
    htmls = [block.html for block in inner.blocks if block.html is not None]
    if texts or htmls:
        bodies.blocks.append(_Block("\n".join(texts) if texts else None, "\n".join(htmls) if htmls else None))


def _is_body(part: Part, parent: Part | None, *, is_root: bool) -> bool:
    if part.type not in ("text/plain", "text/html"):  # of a mail that is one text of a kind unknown here, the text (RFC 2046 §4.1.4)
        return parent is None and part.type.startswith("text/") and part.type not in ENDINGS and not part.filename and not part.disposition
    if part.disposition == "attachment":
        return False
    if parent is None or is_root:
        return True
    if parent.type == "multipart/related" and part.type == "text/html":
        return False  # a resource of the root (RFC 2387 §3), such as a framed page
    return not part.filename or parent.type == "multipart/alternative"


def _is_signature(part: Part, parent: Part | None) -> bool:
    """Whether the part only signs its sibling (RFC 1847 §2.1) and its sender did not make it a file: nothing that a person would open."""
    if parent is None or parent.type != "multipart/signed" or part is parent.children[0]:
        return False
    return part.type in _SIGNATURE_TYPES and not part.filename and part.disposition != "attachment"


def _is_other_form(part: Part, parent: Part | None) -> bool:
    """Whether the part is a form of its siblings' text for screens that we are not: nothing that a person would open."""
    return parent is not None and parent.type == "multipart/alternative" and part.type in _FOR_OTHER_SCREENS and not part.filename


def _displayed(part: Part, files: Files) -> list[_Block]:
    data, problem = decode_transfer(part.body(), part.encoding, text=True)
    if problem:
        files.problems.append(problem)
    uuencoded: list[tuple[bytes, bytes]] = []
    if part.type == "text/plain":
        data, uuencoded = take_uuencoded(data)
    text = decode_text(data, part.parameters.get("charset"), html=part.type == "text/html").replace("\x00", "")
    for name, content in uuencoded:
        written = raw_text(name)
        files.add(written, type_named(written), content)
    if part.type == "text/html":
        return [_Block(html=text)]
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return [_Block(text=text)]


def _shown_message(part: Part, bodies: Bodies) -> None:
    """Shows a mail that its sender put inline (RFC 2183 §2.1), as mail programs do: who wrote it to whom, then its words and pictures. It
    stays a file as well, for it has more to tell; a mail inside it is a file only."""
    root = parse_tree(decode_transfer(part.body(), part.encoding)[0], [])
    inner = read_bodies(root, Files([]), is_inner=True)
    head = [f"{name}: {value}" for name in _SHOWN_HEADERS if (value := decode_words(root.text(name.lower())[:_LONGEST_HEAD]).strip())]
    if head:
        bodies.blocks.append(_Block("\n" + "\n".join(head) + "\n"))
    bodies.blocks.extend(inner.blocks)
    for file in inner.files.found:
        if file.content_id:
            bodies.files.add(file.name, file.type, file.content, file.content_id)


def _tnef(part: Part, bodies: Bodies) -> None:
    """Unpacks a winmail.dat. Its bodies count where the mail shows none so far; one that cannot be read stays a file."""
    content, _ = decode_transfer(part.body(), part.encoding)
    found = read_tnef(content)
    if found is None:
        _file(part, bodies.files)
        return
    for file in found.files:
        bodies.files.add(file.name, file.type or "application/octet-stream", file.content, file.content_id)
    shown = any((block.text or block.html or "").strip() for block in bodies.blocks)
    if (found.text.strip() or found.html.strip()) and not shown:
        bodies.blocks.append(_Block(found.text or None, found.html or None))
    elif found.rtf and not shown:
        bodies.files.add("message.rtf", "application/rtf", found.rtf)


def _file(part: Part, files: Files) -> None:
    content, problem = decode_transfer(part.body(), part.encoding)
    if problem:
        files.problems.append(problem)
    name = part.filename
    if not name and (place := part.text("content-location")):
        name = named_by_place(place)
    if not name and part.type in _MESSAGE_TYPES:
        name = _subject_name(content)
    if not name and part.type in ENDINGS and (description := decode_words(part.text("content-description")).strip()):
        name = description[:100] + ENDINGS[part.type]  # without an ending it would be a sentence, not a name
    type_ = type_named(name) if name and part.raw("content-type") is None and part.type == "text/plain" else part.type
    files.add(name, type_, content, part.content_id, is_file=part.disposition == "attachment")


def _subject_name(message: bytes) -> str:
    """A name for an attached mail: its subject."""
    head = Part(message[:65_536], 0, min(len(message), 65_536), 0)
    read_headers(head, [])
    subject = decode_words(raw_text(head.raw("subject") or b"")).replace("/", "-").replace("\\", "-").strip()
    return f"{subject[:120]}.eml" if subject else ""


def text_as_html(text: str) -> str:
    """Plain text as HTML paragraphs, for its place among pieces of HTML. Named characters are entities, so that no charset can harm them."""
    lines = _BLANK_ENDS.sub("", text.replace("\r\n", "\n").strip()).translate(_ENTITIES)
    if not lines:
        return ""
    return "<p>" + _GAP.sub("</p><p>", lines).replace("\n", "<br/>") + "</p>"
