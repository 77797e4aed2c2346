"""The channel as the product meets it: by the contract alone. Every fixture comes in as its `.json` says, or goes out with those facts."""

import base64
import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest

from innboks.channels import email as folder
from innboks.channels.email import own
from innboks.channels.email.channel import Email
from innboks.channels.email.connecting import SENDING
from innboks.channels.email.settings import Config
from innboks.config import MailRelay
from innboks.errors import Broken, Invalid, Rejected, Retry, Uncertain, Unrecognised
from innboks.sdk.contract import Context, Inbound, MessageReceived, OutgoingFile, Party
from innboks.sdk.parsing import Facts, pure_context
from innboks.sdk.registry import Registry, discover, offers
from tests.channels.email.context import World, outgoing
from tests.channels.email.dovecot import PASSWORD, USER, Dovecot
from tests.channels.email.scripted_smtp import HANG, scripted

FIXTURES = Path(str(folder.__file__)).parent / "fixtures"
CHANNEL = Email()
MESSAGE_ID, CONVERSATION_ID = 4711, 12


def world(**config: Any) -> World:
    given = {"address": "team@team.example", "company_name": "Team", "signature_html": "{{full_name}}<br>Team"}
    return World(Config(**{**given, **config}))


def filled_in(text: str, ctx: Context) -> str:
    """The fixture with what only this key can make."""
    values = {
        "OUR_MESSAGE_ID": own.message_id_for(ctx, MESSAGE_ID),
        "OUR_SECOND_ID": own.second_id(own.message_id_for(ctx, MESSAGE_ID)),
        "REPLY_ADDRESS": own.reply_address(ctx, CONVERSATION_ID),
        "LOOP_MARK": own.loop_mark(ctx),
    }
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text


def fixture(name: str, ctx: Context) -> bytes:
    return filled_in((FIXTURES / name).read_bytes().decode("latin-1"), ctx).encode("latin-1")


def as_seen(raw: bytes, ctx: Context, headers: dict[str, str] | None = None) -> list[Any]:
    """The happenings as plain values; of files the size, of nothing the default."""
    try:
        happenings = CHANNEL.parse(ctx, Inbound(body=raw, headers={"rcpt-to": "team@team.example", **(headers or {})}))
    except Unrecognised as error:
        return [{"type": "unrecognised", "code": error.code}]
    return [_short(msgspec.to_builtins(one, builtin_types=(bytes,))) for one in happenings]


def _short(value: Any) -> Any:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items() if one not in ("", None, [], {}, ()) and key != "dedupe_key"}
    return [_short(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("in_*.eml")), ids=lambda path: path.stem)
