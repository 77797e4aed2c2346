"""Failure reports in the layouts that servers use, with invented people and servers, and what must not be taken for one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innboks.channels.email.bounce import detect_bounce, read_report, readable
from innboks.channels.email.bounce_texts import is_dead
from innboks.channels.email.mail import Bounce
from innboks.channels.email.mime import parse_mail

RETURNED = """Return-Path: <support@shop.example>
Received: from app.shop.example by mx.shop.example; Mon, 5 Oct 2026 10:00:00 +0000
From: Shop <support@shop.example>
To: ola@kunde.example
Message-ID: <reply-17@shop.example>
In-Reply-To: <question-4@kunde.example>
References: <question-3@kunde.example> <question-4@kunde.example>
Subject: Your order

Hello
"""


def report(
    body: str, subject: str = "Undelivered Mail Returned to Sender", sender: str = "MAILER-DAEMON@mx.shop.example", more: str = ""
) -> bytes:
    head = f"Return-Path: <>\nFrom: Mail Delivery System <{sender}>\nTo: support@shop.example\nSubject: {subject}\n{more}"
    return (head + "\n" + body).replace("\n", "\r\n").encode()


def bounce(raw: bytes) -> Bounce:
    found = detect_bounce(raw, parse_mail(raw))
    assert found is not None
    return found


def dsn(fields: str, words: str = "Your mail could not be delivered.", kind: str = "message/rfc822", returned: str = RETURNED) -> bytes:
    return report(
        f"--b\nContent-Type: text/plain\n\n{words}\n\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.shop.example\n\n{fields}\n\n--b\nContent-Type: {kind}\n\n{returned}\n--b--\n",
        more='Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
    )


def test_reads_the_fields_of_a_standard_report() -> None:
    found = bounce(
        dsn(
            "Final-Recipient: rfc822; ola@kunde.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.kunde.example\n"
            "Diagnostic-Code: smtp; 550-5.1.1 The account that you tried to reach\n 550 5.1.1 does not exist."
        )
    )
    [who] = found.recipients
    assert (who.address, who.status, who.hard) == ("ola@kunde.example", "5.1.1", True)
    assert who.diagnostic == "The account that you tried to reach does not exist."
    assert found.message_ids == ["reply-17@shop.example"]
    assert found.returned["references"] == "<question-3@kunde.example> <question-4@kunde.example>"
    assert found.final


def test_ties_to_the_mail_when_only_its_headers_come_back() -> None:
    found = bounce(dsn("Final-Recipient: rfc822;ola@kunde.example\nAction: failed\nStatus: 5.2.2", kind="text/rfc822-headers"))
    assert found.message_ids == ["reply-17@shop.example"]
    assert not found.recipients[0].hard


def test_several_recipients_keep_their_own_reasons() -> None:
    found = bounce(
        dsn(
            "Final-Recipient: rfc822; a@kunde.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such "
            "user here\n\n"
            "Final-Recipient: rfc822; b@kunde.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n"
            "Final-Recipient: rfc822; c@kunde.example\nAction: delivered\nStatus: 2.0.0"
        )
    )
    assert [(one.address, one.hard, one.diagnostic) for one in found.recipients] == [
        ("a@kunde.example", True, "No such user here"),
        ("b@kunde.example", False, "Mailbox full"),
    ]


def test_a_report_of_delay_is_not_final() -> None:
    found = bounce(
        dsn("Final-Recipient: rfc822; ola@kunde.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connection timed out")
    )
    assert not found.final
    assert not found.recipients[0].hard


def test_good_news_is_no_bounce() -> None:
    raw = dsn("Final-Recipient: rfc822; ola@kunde.example\nAction: delivered\nStatus: 2.0.0", "Your mail was delivered.")
    assert detect_bounce(raw, parse_mail(raw)) is None


def test_good_news_says_for_whom_and_of_which_mail() -> None:
    raw = dsn(
        "Final-Recipient: rfc822; ola@kunde.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; kari@kunde.example\nAction: relayed (to a server that does not report)\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; per@kunde.example\nStatus: 2.1.5\n\n"
        "Final-Recipient: rfc822; late@kunde.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; gone@kunde.example\nAction: failed\nStatus: 5.1.1"
    )
    failure, arrival = read_report(raw, parse_mail(raw))
    assert arrival is not None
    assert (arrival.delivered, arrival.relayed) == (["ola@kunde.example"], ["kari@kunde.example", "per@kunde.example"])
    assert arrival.message_ids == ["reply-17@shop.example"]
    assert failure is not None
    assert [(one.address, one.is_delayed) for one in failure.recipients] == [("late@kunde.example", True), ("gone@kunde.example", False)]
    assert failure.final


PROSE = {
    "qmail": "Hi. This is the qmail-send program at mx.shop.example.\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<ola@kunde.example>:\n192.0.2.7 does not like recipient.\n"
    "Remote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\n",
    "exim": "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered "
    "to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n\n  ola@kunde.example\n"
    "    host mx.kunde.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<ola@kunde.example>:\n"
    "    550 5.1.1 <ola@kunde.example>: User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n",
    "postfix": "This is the mail system at host mx.shop.example.\n\nI'm sorry to have to inform you that your message could not\n"
    "be delivered to one or more recipients.\n\n<ola@kunde.example>: host mx.kunde.example[192.0.2.7] said: 550 5.1.1\n"
    "    <ola@kunde.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n\n",
    "sendmail": "The original message was received at Mon, 5 Oct 2026 10:00:00 GMT\nfrom localhost\n\n"
    "   ----- The following addresses had permanent fatal errors -----\n<ola@kunde.example>\n    (reason: 550 5.1.1 User unknown)\n\n"
    "   ----- Transcript of session follows -----\n... while talking to mx.kunde.example.:\n>>> RCPT To:<ola@kunde.example>\n"
    "<<< 550 5.1.1 User unknown\n\n",
    "exchange": "Your message\n\n  To:      ola@kunde.example\n  Subject: Your order\n\ndid not reach the following recipient(s):\n\n"
    "ola@kunde.example on Mon, 5 Oct 2026 12:00:00 +0200\n    The recipient name is not recognized\n\n",
    "microsoft 365": "Delivery has failed to these recipients or groups:\n\nola@kunde.example<mailto:ola@kunde.example>\n"
    "The email address you entered couldn't be found. Please check it.\n\nDiagnostic information for administrators:\n\n"
    "Generating server: A1.prod.example\n\nola@kunde.example\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; "
    "not found'\n\n"
    "Original message headers:\n\n",
    "domino": "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  ola@kunde.example\n\nbecause:\n\n"
    "  User ola (ola@kunde.example) not listed in Domino Directory\n\n",
    "gmail": "Delivery to the following recipient failed permanently:\n\n     ola@kunde.example\n\nTechnical details of "
    "permanent failure:\n"
    "Google tried to deliver your message, but it was rejected. The error that the other server returned was:\n"
    "550 5.1.1 <ola@kunde.example>: user unknown\n\n----- Original message -----\n\n",
    "yahoo": "Sorry, we were unable to deliver your message to the following address.\n\n<ola@kunde.example>:\n"
    "550: <ola@kunde.example>: User unknown in virtual mailbox table [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n",
    "gmx": "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered.\n\n"
    '"ola@kunde.example":\nSMTP error from remote server after RCPT command:\nhost: mx.kunde.example\n5.1.1 User Unknown\n\n'
    "--- The header of the original message is following. ---\n\n",
    "opensmtpd": "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred "
    "while attempting to deliver a message for\n"
    "    the following list of recipients:\n\nola@kunde.example: 550 5.1.1 No such user <ola@kunde.example>\n\n    Below is a "
    "copy of the original message:\n\n",
    "mail.ru": "Это письмо создано автоматически сервером, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть "
    "доставлено получателю:\n\n"
    "  ola@kunde.example\n    SMTP error from remote mail server after RCPT TO:<ola@kunde.example>:\n    550 5.1.1 User Unknown\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n",
    "carrier": "Each of the following recipients was rejected by a remote mail server.\n\n    Recipient: <ola@kunde.example>\n"
    "    >>> RCPT TO:<ola@kunde.example>\n    <<< 550 <ola@kunde.example>: User unknown\n\n",
    "imail": "Unknown user: ola@kunde.example\n\nOriginal message follows.\n\n",
    "zoho": "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered "
    "to one or more of its "
    "recipients. This is a permanent error. \n\nola@kunde.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User Unknown\n\n",
}


@pytest.mark.parametrize("layout", PROSE)
def test_reads_prose(layout: str) -> None:
    found = bounce(report(PROSE[layout] + RETURNED, subject="failure notice"))
    assert [(one.address, one.hard) for one in found.recipients] == [("ola@kunde.example", True)], found
    assert found.message_ids == ["reply-17@shop.example"]
    assert found.final
    assert found.recipients[0].diagnostic


def test_prose_of_several_recipients() -> None:
    words = (
        "A message that you sent could not be delivered to one or more of its recipients.\n\n"
        "  a@kunde.example\n    SMTP error after RCPT TO:<a@kunde.example>:\n    550 5.1.1 User unknown\n\n"
        "  b@annen.example\n    SMTP error after end of data:\n    552 5.2.2 Mailbox full\n\n--- This is a copy of the message ---\n\n"
    )
    found = bounce(report(words + RETURNED, subject="Mail delivery failed: returning message to sender"))
    assert [(one.address, one.status, one.hard) for one in found.recipients] == [
        ("a@kunde.example", "5.1.1", True),
        ("b@annen.example", "5.2.2", False),
    ]


def test_prose_of_delay() -> None:
    words = "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     ola@kunde.example\n\n"
    found = bounce(report(words, subject="Delivery Status Notification (Delay)"))
    assert not found.final
    assert found.recipients[0].address == "ola@kunde.example"


def test_prose_of_delay_in_a_transcript() -> None:
    words = (
        "    **  THIS IS A WARNING MESSAGE ONLY  **\n\nThe original message was received at Mon, 5 Oct 2026 10:00:00 GMT\n\n"
        "   ----- The following addresses had transient non-fatal errors -----\n<ola@kunde.example>\n\n"
        "   ----- Transcript of session follows -----\n<ola@kunde.example>... Deferred: Connection timed out.\nWill keep trying for 5 days\n"
    )
    found = bounce(report(words, subject="Warning: could not send message for past 4 hours"))
    assert not found.final
    assert [(one.address, one.hard, one.diagnostic) for one in found.recipients] == [
        ("ola@kunde.example", False, "Deferred: Connection timed out.")
    ]


def test_failed_recipients_header_when_the_words_name_nobody() -> None:
    found = bounce(report("The group may not exist.\n\nDelivery failed.\n", more="X-Failed-Recipients: gruppe@kunde.example\n"))
    assert [one.address for one in found.recipients] == ["gruppe@kunde.example"]


def test_notification_of_a_sending_service() -> None:
    words = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"ola@kunde.example","action":"failed",'
        '"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user '
        'unknown"}]},"mail":{"commonHeaders":{"messageId":"<reply-17@shop.example>"}}}\n'
    )
    raw = report(words, subject="AWS Notification Message", sender="no-reply@sns.example")
    found = bounce(raw)
    assert (found.recipients[0].address, found.recipients[0].hard, found.message_ids) == (
        "ola@kunde.example",
        True,
        ["reply-17@shop.example"],
    )
    delivered = report(words.replace('"Bounce"', '"Delivery"').replace('"bounce":', '"delivery":'), subject="AWS Notification Message")
    assert detect_bounce(delivered, parse_mail(delivered)) is None


NOT_BOUNCES = {
    "a vacation note": "Return-Path: <>\nFrom: Ola <ola@kunde.example>\nAuto-Submitted: auto-replied\nSubject: Out of office: "
    "Your order\n\nI am away.",
    "a person about a bounce": "From: Ola <ola@kunde.example>\nSubject: Re: Undelivered Mail Returned to Sender\n\n"
    "My message to you failed:\n> <you@shop.example>: 550 5.1.1 User unknown\n",
    "a person passing one on": "From: Ola <ola@kunde.example>\nSubject: Fwd: failure notice\n\nWhat is this?\n\n"
    + PROSE["qmail"]
    + RETURNED,
    "a failed parcel": "From: Post <no-reply@post.example>\nSubject: Delivery failed\n\nWe could not deliver your parcel. "
    "Contact hjelp@post.example",
    "a web form about a parcel": "Return-Path: <>\nFrom: Ola <ola@kunde.example>\nSubject: Delivery failed again\n\n"
    "My order was not delivered. It was returned to the sender. Write to kari@kunde.example.",
    "an abuse report": 'From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n'
    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b--\n",
    "a read receipt": 'From: ola@kunde.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\n'
    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ola@kunde.example\nDisposition: "
    "automatic-action/MDN-sent; displayed\n\n--b--\n",
    "nothing": "",
}


@pytest.mark.parametrize("case", NOT_BOUNCES)
def test_is_not_a_bounce(case: str) -> None:
    raw = NOT_BOUNCES[case].encode()
    assert detect_bounce(raw, parse_mail(raw)) is None


@pytest.mark.parametrize(
    ("said", "status", "dead"),
    [
        ("550 5.1.1 <ola@kunde.example>: User unknown", "5.1.1", True),
        ("550 5.1.1 mailbox for ola@kunde.example is over quota", "5.1.1", False),
        ("550 Requested action not taken: mailbox unavailable", "", True),
        ("554 5.7.1 Message rejected as spam by content filter", "5.7.1", False),
        ("550 5.7.1 Client host blocked using a block list", "5.7.1", False),
        ("Host or domain name not found. Name service error for name=kunde.example", "5.4.4", True),
        ("Name service error for name=kunde.example: Host not found, try again", "4.4.3", False),
        ("450 4.2.0 greylisted, try again later", "4.2.0", False),
        ("550 5.4.1 Recipient address rejected: Access denied", "5.4.1", True),
        ("550 relaying denied", "", False),
        ("all relevant MX records point to non-existent hosts", "", True),
        ("all hosts have been failing for a long time", "", False),
        ("retry timeout exceeded", "", False),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1", True),
        ("Domain kunde.example does not accept mail (nullMX)", "5.1.0", True),
        ("552 5.3.4 Message size exceeds fixed limit", "5.3.4", False),
        ("The account has been disabled", "5.2.1", False),
        ("550 : User unknown", "5.2.0", False),
        ("L'adresse n'existe pas", "", True),
        ("", "5.1.2", True),
        ("", "", False),
    ],
)
def test_weighs_a_refusal(said: str, status: str, dead: bool) -> None:
    assert is_dead(said, status, "ola@kunde.example") is dead


def test_an_unknown_user_after_the_whole_mail_may_be_a_filter() -> None:
    said = "550 <ola@kunde.example>: User unknown"
    assert is_dead(said, "", "ola@kunde.example", ">>> RCPT To:<ola@kunde.example>")
    assert not is_dead(said, "", "ola@kunde.example", ">>> DATA\n<<< 550 User unknown")


def test_readable_is_short_and_clean() -> None:
    assert (
        readable("smtp; 550-5.7.26 This mail is unauthenticated,\n 550 5.7.26 which poses a risk")
        == "This mail is unauthenticated, which poses a risk"
    )
    assert len(readable("x" * 50 + " word" * 500)) <= 302


@given(
    st.binary(max_size=2_000),
    st.sampled_from(["text/plain", 'multipart/report; boundary="b"', 'multipart/mixed; boundary="b"', "message/delivery-status"]),
)
@settings(max_examples=300, deadline=None)
def test_never_raises(body: bytes, kind: str) -> None:
    raw = f"Return-Path: <>\nFrom: MAILER-DAEMON@a.example\nSubject: failure notice\nContent-Type: {kind}\n\n".encode() + body
    detect_bounce(raw, parse_mail(raw))
    detect_bounce(body, parse_mail(body))


PIECES = [
    "user ",
    "not ",
    "a@b.example\n",
    "<a@b.example>: ",
    "550 5.1.1 ",
    ">>> DATA\n",
    "Final-Recipient: rfc822; a@b.example\n",
    "\n",
    "unknown ",
    "@",
    "<",
    "--b\n",
]


@pytest.mark.parametrize("piece", PIECES)
def test_time_is_linear(piece: str) -> None:
    raw = report("unable to deliver\n" + piece * (1_000_000 // len(piece)))
    mail = parse_mail(raw)
    started = time.process_time()
    detect_bounce(raw, mail)
    assert time.process_time() - started < 0.5
