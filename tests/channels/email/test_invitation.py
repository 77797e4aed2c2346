"""What is read of calendar parts: of the forms that the great calendars write, of changes and cancellations, and of what is broken or hostile."""

import time
from datetime import UTC, datetime

import msgspec
import pytest

from innboks.channels.email.invitation import as_text, invitation_of, read_calendar
from innboks.channels.email.read import read_mail
from innboks.sdk.contract import Invitation

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Example, Mia":mailto:mia@shop.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Support:mailto:support@tindra.example
SUMMARY;LANGUAGE=nb-NO:Befaring\\, takrenner
DTSTART;TZID=W. Europe Standard Time:{start}
DTEND;TZID=W. Europe Standard Time:{end}
UID:040000008200E00074C5B7101A82E008
SEQUENCE:0
LOCATION;LANGUAGE=nb-NO:Storgata 1\\; 2. etasje
STATUS:CONFIRMED
BEGIN:VALARM
DESCRIPTION:REMINDER
SUMMARY:not this one
TRIGGER;RELATED=START:-PT15M
ACTION:DISPLAY
END:VALARM
END:VEVENT
END:VCALENDAR
"""
GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
METHOD:REQUEST
BEGIN:VEVENT
DTSTART:20261103T130000Z
DTEND:20261103T140000Z
ORGANIZER;CN=leo@shop.example:mailto:leo@shop.example
UID:7kukuqrfedlm@google.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE
 ;CN=leo@shop.example;X-NUM-GUESTS=0:mailto:leo@shop.example
RRULE:FREQ=WEEKLY;BYDAY=TU
SEQUENCE:2
SUMMARY:Fitting of the
  big tent
LOCATION:
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 14.0//EN
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
SUMMARY:Closed
URL;VALUE=URI:
END:VEVENT
END:VCALENDAR
"""


def read(text: str) -> Invitation:
    found = read_calendar(text.replace("\n", "\r\n").encode())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start", "end", "starts", "ends"),
    [
        ("20261103T140000", "20261103T150000", "2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z"),
        ("20260703T140000", "20260704T150000", "2026-07-03T12:00:00Z", "2026-07-04T13:00:00Z"),
        ("20260329T040000", "20260329T050000", "2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z"),
        ("20261025T023000", "20261025T033000", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
        ("20260101T000000", "20260101T003000", "2025-12-31T23:00:00Z", "2025-12-31T23:30:00Z"),
    ],
)
def test_a_zone_that_only_the_calendar_itself_describes(start: str, end: str, starts: str, ends: str) -> None:
    found = read(OUTLOOK.format(start=start, end=end))
    assert (found.what, found.title, found.place) == ("request", "Befaring, takrenner", "Storgata 1; 2. etasje")
    assert (found.starts, found.ends, found.organizer) == (starts, ends, "Example, Mia <mia@shop.example>")
    assert (found.is_update, found.is_repeated) == (False, False)


def test_an_update_of_a_meeting_that_comes_again() -> None:
    found = read(GOOGLE)
    assert (found.what, found.is_update, found.is_repeated) == ("request", True, True)
    assert (found.title, found.starts, found.ends) == ("Fitting of the big tent", "2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z")
    assert (found.organizer, found.place, found.written) == ("leo@shop.example", "", "2026-11-03 13:00–14:00 UTC")


def test_whole_days() -> None:
    found = read(APPLE)
    assert (found.what, found.starts, found.ends, found.written) == ("publish", "2026-12-24", "2026-12-26", "2026-12-24 – 2026-12-26")


def test_called_off_and_answered() -> None:
    assert read(GOOGLE.replace("METHOD:REQUEST", "METHOD:CANCEL")).what == "cancel"
    assert read(GOOGLE.replace("SEQUENCE:2", "STATUS:CANCELLED")).what == "cancel"
    reply = read(GOOGLE.replace("METHOD:REQUEST", "METHOD:REPLY"))
    assert (reply.what, reply.answer, reply.is_update) == ("reply", "accepted", False)


BEFORE_AND_NOW = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Eastern
BEGIN:STANDARD
DTSTART:19671029T020000
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Call
DTSTART;TZID=Eastern:{start}
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("start", "starts"),
    [
        ("20261030T090000", "2026-10-30T13:00:00Z"),
        ("20261102T090000", "2026-11-02T14:00:00Z"),
        ("20061030T090000", "2006-10-30T14:00:00Z"),
        ("20070201T090000", "2007-02-01T14:00:00Z"),
    ],
)
def test_a_rule_of_a_zone_that_has_ended_counts_no_more(start: str, starts: str) -> None:
    assert read(BEFORE_AND_NOW.format(start=start)).starts == starts


