"""format=flowed text (RFC 3676) joined back into paragraphs. Read `mime.py` for the caller."""


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Joins lines that end in a space with the next one of the same quote depth; removes space-stuffing. `delete_space` is DelSp=yes: the
    last space itself was added by the sender. The signature mark "-- " ends a paragraph (§4.3). Quoted lines keep "> " per level."""
    out: list[str] = []
    pieces: list[str] = []
    depth = -1  # depth of the paragraph that is still open, -1 for none
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        body = line.lstrip(">")
        quotes = len(line) - len(body)
        body = body.removeprefix(" ")
        is_mark = body == "-- "
        if depth >= 0 and (quotes != depth or is_mark):
            out.append(_paragraph(depth, pieces))
            pieces, depth = [], -1
        if body.endswith(" ") and not is_mark:
            pieces.append(body[:-1] if delete_space else body)
            depth = quotes
            continue
        pieces.append(body)
        out.append(_paragraph(quotes, pieces))
        pieces, depth = [], -1
    if depth >= 0:
        out.append(_paragraph(depth, pieces))
    return "\n".join(out)


def _paragraph(quotes: int, pieces: list[str]) -> str:
    body = "".join(pieces)
    return f"{'>' * quotes} {body}".rstrip(" ") if quotes else body
