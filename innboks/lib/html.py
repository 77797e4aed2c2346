"""Foreign HTML made harmless, once, when it comes in. It is shown only in a sandboxed frame all the same (DESIGN §6, "Safety on both roads")."""

import re

import nh3

from innboks.lib.html_bounds import bounded

_TAGS = set(nh3.ALLOWED_TAGS) | {"font", "u", "big", "address", "main", "section", "colgroup", "col", "tfoot", "style"} - {"style"}
_ANY = {
    "style", "class", "align", "valign", "width", "height", "bgcolor", "color", "border", "cellpadding", "cellspacing", "dir", "lang", "title", "nowrap",
}  # fmt: skip
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["*"] = _ATTRIBUTES.get("*", set()) | _ANY
_ATTRIBUTES["font"] = {"face", "size", "color"}
_ATTRIBUTES["img"] = _ATTRIBUTES.get("img", set()) | {"src", "alt", "width", "height"}
_ATTRIBUTES["a"] = {"href", "name", "title"}
_STYLES = {
    "background", "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "float", "font", "font-family", "font-size",
    "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style", "list-style-type", "margin", "margin-bottom", "margin-left",
    "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align",
    "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-wrap",
}  # fmt: skip
_DATA_IMAGE = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE)
_CSS_CALL = re.compile(r"(url|expression|image-set|image)\s*\(|@import|\\", re.IGNORECASE)


def sanitise(html: str) -> str:
    """HTML with nothing that runs, loads, submits or covers the page. Images keep http(s), `cid:` and inline image data; the frame decides what loads.

    Time is linear in its length; of more than `html_bounds.LONGEST` characters the first are read."""
    return nh3.clean(
        bounded(html, frozenset(_TAGS)),
        tags=_TAGS,
        clean_content_tags={
            "script",
            "style",
            "head",
            "title",
            "noscript",
            "template",
            "svg",
            "math",
            "iframe",
            "object",
            "embed",
            "textarea",
        },
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _filter(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return ";".join(one for one in value.split(";") if not _CSS_CALL.search(one))
    if value[:5].lower() == "data:" and (tag != "img" or name != "src" or not _DATA_IMAGE.match(value)):
        return None
    if value[:4].lower() == "cid:" and (tag != "img" or name != "src"):
        return None
    return value