def test_what_comes_in(path: Path) -> None:
    ctx = world().context()
    expected = json.loads(filled_in(path.with_suffix(".json").read_text(), ctx))
    assert as_seen(fixture(path.name, ctx), ctx) == expected


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("out_*.json")), ids=lambda path: path.stem)
async def test_what_goes_out(path: Path) -> None:
    case = json.loads(fixture(path.name, world().context()))
    files = [_file(one) for one in case["outgoing"].pop("files", [])]
    if "recipients" in case["outgoing"]:
        case["outgoing"]["recipients"] = [Party(**one) for one in case["outgoing"]["recipients"]]
    expect = case["expect"]
    async with scripted(case.get("server", {})) as script:
        ctx = world(smtp_host="127.0.0.1", smtp_port=script.port).context()
        sent = await CHANNEL.send(ctx, outgoing(**case["outgoing"], files=files))
    assert {one.address: one.state for one in sent.results} == expect["results"]
    assert list(sent.external_ids) == [CHANNEL.message_id_for(ctx, MESSAGE_ID)]
    assert [line[9:-1] for line in script.commands if line.startswith("RCPT")] == expect["envelope"]
    mail = email.message_from_bytes(script.mails[0], policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert {name: mail[name] and str(mail[name]) for name in expect["headers"]} == expect["headers"]
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    assert [[part.get_content_type(), part.get_filename()] for part in leaves] == expect["parts"]
    if "text" in expect:
        assert leaves[0].get_content().replace("\r\n", "\n") == expect["text"]
    assert all(piece in leaves[1].get_content() for piece in expect.get("html_has", []))


def _file(one: dict[str, Any]) -> OutgoingFile:
    content = base64.b64decode(one.pop("content"))

    async def read() -> bytes:
        return content

    return OutgoingFile(**one, size=len(content), content=read)


def test_the_registry_finds_it_and_describes_its_form() -> None:
    registry = discover()
    about = registry.describe(registry.get("email"), {})
    fields = next(iter(about["config_schema"]["$defs"].values()))["properties"]
    assert about["abilities"]["text_format"] == "html"
    assert about["abilities"]["identity"] == "email"
    assert about["abilities"]["is_slow_to_parse"] is True
    assert "app password" in about["guide"]
    assert about["icon"].startswith("<svg")
    assert fields["smtp_password"]["writeOnly"]
    assert fields["imap_password"]["writeOnly"]
    assert not [name for name in fields if "password" in name and not fields[name].get("writeOnly")]
    assert all(offers(registry.get("email"), one) for one in ("serve", "watch", "ledger", "find_sent", "health", "describe", "push"))
    assert [one["provider"] for one in about["sign_ins"]] == ["google", "microsoft"]


def test_parsing_needs_nothing_but_plain_facts() -> None:
    """The road in parses in another process, where there is no client, no log and no database."""
    ctx = world().context()
    facts = Facts(
        kind="email",
        config=msgspec.json.encode(ctx.config),
        ref=ctx.ref,
        key=b"k" * 32,
        public_url=ctx.public_url,
        domain=ctx.domain,
        own_addresses=ctx.own_addresses,
    )
    elsewhere = pure_context(Registry([CHANNEL]), facts)
    raw = fixture("in_reply_address.eml", ctx)
    assert as_seen(raw, elsewhere) == as_seen(raw, ctx)


def test_the_same_mail_has_the_same_key_and_a_reused_id_another() -> None:
    ctx = world().context()
    raw = fixture("in_text.eml", ctx)

    def key(content: bytes) -> str | None:
        (one,) = CHANNEL.parse(ctx, Inbound(body=content))
        assert isinstance(one, MessageReceived)
        return one.dedupe_key

    again = b"Received: from a by b; Mon, 05 Jan 2026 10:16:00 +0100\r\n" + raw
    other = raw.replace(b"order 4711", b"order 4712")
    nameless = raw.replace(b"Message-ID: <first@customer.example>\r\n", b"")
    assert key(raw) == key(again)
    assert str(key(raw)).startswith("first@customer.example|")
    assert key(raw) != key(other)
    assert len(str(key(nameless))) == 64


def test_headers_that_name_a_mail_count_before_the_reply_address() -> None:
    """R-121: whoever forwards an answer of ours keeps its address in the mail, but the headers say what is answered."""
    ctx = world().context()
    raw = fixture("in_html_reply.eml", ctx).replace(b"To: team@team.example", f"To: {own.reply_address(ctx, 99)}".encode())
    (one,) = as_seen(raw, ctx)
    assert [(key["how"], key["label"]) for key in one["thread"]] == [
        ("message", "In-Reply-To"),
        ("message", "References"),
        ("conversation", "reply address"),
    ]


def test_a_reply_address_that_stands_in_the_envelope_only_counts_too() -> None:
    ctx = world().context()
    (one,) = as_seen(fixture("in_text.eml", ctx), ctx, {"rcpt-to": str(own.reply_address(ctx, 77))})
    assert one["thread"] == [{"how": "conversation", "value": "77", "label": "reply address"}]
    (one,) = as_seen(fixture("in_text.eml", ctx), ctx, {"rcpt-to": str(own.reply_address(ctx, 77)).replace("+", "+a")})
    assert "thread" not in one


def test_a_forwarded_mail_stays_with_who_forwarded_it_when_the_team_wants_that() -> None:
    ctx = world(use_original_sender=False).context()
    (one,) = as_seen(fixture("in_forwarded.eml", ctx), ctx)
    assert one["sender"]["address"] == "ada@team.example"
    assert "forwarded_by" not in one


def test_a_mail_of_ours_that_a_customer_passes_back_is_the_customers() -> None:
    ctx = world().context()
    raw = fixture("in_forwarded.eml", ctx).replace(b"ada@team.example", b"leo@customer.example")
    (one,) = as_seen(raw.replace(b"nora@newcomer.example", b"team@team.example"), ctx)
    assert one["sender"]["address"] == "leo@customer.example"
    assert "Can somebody answer?" in one["text"]


def test_a_mail_from_the_sent_folder_is_one_that_was_sent_elsewhere() -> None:
    ctx = world().context()
    raw = b"From: team@team.example\r\nTo: leo@customer.example\r\nMessage-ID: <by-phone@team.example>\r\n\r\nHello\r\n"
    (one,) = as_seen(raw, ctx, {"folder-role": "sent"})
    assert (one["direction"], one["may_answer_automatically"]) == ("out", False)


def test_what_trusted_servers_found_is_a_word_on_the_message() -> None:
    ctx = world(trusted_authserv_ids="mx.team.example").context()
    header = b"Authentication-Results: mx.team.example; dmarc=%s header.from=customer.example\r\n"
    raw = fixture("in_text.eml", ctx)
    words = [as_seen(header % verdict + raw, ctx)[0]["origin"]["word"] for verdict in (b"pass", b"fail")]
    assert words == ["verified", "suspicious"]
    assert as_seen(header % b"pass" + raw, world().context())[0]["origin"]["word"] == "unverified"


def test_hostile_bytes_become_something_and_never_an_accident() -> None:
    ctx = world().context()
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5000))
    for raw in (b"", b"\x00" * 10_000, b"From: a@b.example\r\n" + nested, b"From: a@b.example\r\n\r\n" + bytes(range(256)) * 100):
        for one in as_seen(raw, ctx):
            assert "\x00" not in json.dumps(one)
            msgspec.json.encode(one)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_without_a_server_of_its_own_an_address_sends_through_the_installations() -> None:
    async with scripted() as script:
        place = world()
        place.settings = {"smtp_out": MailRelay(host="127.0.0.1", port=script.port)}
        await CHANNEL.send(place.context(), outgoing())
    assert len(script.mails) == 1
    assert "MAIL FROM:<team@team.example>" in script.commands


