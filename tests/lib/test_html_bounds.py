"""Pages that tree builders need very long for: what is stored of them is shallow and small, and ordinary pages stay as they are."""

import re
import time

import pytest

from innboks.lib.html import sanitise
from innboks.lib.html_bounds import DEEPEST

ENDLESS = {
    "elements": "<div>" * 300_000 + "core",
    "quotations": "<blockquote>" * 200_000 + "core",
    "elements whose ends lie elsewhere": "<div></span>" * 150_000 + "core",
    "ends that a table hides": "<div><table></div></table>" * 90_000 + "core",
    "ends in comments": "<div><!--</div>-->" * 150_000 + "core",
    "ends in styles": "<div><style></div></style>" * 100_000 + "core",
    "formatting": "".join(f"<font color=c{n}>" for n in range(150_000)) + "<p>core" * 1_000,
    "attributes": "<p " + " ".join(f"a{n}=b" for n in range(300_000)) + ">core</p>",
    "attributes of many": ("<p " + " ".join(f"a{n}=b" for n in range(500)) + ">core</p>") * 700,
    "signs": "core" + "&" * 2_000_000,
    "entities": "core" + "&amp;" * 500_000,
    "angles": "core" + "<" * 1_000_000,
    "an entity in an attribute": f'<p title="{"&amp;" * 400_000}">core</p>',
    "tags without an end": "core" + '<a b="' * 400_000,
    "comments without an end": "core" + "<!--" * 400_000,
    "cells": "<table><tr><td>core" * 30_000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_without_end_it_is_read_in_little_time(kind: str) -> None:
    started = time.process_time()
    page = sanitise(ENDLESS[kind])
    assert time.process_time() - started < 10
    assert "core" in page
    assert deepest(page) <= 2 * DEEPEST + 5, "a table brings a body along that nobody wrote"


def deepest(page: str) -> int:
    """How deep the elements of a page nest which is written well, as the sanitiser does."""
    most = now = 0
    for end, name in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", page):
        now += 0 if name in ("br", "hr", "img", "col") else -1 if end else 1
        most = max(most, now)
    return most


LONG = "<p>A row &amp; more</p>\n" * 3_000  # enough that the page is written anew


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<table><tr><td>a<td>b<tr><td>c</table>d", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<b>a<i>b</b>c</i>d", "<b>a<i>b</i></b><i>c</i>d"),
        ("<p>a<div>b</div>c", "<p>a</p><div>b</div>c"),
        ('<img src="data:image/png;base64,AAAA" alt="1 > 0"><br/>', '<img src="data:image/png;base64,AAAA" alt="1 &gt; 0"><br>'),
        ("<!-- a --><!doctype html><html><head><title>t</title><style>p{}</style></head><body>b", "b"),
        ("a < b & c <3", "a &lt; b &amp; c &lt;3"),
        ("<script>alert(1)</script><svg><a onload=x>s</a></svg>c", "c"),
        ("<font color='red'>a</font><a href=\"https://a.example/?b=1&amp;c=2\">d</a>",
         '<font color="red">a</font><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer nofollow">d</a>'),
        ("a</p>b</nothing>c", "a<p></p>bc"),
    ],
)  # fmt: skip
def test_a_page_of_many_tags_shows_what_a_short_one_shows(page: str, shown: str) -> None:
    assert sanitise(page) == shown
    assert sanitise(page + LONG).removesuffix(sanitise(LONG)).replace("a<p></p>b", "ab") == shown.replace("a<p></p>b", "ab")


def test_a_picture_in_the_page_may_be_large() -> None:
    page = f'<p>a</p><img src="data:image/png;base64,{"A" * 1_000_000}"><p>b</p>'
    assert sanitise(page) == page
