"""Mailbox lists (RFC 5322 §3.4): names, addresses, groups, comments and the many ways in which senders get them wrong.

One pass over the header; a list of ten thousand recipients takes time in proportion. What is not an address is never made into one: text in
quotes stays a name, so nobody can pose as a sender by writing an address into a display name. Read `encoded_words.py` for the words inside.
"""

import re

from innboks.channels.email.encoded_words import decode_words
from innboks.channels.email.mail import Address
from innboks.lib.addresses import in_letters

_TOKEN = re.compile(
    r"(?P<encoded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,998}\?=)"
    r'|(?P<quoted>"(?:[^"\\]|\\.)*+")'
    r"|(?P<space>\s++)"
    r"|(?P<mark>[,;:<>(])"
    r'|(?P<text>[^\s,;:<>("=]++|.)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_ANGLE_END = re.compile(r"[,;<]")
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_SPACES = re.compile(r"\s+")
_DEEPEST_COMMENT = 50
_LONGEST_NAME = 1000
_MOST_COMMAS = 2  # without quotes in one name
_LONGEST_ANGLE = 2000


def parse_addresses(header: str) -> list[Address]:
    """The mailboxes of an address header (unfolded, encoded words still encoded), in order; members of groups stand alone and an empty
    group gives none. An entry without an address keeps its name, with "" as address."""
    return _Reader(header).read()


class _Reader:
    """One pass over a header; `pieces` is the mailbox being read as (kind, text)."""

    def __init__(self, header: str) -> None:
        self.header = header
        self.found: list[Address] = []
        self.pieces: list[tuple[str, str]] = []
        self.angle: str | None = None
        self.in_group = False
        self.loose = 0  # how many of the last entries are words without quotes and without an address
        self.last_semicolon = header.rfind(";")
        self.last_quote = header.rfind('"')
        self.has_comments = ")" in header
        self.last_angle = header.rfind(">")

    def read(self) -> list[Address]:
        header, position, end = self.header, 0, len(self.header)
        while position < end:
            if header[position] == '"' and position >= self.last_quote:  # never closed: not a quote
                position += 1
                continue
            match = _TOKEN.match(header, position)
            if match is None:
                break
            position = match.end()
            kind = match.lastgroup or "text"
            if match[0] == '"':  # never closed: scanning for its end again and again would take quadratic time
                self.last_quote = match.start()
                continue
            if kind == "mark":
                position = self.mark(match[0], position)
            else:
                if kind == "quoted" and "," in match[0] and self.misquoted(match[0]):
                    position = match.start() + 1
                    continue
                self.pieces.append((kind, match[0]))
        self.finish()
        return self.found

    def misquoted(self, quoted: str) -> bool:
        """Whether a quote swallowed mailboxes: an unbalanced quote sign makes "a" <a@x>, "b as one quoted text."""
        return (
            ">" in quoted
            and "<" in quoted
            and bool(re.search(r"<[^<>\s]{1,320}@[^<>\s]{1,320}>\s*,", quoted[:2000]))
            and self.angle is None
        )

    def mark(self, mark: str, position: int) -> int:
        if mark == ",":
            self.finish()
        elif mark == ";":
            self.finish()
            self.in_group, self.loose = False, 0
        elif mark == ":":
            if not self.in_group and self.angle is None and position <= self.last_semicolon and not self.has_address():
                self.in_group = True
                self.pieces = []
            else:
                self.pieces.append(("text", ":"))
        elif mark == "(":
            return self.comment(position)
        elif mark == "<":
            return self.angle_address(position)
        return position

    def has_address(self) -> bool:
        return any(kind == "text" and "@" in text for kind, text in self.pieces)

    def comment(self, position: int) -> int:
        """Reads a comment, which may nest. One that never closes is text."""
        depth = 1
        for match in _COMMENT_MARK.finditer(self.header, position, position + 2000) if self.has_comments else ():
            depth += {"(": 1, ")": -1}.get(match[0], 0)
            if depth == 0:
                self.pieces.append(("comment", self.header[position : match.start()]))
                return match.end()
            if depth > _DEEPEST_COMMENT:
                break
        self.has_comments = False  # from here on parentheses are text, else each would be scanned again
        self.pieces.append(("text", "("))
        return position

    def angle_address(self, position: int) -> int:
        """Reads what stands between "<" and ">"; a missing ">" ends it at the next comma or blank."""
        header = self.header
        while header.startswith(("<", " "), position):
            position += 1
        close = header.find(">", position, position + _LONGEST_ANGLE) if position <= self.last_angle else -1
        comma = _ANGLE_END.search(header, position)
        inside = header[position:close] if close >= 0 else ""
        if close >= 0 and inside.endswith(";") and ":" in inside:  # <undisclosed-recipients:;>
            self.pieces, self.angle = [], None
            return close + 1
        if close >= 0 and comma is not None and comma.start() < close and not _may_hold_comma(inside):
            close = -1
        if close < 0:
            stop = comma.start() if comma else len(header)
            inside, after = header[position:stop], stop
        else:
            after = close + 1
            while header.startswith(">", after):
                after += 1
        if self.angle is None or (self.angle == "" and inside):
            if self.angle is None or "@" in inside:
                self.angle = inside
        elif "@" not in self.angle and "@" in inside:  # "name <nick> <address>"
            self.pieces.append(("text", f"<{self.angle}>"))
            self.angle = inside
        return after

    def finish(self) -> None:
        pieces, angle = self.pieces, self.angle
        self.pieces, self.angle = [], None
        is_loose = all(kind in ("text", "encoded", "space") for kind, _ in pieces)
        if angle is None:
            if any(text.strip() for kind, text in pieces if kind != "space"):
                people = _without_angle(pieces)
                self.found.extend(people)
                self.loose = self.loose + 1 if is_loose and len(people) == 1 and not people[0].address else 0
            return
        address = clean_address(angle)
        name = _name(pieces)
        if not name:
            name = _comments(pieces)
        elif is_loose and self.loose and "@" in address:
            name = self.with_words_before(name)
        self.loose = 0
        if address or name:
            self.found.append(Address(name=name, address=address))

    def with_words_before(self, name: str) -> str:
        """The whole name where its comma is not quoted, as in: Hansen, Kari <kari@example.org>"""
        count = min(self.loose, _MOST_COMMAS)
        before = [one.name for one in self.found[-count:]]
        del self.found[-count:]
        return ", ".join([*before, name])[:_LONGEST_NAME]


def _may_hold_comma(inside: str) -> bool:
    """Source routes (RFC 5322 §4.4) and quoted local parts."""
    return inside.startswith("@") or '"' in inside


def _name(pieces: list[tuple[str, str]]) -> str:
    words: list[str] = []
    for kind, text in pieces:
        if kind == "comment":
            continue
        if kind == "quoted":
            words.append(_ESCAPE.sub(r"\1", text[1:-1]))
        elif kind == "space":
            words.append(" ")
        else:
            words.append(text)
    return _tidy("".join(words))


def _comments(pieces: list[tuple[str, str]]) -> str:
    return _tidy(" ".join(_ESCAPE.sub(r"\1", text) for kind, text in pieces if kind == "comment"))


def _tidy(name: str) -> str:
    name = _SPACES.sub(" ", decode_words(name)).strip()
    for quote in ('"', "'"):
        if len(name) > 1 and name.startswith(quote) and name.endswith(quote):
            name = name[1:-1].strip()
    return name[:_LONGEST_NAME]


def _without_angle(pieces: list[tuple[str, str]]) -> list[Address]:
    """A mailbox without angle brackets: a bare address with a name in a comment or beside it, or a name alone."""
    words: list[list[tuple[str, str]]] = [[]]
    for piece in pieces:
        if piece[0] == "space":
            words.append([])
        elif piece[0] != "comment":
            words[-1].append(piece)
    words = [word for word in words if word]
    joined: list[str] = []
    for word in words:  # blanks around "@" and "." belong to the address (RFC 5322 §4.4)
        text = "".join(text for _, text in word)
        is_bare = word[0][0] == "text" or (len(word) > 1 and word[1][1].startswith("@"))
        goes_on = bool(joined) and is_bare and len(joined[-1]) < 300
        if goes_on and (text[0] in "@." or (joined[-1].endswith(("@", ".")) and "@" in joined[-1])):
            joined[-1] += text
        else:
            joined.append(text)
    spots = [index for index, text in enumerate(joined) if _is_bare_address(text)]
    if not spots:
        name = _name(pieces)
        if len(joined) == 1 and (comment := _comments(pieces)) and _LOCAL.fullmatch(joined[0]):
            return [Address(name=comment, address=joined[0])]  # a mailbox of the sending machine: MAILER-DAEMON (Mail Delivery System)
        comment = _comments(pieces)
        return [Address(name=name or comment, address="")] if name or comment else []
    if len(spots) > 1 and len(spots) == len(joined):  # addresses parted by blanks only
        return [Address(name="", address=clean_address(text)) for text in joined]
    spot = spots[-1]
    name = _comments(pieces) or _tidy(" ".join(joined[:spot] + joined[spot + 1 :]).replace('"', ""))
    return [Address(name=name, address=clean_address(joined[spot]))]


def _is_bare_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at and domain) and not text.startswith(("=?", "@")) and (not local.startswith('"') or local.endswith('"')) and bool(local)


def clean_address(text: str) -> str:
    """An address as it should be: without blanks, comments, source route, "mailto:" and punycode; its local part as written."""
    text = text.strip().strip("<>").strip()
    if "=?" in text:
        text = decode_words(text).strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if "(" in text and '"' not in text:
        text = re.sub(r"\([^()]*+\)", "", text)
    local, at, domain = text.rpartition("@")
    if not at:
        return "" if " " in text.strip() else text.strip()
    if not local.startswith('"'):
        local = _SPACES.sub("", local)
        local = local.strip("'") if local.startswith("'") and domain.endswith("'") else local
    domain = _SPACES.sub("", domain).strip("'\"").rstrip(".")
    return f"{local}@{in_letters(domain)}"