async def test_without_any_server_the_connection_is_broken_and_says_what_to_do() -> None:
    with pytest.raises(Broken, match="Enter an SMTP server"):
        await CHANNEL.send(world().context(), outgoing())


async def test_a_message_without_a_recipient_is_refused() -> None:
    with pytest.raises(Rejected, match="no recipient"):
        await CHANNEL.send(world(smtp_host="127.0.0.1").context(), outgoing(recipients=[]))


async def test_silence_after_the_whole_mail_is_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("innboks.channels.email.outbox.FINAL_TIMEOUT_S", 0.3)
    async with scripted({"DOT": HANG}) as script:
        with pytest.raises(Uncertain):
            await CHANNEL.send(world(smtp_host="127.0.0.1", smtp_port=script.port).context(), outgoing())
        assert len(script.mails) == 1


async def test_nobody_knows_whether_a_forwarded_addresss_mail_left() -> None:
    with pytest.raises(Uncertain):
        await CHANNEL.find_sent(world().context(), outgoing())
    async with scripted() as script:
        deaf = script.port
    with pytest.raises(Uncertain):  # nobody answers there: to try again would be to send again
        await CHANNEL.find_sent(world(method="imap", imap_host="127.0.0.1", imap_port=deaf, imap_password="x").context(), outgoing())
    retry = outgoing(only=["leo@customer.example"])  # the copy in Sent may be of the first try
    with pytest.raises(Uncertain):
        await CHANNEL.find_sent(world(method="imap", imap_host="127.0.0.1", imap_password="x").context(), retry)


