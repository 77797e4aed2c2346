"""A test through both roads, a provider's confirmation of a forwarding, and what the DNS has to say."""

import email
import email.policy

import msgspec
import pytest

from innboks.channels.email.dns_records import check_records
from innboks.channels.email.settings import Config
from innboks.core.channel_accounts.connect import get_channel_account
from innboks.core.channel_accounts.try_out import drop_confirmation, list_tests, send_test, start_test
from innboks.core.conversations.read import list_conversations
from tests.channels.email.context import World
from tests.channels.email.dns_server import dns_server
from tests.channels.email.test_both_roads import Team, team

__all__ = ["team"]


async def begin(team: Team) -> int:
    test = await start_test(team.parts, team.actor, team.row.id)
    await send_test(team.parts, team.actor.account_id, test.id)
    return test.id


async def test_a_test_goes_out_and_comes_back_and_is_no_conversation(team: Team) -> None:
    test_id = await begin(team)
    (test,) = await list_tests(team.parts, team.actor, team.row.id)
    assert (test.id, test.problem, test.returned_at) == (test_id, "", None)
    assert None not in (test.taken_at, test.sent_at)
    raw = team.server.mails[0].decode()
    assert email.message_from_string(raw, policy=email.policy.default)["To"] == "team@team.example"
    await team.gets(raw)
    (test,) = await list_tests(team.parts, team.actor, team.row.id)
    assert test.returned_at is not None
    assert test.arrived_at == team.row.hosted_address
    assert test.delivery_id is not None
    assert (await list_conversations(team.parts, team.actor)).items == []


async def test_a_mark_that_somebody_made_up_is_an_ordinary_mail(team: Team) -> None:
    test_id = await begin(team)
    await team.gets(f"From: leo@customer.example\nTo: team@team.example\nSubject: x [test {test_id}-{'0' * 20}]\n\nHello.\n")
    (test,) = await list_tests(team.parts, team.actor, team.row.id)
    assert test.returned_at is None
    assert len((await list_conversations(team.parts, team.actor)).items) == 1


async def test_a_test_that_cannot_leave_says_why_and_is_not_sent_twice(team: Team) -> None:
    team.server.answers["RCPT"] = "550 5.1.1 nobody here"
    test_id = await begin(team)
    (test,) = await list_tests(team.parts, team.actor, team.row.id)
    assert test.problem
    assert test.sent_at is None
    del team.server.answers["RCPT"]
    await send_test(team.parts, team.actor.account_id, test_id)
    assert team.server.mails == []


CONFIRMATION = """From: Forwarding <forwarding-noreply@provider.example>
To: {to}
Subject: (#428117) Forwarding confirmation - receive mail from team@team.example
Message-ID: <c1@provider.example>

team@team.example wants to forward mail to your address.
Confirmation code: 428117
To allow it, please confirm here:
https://mail.provider.example/mail/vf-abc123.

"""


async def test_a_code_that_confirms_the_forwarding_is_shown_and_the_mail_stays_a_message(team: Team) -> None:
    await team.gets(CONFIRMATION.format(to=team.row.hosted_address))
    row = await get_channel_account(team.parts, team.actor, team.row.id)
    assert row.confirmation is not None
    assert row.confirmation["code"] == "428117"
    assert row.confirmation["link"] == "https://mail.provider.example/mail/vf-abc123"
    assert row.confirmation["sender"] == "forwarding-noreply@provider.example"
    assert len((await list_conversations(team.parts, team.actor)).items) == 1
    await drop_confirmation(team.parts, team.actor, team.row.id)
    assert (await get_channel_account(team.parts, team.actor, team.row.id)).confirmation is None


async def test_what_is_written_to_the_team_confirms_nothing(team: Team) -> None:
    """Whoever knows only the public address cannot put a link before an administrator."""
    await team.gets(CONFIRMATION.format(to="team@team.example"))
    assert (await get_channel_account(team.parts, team.actor, team.row.id)).confirmation is None


