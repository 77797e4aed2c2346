"""Mail of our own in the account's brand: its logo above the words, and what leads into the app as a button in its colour. Where no brand is chosen it stays
plain text. The text itself is the same either way. Read next: `core/own_mail.py`."""

import html
import re
from typing import TYPE_CHECKING

import msgspec

from innboks.core.accounts import store_brand as store

if TYPE_CHECKING:
    from innboks.core.parts import Parts

LOGO_ID = "logo@innboks"
"""Under which the markup names the logo."""
_USUAL = "#0a6b75"
_LINK = re.compile(r"https?://\S+")


class Dressed(msgspec.Struct, frozen=True):
    """`html` "": nothing but the text. `logo`: (type, bytes)."""

    html: str = ""
    logo: tuple[str, bytes] | None = None


async def dressed(parts: "Parts", account_id: int, text: str, button: str) -> Dressed:
    """`text` as it would be mailed. A line that is nothing but an address of ours becomes a button with the words of `button`: what a stranger wrote may
    stand in the text too, and gets none."""
    async with parts.db.connection() as conn:
        kept, _ = await store.brand(conn, account_id)
        logo = await store.logo(conn, account_id)
    colour = kept.get("colour", "")
    if not colour and logo is None:
        return Dressed()
    above = (
        f'<p><img src="cid:{LOGO_ID}" alt="{html.escape(kept.get("name", ""))}" style="max-height:48px;max-width:240px"></p>'
        if logo
        else ""
    )
    paragraphs = [_paragraph(one, colour or _USUAL, button, parts.settings.url) for one in text.strip().split("\n\n")]
    body = f'<body style="font:15px/1.5 sans-serif;color:#1c1b19;max-width:560px">{above}{"".join(paragraphs)}</body>'
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"></head>'
    return Dressed(html=f"{head}{body}</html>", logo=None if logo is None else (logo[0], logo[2]))


def _paragraph(text: str, colour: str, button: str, own_url: str) -> str:
    lines = [_line(one, colour, button, own_url) for one in text.splitlines() if one.strip() != "--"]
    return f"<p>{'<br>'.join(lines)}</p>"


def _line(line: str, colour: str, button: str, own_url: str) -> str:
    if _LINK.fullmatch(line.strip()) and line.strip().startswith(f"{own_url}/"):
        style = f"display:inline-block;padding:8px 16px;border-radius:6px;background:{colour};color:{_ink_on(colour)};text-decoration:none"
        return f'<a href="{html.escape(line.strip())}" style="{style}">{html.escape(button)}</a>'
    pieces, end = [], 0
    for found in _LINK.finditer(line):
        link = html.escape(found[0])
        pieces += [html.escape(line[end : found.start()]), f'<a href="{link}">{link}</a>']
        end = found.end()
    return "".join([*pieces, html.escape(line[end:])])


def _ink_on(colour: str) -> str:
    """Black or white, whichever can be read better there (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
