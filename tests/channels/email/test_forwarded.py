"""Whose mail it was that a person passed on (R-130, R-132): layouts and languages, and the replies that look alike."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innboks.channels.email.forwarded import original_sender
from innboks.channels.email.mail import Address
from innboks.channels.email.mime import parse_mail

KARI = Address("Kari Kunde", "kari@kunde.example")


def sender(subject: str, body: str, *headers: str, kind: str = "text/plain") -> Address | None:
    head = [
        "From: Anne Ansatt <anne@shop.example>",
        "To: hjelp@shop.example",
        f"Subject: {subject}",
        f"Content-Type: {kind}; charset=utf-8",
        *headers,
    ]
    return original_sender(parse_mail("\r\n".join([*head, "", body.replace("\n", "\r\n")]).encode()))


GMAIL = (
    "Please help.\n\n---------- {} ---------\n{}: Kari Kunde <kari@kunde.example>\n{}: man. 5. okt. 2026 kl. 10:00\n{}: Ordre "
    "17\n{}: <anne@shop.example>\n\nHei, hvor er pakken?\n"
)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("Fwd", ("Forwarded message", "From", "Date", "Subject", "To")),
        ("Fwd", ("Forwarded message", "Fra", "Date", "Subject", "To")),
        ("VS", ("Videresendt melding", "Fra", "Dato", "Emne", "Til")),
        ("Vb", ("Vidarebefordrat meddelande", "Från", "Datum", "Ämne", "Till")),
        ("VS", ("Videresendt besked", "Fra", "Dato", "Emne", "Til")),
        ("WG", ("Weitergeleitete Nachricht", "Von", "Datum", "Betreff", "An")),
        ("TR", ("Message transféré", "De", "Date", "Objet", "À")),
        ("RV", ("Mensaje reenviado", "De", "Fecha", "Asunto", "Para")),
        ("I", ("Messaggio inoltrato", "Da", "Data", "Oggetto", "A")),
        ("Doorst", ("Doorgestuurd bericht", "Van", "Datum", "Onderwerp", "Aan")),
        ("ENC", ("Mensagem encaminhada", "De", "Data", "Assunto", "Para")),
        ("PD", ("Wiadomość przekazana", "Od", "Data", "Temat", "Do")),
        ("VL", ("Välitetty viesti", "Lähettäjä", "Päivämäärä", "Aihe", "Vastaanottaja")),
    ],
)
def test_forward_block_in_many_languages(prefix: str, words: tuple[str, ...]) -> None:
    body = GMAIL.format(*words)
    assert sender(f"{prefix}: Ordre 17", body) == KARI
    assert sender("Ordre 17", body) == KARI  # the marker alone is enough


def test_apple_mail() -> None:
    body = (
        "See below.\n\n> Begin forwarded message:\n> \n> From: Kari Kunde <kari@kunde.example>\n> Subject: Order 17\n> Date: 5 "
        "October 2026 at 10:00\n> To: anne@shop.example\n> \n> Where is it?"
    )
    assert sender("Fwd: Order 17", body) == KARI
    assert sender("Fwd: Order 17", body.replace("> Begin", "Begin")) == KARI


def test_apple_mail_in_norwegian_without_a_prefix() -> None:
    body = (
        "Videresendt melding:\n\nFra: Kari Kunde <kari@kunde.example>\nEmne: Ordre 17\nDato: 5. oktober 2026\nTil: anne@shop.example\n\nHei"
    )
    assert sender("Ordre 17", body) == KARI


@pytest.mark.parametrize(
    "line",
    [
        "From: Kari Kunde <kari@kunde.example>",
        "From: Kari Kunde [mailto:kari@kunde.example]",
        "*From:* Kari Kunde <kari@kunde.example>",
        "From: Kari Kunde (kari@kunde.example)",
        'From: "Kari Kunde" <kari@kunde.example>',
        "From: Kari Kunde\n<kari@kunde.example>",
        "From: Kari Kunde <mailto:kari@kunde.example>",
    ],
)
def test_outlook_writes_the_sender_in_many_ways(line: str) -> None:
    body = f"FYI\n\n______________\n{line}\nSent: Monday, October 5, 2026 10:00\nTo: Anne <anne@shop.example>\nSubject: Order 17\n\nWhere?"
    assert sender("FW: Order 17", body) == KARI


def test_thunderbird_and_html() -> None:
    body = (
        "-------- Forwarded Message --------\nSubject: \tOrder 17\nDate: \tMon, 5 Oct 2026\nFrom: \tKari Kunde "
        "<kari@kunde.example>\nTo: \tanne@shop.example\n\nWhere?"
    )
    assert sender("Fwd: Order 17", body) == KARI
    html = (
        "<p>See</p><div>---------- Forwarded message ---------<br>From: <b>Kari Kunde</b> &lt;<a "
        "href='mailto:kari@kunde.example'>kari@kunde.example</a>&gt;<br>Date: Mon<br>Subject: Order<br>To: x<br></div>"
    )
    assert sender("Fwd: Order 17", html, kind="text/html") == KARI


def test_the_first_of_nested_forwards() -> None:
    inner = GMAIL.format("Forwarded message", "From", "Date", "Subject", "To").replace("kari@", "eldre@")
    assert sender("Fwd: Fwd: Order", GMAIL.format("Forwarded message", "From", "Date", "Subject", "To") + inner) == KARI


OUTLOOK = "\n\n-----Original Message-----\nFrom: Kari Kunde <kari@kunde.example>\nSent: Monday\nTo: Anne\nSubject: Order 17\n\nWhere?"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Order 17", "It is on its way." + OUTLOOK),
        ("Order 17", "It is on its way." + OUTLOOK),
        (
            "Re: Fwd: Order 17",
            "Thanks.\n\n> ---------- Forwarded message ---------\n> From: Kari Kunde <kari@kunde.example>\n> Date: x\n> Subject: y",
        ),
        ("SV: Ordre 17", "Hei\n\nFra: Kari <kari@kunde.example>\nSendt: mandag\nTil: Anne\nEmne: Ordre 17"),
        (
            "Order 17",
            "On Mon, 5 Oct 2026 Kari wrote:\n> ---------- Forwarded message ---------\n> From: Kari <kari@kunde.example>\n> "
            "Date: x\n> To: y",
        ),
        ("VS: Tilaus 17", "Hei\n\nLähettäjä: Kari <kari@kunde.example>\nLähetetty: maanantai\nVastaanottaja: Anne\nAihe: Tilaus 17"),
        ("Fwd: Order 17", "From: our house to yours, love, kari@kunde.example"),
        ("Fwd: Order 17", "________________________________\nFrom: Kari Kunde\nSent: Monday\nTo: Anne\nSubject: Order 17\n\nWhere?"),
        ("Hello", "I forwarded your message to a friend."),
        ("", ""),
    ],
)
def test_is_no_forward_or_does_not_say(subject: str, body: str) -> None:
    assert sender(subject, body) is None


def test_what_one_wrote_oneself_has_no_other_sender() -> None:
    assert (
        sender("Fwd: Order", GMAIL.format("Forwarded message", "From", "Date", "Subject", "To").replace("kari@kunde", "anne@shop")) is None
    )


def test_a_mailbox_rule_keeps_the_sender() -> None:
    assert (
        sender(
            "Order 17",
            "Hello",
            "X-Forwarded-To: hjelp@shop.example",
            "X-Forwarded-For: anne@shop.example hjelp@shop.example",
            "Resent-From: a@b.example",
        )
        is None
    )


def test_a_group_is_not_believed_against_the_reply_address() -> None:
    raw = b"From: 'Kari' via Help <help@shop.example>\r\nX-Original-From: eve@x.example\r\nReply-To: kari@kunde.example\r\n\r\nHi"
    assert original_sender(parse_mail(raw)) is None
    assert original_sender(parse_mail(b"From: Kari <kari@kunde.example>\r\nX-Original-From: eve@x.example\r\n\r\nHi")) is None


def test_a_group_that_speaks_for_the_writer() -> None:
    raw = b"From: 'Kari Kunde' via Help <help@shop.example>\r\nX-Original-Sender: kari@kunde.example\r\nSubject: Order\r\n\r\nHi"
    assert original_sender(parse_mail(raw)) == KARI
    raw = raw.replace(b"X-Original-Sender: kari@kunde.example", b"X-Original-From: Kari Kunde <kari@kunde.example>")
    assert original_sender(parse_mail(raw)) == KARI


ATTACHED = (
    "--b\nContent-Type: text/plain\n\n{}\n--b\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\nFrom: Kari "
    "Kunde\n <kari@kunde.example>\nSubject: Order\n\nWhere?\n--b--\n"
)


def test_an_attached_mail_with_nothing_else() -> None:
    assert sender("Order 17", ATTACHED.format(""), kind='multipart/mixed; boundary="b"') == KARI
    assert sender("Fwd: Order 17", ATTACHED.format("See this"), kind='multipart/mixed; boundary="b"') == KARI
    assert sender("Order 17", ATTACHED.format("").replace("attachment", "inline"), kind='multipart/mixed; boundary="b"') == KARI
    assert sender("Our evidence", ATTACHED.format("I attach a mail."), kind='multipart/mixed; boundary="b"') is None


@given(st.binary(max_size=1_500))
def test_never_raises(raw: bytes) -> None:
    original_sender(parse_mail(raw))
    original_sender(parse_mail(b"From: a@b.example\r\nSubject: Fwd: x\r\n\r\n" + raw))


@pytest.mark.parametrize(
    "piece", ["From: ", "From: a@b.example\n", "> ", "---------- Forwarded message\n", "a@", "-", "\n", "De: x\nA: y\n", "on monday "]
)
def test_time_is_linear(piece: str) -> None:
    found = parse_mail(b"From: a@b.example\r\nSubject: Fwd: x\r\n\r\n" + (piece * (1_000_000 // len(piece))).encode())
    started = time.process_time()
    original_sender(found)
    assert time.process_time() - started < 0.3
