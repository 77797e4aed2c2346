"""HTML mail as text: what the reader sees, in linear time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello&nbsp;<b>wor</b>ld &amp; co</p><p>next</p>", "Hello world & co\n\nnext"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("a<br>b<br/>\n c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul><ol start=3><li>c<li>d</ol>", "• a\n• b\n\n3. c\n4. d"),
        ("x<blockquote>a<blockquote>b</blockquote></blockquote>y", "x\n\n> a\n>\n> > b\n\ny"),
        ("<style>p{}</style><title>t</title><script>1<2</script>a<!-- b --><![if !mso]>c<![endif]>", "ac"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ('<div style="display: none">preview<div>x</div></div>shown', "shown"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>", "a\n\nb"),
        ('<a title="x>y">link</a> 1 < 2 <img alt="😀"><img alt="logo">', "link 1 < 2 😀"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("never <b closed", "never"),
        ("", ""),
    ],
)
def test_conversion(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "unit", ["<div>", "<a ", '<a b="', "<", "<!--", "<blockquote>x", "</", "<svg>", "&nbsp;&zwnj;", "<ul><li>x", '<img alt="']
)
def test_hostile_html_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    html_to_text(unit * (500_000 // len(unit)))
    assert time.process_time() - started < 2


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<br>",
                "<li>",
                "<ol>",
                "</ol>",
                "<blockquote>",
                "</blockquote>",
                "<pre>",
                "a",
                " ",
                "<",
                ">",
                '"',
                "&amp;",
                "<!--",
                "-->",
                "<style>",
                "</style>",
                "='",
            ]
        ),
        max_size=80,
    ).map("".join)
)
def test_any_html_gives_text(html: str) -> None:
    assert isinstance(html_to_text(html), str)
