"""Who did not get the mail, read from prose: one recipient a line in a dozen layouts (qmail, Exim, Postfix, Sendmail, Exchange, Domino,
Gmail, carriers' gateways …). A line that begins with an address counts more than one that names an address behind a label, and that
more than an address in the middle of a sentence. `bounce_texts.py` has the wordings, `bounce.py` the decision.
"""

import re
from collections.abc import Callable

import msgspec

ADDRESS = r"(?:\"[^\"\s]{1,64}\"|[^\s<>()\[\]\"',;:\\@]{1,64})@[A-Za-z0-9][A-Za-z0-9._-]{0,200}"
MOST_RECIPIENTS = 200

_ANY = re.compile(ADDRESS)
_FIRST = re.compile(
    rf"^[\s>*•·-]{{0,20}}[<\"']{{0,2}}({ADDRESS})[>\"']{{0,2}}"
    rf"(?:\s*<(?:mailto:)?{ADDRESS}>)?(?=\s*$|\s*[:;,(/]|\s*\.\.|\s+\S)"
)
_CODED = re.compile(rf"^\s{{0,8}}[245]\d\d[ -]{{1,3}}(?:\d\.\d{{1,3}}\.\d{{1,3}}\s)?\s{{0,3}}<?({ADDRESS})>?(?:\.\.|:|\s*$)")
_LABELLED = re.compile(
    r"(?:recipient(?: address| e-?mail)?s?|rcpt to|rcpt|delivered to|deliver (?:\w+ )?(?:message |mail )?to|delivery to|"
    r"delivering (?:your )?(?:mail|message) to"
    r"|(?:sent|send|message|mail|nachricht|meddelandet) (?:\w+ )?(?:to|an|till|til|à|a)|following recipients?|affected|user(?:id|"
    r"name)?|mailbox|mailbox is full"
    r"|unknown user|reach the following recipient|failed for|address|receiver|destination|empfänger|destinataire|destinatario|"
    r"destinatário|mottaker|modtager|vastaanottaja"
    rf"|получател\w*|収件者|宛先|\bto)\b\W{{1,4}}[<\"']?(?:mailto:)?({ADDRESS})",
    re.IGNORECASE,
)
# An address in such a line is the helper's, the sender's or ours, not the recipient's.
_OTHER = re.compile(
    r"contact|assist|please (?:send|e-?mail|write)|further|help|support|\bfrom\b|reply-to|sender|sent by|message-id|hello|dear\b|"
    r"\bhi\b|subject|https?:|"
    r"postmaster|mailer-daemon|administrator|generating server|envelope",
    re.IGNORECASE,
)
_OF_SENDER = re.compile(r"(?:sent by|from|sender)\W*$", re.IGNORECASE)
_DELIVERED = re.compile(r"successful|successfully delivered|was delivered to|delivery notifications", re.IGNORECASE)
_FAILED = re.compile(r"fatal|fail|error|could not|unable|undeliver|not (?:be )?deliver|problem|transcript|delay|defer", re.IGNORECASE)


class Refusal(msgspec.Struct):
    """One recipient and the lines that speak of it."""

    address: str
    said: str


def refusals_in(prose: str, ours: frozenset[str]) -> list[Refusal]:
    """The recipients that the prose names, in order, each with the text under it up to the next one. `ours` are addresses (lower case) that
    cannot be the recipient: the sender of the returned mail."""
    lines = prose.split("\n")
    for find in (_first_in_line, _coded, _labelled, _anywhere):
        spots = _spots(lines, find, ours)
        if spots:
            return _cut(lines, spots)
    return []


def _first_in_line(line: str) -> str | None:
    match = _FIRST.match(line)
    return match[1] if match else None


def _coded(line: str) -> str | None:
    match = _CODED.match(line)
    return match[1] if match else None


def _labelled(line: str) -> str | None:
    match = _LABELLED.search(line)
    return match[1] if match and not _OTHER.search(line[: match.start(1)]) else None


def _anywhere(line: str) -> str | None:
    match = None if _OTHER.search(line) else _ANY.search(line)
    return match[0] if match else None


def _spots(lines: list[str], find: Callable[[str], str | None], ours: frozenset[str]) -> list[tuple[int, str]]:
    spots: list[tuple[int, str]] = []
    good_news = False
    for number, line in enumerate(lines):
        if "@" not in line:
            if _DELIVERED.search(line):
                good_news = True
            elif good_news and _FAILED.search(line):
                good_news = False
            continue
        address = find(line)
        before = next((lines[above] for above in range(number - 1, max(-1, number - 3), -1) if lines[above].strip()), "")
        if address and _OF_SENDER.search(before):
            continue
        if address and not good_news and address.rstrip(".").lower() not in ours:
            spots.append((number, address.rstrip(".")))
            if len(spots) >= MOST_RECIPIENTS:
                break
    return spots


def _cut(lines: list[str], spots: list[tuple[int, str]]) -> list[Refusal]:
    """The lines from each recipient to the next. A list of addresses with one explanation below it (Sendmail, Exchange) shares it."""
    found: dict[str, Refusal] = {}
    ends = [number for number, _ in spots[1:]] + [len(lines)]
    single = len({address.lower() for _, address in spots}) == 1
    for (start, address), end in zip(spots, ends, strict=True):
        said = "\n".join(lines[0 if single else start : end if not single else len(lines)][:60])
        known = found.get(address.lower())
        if known is None:
            found[address.lower()] = Refusal(address, said)
        elif not single:
            known.said += "\n" + said
    return list(found.values())