# ── connecting ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_connecting_by_forwarding_tries_the_server_and_gives_an_address() -> None:
    async with scripted() as script:
        place = world(address=" Team@TEAM.example ", smtp_host="127.0.0.1", smtp_port=script.port)
        connected = await CHANNEL.connect(place.context())
        assert (connected.identity, connected.address) == ("team@team.example", "team@team.example")
        assert "MAIL FROM:<team@team.example>" in script.commands
        assert not any(line.startswith("DATA") for line in script.commands)
    hosted = CHANNEL.hosted_address(place.context())
    assert hosted is not None
    assert hosted.endswith("@inbox.example")
    assert CHANNEL.hosted_address(world(method="imap").context()) is None


async def test_the_mailboxs_password_is_not_pressed_on_a_server_that_lets_nobody_sign_in(server: Dovecot) -> None:
    """A relay of one's own network takes mail without a login; nothing but the mailbox's was typed."""
    mailbox = {"method": "imap", "imap_host": "127.0.0.1", "imap_port": server.port, "imap_tls": "none", "imap_password": PASSWORD}
    async with scripted() as script:
        sending = {"address": USER, "smtp_host": "127.0.0.1", "smtp_port": script.port, "smtp_tls": "none"}
        ctx = world(**mailbox, **sending).context()
        await CHANNEL.connect(ctx)
        tried = await CHANNEL.try_out(ctx, SENDING)
        sent = await CHANNEL.send(ctx, outgoing())
        assert [one.state for one in sent.results] == ["sent"]
        assert tried[0].name == "Reached the SMTP server"
        assert not any("AUTH" in command for command in script.commands)
        with pytest.raises(Invalid, match="lets nobody sign in"):
            await CHANNEL.connect(world(**mailbox, **sending, smtp_user="team").context())
    async with scripted({"MAIL": "530 5.7.0 Authentication required"}) as script:
        with pytest.raises(Invalid, match="wants a valid user name and password"):
            await CHANNEL.connect(world(**mailbox, **{**sending, "smtp_port": script.port}).context())


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"AUTH": "535 5.7.8 bad"}, "smtp_password", "user name or password"),
        ({"AUTH": "235 2.7.0 welcome", "MAIL": "553 5.7.1 not yours"}, "address", "does not let us send from this address"),
        ({"GREETING": "554 5.7.1 no"}, "smtp_host", "does not take mail from us"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(answers: dict[str, str], field: str, sentence: str) -> None:
    async with scripted(answers, extensions=("AUTH PLAIN",)) as script:
        ctx = world(smtp_host="127.0.0.1", smtp_port=script.port, smtp_user="team", smtp_password="for tests").context()
        with pytest.raises(Invalid, match=sentence) as caught:
            await CHANNEL.connect(ctx)
        assert caught.value.field == field
        assert (await CHANNEL.health(ctx)).state == "broken"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": "a@b.example\r\nBcc: x@y.example"}, "address"),
        ({"reply_to": "x y"}, "reply_to"),
        ({"method": "gmail"}, "method"),
        ({"method": "imap"}, "imap_host"),
        ({"method": "imap", "imap_host": "imap.example"}, "imap_password"),
        ({"method": "imap", "imap_host": "imap.example", "imap_password": "x"}, "smtp_host"),
        ({"smtp_host": "https://smtp.example/"}, "smtp_host"),
        ({"tls_ca": "not a certificate"}, "tls_ca"),
    ],
)
async def test_what_cannot_work_is_refused_at_its_field(config: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        await CHANNEL.connect(world(**config).context())
    assert caught.value.field == field


async def test_a_server_that_is_away_is_a_retry_for_a_message() -> None:
    async with scripted() as script:
        port = script.port
    with pytest.raises(Retry):
        await CHANNEL.send(world(smtp_host="127.0.0.1", smtp_port=port).context(), outgoing())
