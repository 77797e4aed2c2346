"""A raw mail read to the end: parsed, split into new and quoted text, and recognised as automatic, a report or forwarded.

The one place that knows all readers of a mail: `mime.py`, then `reply.py`, `bounce.py`, `auto.py` and `forwarded.py`, each of which
works on what the ones before it found.
"""

from innboks.channels.email.auto import is_auto_reply, no_auto_answer
from innboks.channels.email.bounce import read_report
from innboks.channels.email.forwarded import original_sender
from innboks.channels.email.mail import Mail
from innboks.channels.email.mime import parse_mail
from innboks.channels.email.reply import split_reply


def read_mail(raw: bytes) -> Mail:
    """Everything that the product knows of a mail from its bytes alone. Pure and total, as `mime.parse_mail`."""
    mail = parse_mail(raw)
    reply = split_reply(mail.body_text, mail.body_html)
    mail.text, mail.quoted, mail.signature = reply.text, reply.quoted, reply.signature
    mail.bounce, mail.arrival = read_report(raw, mail)
    mail.auto_reply = is_auto_reply(mail)
    mail.no_auto_answer = no_auto_answer(mail)
    mail.forwarded_from = original_sender(mail)
    return mail
