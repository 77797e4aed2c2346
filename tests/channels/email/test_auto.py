"""Automatic replies, mass mail and loops: what is not answered by a machine (R-127)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innboks.channels.email.auto import is_auto_reply, no_auto_answer
from innboks.channels.email.mail import Mail
from innboks.channels.email.mime import parse_mail


def mail(*headers: str, sender: str = "Ola <ola@kunde.example>", subject: str = "Order 17") -> Mail:
    return parse_mail("\r\n".join([f"From: {sender}", f"Subject: {subject}", *headers, "", "Hello"]).encode())


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: Auto-Generated",
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: auto-notified; owner-email=a@b.example",
        "X-Autoreply: yes",
        "X-Autorespond: Order 17",
        "X-Auto-Response: yes",
        "Precedence: auto_reply",
        "Precedence: junk",
        "X-POST-MessageClass: 9; Autoresponder",
    ],
)
def test_automatic_by_header(header: str) -> None:
    assert is_auto_reply(mail(header))
    assert no_auto_answer(mail(header))


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Order 17",
        "Out of Office: Order 17",
        "Out of office",
        "Autosvar: Ordre 17",
        "Automatisk svar: Ordre 17",
        "Automatiskt svar: Order 17",
        "Automatische Antwort: Bestellung",
        "Abwesenheitsnotiz: Bestellung",
        "Réponse automatique : Commande",
        "Respuesta automática: Pedido",
        "Risposta automatica: Ordine",
        "Automatisch antwoord: Bestelling",
        "Resposta automática: Pedido",
        "Automaattinen vastaus: Tilaus",
        "Odpowiedź automatyczna: Zamówienie",
        "自動返信: 注文",
        "自动回复：订单",
    ],
)
def test_automatic_by_subject(subject: str) -> None:
    assert is_auto_reply(mail(subject=subject))


@pytest.mark.parametrize(
    "subject",
    ["Re: Automatic reply: Order 17", "Out of office hours delivery?", "Autobahn", "Abwesenheit planen", "", "Automatic door is broken"],
)
def test_a_person_may_write_about_it(subject: str) -> None:
    assert not is_auto_reply(mail(subject=subject))
    assert not no_auto_answer(mail(subject=subject))


def test_a_forwarding_rule_is_no_reply() -> None:
    assert not is_auto_reply(mail("Auto-Submitted: auto-forwarded"))
    assert not is_auto_reply(mail("Auto-Submitted: no"))
    assert not no_auto_answer(mail("Auto-Submitted: no"))


@pytest.mark.parametrize(
    "header",
    [
        "List-Id: News <news.shop.example>",
        "List-Unsubscribe: <https://shop.example/u>",
        "Precedence: bulk",
        "Feedback-ID: 1:2:3:shop",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "Return-Path: <>",
        "X-Innboks-Loop: 1",
        "X-Loop: ola@kunde.example",
        "X-No-Loop: yes",
        "X-Other-Loop: yes",
        "Content-Type: multipart/report; report-type=disposition-notification",
        "X-Spam-Flag: YES",
    ],
)
def test_no_machine_answers_it(header: str) -> None:
    assert no_auto_answer(mail(header))


def test_a_list_is_not_a_reply() -> None:
    assert not is_auto_reply(mail("Precedence: list", "List-Id: <talk.club.example>"))


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@shop.example",
        "no-reply@shop.example",
        "MAILER-DAEMON@mx.example",
        "do_not_reply@shop.example",
        "order-noreply@shop.example",
    ],
)
def test_robots_are_not_answered(sender: str) -> None:
    assert no_auto_answer(mail(sender=sender))


@pytest.mark.parametrize("sender", ["nora@kunde.example", "noah.reply@kunde.example", "postmasters@kunde.example"])
def test_people_are_answered(sender: str) -> None:
    assert not no_auto_answer(mail("Return-Path: <x@kunde.example>", "X-Auto-Response-Suppress: DR, RN", sender=sender))


def test_our_own_mail_is_not_answered() -> None:
    ours = mail("Message-ID: <1@mail.innboks.example>")
    assert no_auto_answer(ours, own_hosts={"mail.innboks.example"})
    assert not no_auto_answer(ours, own_hosts={"innboks.example"})
    assert no_auto_answer(ours, own_addresses={"ola@kunde.example"})


@given(st.binary(max_size=1_000))
def test_never_raises(raw: bytes) -> None:
    no_auto_answer(parse_mail(raw))