async def test_the_dns_is_asked_and_the_missing_lines_are_given() -> None:
    records = {
        ("tindra.example", "TXT"): ["v=spf1 include:other.example -all"],
        ("google._domainkey.good.example", "TXT"): ["v=DKIM1; k=rsa; p=MIIB"],
        ("good.example", "TXT"): ["hello", "v=spf1 include:_spf.google.com ~all"],
        ("_dmarc.good.example", "TXT"): ["v=DMARC1; p=none"],
        ("by-name.example", "TXT"): ["v=spf1 a:smtp.by-name.example/28 ~all"],
        ("mail._domainkey.other-name.example", "TXT"): ["v=DKIM1; k=rsa; p=MIIB"],
    }
    async with dns_server(records) as server:

        async def checks(address: str, **config: str) -> dict[str, tuple[str, str, str]]:
            given = msgspec.convert({"method": "gmail", "address": address, **config}, Config)
            ctx = World(given, settings={"dns": server.address}).context()
            return {one.name: (one.state, one.record_name, one.record_value) for one in await check_records(ctx)}

        assert {name: one[0] for name, one in (await checks("team@good.example")).items()} == {"SPF": "ok", "DKIM": "ok", "DMARC": "ok"}
        found = await checks("team@tindra.example")
        assert found["SPF"] == ("wrong", "tindra.example", "v=spf1 include:_spf.google.com include:other.example -all")
        assert found["DKIM"] == ("missing", "google._domainkey.tindra.example", "")
        assert found["DMARC"] == ("missing", "_dmarc.tindra.example", "v=DMARC1; p=none; rua=mailto:team@tindra.example")
        by_name = await checks("team@by-name.example", method="forwarding", smtp_host="smtp.by-name.example")
        assert by_name["SPF"] == ("ok", "", ""), "with the neighbours of its address, too"
        none = await checks("team@nothing.example", method="forwarding", smtp_host="smtp.nothing.example")
        assert none["SPF"] == ("missing", "nothing.example", "v=spf1 a:smtp.nothing.example ~all")
        other_name = await checks("team@other-name.example")
        assert other_name["DKIM"] == ("unknown", "", ""), "a key, but not under a name that Google chooses"
        server.is_away = True
        assert {one[0] for one in (await checks("team@away.example")).values()} == {"unknown"}


GOOGLE = "v=spf1 include:_netblocks.google.com ~all"
MANY = " ".join(f"include:s{nth}.example" for nth in range(11))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=spf1 redirect=_spf.google.com", "ok"),
        ("v=spf1 redirect=parent.example", "ok"),
        ("v=spf1 include:parent.example -all", "ok"),
        ("v=spf1 +include:_SPF.Google.com. -all", "ok"),
        ("v=spf1 -include:_spf.google.com ~all", "wrong"),
        ("v=spf1 -all include:_spf.google.com", "wrong"),
        ("v=spf1 mx ~all redirect=_spf.google.com", "wrong"),
        ("v=spf1 include:circle.example ~all", "wrong"),
        (f"v=spf1 {MANY} include:_spf.google.com ~all", "wrong"),
        ("v=spf1 include:nowhere.example ~all", "wrong"),
        ("v=spf1 include:silent.example ~all", "unknown"),
        ("v=spf1 include:%{d}.example ~all", "unknown"),
        ("v=spf1 include:%{d}.example include:parent.example ~all", "ok"),
    ],
)
async def test_an_spf_record_is_read_as_receivers_read_it(record: str, expected: str) -> None:
    """RFC 7208: through includes and redirects, ten look-ups at most."""
    records = {
        ("tindra.example", "TXT"): [record],
        ("parent.example", "TXT"): ["v=spf1 include:_spf.google.com -all"],
        ("circle.example", "TXT"): ["v=spf1 include:circle.example -all"],
        ("_spf.google.com", "TXT"): [GOOGLE],
        **{(f"s{nth}.example", "TXT"): ["v=spf1 ip4:192.0.2.1 -all"] for nth in range(11)},
    }
    async with dns_server(records) as server:
        server.broken.add("silent.example")
        ctx = World(Config(method="gmail", address="team@tindra.example"), settings={"dns": server.address}).context()
        found = (await check_records(ctx))[0]
        assert (found.name, found.state) == ("SPF", expected)
        asked = [name for name, _ in server.asked if not name.startswith(("_dmarc", "google")) and "_domainkey" not in name]
        assert len(asked) <= 11


async def test_a_domain_of_the_provider_is_not_ours_to_change() -> None:
    records = {("gmail.com", "TXT"): ["v=spf1 redirect=_spf.google.com"], ("_dmarc.gmail.com", "TXT"): ["v=DMARC1; p=none"]}
    async with dns_server(records) as server:

        async def checks(**config: str) -> dict[str, str]:
            given = msgspec.convert({"address": "team@gmail.com", **config}, Config)
            found = await check_records(World(given, settings={"dns": server.address}).context())
            assert not any(one.record_type or one.record_name or one.record_value for one in found), "no line to publish there"
            return {one.name: one.state for one in found}

        assert await checks(method="gmail") == {"SPF": "ok", "DKIM": "unknown", "DMARC": "ok"}
        assert await checks(method="forwarding") == {"SPF": "wrong", "DKIM": "wrong", "DMARC": "ok"}
