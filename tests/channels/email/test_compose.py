"""Mails as we write them, read back by the standard library and by our own parser: right, and safe whatever is put into them."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest

from innboks.channels.email.compose import Composed, compose, text_to_html
from innboks.channels.email.notice import compose_notice
from innboks.channels.email.own import first_id, message_id_for, own_message, second_id
from innboks.channels.email.read import read_mail
from innboks.channels.email.settings import Config
from innboks.sdk.contract import Author, Notice, NoticePicture, OutgoingFile, Party
from tests.channels.email.context import World, outgoing

EVIL = "x\r\nBcc: evil@z.example\r\n\r\nbody\n\rX-Evil: 1\x00\u2028X-Evil: 2\x85X-Evil: 3"


def made(
    *,
    config: dict[str, Any] | None = None,
    files: list[tuple[OutgoingFile, bytes]] | None = None,
    domain: str = "inbox.example",
    **changes: Any,
) -> Composed:
    settings = {"address": "team@acme.example", "company_name": "Acme", **(config or {})}
    world = World(Config(**settings), domain=domain)
    return compose(world.context(), outgoing(**changes), files or [])


def read(mail: Composed) -> EmailMessage:
    parsed = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def file(name: str, type: str = "text/plain", **options: Any) -> OutgoingFile:
    async def content() -> bytes:
        return b""

    return OutgoingFile(name=name, type=type, size=1, content=content, **options)


def test_a_plain_answer() -> None:
    mail = made(in_reply_to="q2@customer.example", references=["q1@customer.example", "q2@customer.example"])
    message = read(mail)
    assert message["From"] == "Ada Example at Acme <team@acme.example>"
    assert message["To"] == "Leo Customer <leo@customer.example>"
    assert message["Subject"] == "Re: Where is it?"
    assert message["Date"] == "Mon, 05 Jan 2026 09:30:00 +0000"
    assert message["In-Reply-To"] == "<q2@customer.example>"
    assert message["References"] == f"<q1@customer.example> <q2@customer.example> <{second_id(mail.message_id)}>"
    assert second_id(mail.message_id) != mail.message_id
    assert first_id(second_id(mail.message_id)) == mail.message_id
    assert message["Message-ID"] == f"<{mail.message_id}>"
    assert message["Auto-Submitted"] is None
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["Hello Leo,", "", "it is on its way."]
    assert "Hello Leo,<br>" in html.get_content()


def test_the_same_bytes_at_every_try() -> None:
    assert made().raw == made(attempt=2).raw
    assert made().message_id != made(message_id=4712).message_id


def test_our_ids_are_known_again_and_cannot_be_made_up() -> None:
    context = World(Config(address="team@acme.example")).context()
    mine = message_id_for(context, 4711)
    assert own_message(context, mine) == 4711
    assert own_message(context, mine.replace("@acme.example", "@renamed.example")) == 4711
    assert own_message(context, "1268" + mine[4:]) is None
    assert own_message(context, "abc@acme.example") is None


@pytest.mark.parametrize(
    ("mode", "company", "name", "expected"),
    [
        ("agent_and_company", "Acme", "Ada Example", "Ada Example at Acme"),
        ("agent_and_company", "", "Ada Example", "Ada Example"),
        ("agent_and_company", "Acme", "", "Acme"),
        ("company", "Acme, Inc. (Oslo)", "Ada Example", "Acme, Inc. (Oslo)"),
        ("company", 'Åkers Æøå 日本 "quoted"', "Ada", 'Åkers Æøå 日本 "quoted"'),
        ("company", "", "Ada Example", ""),
    ],
)
def test_both_from_names(mode: str, company: str, name: str, expected: str) -> None:
    mail = made(config={"from_name_mode": mode, "company_name": company}, author=Author(id=1, name=name))
    sender = read(mail)["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (expected, "team@acme.example")
    assert read_mail(mail.raw).sender[0].name == expected


def test_the_word_in_the_sender_is_of_the_addresss_language() -> None:
    config = {"from_name_language": "nb", "company_name": "Fjellsport AS"}
    assert read(made(config=config, author=Author(id=1, name="Åse Nes")))["From"].addresses[0].display_name == "Åse Nes hos Fjellsport AS"


def test_the_signature_has_the_authors_names_in_text_and_html() -> None:
    signature = "<p>Kind regards<br>{{first_name}} {{ last_name }}<br><b>{{full_name}}</b> {{unknown}}</p>"
    mail = made(config={"signature_html": signature}, author=Author(id=1, name="Åse <b>O'Neil</b>", first_name="Åse", last_name="O'Neil"))
    plain, html = read(mail).get_body(("plain",)), read(mail).get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "\n-- \nKind regards\nÅse O'Neil\n" in plain.get_content().replace("\r\n", "\n")
    assert "Åse O&#x27;Neil<br><b>Åse &lt;b&gt;O&#x27;Neil&lt;/b&gt;</b> {{unknown}}" in html.get_content()
    assert read_mail(mail.raw).text.strip() == "Hello Leo,\n\nit is on its way."


def test_nothing_put_into_a_mail_can_start_another_header() -> None:
    mail = made(
        config={"company_name": EVIL, "signature_html": f"<p>{{{{full_name}}}} {EVIL}</p>"},
        author=Author(id=1, name=EVIL, first_name=EVIL, last_name=EVIL),
        subject=EVIL,
        text=EVIL,
        html=f"<p>{EVIL}</p>",
        quoted=EVIL,
        recipients=[
            Party(address="leo@customer.example", name=EVIL),
            Party(address="bo@customer.example", name="=?utf-8?q?=0D=0ABcc:_x?=", role="cc"),
        ],
        in_reply_to="q@customer.example>\r\nBcc: evil@z.example",
        references=["a@b.example\nX-Evil: 1", "ok@b.example"],
        files=[(file(EVIL, EVIL, is_inline=True, content_id=EVIL), b"x"), (file("../../etc/passwd"), b"y"), (file('a"b\\c;d=e'), b"z")],
    )
    message = read(mail)
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["In-Reply-To"] is None
    assert message["References"] == f"<ok@b.example> <{second_id(mail.message_id)}>"
    for part in message.walk():
        assert not any(name.lower().startswith(("x-evil", "bcc")) for name in part)
    assert [part.get_filename() for part in message.iter_attachments()][1:] == ["passwd", "c;d=e"]
    head, _, body = mail.raw.partition(b"\r\n\r\n")
    assert not any(line.startswith((b"Bcc", b"X-Evil")) for line in head.replace(b"\r", b"\n").split(b"\n"))
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert b"\n" not in body.replace(b"\r\n", b"")
    hidden = [Party(address="hidden@customer.example", name=EVIL, role="bcc")]
    with_bcc = compose(World(Config(address="team@acme.example")).context(), outgoing(recipients=hidden), [], with_bcc=True)
    assert read(with_bcc)["Bcc"].addresses[0].addr_spec == "hidden@customer.example"
    assert read(with_bcc)["X-Evil"] is None
    refusals: list[dict[str, Any]] = [
        {"recipients": [Party(address="x@y.example>\r\nBcc: evil@z.example")]},
        {"config": {"reply_to": "x@y.example>\r\nBcc: evil@z.example"}},
        {"config": {"address": "x@y.example>\r\nBcc: evil@z.example"}},
        {"config": {"from_address": "x@y.example>\r\nBcc: evil@z.example"}},
    ]
    for refused in refusals:
        with pytest.raises(ValueError, match="not a mail address"):
            made(**refused)


def test_nothing_put_into_a_notice_can_start_another_header() -> None:
    world = World(Config(address="team@acme.example", company_name=EVIL), domain="inbox.example")
    picture = NoticePicture(content_id=EVIL, type=EVIL, content=b"x")
    notice = Notice(to=Party(address="ada@acme.example", name=EVIL), subject=EVIL, text=EVIL, html=f"<p>{EVIL}</p>", picture=picture)
    for part in read(compose_notice(world.context(), notice)).walk():
        assert not any(name.lower().startswith(("x-evil", "bcc")) for name in part)


def test_blind_copies_are_in_no_header() -> None:
    mail = made(recipients=[Party(address="hidden@customer.example", role="bcc")])
    assert b"hidden" not in mail.raw
    assert read(mail)["To"] is not None
    mail = made(
        recipients=[
            Party(address="a@b.example"),
            Party(address="hidden@customer.example", role="bcc"),
            Party(address="c@b.example", role="cc"),
        ]
    )
    assert b"hidden" not in mail.raw
    assert read(mail)["Cc"] == "c@b.example"


def test_lines_are_short_and_long_ids_whole() -> None:
    long_id = "a" * 180 + "@customer.example"
    mail = made(
        subject="Sehr geehrte Damen und Herren, " * 20 + "Ærlig talt 日本語テキスト" * 10,
        references=[f"{number}.{long_id}" for number in range(60)],
        in_reply_to=long_id,
        text="x" * 3000 + "\nFrom here\n.\n..dots\n" + "å" * 2000,
        recipients=[Party(address=f"person{n}@customer.example", name=f"Persønn Nummer {n}") for n in range(60)],
        files=[(file("ø" * 150 + ".pdf", "application/pdf"), bytes(range(256)) * 20)],
    )
    message = read(mail)
    assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert message["Subject"] == ("Sehr geehrte Damen und Herren, " * 20 + "Ærlig talt 日本語テキスト" * 10)
    ours = read_mail(mail.raw)
    assert len(ours.references) == 30
    assert ours.references[0] == "0." + long_id
    assert ours.references[-2:] == [long_id, second_id(mail.message_id)]
    assert ours.in_reply_to == [long_id]
    assert [one.name for one in ours.to] == [f"Persønn Nummer {n}" for n in range(60)]
    assert [one.name for one in ours.attachments] == ["ø" * 150 + ".pdf"]
    assert ours.attachments[0].content == bytes(range(256)) * 20
    assert ours.body_text.splitlines()[:4] == ["x" * 3000, "From here", ".", "..dots"]


def test_pictures_in_the_text_stand_beside_it_and_files_behind() -> None:
    mail = made(
        html='<p>Look: <img src="cid:logo@here"></p>',
        text="Look",
        files=[
            (file("logo.png", "image/png", is_inline=True, content_id="logo@here"), b"PNG"),
            (file("unused.png", "image/png", is_inline=True, content_id="nowhere"), b"PNG2"),
            (file("old.eml", "message/rfc822"), b"Subject: x\r\n\r\ny"),
        ],
    )
    message = read(mail)
    shape = [part.get_content_type() for part in message.walk()]
    assert shape == [
        "multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png", "image/png", "application/octet-stream",
    ]  # fmt: skip
    ours = read_mail(mail.raw)
    assert [(one.name, one.inline) for one in ours.attachments] == [("logo.png", True), ("unused.png", False), ("old.eml", False)]


def test_html_only_gets_a_text_and_text_only_gets_html() -> None:
    plain = read(made(text="", html="<p>Hello</p><ul><li>one</li></ul>")).get_body(("plain",))
    assert plain is not None
    assert "Hello" in plain.get_content()
    markup = text_to_html("a < b\n  see https://x.example/?a=1&b=2. <script>")
    assert markup == (
        '<div dir="auto">a &lt; b<br>\n &nbsp;see <a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>. &lt;script&gt;</div>'
    )


def test_answers_come_back_to_the_hosted_address_where_the_world_can_reach_it() -> None:
    assert read(made(domain="localhost"))["Reply-To"] is None
    assert read(made(config={"method": "imap"}))["Reply-To"] is None
    hosted = read(made(domain="inbox.acme.com"))["Reply-To"].addresses[0]
    assert hosted.domain == "inbox.acme.com"
    assert "+" in hosted.username
    assert read(made(config={"reply_to": "sales@acme.example"}, domain="inbox.acme.com"))["Reply-To"] == "Acme <sales@acme.example>"


def test_addresses_in_other_scripts() -> None:
    mail = made(recipients=[Party(address="leo@müller.example", name="Leo")])
    assert not mail.needs_utf8
    assert b"leo@xn--mller-kva.example" in mail.raw
    mail = made(recipients=[Party(address="jörg@customer.example", name="Jörg")])
    assert mail.needs_utf8
    assert "<jörg@customer.example>".encode() in mail.raw


def test_a_notice_says_the_same_in_the_brand() -> None:
    world = World(Config(address="team@acme.example"), domain="inbox.example")
    plain = Notice(to=Party(address="ada@acme.example", name="Ada"), subject="New", text="Å ja\nhttp://x.example/1")
    message = read(compose_notice(world.context(), plain))
    assert (message.get_content_type(), message.get_content().splitlines()) == ("text/plain", ["Å ja", "http://x.example/1"])
    logo = NoticePicture(content_id="logo@innboks", type="image/png", content=b"\x89PNG")
    branded = msgspec.structs.replace(plain, html='<img src="cid:logo@innboks"><p>Å ja</p>', picture=logo)
    message = read(compose_notice(world.context(), branded))
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert body.get_content().splitlines() == ["Å ja", "http://x.example/1"]
    assert message["Auto-Submitted"] == "auto-generated"
