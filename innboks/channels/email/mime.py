"""Raw bytes → Mail: which part is the body, which are attachments, and what the headers say (R-120 to R-133).

`parse_mail` is pure (no I/O, no state), never raises and takes time linear in the mail. `parts.py` makes the tree, `bodies.py` joins the
displayed parts, `attached.py` names the files; `read.py` adds what is read out of the text (reply, bounce, auto reply, forward).
"""

from innboks.channels.email.addresses import parse_addresses
from innboks.channels.email.attached import Files
from innboks.channels.email.bodies import Bodies, read_bodies
from innboks.channels.email.charsets import decode_text
from innboks.channels.email.dates import parse_date
from innboks.channels.email.encoded_words import decode_words, raw_text
from innboks.channels.email.mail import Address, Mail
from innboks.channels.email.message_ids import first_message_id, message_ids
from innboks.channels.email.parts import Part, parse_tree

_LONGEST_LIST = 2_000_000  # characters of an address header: some fifty thousand recipients
_LONGEST_HEADER = 100_000  # characters kept of one decoded header: ten thousand recipients are read from the address fields instead


def parse_mail(raw: bytes) -> Mail:
    """The mail that `raw` is, however broken: what is missing stays empty, what was odd is a sentence in `problems`.

    `text` is left empty here: `read.read_mail` fills it with the new part."""
    problems: list[str] = []
    root = parse_tree(raw, problems)
    bodies = _bodies(root, problems)
    mail = _headers(root, problems)
    mail.body_text, mail.body_html = bodies.text, bodies.html
    mail.attachments = bodies.files.finish(bodies.html)
    if not root.headers:
        problems.append("The mail has no headers.")
    mail.problems = list(dict.fromkeys(problems))
    return mail


def _bodies(root: Part, problems: list[str]) -> Bodies:
    """What the mail shows. Where nothing would be, and there are words that no part holds, the raw body: it must not look lost."""
    bodies = read_bodies(root, Files(problems))
    if not (bodies.text.strip() or bodies.html.strip() or bodies.files.found) and _has_words_outside_its_parts(root):
        bodies.text = decode_text(root.body(), None).replace("\x00", "")
        problems.append("The parts of the mail cannot be read: its body is shown as it came.")
    return bodies


def _has_words_outside_its_parts(root: Part) -> bool:
    """Behind a closing delimiter, where a part that was cut off too early goes on. What stands before the first part is for programs without MIME."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            last = part.children[-1]
            behind = part.buffer[last.end : part.end] if last.buffer is part.buffer else b""
            if any(line.strip() and not line.startswith(b"--") for line in behind.splitlines()):
                return True
            waiting.extend(part.children)
    return False


def _headers(root: Part, problems: list[str]) -> Mail:
    values: dict[str, list[str]] = {}
    shown: list[tuple[str, str]] = []
    for name, raw in root.headers:
        text = raw_text(raw)
        values.setdefault(name.lower(), []).append(text)
        shown.append((name, decode_words(text[:_LONGEST_HEADER])))

    def first(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    def people(name: str) -> list[Address]:
        header = ", ".join(values.get(name, ()))
        if len(header) > _LONGEST_LIST:
            problems.append(f"The {name.title()} header is too long: its end is left out.")
            header = header[:_LONGEST_LIST].rpartition(",")[0]
        return parse_addresses(header)

    sender = next((found for name in ("from", "sender", "reply-to") if (found := parse_addresses(first(name)[:_LONGEST_HEADER]))), [])
    if "from" not in values:
        problems.append("There is no From header.")
    date = parse_date(first("date"))
    if date is None and "date" in values:
        problems.append("The date cannot be read.")
    for name in ("from", "subject", "message-id", "date"):
        if len(values.get(name, ())) > 1:
            problems.append(f"More than one {name.title()} header: the first counts.")
    return_path = first("return-path") if "return-path" in values else None
    return Mail(
        subject=decode_words(first("subject")[:_LONGEST_HEADER]).strip(),
        sender=sender,
        to=people("to"),
        cc=people("cc"),
        bcc=people("bcc"),
        reply_to=people("reply-to"),
        date=date,
        message_id=first_message_id(first("message-id")),
        in_reply_to=message_ids(first("in-reply-to")[:_LONGEST_HEADER]),
        references=message_ids(" ".join(values.get("references", ()))[-_LONGEST_HEADER:]),
        return_path=next((one.address for one in parse_addresses(return_path[:1000])), "") if return_path is not None else None,
        headers=shown,
    )
