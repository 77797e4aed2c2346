"""What the sandbox's mail programs write is read by the product as what real ones write: new words, quoted history, signature, thread."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from innboks.sandbox.email.letters import Answered, Attached, Client, Language, Letter, write_letter
from innboks.sandbox.email.reports import failure_report
from innboks.sdk.registry import discover

AT = datetime(2026, 11, 2, 10, 12, tzinfo=UTC)
OURS = Answered(
    message_id="2a.abc@tindra.example",
    references=["first@post.example"],
    name="Amina Yusuf at Tindra",
    address="support@tindra.example",
    to="oda@post.example",
    at=AT,
    subject="Re: Size of the Bre boots",
    text="Hi Oda,\n\ntake the larger one.\n\n-- \nAmina Yusuf",
)


def read(raw: bytes) -> Any:
    return discover().get("email").describe(raw)


def letter(client: Client, language: Language, **more: Any) -> Letter:
    fields: dict[str, Any] = {
        "name": "Oda Myhre",
        "address": "oda@post.example",
        "to": "support@tindra.example",
        "subject": "Size of the Bre boots",
        "text": "Takk, da tar jeg 42.\n\nOda",
        "at": AT,
    }
    return Letter(client=client, language=language, **fields | more)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("client", get_args(Client))
def test_a_first_mail(client: Client, language: Language) -> None:
    mail = read(write_letter(letter(client, language, message_id="m1@post.example")))
    assert mail["text"].splitlines()[0] == "Takk, da tar jeg 42."
    assert mail["from"] == [{"name": "Oda Myhre", "address": "oda@post.example"}]
    assert mail["message_id"] == "m1@post.example"
    assert mail["subject"].endswith("Size of the Bre boots")
    assert mail["in_reply_to"] == mail["references"] == []
    assert mail["auto_reply"] is (client == "auto_reply")


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("client", get_args(Client))
def test_an_answer_names_what_it_answers_and_its_new_words_are_found(client: Client, language: Language) -> None:
    mail = read(write_letter(letter(client, language, answered=OURS)))
    assert mail["in_reply_to"] == ["2a.abc@tindra.example"]
    assert mail["references"] == ["first@post.example", "2a.abc@tindra.example"]
    assert "take the larger one" not in mail["text"]
    assert mail["text"].startswith("Takk, da tar jeg 42.")
    if client not in ("plain", "auto_reply"):
        assert "take the larger one" in mail["quoted"]
    assert mail["subject"].count("Re:") + mail["subject"].count("SV:") == (0 if client == "auto_reply" else 1)


def test_files_and_letters_of_all_kinds_arrive_unchanged() -> None:
    content = bytes(range(256)) * 40
    sent = letter("gmail", "no", text="Blåbær og ørret 🐟", files=[Attached("kvittering å.bin", "application/octet-stream", content)])
    mail = read(write_letter(sent))
    assert mail["text"] == "Blåbær og ørret 🐟"
    (file,) = mail["attachments"]
    assert (file["name"], file["size"]) == ("kvittering å.bin", len(content))


def test_a_line_break_cannot_add_a_header() -> None:
    mail = read(write_letter(letter("plain", "en", subject="Hi\r\nBcc: everybody@example.com")))
    assert mail["bcc"] == []
    with pytest.raises(ValueError):
        write_letter(letter("plain", "en", name="Oda\r\nBcc: everybody@example.com"))


def test_the_failure_report_is_read_as_one() -> None:
    ours = write_letter(letter("plain", "en", message_id="ours@tindra.example"))
    raw = failure_report(
        ours, sender="support@tindra.example", recipient="gone@post.example", status="5.1.1", diagnostic="550 5.1.1 User unknown", at=AT
    )
    (bounced,) = read(raw)["bounce"]["recipients"]
    assert (bounced["address"], bounced["status"], bounced["hard"]) == ("gone@post.example", "5.1.1", True)
