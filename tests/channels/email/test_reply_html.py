"""Mail that has only HTML, as the mail programs write it: text and HTML are parted at the same place."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from innboks.channels.email.html_text import html_to_text
from innboks.channels.email.reply import split_html, split_reply
from innboks.channels.email.reply_html import marks_quotation

OLD = "Please try again."

CLIENTS = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "quoting_clients").glob("*.html"))}


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS)
def test_a_program_s_quotation_is_cut_from_text_and_html(html: str) -> None:
    reply = split_reply("", html)
    assert reply.text == "It works."
    assert OLD in reply.quoted
    new, quoted = split_html(html)
    assert OLD not in new
    assert "It works." in new
    assert OLD in quoted
    assert "It works." not in quoted
    assert html_to_text(new).strip().startswith("It works.")
    assert "wrote" not in html_to_text(new)
    assert balanced(new)
    assert balanced(quoted)


class _Balance(HTMLParser):
    void = frozenset({"br", "hr", "img", "meta", "o:p"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.good = True

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            self.good = self.good and bool(self.open) and self.open.pop() == tag


def balanced(html: str) -> bool:
    """Every element that is opened is closed, in order (void and Word's empty elements aside)."""
    parser = _Balance()
    parser.feed(html)
    return parser.good and not parser.open


@pytest.mark.parametrize("html", [html for html in CLIENTS.values() if marks_quotation(html)])
def test_the_plain_part_wins_but_a_silent_one_asks_the_html(html: str) -> None:
    text = f"It works.\n\n{OLD}"  # as programs write it that drop quote marks
    reply = split_reply(text, html)
    assert reply.text == "It works."


def test_answers_between_pieces_of_a_quotation_stay_with_them() -> None:
    html = (
        "<div>Hello,</div><blockquote type='cite'><div>On 5 Jan 2026, at 14:14, Support &lt;s@example.com&gt; wrote:</div>"
        "<div>Which version?</div></blockquote><div>Version 3.</div><blockquote type='cite'><div>Which system?</div></blockquote>"
        "<div>The old one.</div><blockquote type='cite'>Regards</blockquote>"
    )
    reply = split_reply("", html)
    assert [line for line in reply.text.split("\n") if line] == [
        "Hello,",
        "> On 5 Jan 2026, at 14:14, Support <s@example.com> wrote:",
        "> Which version?",
        "Version 3.",
        "> Which system?",
        "The old one.",
    ]
    assert reply.quoted == "> Regards"
    new, quoted = split_html(html)
    assert "Which system?" in new
    assert "Regards" not in new
    assert html_to_text(quoted) == "> Regards"


def test_words_below_a_quotation_are_new() -> None:
    attribution = "<div>On 5 Jan 2026, at 14:14, S &lt;s@example.com&gt; wrote:</div>"
    html = f"<div>One.</div>{attribution}<blockquote type='cite'>old</blockquote><div>Two.</div>"
    assert re.split(r"\n+", split_reply("", html).text) == ["One.", "Two."]
    new, quoted = split_html(html)
    assert re.split(r"\n+", html_to_text(new)) == ["One.", "Two."]
    assert "old" in quoted
    assert balanced(new)


def test_a_marked_signature_is_cut_but_words_below_it_stay() -> None:
    html = (
        '<div>It works.<br clear="all"><div><br></div>-- <br><div dir="ltr" class="gmail_signature">Kim Sample<br>Example Ltd</div></div>'
    )
    reply = split_reply("", html)
    assert reply.text == "It works."
    assert "Kim Sample" in reply.signature
    reply = split_reply("", '<div>One.</div><div id="Signature">Kim Sample</div><div>And one more thing.</div>')
    assert re.split(r"\n+", reply.text) == ["One.", "And one more thing."]
    assert reply.signature == "Kim Sample"


def test_a_forwarded_mail_without_a_comment_stays_whole() -> None:
    html = (
        '<div dir="ltr"><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: Kay '
        "&lt;kay@example.org&gt;<br>Date: Mon, Jan 5, 2026 at 2:14 PM<br>Subject: Invoice<br>To: kim@example.org<br></div><br>Where is it?</div></div>"
    )
    reply = split_reply("", html)
    assert "Where is it?" in reply.text
    assert "kay@example.org" in reply.text
    assert split_html(html) == (html, "")
    commented = split_reply("", html.replace("<br>", "Can you answer Kay?<br>", 1))
    assert commented.text == "Can you answer Kay?"
    assert "Where is it?" in commented.quoted


def test_a_program_s_quotation_without_a_word_gives_no_text_but_a_person_s_does() -> None:
    program = (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, S wrote:</div><blockquote class="gmail_quote">old</blockquote></div>'
    )
    assert split_reply("", program).text == ""
    assert "old" in split_reply("", program).quoted
    assert split_html(program) == (program, "")
    person = "<blockquote>Only this.</blockquote>"
    assert split_reply("", person).text == "> Only this."


def test_nothing_to_cut_leaves_the_html_as_it_is() -> None:
    for html in ("", "<p>Hello</p>", "no tags", "<p>a &lt; b</p>", "<blockquote>x</blockquote>"):
        assert split_html(html) == (html, "")
