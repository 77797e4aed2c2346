"""A customer's mail as the customer's mail program would write it, so that what arrives looks like what arrives in the world.

Each program quotes, signs and marks its mails in its own way; `write_letter` does it like Gmail, Outlook, the iPhone, a plain text program,
or a machine that answers by itself, in English or Norwegian. Pure. Read next: `desk.py` and the demo, which use it.
"""

import html
import secrets
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Literal

import msgspec

Client = Literal["gmail", "outlook", "iphone", "plain", "auto_reply"]
Language = Literal["en", "no"]
CLIENTS: dict[Client, str] = {
    "gmail": "Gmail, quoting below",
    "outlook": "Outlook, HTML with a header block",
    "iphone": "iPhone, with its signature",
    "plain": "Plain text, quoting nothing",
    "auto_reply": "Automatic reply (out of office)",
}
MAX_REFERENCES = 20


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The mail that is answered; its `at` in the writer's own time zone."""

    message_id: str
    references: Sequence[str]
    name: str
    address: str
    to: str
    at: datetime
    subject: str
    text: str
    html: str = ""


class Attached(msgspec.Struct, frozen=True):
    name: str
    type: str
    content: bytes


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer wrote. `html` replaces the markup that is otherwise made from `text`. `signature` is the writer's own."""

    name: str
    address: str
    to: str
    subject: str
    text: str
    at: datetime
    client: Client = "gmail"
    language: Language = "en"
    html: str = ""
    signature: str = ""
    cc: Sequence[str] = ()
    files: Sequence[Attached] = ()
    answered: Answered | None = None
    message_id: str = ""


def write_letter(letter: Letter) -> bytes:
    """The whole mail. Raises ValueError when a header cannot hold what was typed."""
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(letter.at)
    message["From"] = formataddr((letter.name, letter.address))
    message["To"] = letter.to
    if letter.cc:
        message["Cc"] = ", ".join(letter.cc)
    message["Subject"] = _subject(letter)
    message["Message-ID"] = f"<{letter.message_id or new_message_id(letter)}>"
    if letter.answered is not None and letter.answered.message_id:
        ids = [*letter.answered.references, letter.answered.message_id]
        message["In-Reply-To"] = f"<{letter.answered.message_id}>"
        message["References"] = " ".join(
            f"<{one}>" for one in (ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]])
        )
    _BODIES[letter.client](letter, message)
    for file in letter.files:
        major, _, minor = file.type.partition("/")
        message.add_attachment(file.content, maintype=major or "application", subtype=minor or "octet-stream", filename=file.name)
    return message.as_bytes()


def new_message_id(letter: Letter) -> str:
    """As the program makes them; the domain is the writer's own, which is an example's."""
    domain = letter.address.rpartition("@")[2] or "localhost"
    token = secrets.token_urlsafe(24)
    return {"gmail": f"CA+{token}@mail.{domain}", "outlook": f"{token.upper()}@outlook.{domain}"}.get(letter.client, f"{token}@{domain}")


def _subject(letter: Letter) -> str:
    subject = " ".join(letter.subject.split())
    if letter.client == "auto_reply":
        return ("Automatisk svar: " if letter.language == "no" else "Automatic reply: ") + _bare(subject)
    if letter.answered is None:
        return subject
    prefix = "SV: " if letter.language == "no" and letter.client == "outlook" else "Re: "
    return prefix + _bare(subject or letter.answered.subject)


def _bare(subject: str) -> str:
    while subject[:3].lower() in ("re:", "sv:"):
        subject = subject[3:].lstrip()
    return subject


def _gmail(letter: Letter, message: EmailMessage) -> None:
    own = _with_signature(letter, "\n\n-- \n")
    text, markup = own, letter.html or f'<div dir="ltr">{_lines(own)}</div>'
    if (answered := letter.answered) is not None:
        who = f"{answered.name} <{answered.address}>"
        if letter.language == "no":
            line = f"{_WEEKDAYS_NO[answered.at.weekday()]}. {_day_no(answered.at)} kl. {answered.at:%H:%M} skrev {who}:"
        else:
            line = f"On {answered.at:%a, %-d %b %Y at %H:%M}, {who} wrote:"
        text += f"\n\n{line}\n\n{_quoted(answered.text)}\n"
        shown = html.escape(line).replace(
            html.escape(f"<{answered.address}>"),
            f'&lt;<a href="mailto:{html.escape(answered.address)}">{html.escape(answered.address)}</a>&gt;',
        )
        markup += (
            f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{shown}<br></div>'
            '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
            f"{_inner(answered)}</blockquote></div>"
        )
    _both(message, text, markup)


