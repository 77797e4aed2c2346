"""Reply tokens, keys in order of trust, and what counts as the same mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innboks.channels.email.mime import parse_mail
from innboks.channels.email.threading import content_hash, make_token, normal_id, read_token, thread_keys, tokens_in

SECRET = b"a secret for tests only"
DOMAIN = "mail.innboks.example"


def mail(*headers: str, body: str = "Hello") -> bytes:
    return "\r\n".join(["From: Ola <ola@kunde.example>", "Date: Mon, 5 Oct 2026 10:00:00 +0200", *headers, "", body]).encode()


@given(st.integers(min_value=0, max_value=(1 << 64) - 1))
def test_a_token_leads_back(conversation_id: int) -> None:
    token = make_token(SECRET, conversation_id)
    assert read_token(SECRET, token) == conversation_id
    assert read_token(SECRET, token.upper()) == conversation_id
    assert read_token(b"another secret", token) is None
    assert 15 <= len(token) <= 26
    assert token.isalnum()


@given(st.text(max_size=40))
def test_whatever_else_is_no_token(text: str) -> None:
    assert read_token(SECRET, text) is None


def test_a_token_cannot_be_bent() -> None:
    token = make_token(SECRET, 4711)
    for position in range(len(token)):
        for letter in "abcdefghijklmnopqrstuvwxyz234567":
            bent = token[:position] + letter + token[position + 1 :]
            assert read_token(SECRET, bent) == (4711 if bent == token else None)
    assert read_token(SECRET, token + "a") is None
    assert read_token(SECRET, token[:-1]) is None


def test_neighbours_look_nothing_alike() -> None:
    first, second = make_token(SECRET, 1), make_token(SECRET, 2)
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 6


@pytest.mark.parametrize("number", [-1, 1 << 64])
def test_only_ids_become_tokens(number: int) -> None:
    with pytest.raises(ValueError):
        make_token(SECRET, number)


def test_keys_in_order_of_trust() -> None:
    token = make_token(SECRET, 17)
    found = parse_mail(
        mail(
            f"To: Shop <in-abc+{token.upper()}@MAIL.innboks.example>",
            "In-Reply-To: <c@shop.example>",
            "References: <a@shop.example> <b@shop.example>\r\n <c@shop.example>",
            "Message-ID: <d@kunde.example>",
        )
    )
    assert thread_keys(found, DOMAIN) == [
        f"token:{token}",
        "in-reply-to:c@shop.example",
        "references:b@shop.example",
        "references:a@shop.example",
    ]


@pytest.mark.parametrize(
    "header",
    ["To: x@a.example, reply+{}@mail.innboks.example", "Cc: <reply+{}@mail.innboks.example>", "Bcc: reply+{}@mail.innboks.example",
     "Delivered-To: reply+{}@mail.innboks.example", "X-Original-To: reply+{}@Mail.Innboks.Example"],
)  # fmt: skip
def test_the_token_may_stand_in_any_recipient(header: str) -> None:
    token = make_token(SECRET, 3)
    assert tokens_in(parse_mail(mail(header.format(token))), DOMAIN) == [token]


@pytest.mark.parametrize(
    "address",
    [
        "reply+{}@other.example",
        "reply+@mail.innboks.example",
        "reply+short@mail.innboks.example",
        "{}@mail.innboks.example",
        "reply+{}-x@mail.innboks.example",
    ],
)
def test_other_addresses_carry_no_token(address: str) -> None:
    assert tokens_in(parse_mail(mail("To: " + address.format(make_token(SECRET, 3)))), DOMAIN) == []


def test_a_mail_does_not_answer_itself() -> None:
    assert thread_keys(parse_mail(mail("Message-ID: <a@b.example>", "References: <a@b.example>")), DOMAIN) == []


def test_a_thousand_references_stay_few() -> None:
    found = parse_mail(mail("References: " + " ".join(f"<{number}@a.example>" for number in range(5_000))))
    keys = thread_keys(found, DOMAIN)
    assert len(keys) == 100
    assert keys[0] == "references:4999@a.example"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [(" <a@b.example> ", "a@b.example"), ('"<a@b.example>"', "a@b.example"), ("<<a@b\r\n .example>>", "a@b.example"), ("", "")],
)
def test_ids_are_compared_bare(raw: str, wanted: str) -> None:
    assert normal_id(raw) == wanted


def fingerprint(*headers: str, body: str = "Hello") -> str:
    return content_hash(parse_mail(mail("Message-ID: <same@kunde.example>", *headers, body=body)))


def test_the_way_does_not_change_a_mail() -> None:
    plain = fingerprint("Subject: Order 17", body="Hello\r\n\r\nOla")
    assert plain == fingerprint(
        "Subject: Order 17", "Received: from a by b; Mon, 5 Oct 2026 10:00:01 +0200", "X-Spam: no", body="Hello\r\n\r\nOla\r\n"
    )
    assert plain == fingerprint("Subject:  Order\r\n 17", body="Hello  \n\nOla")
    assert plain == fingerprint("Subject: Order 17", "Content-Transfer-Encoding: base64", body="SGVsbG8KCk9sYQo=")


@pytest.mark.parametrize(("subject", "body"), [("Order 18", "Hello"), ("Order 17", "Hello again"), ("Order 17", "")])
def test_a_reused_id_with_other_content_is_another_mail(subject: str, body: str) -> None:
    assert fingerprint("Subject: Order 17") != fingerprint(f"Subject: {subject}", body=body)


def test_an_attachment_counts() -> None:
    head = 'Content-Type: multipart/mixed; boundary="b"'
    body = '--b\r\n\r\nHello\r\n--b\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\n{}\r\n--b--'
    assert fingerprint(head, body=body.format("one")) != fingerprint(head, body=body.format("two"))


@given(st.binary(max_size=1_000))
def test_never_raises(raw: bytes) -> None:
    found = parse_mail(raw)
    thread_keys(found, DOMAIN)
    assert len(content_hash(found)) == 64
