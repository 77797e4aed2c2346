"""Where the new words of a plain mail begin and end: above, below and between quotations, signatures, and what only looks like either."""

import re
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.reply import split_html, split_reply

ATTRIBUTION = "On Mon, Jan 5, 2026 at 2:14 PM Support <support@example.com> wrote:"


def test_above_a_quotation() -> None:
    reply = split_reply(f"It works.\r\n\r\nThank you!\r\n\r\n{ATTRIBUTION}\r\n\r\n> Try again.\r\n>\r\n> Support\r\n")
    assert reply.text == "It works.\n\nThank you!"
    assert reply.quoted == f"{ATTRIBUTION}\n\n> Try again.\n>\n> Support"
    assert reply.signature == ""


def test_below_a_quotation() -> None:
    reply = split_reply(f"{ATTRIBUTION}\n> Which version?\n\nVersion 3.\n\n-- \nKim Sample\n")
    assert (reply.text, reply.signature) == ("Version 3.", "--\nKim Sample")
    assert reply.quoted == f"{ATTRIBUTION}\n> Which version?"


def test_below_a_quotation_without_marks_the_attribution_goes() -> None:
    reply = split_reply(f"{ATTRIBUTION}\n\nVersion 3.\n")
    assert reply.text == "Version 3."


def test_around_a_quotation() -> None:
    reply = split_reply(f"Hello,\n\n{ATTRIBUTION}\n> Which version?\n> Which system?\n\nVersion 3.\n")
    assert reply.text == "Hello,\n\nVersion 3."


def test_between_pieces_of_a_quotation_the_pieces_stay() -> None:
    reply = split_reply(f"Hello,\n\n{ATTRIBUTION}\n> Which version?\nVersion 3.\n> Which system?\nThe old one.\n> Regards\n> Support\n")
    assert reply.text == "Hello,\n\n> Which version?\nVersion 3.\n> Which system?\nThe old one."
    assert reply.quoted == f"{ATTRIBUTION}\n> Regards\n> Support"


def test_a_quotation_that_a_person_chose_stays_above_the_answer() -> None:
    assert split_reply("> what is your order number?\nIt is 12345").text == "> what is your order number?\nIt is 12345"
    assert split_reply("See:\n>>> import this\nand it failed.").quoted == ""


def test_a_quotation_whose_lines_a_server_wrapped_is_one_quotation() -> None:
    quoted = "> a line so long that some server on the way has broken it in two,\nleaving the rest without a mark\n> and so on\n"
    assert split_reply(f"Fine.\n\n{ATTRIBUTION}\n{quoted}").text == "Fine."
    assert split_reply(f"Fine.\n\n{ATTRIBUTION}\n> see (https://example.com/\npath?x=1)\n>\n").text == "Fine."


def test_marks_of_old_news_readers() -> None:
    assert split_reply(f"{ATTRIBUTION}\nJD> Which version?\nJD> Which system?\n\nVersion 3.").text == "Version 3."


def test_history_below_history_goes_too() -> None:
    old = f"Try again.\n\n{ATTRIBUTION}\nIt fails.\n\n-----Original Message-----\nFrom: a@example.com\nSubject: x\n\nFirst"
    reply = split_reply(f"It works.\n\nFrom: Support <support@example.com>\nSent: 5 January 2026 14:14\nTo: Kim\nSubject: RE: x\n\n{old}")
    assert reply.text == "It works."
    assert reply.quoted.endswith("First")


def test_words_glued_to_an_attribution() -> None:
    assert split_reply("It works.--- On Mon, Jan 5, 2026 at 2:14 PM, s@example.com wrote:\n> old").text == "It works."
    assert split_reply("It works. On Mon, Jan 5, 2026 at 2:14 PM, s@example.com wrote:\n> old").text == "It works."


def test_a_forwarded_mail() -> None:
    block = "---------- Forwarded message ---------\nFrom: Kay <kay@example.org>\nDate: Mon, Jan 5, 2026\nSubject: Invoice\nTo: kim@example.org\n\n"
    reply = split_reply(f"Can you answer Kay?\n\n{block}Where is it?\n")
    assert reply.text == "Can you answer Kay?"
    assert reply.quoted.endswith("Where is it?")
    reply = split_reply(f"{block}Where is it?\n")
    assert reply.text == "Where is it?"
    assert "kay@example.org" in reply.quoted


