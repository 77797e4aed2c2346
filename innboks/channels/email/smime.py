"""The mail inside an opaque S/MIME signature (smime.p7m, RFC 8551 §3.5.2), so that signed mail can be read.

Only the wrapping is taken off: nothing is verified here, and encrypted mail stays a file. One walk over the outer fields of the CMS structure
(RFC 5652 §5), without recursion. Read `parts.py` for the caller.
"""

_SEQUENCE, _SET, _OBJECT_ID, _INTEGER, _EXPLICIT_0, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0x31, 0x06, 0x02, 0xA0, 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


def signed_content(data: bytes) -> bytes | None:
    """The MIME entity that a signed-data object carries, or None when `data` is anything else (encrypted, detached, damaged)."""
    reader = _Reader(data)
    if not reader.enter(_SEQUENCE) or reader.value(_OBJECT_ID) != _SIGNED_DATA:
        return None
    if not (reader.enter(_EXPLICIT_0) and reader.enter(_SEQUENCE)):
        return None
    if reader.value(_INTEGER) is None or reader.value(_SET) is None:
        return None
    if not reader.enter(_SEQUENCE) or reader.value(_OBJECT_ID) is None or not reader.enter(_EXPLICIT_0):
        return None
    return reader.octets()


class _Reader:
    """A cursor over BER fields (X.690 §8.1)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def head(self) -> tuple[int, int] | None:
        """Tag and length (-1 = indefinite) of the field at the cursor, which moves to its content."""
        data, position = self.data, self.position
        if position + 2 > len(data):
            return None
        tag, length = data[position], data[position + 1]
        position += 2
        if length == 0x80:
            length = -1
        elif length > 0x80:
            size = length & 0x7F
            if size > 8 or position + size > len(data):
                return None
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        self.position = position
        return tag, length

    def enter(self, tag: int) -> bool:
        found = self.head()
        return found is not None and found[0] == tag

    def value(self, tag: int) -> bytes | None:
        """The content of a field of known length; the cursor moves past it."""
        found = self.head()
        if found is None or found[0] != tag or found[1] < 0:
            return None
        start = self.position
        self.position = start + found[1]
        return self.data[start : self.position]

    def octets(self) -> bytes | None:
        """An octet string, whole or in pieces; a cut-off one gives what is there."""
        found = self.head()
        if found is None or found[0] not in (_OCTETS, _OCTETS_IN_PIECES):
            return None
        if found[0] == _OCTETS:
            return self.data[self.position : self.position + found[1]] if found[1] >= 0 else None
        end = len(self.data) if found[1] < 0 else self.position + found[1]
        pieces: list[bytes] = []
        while self.position < end:
            piece = self.value(_OCTETS)
            if piece is None:
                break
            pieces.append(piece)
        return b"".join(pieces)
