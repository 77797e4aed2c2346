"""What a mail tells for filters to go by (R-802, R-803), and what must not be taken for it."""

import pytest

from innboks.channels.email.channel import Email
from innboks.channels.email.signs import ROLES, has_unsubscribe_link, is_role
from innboks.sdk.contract import Inbound, MessageReceived
from tests.channels.email.test_channel import world

HEAD = "From: Leo Customer <leo@customer.example>\r\nTo: team@team.example\r\nSubject: Hello\r\n"


def signs(head: str = "", body: str = "Where is my order?", whole: str = "") -> list[str]:
    (message,) = Email().parse(world().context(), Inbound(body=(whole or f"{HEAD}{head}\r\n{body}\r\n").encode()))
    assert isinstance(message, MessageReceived)
    return list(message.signs)


def html(body: str) -> str:
    return f"{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n{body}\r\n"


def test_a_persons_mail_has_none() -> None:
    assert signs() == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Auto-Submitted: auto-replied\r\n", ["automated"]),
        ("X-Autoreply: yes\r\n", ["automated"]),
        ("List-Unsubscribe: <https://news.example/u>\r\n", ["unsubscribe"]),
        (
            "List-Unsubscribe: <https://news.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            ["marketing", "unsubscribe"],
        ),
        ("Precedence: bulk\r\nList-Unsubscribe: <mailto:u@news.example>\r\n", ["marketing", "unsubscribe"]),
        ("X-Campaign: spring\r\n", ["marketing"]),
        ("Feedback-ID: 1.eu-west-1.abc:AmazonSES\r\n", []),  # some send everything so, also what persons write
    ],
)
def test_headers(head: str, expected: list[str]) -> None:
    assert signs(head) == expected


@pytest.mark.parametrize(
    ("text", "page", "expected"),
    [
        ("To unsubscribe, click here: https://news.example/u/1", "", True),
        ("Avmeld deg: https://nyheter.example/u/1", "", True),
        ("Please unsubscribe me from everything.", "", False),
        ("https://shop.example/order/1\n\nI could not unsubscribe on your site.", "", False),
        ("", '<p>Hi</p><a href="https://news.example/u">Unsubscribe</a>', True),
        ("", '<a class="x" href="https://news.example/unsubscribe?id=1"><b>here</b></a>', True),
        ("", '<a href="https://a.example/1">Meld <b>deg</b> av</a>, or <a href="https://n.example/2">meld deg av</a>', True),
        ("", "<p>How do I unsubscribe? <a href='https://shop.example/'>Your shop</a> does not say.</p>", False),
    ],
)
def test_links(text: str, page: str, expected: bool) -> None:
    assert has_unsubscribe_link(text, page) is expected


def test_hostile_bodies_are_looked_at_in_little_time() -> None:
    """Nothing here grows with the square of what was sent; it would not come to an end."""
    for piece in ("<a href=", "unsubscribe ", "<a href='https:unsubscribe", "<a " * 10):
        has_unsubscribe_link("", piece * 60_000)
        has_unsubscribe_link(piece * 60_000, "")


def test_what_is_quoted_or_passed_on_does_not_count() -> None:
    quoted = "No, thank you.\r\n\r\nOn Mon, 2 Nov 2026 at 10:00, News <news@shop.example> wrote:\r\n> Buy!\r\n> To unsubscribe: https://news.example/u"
    assert signs(body=quoted) == []
    passed_on = (
        f"{HEAD.replace('leo@customer.example', 'ada@team.example').replace('Hello', 'Fwd: Hello')}\r\nLook at this.\r\n\r\n"
        "---------- Forwarded message ---------\r\nFrom: Shop <info@shop.example>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
        "Subject: Hello\r\nTo: <ada@team.example>\r\n\r\nUnsubscribe: https://news.example/u\r\n"
    )
    assert signs(whole=passed_on) == []


def test_roles() -> None:
    """R-803, the whole list."""
    assert len(ROLES) == 43
    assert [is_role(f"{one}@x.example") for one in ("Support+eu", "no-reply", "supporters")] == [True, True, False]
    assert signs(whole=HEAD.replace("leo@", "info@") + "\r\nHello\r\n") == ["role_based"]


def test_a_form_that_writes_for_a_person_is_theirs() -> None:
    form = HEAD.replace("leo@", "noreply@") + "Reply-To: Leo <leo@customer.example>\r\n\r\nHello\r\n"
    assert signs(whole=form) == []
    news = HEAD.replace("leo@", "noreply@") + "Reply-To: <support@customer.example>\r\n\r\nHello\r\n"
    assert signs(whole=news) == ["role_based"]


def test_our_own_group_is_only_the_way_to_us() -> None:
    """R-105, R-140: a group forwards to the hosted address and adds what lists add."""
    group = (
        "List-ID: <team.team.example>\r\nList-Post: <https://groups.example/team>, <mailto:team@team.example>\r\nPrecedence: list\r\n"
        "List-Unsubscribe: <mailto:manage@groups.example>\r\n"
    )
    assert signs(group, "Where is my order?\r\n\r\n-- \r\nTo unsubscribe from this group: https://groups.example/u") == []
    assert signs(group.replace("team@team.example", "news@else.example").replace("team.team.example", "news.else.example")) == [
        "unsubscribe"
    ]
