"""Tells reports about a mail from other mail and reads who got it, who did not, and why (AHEAD.md 5: a reply's state per recipient).

Evidence first, cheaply from the headers; only then is the mail taken apart (`bounce_notice.py`), its fields read here, its prose in
`bounce_prose.py`; `bounce_texts.py` weighs the wording. Existing packages give addresses at most, without status, reason or the returned
mail's id, and fewer of them, so this is our own.
"""

import json
import re
from itertools import islice, takewhile

from innboks.channels.email.bounce_notice import Fields, Notice, read_notice
from innboks.channels.email.bounce_prose import ADDRESS, Refusal, refusals_in
from innboks.channels.email.bounce_signs import DELAY, FAILURE, FORWARDED, NAMELESS, ROBOTS, SUBJECT, VACATION
from innboks.channels.email.bounce_texts import BOILERPLATE, DEAD, DEAD_HOST, IDLE, REPLY, SPARED, STATUS, is_dead
from innboks.channels.email.mail import Arrival, Bounce, BounceRecipient, Mail
from innboks.channels.email.message_ids import message_ids
from innboks.channels.email.parts import parse_tree

MOST_DIAGNOSTIC = 300  # characters shown to a person
MOST_RECIPIENTS = 200
MOST_BYTES = 1_000_000  # of the raw mail: reports come first, a returned attachment is of no interest

_JSON = json.JSONDecoder()


def detect_bounce(raw: bytes, mail: Mail) -> Bounce | None:
    """What the mail reports as undelivered, or None when it is no such report (read receipts, abuse reports, "delivered" reports and
    automatic replies are not). See `read_report`."""
    return read_report(raw, mail)[0]


def read_report(raw: bytes, mail: Mail) -> tuple[Bounce | None, Arrival | None]:
    """What the mail reports as undelivered and as arrived; (None, None) when it is no report. `mail` is what `mime.parse_mail` made of `raw`.
    Never raises; of ordinary mail it sees the headers only."""
    points = _header_points(raw, mail)
    if points == 0 or (points == 1 and not _carries_mail(raw, mail)):
        return None, None
    root = parse_tree(raw[:MOST_BYTES], [])
    notice = read_notice(root)
    if notice.is_feedback and not notice.recipients:
        return None, None
    ses = _read_ses(notice.prose) if notice.prose.lstrip().startswith("{") else None
    if ses is not None:
        return ses if ses.recipients else None, None
    subject = mail.subject.lower()
    ids, returned = _returned_ids(notice, mail), dict(reversed(notice.returned))
    fielded = [fields for fields in notice.recipients if _address_of(fields)]
    arrival = _arrival(fielded, ids, returned)
    if fielded:
        recipients, delayed = _from_fields(fielded, notice)
        if not recipients:
            return None, arrival
    else:
        if not _reports_failure(points, subject, notice):
            return None, None
        recipients, delayed = _from_prose(notice, mail), bool(DELAY.search(subject) or DELAY.search(notice.prose[:2_000].lower()))
    return Bounce(recipients=recipients[:MOST_RECIPIENTS], message_ids=ids, returned=returned, final=not delayed), arrival


def _header_points(raw: bytes, mail: Mail) -> int:
    """How much the headers alone look like a report; 0 ends the matter for ordinary mail."""
    kind = (mail.header("content-type") or "").lower()
    if kind.lstrip().startswith("multipart/report"):
        return 0 if "feedback-report" in kind or "disposition-notification" in kind else 4
    points = 0
    senders = " ".join(f"{sender.address} {sender.name}" for sender in mail.sender[:3]).lower()
    is_robot = bool(ROBOTS.search(senders)) or not senders.strip()
    if is_robot:
        points += 2
    elif NAMELESS.search(senders):
        points += 1
    if mail.return_path == "":
        points += 2 if is_robot else 1  # web forms send people's words with a null return path
    elif mail.return_path and ROBOTS.search(mail.return_path.lower()):
        points += 1
    subject = mail.subject[:1_000].lower()
    points += bool(SUBJECT.search(subject))
    if mail.header("x-failed-recipients"):
        points += 3
    if "multipart/" in kind and b"delivery-status" in raw[:MOST_BYTES]:
        points += 4
    if points < 4 and FORWARDED.match(subject) and not ROBOTS.search(senders):
        return 0  # a person passes a report on, or speaks about one
    return points


def _carries_mail(raw: bytes, mail: Mail) -> bool:
    """Whether a returned mail seems to be inside: else a nameless sender or a suspicious subject alone is not worth a closer look."""
    return b"message/rfc822" in raw[:MOST_BYTES] or "eceived: " in mail.body_text[:40_000]


def _reports_failure(points: int, subject: str, notice: Notice) -> bool:
    if VACATION.search(subject):
        return False
    if not (FAILURE.search(notice.prose[:6_000].lower()) or (SUBJECT.search(subject) and points >= 3)):
        return False
    return points >= 3 or bool(notice.returned) or (points == 2 and bool(re.search(r"^\s{0,8}5\d\d[ -]", notice.prose, re.MULTILINE)))