@pytest.mark.parametrize(
    "text",
    [
        "> Only a quotation.",
        f"{ATTRIBUTION}\n> Only a quotation.\n",
        "-- \nKim Sample",
        "Sent from my iPhone",
        "Best regards,\nKim",
        "   \n\n --- \n",
    ],
)
def test_a_mail_without_anything_new_stays_whole(text: str) -> None:
    reply = split_reply(text)
    assert reply.text == "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").rstrip()
    assert reply.quoted == ""


@pytest.mark.parametrize(
    "text",
    [
        "I would like to book:\n\nFrom: Oslo\nTo: Bergen\nDate: 5 May 2026\n\nIs that possible?",
        "My data:\n\nName: Kim Sample\nEmail: kim@example.org\nDate: 5 May 2026\n\nPlease answer.",
        "I wrote to you on 3.5.2026 about these things:\n\n- the invoice\n- the delivery\n\nNo answer so far.",
        "Hallo,\nam 3. Mai 2026 schrieb ich Ihnen wegen der Rechnung:\nbisher keine Antwort.",
        'In your mail of 3 May 2025 you wrote:\n\n"we will refund it"\n\nbut you did not.',
        "As kim@example.org wrote:\n\nit is broken.",
        "On the other hand, this is fine.\nOn Monday:\n\nwe meet.",
        "The page says what he wrote:\n\nnothing at all.",
        "2026-01-05 14:14\n05.01.2026 14:14\nJan 5, 2026 at 14:14\n\nthese are the times at which it failed.",
        "See https://example.com/on-monday-someone-wrote:\nit is good.",
        "One -- two -- three.\n\nI need:\n-- first\n-- second\n\nThanks!",
        "Ship to\n\nKim Sample\nSample Street 5\n+47 22 33 44 55\nkim@example.org",
        "First part\n\n***\n\nMore of it.",
        "A fax came in.\n\n----------------\nTime: 3/9/2026 3:50 PM\nPages: 3\n\nPlease call back.",
        "<kim@example.org>: host mx.example.org[203.0.113.96] said:\n550 5.1.1 no such user",
        "First part\n\n---\n\nSecond part, is it clear?",
        "Two things:\n\n- apples\n- pears",
        "The parcel was\nsent from the warehouse yesterday.",
        "Here it is.\n\nSent from my desk, which is much easier than my phone.",
        "With regards to the invoice I have a question.\nRegards the other one, none.",
        "Reach me here:\n\nKim Sample\nkim@example.org\n+47 22 33 44 55",
        "-----Enter your feedback below-----\n\nIt is good.",
        "a > b\nb < c\n\n< c",
        "We talked about the original message.\n\nOriginal message was better.",
    ],
)
def test_what_only_looks_like_a_quotation_or_signature_stays(text: str) -> None:
    reply = split_reply(text)
    assert reply.text == text
    assert (reply.quoted, reply.signature) == ("", "")


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nKim Sample\nExample Ltd\n\nwww.example.org",
        "--\nKim",
        "---\nKim Sample",
        "_____________________\nKim Sample\nHead of Sales",
        "—————\nKim Sample\n+47 22 33 44 55",
        "- Kim",
        "-Kim Sample",
        "-Kim.\n\nSent from my phone",
        "Best regards,\nKim",
        "Mit freundlichen Grüßen\nKim Sample\nBeispiel GmbH",
        "Med vennlig hilsen\nKim Sample",
        "Cordialement,\nKim",
        "Kim Sample\nHead of Sales\nExample Ltd\nkim@example.org\nTel: +47 22 33 44 55",
        "_______________________________________________\nsample-users mailing list\nsample-users@example.org\nhttps://lists.example.org/sample",
        "This email and any attachments are confidential and intended solely for the addressee.\nIf you are not the recipient, delete it.",
        "-- \nKim\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie bitte.",
    ],
)
def test_a_signature_is_cut(signature: str) -> None:
    for tail in ("", f"\n\n{ATTRIBUTION}\n> old\n"):
        reply = split_reply(f"It works, thank you.\n\n{signature}{tail}")
        assert reply.text == "It works, thank you."
        assert reply.signature == "\n".join(line.rstrip() for line in signature.split("\n"))