def test_a_line_may_be_folded_within_a_letter() -> None:
    """RFC 5545 §3.1: programs count octets."""
    found = read_calendar(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Bl\xc3\r\n \xa5b\xc3\xa6r\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    assert found is not None
    assert found.title == "Blåbær"


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("DTSTART;TZID=Europe/Oslo:20261103T140000", "2026-11-03T13:00:00Z"),
        ("DTSTART;TZID=/somebody.example/20260101_1/Europe/Oslo:20261103T140000", "2026-11-03T13:00:00Z"),
        ("DTSTART;TZID=America/Argentina/Ushuaia:20261103T140000", "2026-11-03T17:00:00Z"),
        ("DTSTART;TZID=Nowhere/At all:20261103T140000", "2026-11-03T14:00:00"),
        ("DTSTART;TZID=../../../etc/passwd:20261103T140000", "2026-11-03T14:00:00"),
        ("DTSTART:20261103T140000", "2026-11-03T14:00:00"),
        ("DTSTART:20261303T140000", ""),
        ("DTSTART;TZID=Europe/Oslo:00010101T000000", "0001-01-01T00:00:00"),
        ("DTSTART:99991231T235900Z", "9999-12-31T23:59:00Z"),
        ("DTSTART:00010101\nDTEND:00010101", "0001-01-01"),
        ("DTSTART:99991231\nDTEND:99991231", "9999-12-31"),
        ("DTSTART:soon", ""),
    ],
)
def test_times_of_every_kind(line: str, starts: str) -> None:
    found = read(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Odd\n{line}\nDURATION:P9999DT1H\nEND:VEVENT\nEND:VCALENDAR\n")
    assert (found.title, found.starts) == ("Odd", starts)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nSUMMARY:outside\r\nEND:VEVENT\r\n",
        b"END:VEVENT\r\nEND:VCALENDAR\r\n" * 50,
        b"\xff\xfe\x00 no calendar at all",
        b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:a task\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:\r\n:\r\n;=:\r\n" * 100,
    ],
)
def test_what_tells_of_no_event_is_none(raw: bytes) -> None:
    assert read_calendar(raw) is None


EVENT = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:S\r\nDTSTART:20261103T130000Z\r\n"
ZONE = (
    b"BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0100\r\n"
    b"RRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=5MO\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
HOSTILE: dict[str, tuple[bytes, bytes]] = {
    "a rule for every second": (EVENT + b"RRULE:FREQ=SECONDLY;COUNT=2147483647;BYSECOND=", b"1,"),
    "days without end": (EVENT + b"RDATE:", b"20261103T130000Z,"),
    "quotes": (EVENT + b"X;", b'A="'),
    "parameters": (EVENT + b"X", b";A=b"),
    "nesting": (EVENT, b"BEGIN:X\r\n"),
    "zones": (b"BEGIN:VCALENDAR\r\n", ZONE),
    "folds": (EVENT, b" fold\r\n"),
    "backslashes": (EVENT + b"SUMMARY:", b"\\"),
}
"""What it begins with, and what comes again and again."""


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_calendars_are_read_in_no_time(kind: str) -> None:
    beginning, more = HOSTILE[kind]
    raw = beginning + more * (10_000_000 // len(more))
    began = time.process_time()
    read_calendar(raw)
    assert time.process_time() - began < 1


def as_mail(calendar: str, kind: str = "text/calendar; method=REQUEST; charset=utf-8") -> bytes:
    head = f"From: leo@shop.example\nTo: support@tindra.example\nSubject: Invitation\nMIME-Version: 1.0\nContent-Type: {kind}\n\n"
    return (head + calendar).replace("\n", "\r\n").encode()


def test_a_mail_that_is_only_an_invitation_has_readable_words() -> None:
    mail = read_mail(as_mail(GOOGLE))
    found = invitation_of(mail)
    assert found is not None
    assert as_text(found) == "Fitting of the big tent\n2026-11-03 13:00–14:00 UTC\nleo@shop.example"
    assert [one.type for one in mail.attachments] == ["text/calendar"], "the file stays"
    assert datetime.fromisoformat(found.starts) == datetime(2026, 11, 3, 13, tzinfo=UTC)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Invitation) == found
    assert invitation_of(read_mail(as_mail("No calendar.", "text/plain"))) is None