# ---- recipients from fields (RFC 3464 §2.3)


def _address_in(field: str) -> str:
    """The address of an RFC 3464 recipient field ("rfc822; user@example.org", X.400 forms give "")."""
    found = re.search(ADDRESS, field[:1_000])
    return found[0].rstrip(".") if found else ""


def _address_of(fields: Fields) -> str:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        if address := _address_in(fields.get(name, "")):
            return address
    return fields.get("final-recipient", "").partition(";")[2].strip()[:200]


def _from_fields(blocks: list[Fields], notice: Notice) -> tuple[list[BounceRecipient], bool]:
    found: dict[str, BounceRecipient] = {}
    delayed = 0
    alone = len({_address_of(fields).lower() for fields in blocks}) == 1
    for fields in blocks:
        action, status = _action_of(fields), _status_in(fields.get("status", ""))
        if action in ("delivered", *_RELAYED):
            continue
        address = _address_of(fields)
        said = fields.get("diagnostic-code", "") or fields.get("status", "").partition("(")[2]
        context = notice.prose if alone else "\n".join(line for line in notice.prose.split("\n") if address.lower() in line.lower())
        delayed += action == "delayed"
        found[address.lower()] = _recipient(address, status, said, context, action != "delayed")
    return list(found.values()), bool(found) and delayed >= len(found)


_RELAYED = ("relayed", "expanded")


def _action_of(fields: Fields) -> str:
    """RFC 3464 §2.3.3. Where it is missing, a status of success speaks for it: of what, nobody knows."""
    action = fields.get("action", "").strip().lower().split(" ")[0].strip("(); ")
    return action or ("relayed" if _status_in(fields.get("status", "")).startswith("2") else "")


def _arrival(blocks: list[Fields], ids: list[str], returned: dict[str, str]) -> Arrival | None:
    found: dict[str, str] = {_address_of(fields): _action_of(fields) for fields in blocks[:MOST_RECIPIENTS]}
    delivered = [address for address, action in found.items() if action == "delivered"]
    relayed = [address for address, action in found.items() if action in _RELAYED]
    return Arrival(delivered, relayed, ids, returned) if delivered or relayed else None


def _status_in(text: str) -> str:
    found = STATUS.search(text)
    return found[1] if found else ""


def _recipient(address: str, status: str, said: str, context: str, given_up: bool = True) -> BounceRecipient:
    """One recipient from the server's sentence `said` and, where that is silent or meagre, the words around it."""
    said = _LEAD.sub("", _decoded(said))
    words, sentence = said, readable(said)
    if _is_meagre(said):
        lines = [line.strip() for line in context.split("\n")]
        reply = _from_reply(lines)
        telling = [line for line in lines if line and (_has_code(line) or not BOILERPLATE.search(line.lower()))][:25]
        words = said + " " + (" ".join(telling) if _is_meagre(reply) else reply)
        sentence = readable(
            reply or _spoken([line for line in telling if not _ALONE.match(line)] or [line for line in lines[:8] if len(line) > 25])
        )
    inner = _status_in(said) or _status_in(words)
    if inner and (not status or status.endswith(".0.0")):
        status = inner
    is_hard = is_dead(words, status, address, context, given_up)
    return BounceRecipient(address=address, status=status, hard=is_hard, diagnostic=sentence, is_delayed=not given_up)


def _decoded(said: str) -> str:
    """Some servers put bare ISO-2022-JP into fields (Domino)."""
    if "\x1b" not in said:
        return said
    try:
        return said.encode("ascii").decode("iso2022_jp")
    except ValueError:
        return said


def _has_code(line: str) -> bool:
    reply = REPLY.search(line)
    return bool((reply and reply[1][0] != "2" and not line.startswith(">>>")) or STATUS.search(line))


def _is_meagre(said: str) -> bool:
    """Nothing but codes and protocol words, or Sendmail's own last word."""
    words = re.sub(r"<[^>]{0,320}>|[^a-z ]+", " ", said.lower()).replace("service unavailable", "")
    return sum(len(word) for word in words.split() if word not in ("smtp", "rfc", "dsn")) < 8


def _from_reply(lines: list[str]) -> str:
    """From the first reply code to the end of its paragraph, or ""."""
    for number, line in enumerate(lines):
        if _has_code(line):
            found = REPLY.search(line)
            paragraph = list(takewhile(bool, lines[number + 1 : number + 8]))
            return " ".join([line[found.start() if found else 0 :], *paragraph])
    return ""


def _spoken(lines: list[str]) -> str:
    """The line that gives the reason in words, else the first few."""
    for pattern in (_NAMED, _REASON, DEAD, DEAD_HOST, IDLE, SPARED):
        for line in lines:
            if pattern.search(line.lower()):
                return line
    return " ".join(lines[:3])


# ---- recipients from prose