def _outlook(letter: Letter, message: EmailMessage) -> None:
    own = _with_signature(letter, "\n\n")
    text = own
    paragraphs = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}<o:p></o:p></p>' for line in own.split("\n"))
    markup = letter.html or paragraphs
    if (answered := letter.answered) is not None:
        words = ("Fra", "Sendt", "Til", "Emne") if letter.language == "no" else ("From", "Sent", "To", "Subject")
        day = (
            f"{_LONG_DAYS_NO[answered.at.weekday()]} {_day_no(answered.at, long=True)}"
            if letter.language == "no"
            else f"{answered.at:%A, %-d %B %Y}"
        )
        values = (f"{answered.name} <{answered.address}>", f"{day} {answered.at:%H:%M}", answered.to, answered.subject)
        text += "\n\n" + "\n".join(f"{word}: {value}" for word, value in zip(words, values, strict=True)) + f"\n\n{answered.text}\n"
        block = "<br>".join(f"<b>{word}:</b> {html.escape(value)}" for word, value in zip(words, values, strict=True))
        markup += (
            '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            f'<p class="MsoNormal">{block}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{_inner(answered)}'
        )
    style = '<style>p.MsoNormal{margin:0cm;font-size:11.0pt;font-family:"Calibri",sans-serif}</style>'
    opening = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">'
    _both(message, text, f'{opening}{style}</head><body lang="{letter.language}"><div class="WordSection1">{markup}</div></body></html>')
    message["X-Mailer"] = "Microsoft Outlook 16.0"


def _iphone(letter: Letter, message: EmailMessage) -> None:
    text = letter.text.rstrip() + ("\n\nSendt fra min iPhone" if letter.language == "no" else "\n\nSent from my iPhone")
    if (answered := letter.answered) is not None:
        who = f"{answered.name} <{answered.address}>"
        line = f"On {answered.at:%-d %b %Y, at %H:%M}, {who} wrote:"
        if letter.language == "no":
            line = f"{_day_no(answered.at)} kl. {answered.at:%H:%M} skrev {who}:"
        text += f"\n\n> {line}\n> \n{_quoted(answered.text)}\n"
    message["X-Mailer"] = "iPhone Mail (22A3354)"
    message.set_content(text, cte="quoted-printable")


def _plain(letter: Letter, message: EmailMessage) -> None:
    message.set_content(_with_signature(letter, "\n\n-- \n") + "\n", cte="8bit" if letter.text.isascii() else "quoted-printable")


def _auto_reply(letter: Letter, message: EmailMessage) -> None:
    message["Auto-Submitted"] = "auto-replied"  # RFC 3834 §5
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    message.set_content(letter.text.rstrip() + "\n", cte="quoted-printable")


_BODIES = {"gmail": _gmail, "outlook": _outlook, "iphone": _iphone, "plain": _plain, "auto_reply": _auto_reply}
_WEEKDAYS_NO = ("man", "tir", "ons", "tor", "fre", "lør", "søn")
_LONG_DAYS_NO = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS_NO = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip


def _day_no(at: datetime, *, long: bool = False) -> str:
    month = _MONTHS_NO[at.month - 1]
    return f"{at.day}. {month if long or len(month) <= 4 else month[:3] + '.'} {at.year}"


def _with_signature(letter: Letter, mark: str) -> str:
    return letter.text.rstrip() + (f"{mark}{letter.signature.rstrip()}" if letter.signature else "")


def _both(message: EmailMessage, text: str, markup: str) -> None:
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(markup, subtype="html", cte="quoted-printable")


def _inner(answered: Answered) -> str:
    return answered.html or f"<div>{_lines(answered.text)}</div>"


def _lines(text: str) -> str:
    return html.escape(text.rstrip()).replace("\n", "<br>\n")


def _quoted(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.rstrip().split("\n"))