def test_a_closing_with_a_gap_below_is_the_writer_s_own() -> None:
    text = "It works.\n\nBest regards,\n\nKim"
    assert split_reply(text).text == text


def test_the_html_part_decides_when_the_plain_one_shows_nothing() -> None:
    html = "<div>It works.</div><div>On Mon, S &lt;s@example.com&gt; wrote:</div><blockquote>Try again.</blockquote>"
    assert split_reply("It works.\nTry again.", html).text == "It works."
    assert split_reply("", html).text == "It works."
    assert split_reply("   \n", "").text == ""


FRAGMENTS = """On |wrote:|Mon, Jan 5, 2026 at 2:14 PM |<a@example.com>|From: |Sent: 14:14|Subject: |To: |Best regards,|Kim|-----Original Message-----
Sent from my iPhone|___________|😀|AB> |(|Thank you for it.|在 2026年1月5日 |写道：|---------- Forwarded message ---------|<div>|</div>|<blockquote>
</blockquote>|<div class="gmail_quote">|<div id="divRplyFwdMsg">|<br>|<pre>|<|<!--|&lt;|&#xF0000;|<div class="gmail_signature">|<b|</|<hr>|> |>|-- """
CHARACTERS = ["\n", "\r\n", "\n> ", "\n\n", "-- \n", " ", "\u200f", "\xa0", "\x00", "\ud800", "\U000f0001"]
PIECES = st.lists(st.sampled_from(re.split(r"[|\n]", FRAGMENTS) + CHARACTERS) | st.text(max_size=20), max_size=40).map("".join)


@given(PIECES, PIECES)
@settings(max_examples=200, deadline=None)
def test_any_string_is_split_without_loss(text: str, html: str) -> None:
    reply = split_reply(text, html)
    if not html and "\x00" not in text:
        kept = reply.text + reply.quoted + reply.signature
        assert sorted("".join(text.split())) == sorted("".join(kept.split()))
    split_reply("", html)
    new, quoted = split_html(html)
    assert new or not html
    assert isinstance(quoted, str)


HOSTILE = [
    "wrote:\n", "> x\ny\n", ">\n", ">", "-", "--\n", "- - - -\n", " ", " \n", "From: a\n", "From: x\nfoo\nbar\nbaz\n", "From: Oslo\nTo: Bergen\nDate: x\n\n",
    "On Mon, Jan 5, 2026 at 2:14 PM x wrote\n", "On 1.1.2020 10:00, a@b.c wrote:\n> y\nz\n", "<a@b.c> wrote:\nOn 1.1.2020\n", "x <\n", "a@b.c:\n", "x\n> y\n",
    "-----Original Message-----\n", "_", "Best regards,\nKim\n", "Sent from my iPhone\n", "x\nSent from my iPhone\n", "AB> x\n", "- Kim\n", "\u200b\n", "1.1.", "٥",
    "Kim Sample\n+47 22 33 44 55\na@b.c\n\n", "This e-mail is confidential and intended only for you and for nobody else at all.\n\n",
]  # fmt: skip
HOSTILE_HTML = [
    "<div>", "<blockquote>x", "x<blockquote>y</blockquote>", '<div class="gmail_quote">x', "<", "<a ", '<a b="', "<!--", "<script>", "<style>x</style>", "<p>x",
    "<pre>x\n</pre>", '<div id="divRplyFwdMsg">x', "<b><i></b></i>x", "</div>", "x<br>x<br><blockquote>", "<a '\"", '<div class="gmail_signature">x',
]  # fmt: skip


def _growth(run: Callable[[str], object], piece: str) -> float:
    """How much longer eight times the input takes, by the fewest processor seconds of two runs."""

    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        best = sys.float_info.max
        for _ in range(2):
            before = time.process_time()
            run(text)
            best = min(best, time.process_time() - before)
        return best

    small = max(seconds(6_000), 0.002)
    return seconds(48_000) / small


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    assert _growth(split_reply, piece) < 30  # linear: 8, quadratic: 64


@pytest.mark.parametrize("piece", HOSTILE_HTML)
def test_time_grows_with_the_html_and_not_with_its_square(piece: str) -> None:
    assert _growth(lambda html: split_reply("", html), piece) < 30
    assert _growth(split_html, piece) < 30