def _from_prose(notice: Notice, mail: Mail) -> list[BounceRecipient]:
    returned = dict(reversed(notice.returned))
    ours = {sender.address.lower() for sender in (*mail.to, *mail.sender)} | {_address_in(returned.get("from", "")).lower()}
    refusals = refusals_in(notice.prose, frozenset(ours - {""}))
    if not refusals:
        failed = re.findall(ADDRESS, (mail.header("x-failed-recipients") or "")[:20_000])
        failed = failed or re.findall(ADDRESS, returned.get("to", "")[:2_000])[:1]
        refusals = [Refusal(address, notice.prose) for address in dict.fromkeys(failed)] or refusals_in(notice.prose, frozenset())
    tail = refusals[-1].said if refusals else ""
    recipients = []
    for refusal in refusals:
        said = refusal.said
        if len(re.sub(ADDRESS, "", said).strip(" \n<>:,;")) < 8:  # a bare list: what explains it stands below
            longer = [line for line in notice.prose.split("\n") if refusal.address in line and len(line) > len(refusal.address) + 12]
            said = "\n".join(longer) or tail
        recipients.append(_recipient(refusal.address, "", "", said))
    return recipients


def _read_ses(text: str) -> Bounce | None:
    """An Amazon SNS notification about a mail sent through SES (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html);
    no recipients when it tells of a delivery or a complaint, None when it is something else."""
    try:
        told, _ = _JSON.raw_decode(text.strip().replace("\r", "").replace("\n", ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not told.keys() & {"notificationType", "eventType"}:
        return None
    bounce, sent = told.get("bounce"), told.get("mail")
    if not isinstance(bounce, dict):
        return Bounce(recipients=[])
    recipients = []
    for item in bounce.get("bouncedRecipients") or []:
        if isinstance(item, dict) and item.get("emailAddress"):
            said = str(item.get("diagnosticCode") or bounce.get("bounceSubType") or "")
            recipients.append(_recipient(str(item["emailAddress"]), _status_in(str(item.get("status") or "")), said, ""))
    headers = sent.get("commonHeaders") if isinstance(sent, dict) else None
    own = headers.get("messageId") if isinstance(headers, dict) else None
    return Bounce(recipients=recipients, message_ids=[str(own).strip("<> ")] if own else [])


# ---- what came back


def _returned_ids(notice: Notice, mail: Mail) -> list[str]:
    """Ids of the mail that came back. Gmail's own reports name it in In-Reply-To."""
    ids = [value for name, value in notice.returned if name == "message-id"]
    ids.append(notice.report.get("x-original-message-id", ""))
    named = (line.strip() for line in notice.prose.split("\n") if line.strip().lower().startswith(("message-id:", "message id:")))
    ids += [line.partition(":")[2] for line in islice(named, 1)]
    found = [one for value in ids for one in message_ids(value[:50_000])]
    return list(dict.fromkeys(found or mail.in_reply_to or mail.references[-1:]))


# ---- the sentence for people

_LEAD = re.compile(
    r"^\s*(?:(?:smtp|x-[\w-]{1,30}|dns|x400)\s*;\s*){0,3}"  # the type (RFC 3464 §2.3.6)
    # Cisco's mail gateways and Amazon SES put their own reading before the remote server's words
    r"(?:\d\.\d\.\d - [a-z /]{1,60} (?=\d{3}-'))?",
    re.IGNORECASE,
)
_CODES = re.compile(
    r"(?<![\w.])[245]\d\d(?:[ -]+\d\.\d{1,3}\.\d{1,3})?[ -]+(?=\S)|(?<![\w.])[245]\.\d{1,3}\.\d{1,3}:?\s+|"
    r"\(#?[245]\.\d{1,3}\.\d{1,3}\)|#[245]\.\d\.\d{1,3}"
)


_ALONE = re.compile(rf"^\W{{0,3}}{ADDRESS}\W{{0,3}}$")
_REASON = re.compile(r"^(?:delay )?reason:\s+\S")
_NAMED = re.compile(rf"^<?{ADDRESS}>?:\s+\S.{{5}}")
_ADDRESSEE = re.compile(rf"^<?{ADDRESS}>?(?:\.\.\.|:)?(?=\s)\s*(?=\S)")
_TAIL = re.compile(
    r"\s(?:[\w.-]{6,40} - gsmtp|\[RCPT_TO\]|\(state \d+\)\.?|\(in reply to [^)]{3,40}\)|\(delivery attempts: \d+\)|Giving up on \S{3,60}$)"
    r"|\bRESOLVER\.[\w.]{3,60};\s"
)
_EDGES = " '\t;:-"


def readable(said: str) -> str:
    """The server's words as one sentence: protocol words, repeated codes and line breaks gone, cut at a word's end."""
    text = " ".join(_CODES.sub(" ", _LEAD.sub("", said[:4_000])).split()).strip(_EDGES)
    text = _TAIL.sub("", _ADDRESSEE.sub("", text)).strip(_EDGES)
    if text.endswith(")") and "(" not in text:
        text = text[:-1]
    if len(text) > MOST_DIAGNOSTIC:
        text = text[:MOST_DIAGNOSTIC].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return text
