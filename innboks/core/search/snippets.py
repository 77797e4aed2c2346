"""Where the words that were looked for stand in a text, and the stretch of it that shows them best. Pure; nothing here is markup.

A text is folded letter by letter (no case, no accents), so that a place in the folded text is the same place in the text. Letters that become two
("æ") stay, and the words that are looked for are written with both.
"""

import re
import unicodedata
from collections.abc import Sequence

from innboks.core.search.models import Piece

LENGTH = 180
BEFORE = 50
"""How much of the text stands before the first match."""
NEAR = 16
"""So near to its beginning, a text is shown from there."""
MATCHES_MAX = 400


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0xC0, 0x250):
        letter = chr(code)
        plain = unicodedata.normalize("NFD", letter)[0].lower()
        table[code] = (
            plain if plain.isascii() else {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t"}.get(letter.lower(), letter.lower())
        )
    return table


_FOLDED = _table()
_DOUBLE = {"ae": "(?:ae|æ)", "oe": "(?:oe|œ)", "ss": "(?:ss|ß)"}
_DOUBLES = re.compile("ae|oe|ss")
_SPACE = re.compile(r"\s+")
_GLUE = r"[^\w]+"


def _fold(text: str) -> str:
    lower = text.lower()
    return (lower if len(lower) == len(text) else text).translate(_FOLDED)


class Marker:
    """Finds words: each entry of `runs` is a run of one or more words in the index's spelling, the last of them possibly only begun."""

    def __init__(self, runs: Sequence[tuple[tuple[str, ...], bool]]) -> None:
        written = sorted({(_GLUE.join(map(_written, words)), is_open) for words, is_open in runs if words}, key=lambda one: -len(one[0]))
        self._pattern = (
            re.compile("|".join(rf"(?<![^\W_]){text}" + ("" if is_open else r"(?![^\W_])") for text, is_open in written))
            if written
            else None
        )

    def places(self, text: str) -> list[tuple[int, int]]:
        if self._pattern is None:
            return []
        found = []
        for match in self._pattern.finditer(_fold(text)):
            found.append(match.span())
            if len(found) >= MATCHES_MAX:
                break
        return found

    def has(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.search(_fold(text)) is not None

    def whole(self, text: str) -> list[Piece]:
        """All of a short text, its matches marked."""
        return _pieces(text, self.places(text))

    def snippet(self, text: str) -> list[Piece]:
        """The stretch with the most different matches, or the beginning of a text without any."""
        places = self.places(text)
        folded = _fold(text)
        best, most = 0, 0
        for at, (start, _) in enumerate(places):
            words = {folded[a:b] for a, b in places[at : at + 40] if b <= start + LENGTH - BEFORE}
            if len(words) > most:
                best, most = start, len(words)
        begin = _word_start(text, max(0, best - BEFORE)) if most and best > BEFORE + NEAR else 0
        end = _word_end(text, min(len(text), begin + LENGTH))
        cut = [(max(a, begin) - begin, min(b, end) - begin) for a, b in places if b > begin and a < end]
        pieces = _pieces(text[begin:end], cut)
        if begin > 0:
            pieces.insert(0, Piece("… ", False))
        if end < len(text.rstrip()):
            pieces.append(Piece(" …", False))
        return pieces


def _written(word: str) -> str:
    return _DOUBLES.sub(lambda found: _DOUBLE[found[0]], re.escape(word))


def _word_start(text: str, at: int) -> int:
    """The beginning of the word at `at`, when it is near."""
    for step in range(24):
        if at - step <= 0 or text[at - step - 1].isspace():
            return at - step
    return at


def _word_end(text: str, at: int) -> int:
    for step in range(24):
        if at - step <= 0 or at >= len(text) or text[at - step - 1 : at - step].isspace():
            return at - step if at < len(text) else at
    return at


def _pieces(text: str, places: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for start, end in places:
        if start > at:
            pieces.append(Piece(_SPACE.sub(" ", text[at:start]), False))
        if end > max(at, start):
            pieces.append(Piece(_SPACE.sub(" ", text[max(at, start) : end]), True))
            at = end
    if at < len(text):
        pieces.append(Piece(_SPACE.sub(" ", text[at:]), False))
    return pieces
